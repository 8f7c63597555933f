"""Jobs of this package, for the worker to know."""

from .ledger import publish_head, seal_entries
from .progress import close_silent

__all__ = ["close_silent", "publish_head", "seal_entries"]
