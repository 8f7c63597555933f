"""The only clock of the product: everything that asks for the time asks here.

Tests and the demonstration company's history run at other moments; ``at`` moves the clock for one context.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

JAPAN = ZoneInfo("Asia/Tokyo")
_moment: ContextVar[datetime | None] = ContextVar("moment", default=None)


def now() -> datetime:
    """Return the present moment as an aware datetime in UTC."""
    return _moment.get() or datetime.now(UTC)


def today() -> date:
    """Return the present day in Japan."""
    return now().astimezone(JAPAN).date()


def is_moved() -> bool:
    """Tell whether the clock of this context was moved by ``at``."""
    return _moment.get() is not None


@contextmanager
def at(moment: datetime | date) -> Iterator[datetime]:
    """Hold the clock of this context at ``moment``; a date means nine o'clock in Japan.

    Raises ValueError for a datetime without a time zone.
    """
    if not isinstance(moment, datetime):
        moment = datetime(moment.year, moment.month, moment.day, 9, tzinfo=JAPAN)
    if moment.tzinfo is None:
        raise ValueError("the clock needs a time zone")
    token = _moment.set(moment.astimezone(UTC))
    try:
        yield moment
    finally:
        _moment.reset(token)
