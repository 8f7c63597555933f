"""Was it done: what became of every duty and department, month by month, as known on any day.

The figures are kept by day in ``CoverageCell`` and follow the occurrences: triggers note the months that changed,
a reader counts those afresh, and a job writes them back. A past day is answered from when things were closed,
not from what is known now.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, NamedTuple

from django.db import transaction
from django.db.models import Case, CharField, Count, F, Q, QuerySet, Value, When

from sakimori.lib import clock, dates
from sakimori.lib.pieces import batched

from .models import CoverageCell, CoverageStale, Occurrence

Dimension = Literal["obligation", "department"]
DIMENSIONS: tuple[Dimension, ...] = ("obligation", "department")
# done in time and proved in time; done in time, proved afterwards; done late; set aside; still to be done.
DONE, FILED, LATE, VOID, OPEN = "done", "filed", "late", "void", "open"
GAP, DUE = "gap", "due"  # what OPEN is on a day: its day is past, or is not
KEY = ("due_on", "closed_on", "moved_from", "moved_on", "standing")


class Tally(NamedTuple):
    """One kept figure, whatever it is kept for."""

    subject: int
    due_on: date
    closed_on: date | None
    moved_from: date | None
    moved_on: date | None
    standing: str
    number: int

    def day_known(self, day: date) -> date:
        """Return the due day as it stood on ``day``."""
        return self.moved_from if self.moved_from and self.moved_on and self.moved_on > day else self.due_on

    def outcome(self, day: date) -> str:
        """Return what was known of it on the evening of ``day``."""
        if self.standing != OPEN and self.closed_on is not None and self.closed_on <= day:
            return self.standing
        return GAP if self.day_known(day) < day else DUE


@dataclass(frozen=True)
class Month:
    """What became of the occurrences that were due in one month."""

    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def proved(self) -> int:
        """Return how many are proved, in time or not."""
        return sum(self.counts.get(name, 0) for name in (DONE, FILED, LATE))

    @property
    def demanded(self) -> int:
        """Return how many had to be proved by then: the proved ones and the gaps."""
        return self.proved + self.counts.get(GAP, 0)

    @property
    def state(self) -> str:
        """Return the worst that is true of the month; empty where nothing was due."""
        return next((name for name in (GAP, LATE, FILED, DUE, DONE, VOID) if self.counts.get(name)), "")

    @staticmethod
    def together(months: Iterable[Month]) -> Month:
        """Return several as one."""
        found = [month for month in months if month.counts]
        if len(found) < 2:
            return found[0] if found else Month()
        counts: Counter[str] = Counter()
        for month in found:
            counts.update(month.counts)
        return Month(counts)


Coverage = dict[int, dict[date, Month]]


def read(
    dimension: Dimension, subjects: Collection[int], first: date, months: int = 12, *, day: date | None = None
) -> Coverage:
    """Return, for each obligation or department, its months from ``first`` as known on ``day`` (V20-060)."""
    day = day or clock.today()
    start = first.replace(day=1)
    return _by_month(
        tallies(dimension, subjects, start, dates.add_months(start, months), day),
        subjects,
        start,
        months,
        day,
    )


def of_department(
    department: int, obligations: Collection[int], first: date, months: int = 12, *, day: date | None = None
) -> Coverage:
    """Return the months of each obligation in one department, as ``read`` does over all of them."""
    day = day or clock.today()
    start = first.replace(day=1)
    rows = Occurrence.objects.filter(
        _within(start, dates.add_months(start, months), day),
        department=department,
        obligation__in=obligations,
    )
    return _by_month(_group("obligation", rows), obligations, start, months, day)


def _by_month(
    figures: Iterable[Tally], subjects: Collection[int], start: date, months: int, day: date
) -> Coverage:
    counts: dict[tuple[int, date], Counter[str]] = defaultdict(Counter)
    for tally in figures:
        due = tally.day_known(day)
        counts[tally.subject, due.replace(day=1)][tally.outcome(day)] += tally.number
    found: Coverage = {subject: {} for subject in subjects}
    for (subject, month), counter in counts.items():
        if start <= month < dates.add_months(start, months):
            found[subject][month] = Month(dict(counter))
    return found


def rate(months: Iterable[Month]) -> float | None:
    """Return the part that is proved of what had to be, 0 to 1; None where nothing had to be."""
    proved = demanded = 0
    for month in months:
        proved, demanded = proved + month.proved, demanded + month.demanded
    return proved / demanded if demanded else None


def tallies(
    dimension: Dimension, subjects: Collection[int], start: date, end: date, day: date
) -> Iterator[Tally]:
    """Yield the figures due from ``start`` until before ``end``, those of stale months counted afresh."""
    named = f"{dimension}_id"
    stale = {key for key in _stale(dimension) if key[0] in subjects}
    within = Q(due_on__gte=start, due_on__lt=end) | Q(
        moved_from__gte=start, moved_from__lt=end, moved_on__gt=day
    )
    kept = CoverageCell.objects.filter(within, **{f"{named}__in": list(subjects)})
    for row in kept.values_list(named, *KEY, "number").iterator():
        tally = Tally(*row)
        if (tally.subject, tally.due_on.replace(day=1)) not in stale:
            yield tally
    yield from _counted(dimension, stale)


def _within(start: date, end: date, day: date) -> Q:
    was_due = Q(moved_from__gte=start, moved_from__lt=end, moved_on__gt=day)
    return Q(due_on__gte=start, due_on__lt=end) | was_due


def recount(dimension: Dimension, subjects: Collection[int]) -> Iterator[Tally]:
    """Yield every figure of the subjects straight from the occurrences."""
    yield from _group(dimension, Occurrence.objects.filter(**{f"{dimension}_id__in": list(subjects)}))


def refresh() -> int:
    """Write the stale months back; return how many notes were followed. Run it as often as you like."""
    with transaction.atomic():
        notes = list(
            CoverageStale.objects.select_for_update().order_by("pk").values_list("pk", flat=True)[:100_000]
        )
        if not notes:
            return 0
        stale = CoverageStale.objects.filter(pk__lte=notes[-1])
        for dimension in DIMENSIONS:
            _rewrite(dimension, _stale(dimension, stale))
        for some in batched(notes, 500):
            CoverageStale.objects.filter(pk__in=some).delete()
    return len(notes)


def _rewrite(dimension: Dimension, keys: set[tuple[int, date]]) -> None:
    for subject, months in _by_subject(keys).items():
        CoverageCell.objects.filter(_due_in(months), **{f"{dimension}_id": subject}).delete()
    fresh = (
        CoverageCell(
            **{f"{dimension}_id": tally.subject}, **dict(zip(Tally._fields[1:], tally[1:], strict=True))
        )
        for tally in _counted(dimension, keys)
    )
    for some in batched(fresh, 2000):
        CoverageCell.objects.bulk_create(some)


def _stale(dimension: Dimension, notes: QuerySet[CoverageStale] | None = None) -> set[tuple[int, date]]:
    rows = CoverageStale.objects.all() if notes is None else notes
    found = rows.exclude(**{f"{dimension}_id": None}).values_list(f"{dimension}_id", "month").distinct()
    return set(found.order_by())


def _counted(dimension: Dimension, keys: set[tuple[int, date]]) -> Iterator[Tally]:
    """Count some months afresh; subjects that share their months are counted together."""
    alike: dict[tuple[date, ...], list[int]] = defaultdict(list)
    for subject, months in _by_subject(keys).items():
        alike[tuple(sorted(months))].append(subject)
    for shared, subjects in alike.items():
        for some in batched(subjects, 500):
            rows = Occurrence.objects.filter(_due_in(shared), **{f"{dimension}_id__in": some})
            yield from _group(dimension, rows)


def _by_subject(keys: Iterable[tuple[int, date]]) -> dict[int, list[date]]:
    found: dict[int, list[date]] = defaultdict(list)
    for subject, month in keys:
        found[subject].append(month)
    return found


def _due_in(months: Collection[date]) -> Q:
    """Return the condition for any of the months, neighbours joined to one span."""
    spans: list[tuple[date, date]] = []
    for month in sorted(months):
        after = dates.add_months(month, 1)
        if spans and spans[-1][1] == month:
            spans[-1] = (spans[-1][0], after)
        else:
            spans.append((month, after))
    condition = Q(pk__in=[])
    for start, end in spans:
        condition |= Q(due_on__gte=start, due_on__lt=end)
    return condition


def _group(dimension: Dimension, rows: QuerySet[Occurrence]) -> Iterator[Tally]:
    named = f"{dimension}_id"
    grouped: Any = rows.values(named, "due_on", "closed_on", "moved_from", "moved_on", standing=_standing())
    for line in grouped.annotate(number=Count("pk")).order_by():
        yield Tally(subject=line[named], number=line["number"], **{name: line[name] for name in KEY})


def _standing() -> Case:
    done = Q(state=Occurrence.State.DONE)
    return Case(
        When(done & Q(done_on__gt=F("due_on")), then=Value(LATE)),
        When(done & Q(closed_on__gt=F("due_on")), then=Value(FILED)),
        When(done, then=Value(DONE)),
        When(state=Occurrence.State.VOID, then=Value(VOID)),
        default=Value(OPEN),
        output_field=CharField(),
    )


__all__ = [
    "Coverage",
    "Dimension",
    "Month",
    "Tally",
    "of_department",
    "rate",
    "read",
    "recount",
    "refresh",
    "tallies",
]
