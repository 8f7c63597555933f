"""Calculate with cadences, fiscal years from April and Japanese business days."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import overload

import jpholiday

from sakimori.lib.errors import Refused
from sakimori.lib.fiscal import FiscalYear, Quarter
from sakimori.lib.japanese import nfkc
from sakimori.lib.months import add_months, month_end, months_between
from sakimori.lib.wareki import (
    format_wareki,
    format_wareki_short,
    parse_date,
    parse_year,
)

__all__ = [
    "Cadence",
    "FiscalYear",
    "Quarter",
    "Unit",
    "add_business_days",
    "add_months",
    "format_wareki",
    "format_wareki_short",
    "is_business_day",
    "month_end",
    "months_between",
    "next_business_day",
    "parse_date",
    "parse_year",
    "previous_business_day",
]


def is_business_day(day: date, closed: Collection[date] = ()) -> bool:
    """Tell whether ``day`` is no weekend, no national holiday and no day the company is closed."""
    return day.weekday() < 5 and day not in closed and not jpholiday.is_holiday(day)


def next_business_day(day: date, closed: Collection[date] = ()) -> date:
    """Return ``day`` itself when it is a business day, else the first one after it."""
    while not is_business_day(day, closed):
        day += timedelta(days=1)
    return day


def previous_business_day(day: date, closed: Collection[date] = ()) -> date:
    """Return ``day`` itself when it is a business day, else the last one before it."""
    while not is_business_day(day, closed):
        day -= timedelta(days=1)
    return day


def add_business_days(day: date, count: int, closed: Collection[date] = ()) -> date:
    """Move ``day`` by ``count`` business days, backwards when negative; ``day`` itself is not counted."""
    step = timedelta(days=1 if count >= 0 else -1)
    for _ in range(abs(count)):
        day += step
        while not is_business_day(day, closed):
            day += step
    return day


class Unit(StrEnum):
    """What a cadence counts in."""

    HOUR = "hour"
    DAY = "day"
    BUSINESS_DAY = "business day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


_UNIT_LABELS = {
    Unit.HOUR: "時間",
    Unit.DAY: "日",
    Unit.BUSINESS_DAY: "営業日",
    Unit.WEEK: "週間",
    Unit.MONTH: "か月",
    Unit.YEAR: "年",
}
_UNIT_NAMES = {
    **{unit.value: unit for unit in Unit},
    **{f"{unit.value}s": unit for unit in Unit},
    **{label: unit for unit, label in _UNIT_LABELS.items()},
    **dict.fromkeys(("カ月", "ヶ月", "ケ月", "ヵ月", "箇月", "月"), Unit.MONTH),
    "週": Unit.WEEK,
}
_CADENCE = re.compile(r"(\d{1,4})\s*(\D+)")


@dataclass(frozen=True)
class Cadence:
    """A span of the calendar: "1 year", "6 months", "2 weeks", "10 days", "48 hours"."""

    count: int
    unit: Unit

    def __post_init__(self) -> None:
        """Refuse an empty span, on which a schedule never advances, and one beyond the calendar."""
        if self.unit is Unit.YEAR and self.count > 100:
            raise Refused("期間は100年以下で指定してください。")
        if self.count < 1:
            raise Refused("期間は1以上で指定してください（例: 1 year、6 months、48 hours）。")

    @classmethod
    def parse(cls, text: str) -> Cadence:
        """Read "6 months", "1 year", "5 business days" or 6か月, 1年, 48時間."""
        match = _CADENCE.fullmatch(nfkc(text).strip().lower())
        unit = _UNIT_NAMES.get(match[2].strip()) if match else None
        if match is None or unit is None:
            raise Refused(
                f"「{text}」は期間ではありません。"
                "1 year、6 months、2 weeks、48 hours のように指定してください。"
            )
        return cls(int(match[1]), unit)

    def __str__(self) -> str:
        """Return the form that ``parse`` reads."""
        return f"{self.count} {self.unit.value}{'' if self.count == 1 else 's'}"

    @property
    def label(self) -> str:
        """Return the Japanese wording: 6か月."""
        return f"{self.count}{_UNIT_LABELS[self.unit]}"

    @overload
    def after(self, moment: datetime, times: int = 1) -> datetime: ...
    @overload
    def after(self, moment: date, times: int = 1) -> date: ...
    def after(self, moment: date | datetime, times: int = 1) -> date | datetime:
        """Return the moment ``times`` spans after ``moment`` (before it, when negative).

        Several spans are counted from the same start, so that 31 January + 2 months is 31 March.
        Hours added to a date are refused: a day has no hour to count from.
        """
        count = self.count * times
        if self.unit in (Unit.MONTH, Unit.YEAR):
            moved = add_months(moment, count * (12 if self.unit is Unit.YEAR else 1))
            return _on_day(moment, moved)
        if self.unit is Unit.BUSINESS_DAY:
            return _on_day(moment, add_business_days(_day_of(moment), count))
        if self.unit is Unit.HOUR:
            if not isinstance(moment, datetime):
                raise Refused("時間単位の期限には起点の時刻が必要です。")
            return moment + timedelta(hours=count)
        return moment + timedelta(days=count * (7 if self.unit is Unit.WEEK else 1))

    @overload
    def before(self, moment: datetime) -> datetime: ...
    @overload
    def before(self, moment: date) -> date: ...
    def before(self, moment: date | datetime) -> date | datetime:
        """Return the moment one span before ``moment``."""
        return self.after(moment, -1)

    @overload
    def __radd__(self, moment: datetime) -> datetime: ...
    @overload
    def __radd__(self, moment: date) -> date: ...
    def __radd__(self, moment: date | datetime) -> date | datetime:
        """Support ``day + cadence``."""
        return self.after(moment)

    @overload
    def __rsub__(self, moment: datetime) -> datetime: ...
    @overload
    def __rsub__(self, moment: date) -> date: ...
    def __rsub__(self, moment: date | datetime) -> date | datetime:
        """Support ``day - cadence``."""
        return self.before(moment)

    def series(self, start: date, until: date) -> Iterator[date]:
        """Yield ``start`` and every day a whole number of spans later, up to ``until``."""
        times, day = 0, start
        while day <= until:
            yield day
            times += 1
            day = self.after(start, times)


def _day_of(moment: date | datetime) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def _on_day(moment: date | datetime, day: date) -> date | datetime:
    if isinstance(moment, datetime):
        return moment.replace(year=day.year, month=day.month, day=day.day)
    return day
