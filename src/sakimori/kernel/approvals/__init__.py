"""Applications along routes: who applies, who decides, and who may never decide.

``approvals`` holds the public names: submit, decide, withdraw, resubmit, waiting_for, route_preview, and the
decorators of ``registry``. Separation of duties stands in ``separation`` and nowhere else.
"""
