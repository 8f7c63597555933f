"""Business days of the company: weekends, national holidays and the parameter ``calendar.closed``."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from sakimori.lib import dates

from . import policy


@dataclass(frozen=True)
class ClosedDays(Collection[date]):
    """The days on which the company is closed, every year: (first, last) as MM-DD, also across New Year."""

    spans: tuple[tuple[str, str], ...]

    def __contains__(self, day: object) -> bool:
        if not isinstance(day, date):
            return False
        key = f"{day:%m-%d}"
        return any(
            first <= key <= last if first <= last else key >= first or key <= last
            for first, last in self.spans
        )

    def __iter__(self) -> Iterator[date]:
        """Yield nothing: the days recur without end, only membership can be asked."""
        return iter(())

    def __len__(self) -> int:
        return len(self.spans)


def closed() -> ClosedDays:
    """Return the closed days in force."""
    rows = policy.value("calendar.closed") or ()
    return ClosedDays(tuple((row["from"], row["to"]) for row in rows))


def add(day: date, count: int) -> date:
    """Return the day ``count`` business days after ``day`` (before it, when negative)."""
    return dates.add_business_days(day, count, closed())


def next_workday(day: date) -> date:
    """Return ``day`` itself when it is a business day, else the first after it."""
    return dates.next_business_day(day, closed())


def is_workday(day: date) -> bool:
    """Tell whether the company works on ``day``."""
    return dates.is_business_day(day, closed())
