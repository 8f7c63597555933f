"""Jobs of this package, for the worker to know."""

from .progress import close_silent

__all__ = ["close_silent"]
