"""What software judges: checks over the registers, one finding per offender.

A domain declares with ``check``; ``findings`` runs, lists and waives.
"""

from .registry import check

__all__ = ["check"]
