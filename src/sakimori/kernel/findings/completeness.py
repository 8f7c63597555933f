"""Are the records there at all? Per register, how many and how fresh (SYS-192)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.apps import apps
from django.db.models import Count, Max

from sakimori.kernel.records.models import Record
from sakimori.lib import clock

STALE_AFTER = timedelta(days=365)


@dataclass(frozen=True)
class Register:
    """One register: how many rows are in force and when the last one was entered."""

    kind: str
    title: str
    count: int
    last_entry: datetime | None
    state: str  # empty, stale or alive


def completeness(day: date | None = None) -> list[Register]:
    """Return every register of the product, empty and stale ones first."""
    today = day or clock.today()
    rows = (
        Record.objects.current()
        .order_by()
        .values("kind")
        .annotate(count=Count("pk"), last=Max("recorded_at"))
    )
    known = {row["kind"]: (row["count"], row["last"]) for row in rows}
    found = [
        _register(model, *known.get(model._meta.label_lower, (0, None)), today)
        for model in apps.get_models()
        if issubclass(model, Record) and model is not Record
    ]
    return sorted(
        found, key=lambda register: (("empty", "stale", "alive").index(register.state), register.kind)
    )


def _register(model: type[Record], count: int, last: datetime | None, today: date) -> Register:
    fresh = last is not None and last.astimezone(clock.JAPAN).date() > today - STALE_AFTER
    state = "empty" if not count else "alive" if fresh else "stale"
    return Register(model._meta.label_lower, str(model._meta.verbose_name), count, last, state)
