"""Proofs: that one entry is in the tree, and that a newer head continues an older one."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from sakimori.lib import notes
from sakimori.lib.errors import Refused

from . import seal
from .models import Entry


@dataclass(frozen=True)
class ProvedEntry:
    """One entry with all that is needed to check it without the others."""

    number: str
    index: int
    body: str
    proof: notes.Proof


def of_record(number: str) -> ProvedEntry:
    """Prove the newest entry about the record with this number. Raises Refused when there is none."""
    entry = Entry.objects.filter(number=number).order_by("-id").first()
    if entry is None:
        raise Refused(_("番号 %(number)s の証跡がありません。番号を確かめてください。") % {"number": number})
    return of_entry(entry.pk)


def of_entry(entry_id: int) -> ProvedEntry:
    """Prove one entry by its id; seal first where it still waits. Raises Refused for an unknown entry."""
    entry = Entry.objects.filter(pk=entry_id).select_related("place").first()
    if entry is not None and not hasattr(entry, "place"):
        seal.seal()
        entry = Entry.objects.filter(pk=entry_id).select_related("place").first()
    head = seal.latest_head()
    if entry is None or head is None:
        raise Refused(_("証跡 %(id)s がありません。番号を確かめてください。") % {"id": entry_id})
    index = entry.place.index
    path = seal.tree(head.size).inclusion(index)
    return ProvedEntry(entry.number, index, entry.body, notes.Proof(index, path, head.note))


def consistency(old: int, new: int) -> list[bytes]:
    """Return the RFC 9162 proof that the tree of ``new`` leaves continues that of ``old``."""
    return seal.tree(new).consistency(old)
