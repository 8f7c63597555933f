"""The door: find records, filter a register's list, keep the index."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TypeVar

from django.db.models import Q

from sakimori.kernel.records.models import Reach, Reader, Record, RecordQuerySet, Viewer

from . import grams, store
from .models import Entry
from .store import Part
from .upkeep import rebuild, refresh, refresh_many

R = TypeVar("R", bound=Record)
# A word that stands everywhere fills a page from the newest records, without a look at all the others.
NEWEST = 5_000


@dataclass(frozen=True)
class Hit:
    """One record that was found; ``in_label`` tells whether by what it is called."""

    record: Record
    in_label: bool


def find(
    text: str, viewer: Viewer, *, kinds: Collection[str] | None = None, limit: int = 20, retired: bool = False
) -> list[Hit]:
    """Return the records with all words of ``text`` that the viewer may know of, hits in the label first.

    Words of one character count too. Within each half the newest come first; an exact number leads.
    """
    terms = grams.terms(text)
    if not terms:
        return []
    readable: RecordQuerySet[Record] = Record.objects.visible_to(viewer)
    if kinds is not None:
        readable = readable.filter(kind__in=kinds)
    if not retired:
        readable = readable.current()
    found: dict[int, Hit] = {}
    part: Part
    for part in ("label", "text"):
        rest = readable.exclude(pk__in=list(found))
        for record in _readable(rest, part, terms, viewer.reach(), limit - len(found)):
            found[record.pk] = Hit(record, part == "label")
        if len(found) >= limit:
            break
    return sorted(found.values(), key=lambda hit: _rank(hit, terms))[:limit]


def match(queryset: RecordQuerySet[R], text: str) -> RecordQuerySet[R]:
    """Keep the rows of a register whose words contain every word of ``text``; none for an empty text's sake."""
    terms = grams.terms(text)
    if not terms:
        return queryset
    return queryset.filter(pk__in=store.entries("text", terms).values("pk"))


def _readable(
    readable: RecordQuerySet[Record], part: Part, terms: Sequence[str], reach: Reach, limit: int
) -> list[Record]:
    """Return up to ``limit`` readable hits, newest first: among the newest records, then among all."""
    scopes = grams.reach_tokens(reach)
    named = Entry.objects.filter(pk__in=Reader.objects.filter(person_id=reach.person_id).values("record_id"))
    named = store.holding(named, part, terms)
    newest = Entry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    bound = max(0, newest - NEWEST)
    fresh = readable.filter(pk__gt=bound).filter(
        Q(pk__in=store.entries(part, terms, bound, scopes).values("pk")) | Q(pk__in=named.values("pk"))
    )
    found = list(fresh.order_by("-pk")[:limit])
    if bound and len(found) < limit:
        older = readable.filter(pk__lte=bound).filter(
            Q(pk__in=store.entries(part, terms, 0, scopes).values("pk")) | Q(pk__in=named.values("pk"))
        )
        found += older.order_by("-pk")[: limit - len(found)]
    return found


def _rank(hit: Hit, terms: Sequence[str]) -> tuple[bool, bool, bool, int]:
    number, label = grams.folded(hit.record.number), grams.folded(hit.record.label)
    return (number not in terms, not hit.in_label, not label.startswith(terms[0]), -hit.record.pk)


__all__ = ["Hit", "find", "match", "rebuild", "refresh", "refresh_many"]
