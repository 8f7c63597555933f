"""Entries by what is asked, page by page from the newest; a page costs the same at any depth."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet
from django.http import QueryDict

from sakimori.kernel.identity.models import Person
from sakimori.kernel.ledger import book, reading
from sakimori.kernel.ledger.reading import Entry
from sakimori.kernel.records.models import Record
from sakimori.lib import clock

PAGE = 50


@dataclass(frozen=True)
class Row:
    """One entry as the list shows it; ``record`` is missing where the person may not know of it."""

    entry: Entry
    title: str
    actor: str
    record: Record | None


@dataclass(frozen=True)
class Page:
    """Up to 50 entries and where the next page begins."""

    rows: list[Row]
    after: str


def page(asked: QueryDict, person: Person) -> Page:
    """Return one page of the entries asked for."""
    found = list(_narrowed(asked).order_by("-at", "-pk").select_related("actor").defer("body")[: PAGE + 1])
    readable = Record.objects.visible_to(person).filter(pk__in={e.record_id for e in found if e.record_id})
    known = {record.pk: record for record in readable}
    rows = [
        Row(
            entry,
            book.label_of(entry.verb),
            entry.actor.label if entry.actor else "",
            known.get(entry.record_id or 0),
        )
        for entry in found[:PAGE]
    ]
    more = len(found) > PAGE
    return Page(rows, f"{found[PAGE - 1].at.isoformat()}~{found[PAGE - 1].pk}" if more else "")


def _narrowed(asked: QueryDict) -> QuerySet[Entry]:
    rows = reading.entries()
    if verb := asked.get("verb", ""):
        rows = rows.filter(verb=verb)
    if who := asked.get("actor", "").strip():
        people = Person.objects.filter(Q(number=who) | Q(name__icontains=who))
        rows = rows.filter(actor__in=people.values("pk")) if who != "システム" else rows.filter(actor=None)
    if number := asked.get("number", "").strip().upper():
        record = Record.objects.filter(number=number).values_list("pk", flat=True).first()
        rows = rows.filter(record_id=record) if record else rows.filter(number=number)
    if first := _day(asked.get("from", "")):
        rows = rows.filter(at__gte=_start(first))
    if last := _day(asked.get("until", "")):
        rows = rows.filter(at__lt=_start(last + timedelta(days=1)))
    return _after(rows, asked.get("after", ""))


def _after(rows: QuerySet[Entry], place: str) -> QuerySet[Entry]:
    moment, _sign, key = place.partition("~")
    try:
        at, pk = datetime.fromisoformat(moment), int(key)
    except ValueError:
        return rows
    if at.tzinfo is None:
        return rows
    return rows.filter(at__lte=at).filter(Q(at__lt=at) | Q(pk__lt=pk))


def _start(day: date) -> datetime:
    return datetime.combine(day, time.min, clock.JAPAN)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
