"""The door: find records, filter a register's list, keep the index."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sakimori.kernel.records.models import Record, RecordQuerySet, Viewer

from . import grams, store
from .store import Part
from .upkeep import rebuild, refresh, refresh_many

R = TypeVar("R", bound=Record)
# Hits are read in growing helpings: one who may know little still gets his page, others wait for nothing.
_HELPINGS = (100, 1_000, 10_000)


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
        for record in _readable(rest, part, terms, limit - len(found)):
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
    readable: RecordQuerySet[Record], part: Part, terms: Sequence[str], limit: int
) -> Iterator[Record]:
    """Yield up to ``limit`` readable hits, newest first."""
    hits = store.entries(part, terms).order_by("-pk").values_list("pk", flat=True)
    start = count = 0
    for size in _HELPINGS:
        helping = list(hits[start : start + size])
        for record in readable.filter(pk__in=helping).order_by("-pk")[: limit - count]:
            count += 1
            yield record
        start += size
        if count >= limit or len(helping) < size:
            return
    yield from readable.filter(pk__in=hits.order_by().values("pk"), pk__lt=helping[-1]).order_by("-pk")[
        : limit - count
    ]


def _rank(hit: Hit, terms: Sequence[str]) -> tuple[bool, bool, bool, int]:
    number, label = grams.folded(hit.record.number), grams.folded(hit.record.label)
    return (number not in terms, not hit.in_label, not label.startswith(terms[0]), -hit.record.pk)


__all__ = ["Hit", "find", "match", "rebuild", "refresh", "refresh_many"]
