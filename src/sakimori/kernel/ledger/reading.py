"""The door for those who read the ledger: pages of auditors and figures of the management. Nothing here writes."""

from __future__ import annotations

from django.db.models import QuerySet

from .models import Checkpoint, Entry

__all__ = ["Checkpoint", "Entry", "entries", "entry", "head", "head_containing", "heads"]


def entries() -> QuerySet[Entry]:
    """Return all entries, in the order in which they were written."""
    return Entry.objects.all()


def entry(pk: int) -> Entry | None:
    """Return one entry with who acted and its place in the tree, or nothing."""
    return Entry.objects.filter(pk=pk).select_related("actor", "place").first()


def heads(most: int) -> list[Checkpoint]:
    """Return the signed heads, the newest first."""
    return list(Checkpoint.objects.order_by("-size")[:most])


def head(size: int) -> Checkpoint | None:
    """Return the signed head of this size, or nothing."""
    return Checkpoint.objects.filter(pk=size).first()


def head_containing(index: int) -> Checkpoint | None:
    """Return the first signed head whose tree holds the entry at ``index``."""
    return Checkpoint.objects.filter(size__gt=index).order_by("size").first()
