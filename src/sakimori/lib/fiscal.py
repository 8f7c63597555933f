"""Fiscal years from April, and their quarters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sakimori.lib.months import add_months, months_between
from sakimori.lib.wareki import parse_year


@dataclass(frozen=True, order=True)
class Quarter:
    """A quarter of a fiscal year; 第1四半期 is April to June."""

    year: int
    number: int

    @property
    def start(self) -> date:
        """Return the first day."""
        return add_months(date(self.year, 4, 1), 3 * (self.number - 1))

    @property
    def end(self) -> date:
        """Return the last day."""
        return add_months(self.start, 3) - timedelta(days=1)

    @property
    def label(self) -> str:
        """Return 2026年度第1四半期."""
        return f"{self.year}年度第{self.number}四半期"


@dataclass(frozen=True, order=True)
class FiscalYear:
    """A fiscal year from April to March, named by the year in which it begins."""

    year: int

    @classmethod
    def of(cls, day: date) -> FiscalYear:
        """Return the fiscal year that ``day`` falls in."""
        return cls(day.year if day.month >= 4 else day.year - 1)

    @classmethod
    def parse(cls, text: str) -> FiscalYear:
        """Read 2026年度, FY2026, 令和8年度."""
        return cls(parse_year(text))

    def __str__(self) -> str:
        """Return 2026年度."""
        return f"{self.year}年度"

    def __contains__(self, day: date) -> bool:
        """Tell whether ``day`` falls in this year."""
        return self.start <= day <= self.end

    @property
    def start(self) -> date:
        """Return 1 April."""
        return date(self.year, 4, 1)

    @property
    def end(self) -> date:
        """Return 31 March of the next year."""
        return date(self.year + 1, 3, 31)

    @property
    def next(self) -> FiscalYear:
        """Return the year after."""
        return FiscalYear(self.year + 1)

    @property
    def previous(self) -> FiscalYear:
        """Return the year before."""
        return FiscalYear(self.year - 1)

    @property
    def months(self) -> tuple[date, ...]:
        """Return the first days of the twelve months, April first."""
        return tuple(months_between(self.start, self.end))

    @property
    def quarters(self) -> tuple[Quarter, ...]:
        """Return the four quarters."""
        return tuple(Quarter(self.year, number) for number in range(1, 5))

    def quarter(self, day: date) -> Quarter:
        """Return the quarter that ``day`` of this year falls in."""
        if day not in self:
            raise ValueError(f"{day} is not in {self}")
        return Quarter(self.year, (day.month - 4) % 12 // 3 + 1)
