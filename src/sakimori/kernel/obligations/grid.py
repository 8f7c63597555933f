"""The year at a glance: duties down, months across, each cell with what became of its occurrences."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Case, CharField, Count, F, Q, Value, When

from sakimori.lib import clock, dates

from . import calendar
from .models import Obligation, Occurrence

# The worst present decides the colour of a cell.
STATES = ("overdue", "gap", "open", "late", "done", "future")


@dataclass(frozen=True)
class Cell:
    """One duty in one month; ``state`` is empty where nothing is due."""

    month: date
    state: str
    counts: dict[str, int]

    @property
    def total(self) -> int:
        """Return how many occurrences fall into the month."""
        return sum(self.counts.values())


@dataclass(frozen=True)
class Row:
    """One duty over the months."""

    obligation: Obligation
    cells: tuple[Cell, ...]


def grid(
    first: date,
    months: int = 12,
    *,
    obligations: Iterable[Obligation] | None = None,
    departments: Iterable[int] | None = None,
) -> list[Row]:
    """Return a row per obligation with a cell per month from ``first``.

    States: done, late, open, overdue, future; gap where the rule wanted something that was set aside or never
    planned. A month with several occurrences bears the worst, with the count of each.
    """
    start = first.replace(day=1)
    columns = [dates.add_months(start, number) for number in range(months)]
    end = dates.add_months(start, months)
    rows = list(Obligation.objects.current().order_by("duty_id") if obligations is None else obligations)
    counts = _counts(start, end, rows, departments)
    made = calendar.Calendar()
    found = []
    for row in rows:
        expected = _expected(row, start, end, made) if departments is None else set()
        found.append(Row(row, tuple(_cell(month, counts[row.pk, month], expected) for month in columns)))
    return found


def _counts(
    start: date, end: date, rows: list[Obligation], departments: Iterable[int] | None
) -> dict[tuple[int, date], Counter[str]]:
    found = Occurrence.objects.filter(obligation__in=rows, nominal_on__gte=start, nominal_on__lt=end)
    if departments is not None:
        found = found.filter(department__in=departments)
    # By day, not by month: SQLite would call Python for every row to find its month.
    lines = found.values("obligation_id", "nominal_on", standing=_standing()).annotate(number=Count("pk"))
    counts: dict[tuple[int, date], Counter[str]] = defaultdict(Counter)
    for line in lines.order_by():
        month = line["nominal_on"].replace(day=1)
        counts[line["obligation_id"], month][line["standing"]] += line["number"]
    return counts


def _standing() -> Case:
    """Return what became of an occurrence, as SQL; ``Occurrence.status`` says the same of one row."""
    today = clock.today()
    return Case(
        When(Q(state="done", done_on__gt=F("due_on")), then=Value("late")),
        When(state="done", then=Value("done")),
        When(state="void", then=Value("gap")),
        When(opens_on__gt=today, then=Value("future")),
        When(due_on__lt=today, then=Value("overdue")),
        default=Value("open"),
        output_field=CharField(),
    )


def _cell(month: date, counts: Counter[str], expected: set[date]) -> Cell:
    if not counts and month in expected:
        counts = Counter(gap=1)
    state = next((state for state in STATES if counts[state]), "")
    return Cell(month, state, dict(counts))


def _expected(obligation: Obligation, start: date, end: date, made: calendar.Calendar) -> set[date]:
    """Return the months in which the rule in force wants something, up to today."""
    duty = obligation.duty
    every = calendar.cadence(duty.every)
    if every is None or duty.counted == "completion":
        return set()
    first = calendar.anchor(duty, every, obligation.effective_on)
    last = min(end - timedelta(days=1), clock.today())
    wanted = calendar.slots(
        duty, every, first=first, after=start - timedelta(days=1), until=last, calendar=made
    )
    return {slot.nominal.replace(day=1) for slot in wanted}
