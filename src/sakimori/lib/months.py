"""Whole months: ends stay ends."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import date


def month_end(year: int, month: int) -> date:
    """Return the last day of the month."""
    return date(year, month, monthrange(year, month)[1])


def add_months(day: date, months: int) -> date:
    """Move ``day`` by whole months; a month end stays a month end, and 31 May + 1 is 30 June."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    last = month_end(year, month + 1)
    if day.day == monthrange(day.year, day.month)[1]:
        return last
    return last.replace(day=min(day.day, last.day))


def months_between(first: date, last: date) -> Iterator[date]:
    """Yield the first day of every month from the month of ``first`` to that of ``last``."""
    month = first.replace(day=1)
    while month <= last:
        yield month
        month = add_months(month, 1)
