"""Days of the story: counted back from today, at working hours."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import date, datetime, time, timedelta

from sakimori.lib import clock

FOUNDED = 420  # days before today
LEDGER_TAKEN_IN = 215


def ago(days: int) -> date:
    """Return the working day that lies ``days`` before today, or the Friday before it."""
    return working(clock.today() - timedelta(days=days)) if days else clock.today()


def working(day: date) -> date:
    """Return the day, or the Friday before it."""
    return day - timedelta(days=max(0, day.weekday() - 4))


def on(day: date, hour: int = 10, minute: int = 0) -> AbstractContextManager[object]:
    """Let the commands within happen on ``day``."""
    return clock.at(datetime.combine(day, time(hour, minute), tzinfo=clock.JAPAN))
