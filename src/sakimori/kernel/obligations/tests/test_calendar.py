from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sakimori.kernel.content.duties import Duty
from sakimori.kernel.obligations import calendar
from sakimori.lib import clock, dates
from sakimori.lib.dates import Cadence

pytestmark = pytest.mark.django_db
DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))
TEXTS = ("1 year", "2 years", "6 months", "3 months", "1 month", "2 weeks", "10 days")
CADENCES = st.sampled_from([Cadence.parse(text) for text in TEXTS])


class Open:
    """A calendar of a company that closes on Sundays only, so that properties are about the planner."""

    def adjusted(self, day: date, rule: str) -> date:
        step = {"as_is": 0, "next": 1, "previous": -1}[rule]
        return day + timedelta(days=step) if day.weekday() == 6 else day


def duty(**values: object) -> Duty:
    return Duty(id="test.duty", title="試験", **values)  # type: ignore[arg-type]


def days(wanted: Duty, every: str, adopted: date, until: date) -> list[date]:
    cadence = Cadence.parse(every)
    first = calendar.anchor(wanted, cadence, adopted)
    return [
        s.nominal
        for s in calendar.slots(wanted, cadence, first=first, after=None, until=until, calendar=Open())
    ]  # type: ignore[arg-type]


def test_a_yearly_duty_falls_on_the_end_of_its_month() -> None:
    assert days(duty(month=9), "1 year", date(2026, 11, 1), date(2028, 12, 31)) == [
        date(2027, 9, 30),
        date(2028, 9, 30),
    ]


def test_without_a_month_a_year_ends_with_the_fiscal_year() -> None:
    assert days(duty(), "1 year", date(2026, 4, 1), date(2028, 3, 31)) == [
        date(2027, 3, 31),
        date(2028, 3, 31),
    ]


def test_every_three_months_is_every_quarter_of_the_fiscal_year() -> None:
    assert days(duty(), "3 months", date(2026, 4, 1), date(2027, 3, 31)) == [
        date(2026, 6, 30), date(2026, 9, 30), date(2026, 12, 31), date(2027, 3, 31),
    ]  # fmt: skip


def test_a_duty_of_february_falls_on_the_29th_in_a_leap_year() -> None:
    assert days(duty(month=2), "1 year", date(2027, 1, 1), date(2029, 12, 31)) == [
        date(2027, 2, 28), date(2028, 2, 29), date(2029, 2, 28),
    ]  # fmt: skip


def test_a_duty_that_starts_on_the_29th_of_february_never_vanishes() -> None:
    assert days(duty(starts_on=date(2024, 2, 29)), "1 year", date(2024, 2, 29), date(2028, 12, 31)) == [
        date(2024, 2, 29), date(2025, 2, 28), date(2026, 2, 28), date(2027, 2, 28), date(2028, 2, 29),
    ]  # fmt: skip


def test_a_day_on_a_holiday_moves_to_the_next_business_day() -> None:
    real = calendar.Calendar()
    assert real.adjusted(date(2026, 5, 3), "next") == date(2026, 5, 7)  # Sunday, then three national holidays
    assert real.adjusted(date(2026, 5, 3), "previous") == date(2026, 5, 1)
    assert real.adjusted(date(2026, 5, 3), "as_is") == date(2026, 5, 3)


def test_a_time_limit_in_hours_keeps_its_hour() -> None:
    moment = datetime(2026, 11, 20, 22, 0, tzinfo=clock.JAPAN)
    day, at = calendar.deadline(Cadence.parse("12 hours"), moment)
    assert day == date(2026, 11, 21)
    assert at == datetime(2026, 11, 21, 10, 0, tzinfo=clock.JAPAN)


def test_five_business_days_jump_weekend_and_holidays() -> None:
    moment = datetime(2026, 4, 28, 9, 0, tzinfo=clock.JAPAN)
    assert calendar.deadline(Cadence.parse("5 business days"), moment) == (date(2026, 5, 11), None)


@given(adopted=DAYS, every=CADENCES, month=st.integers(0, 12), reach=st.integers(0, 900))
def test_nothing_is_lost_or_doubled_however_the_span_is_cut(
    adopted: date, every: Cadence, month: int, reach: int
) -> None:
    wanted = duty(month=month)
    first = calendar.anchor(wanted, every, adopted)
    middle, end = adopted + timedelta(days=reach), adopted + timedelta(days=1500)

    def planned(after: date | None, until: date) -> list[date]:
        return [
            s.nominal
            for s in calendar.slots(wanted, every, first=first, after=after, until=until, calendar=Open())
        ]  # type: ignore[arg-type]

    assert planned(None, middle) + planned(middle, end) == planned(None, end)


@given(adopted=DAYS, every=CADENCES, month=st.integers(0, 12))
def test_the_days_rise_start_at_the_adoption_and_keep_their_distance(
    adopted: date, every: Cadence, month: int
) -> None:
    found = days(duty(month=month), str(every), adopted, adopted + timedelta(days=1500))
    assert all(day >= adopted for day in found)
    for earlier, later in pairwise(found):
        span = (every.after(earlier) - earlier).days
        assert abs((later - earlier).days - span) <= 3  # months differ in length, never more


@given(adopted=DAYS, every=CADENCES)
def test_what_is_due_at_a_month_end_stays_at_month_ends(adopted: date, every: Cadence) -> None:
    if every.unit not in (dates.Unit.MONTH, dates.Unit.YEAR):
        return
    for day in days(duty(), str(every), adopted, adopted + timedelta(days=1500)):
        assert day == dates.month_end(day.year, day.month)


@given(adopted=DAYS, every=CADENCES, rule=st.sampled_from(["as_is", "next", "previous"]))
def test_a_duty_opens_before_it_is_due_and_after_the_one_before_it(
    adopted: date, every: Cadence, rule: str
) -> None:
    wanted = duty(business_day=rule)
    first = calendar.anchor(wanted, every, adopted)
    found = list(
        calendar.slots(
            wanted, every, first=first, after=None, until=adopted + timedelta(days=1500), calendar=Open()
        )
    )  # type: ignore[arg-type]
    assert all(s.opens <= s.due for s in found)
    assert all(later.opens > earlier.nominal for earlier, later in pairwise(found))
