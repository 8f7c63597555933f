"""The ISMS as data: what stands in ``content/``, read strictly into frozen dataclasses, once.

Each module names its shelves: ``standards``, ``threats``, ``forms``, ``duties``, ``parameters``, ``texts``,
``catalogue``. A shelf answers ``all()``, ``[id]`` and ``version(id)``.
"""
