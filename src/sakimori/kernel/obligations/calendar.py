"""On which days a duty falls: pure calculation from its cadence, without the database's occurrences.

Days count from a fixed anchor, never from the previous due day: a holiday that moves one day does not move
the next, and nothing drifts. The end of a month stays the end of a month, also in leap years.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sakimori.kernel.content.duties import Duty, FromParameter
from sakimori.kernel.policy import policy, workdays
from sakimori.lib import clock, dates
from sakimori.lib.dates import Cadence, Unit
from sakimori.lib.errors import Refused

END_OF_FISCAL_YEAR = 3
LONGEST_LEAD = timedelta(days=30)
_BY_MONTH = (Unit.MONTH, Unit.YEAR)


@dataclass(frozen=True, slots=True)
class Slot:
    """One nominal day, the day it is due in fact, and the day from which it may be done."""

    nominal: date
    due: date
    opens: date


class Calendar:
    """The company's business days, remembered for one run."""

    def __init__(self) -> None:
        closed = workdays.closed()
        self.next = functools.cache(lambda day: dates.next_business_day(day, closed))
        self.previous = functools.cache(lambda day: dates.previous_business_day(day, closed))

    def adjusted(self, day: date, rule: str) -> date:
        """Return the business day on which something nominally due on ``day`` is due."""
        if rule == "as_is":
            return day
        return self.next(day) if rule == "next" else self.previous(day)


def cadence(value: Cadence | FromParameter | None, on: date | None = None) -> Cadence | None:
    """Return a span, from the regulation where the duty names a parameter; None where the article states none.

    Raises Refused for a parameter that is no span of time.
    """
    if not isinstance(value, FromParameter):
        return value
    found = policy.value(value.parameter, on)
    if isinstance(found, int) and not isinstance(found, bool):
        found = Cadence(found, Unit.DAY)
    if found is not None and not isinstance(found, Cadence):
        raise Refused(f"{value.parameter}: 期間のパラメータではありません。", rule="obligations.cadence")
    return found


def anchor(duty: Duty, every: Cadence, adopted: date) -> date:
    """Return the first nominal day on or after ``adopted``: from ``starts_on``, the month, or the fiscal year."""
    if duty.starts_on:
        start = duty.starts_on
    elif every.unit in _BY_MONTH:
        start = dates.month_end(adopted.year - 1, duty.month or END_OF_FISCAL_YEAR)
        if every.unit is Unit.YEAR:
            return _first_from(Cadence(1, Unit.YEAR), start, adopted)
    else:
        start = every.after(adopted)
    return _first_from(every, start, adopted)


def slots(
    duty: Duty, every: Cadence, *, first: date, after: date | None, until: date, calendar: Calendar
) -> Iterator[Slot]:
    """Yield the slots with a nominal day later than ``after`` and up to ``until``, from the anchor ``first``."""
    for nominal in every.series(first, until):
        if after is None or nominal > after:
            yield slot(duty, every, nominal, calendar)


def slot(duty: Duty, every: Cadence, nominal: date, calendar: Calendar) -> Slot:
    """Return due and opening day of a nominal day."""
    due = calendar.adjusted(nominal, duty.business_day)
    return Slot(nominal, due, opening(duty, every, due))


def opening(duty: Duty, every: Cadence | None, due: date) -> date:
    """Return the day from which something due on ``due`` appears: as stated, else 30 days or half its span."""
    if duty.opens is not None and duty.opens.unit is not Unit.HOUR:
        return duty.opens.before(due)
    if every is None or every.unit is Unit.HOUR:
        return due - LONGEST_LEAD
    half = (due - every.before(due)) / 2
    return due - min(LONGEST_LEAD, timedelta(days=half.days))


def deadline(within: Cadence, moment: datetime) -> tuple[date, datetime | None]:
    """Return the due day of a time limit, and its hour where the limit counts in hours."""
    local = moment.astimezone(clock.JAPAN)
    if within.unit is Unit.HOUR:
        due = within.after(moment)
        return due.astimezone(clock.JAPAN).date(), due
    if within.unit is Unit.BUSINESS_DAY:
        return workdays.add(local.date(), within.count), None
    return within.after(local.date()), None


def morning(day: date) -> datetime:
    """Return the first moment of a day in Japan."""
    return datetime.combine(day, time(0), clock.JAPAN)


def _first_from(every: Cadence, start: date, day: date) -> date:
    times = 0
    while (found := every.after(start, times)) < day:
        times += 1
    return found
