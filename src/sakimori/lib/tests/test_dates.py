from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sakimori.lib.dates import (
    Cadence,
    FiscalYear,
    Unit,
    add_business_days,
    format_wareki,
    format_wareki_short,
    is_business_day,
    next_business_day,
    parse_date,
    parse_year,
    previous_business_day,
)
from sakimori.lib.errors import Refused


@pytest.mark.parametrize(
    ("start", "cadence", "expected"),
    [
        (date(2026, 1, 31), "1 month", date(2026, 2, 28)),
        (date(2026, 2, 28), "1 month", date(2026, 3, 31)),
        (date(2026, 1, 30), "1 month", date(2026, 2, 28)),
        (date(2026, 1, 15), "1 month", date(2026, 2, 15)),
        (date(2024, 2, 29), "1 year", date(2025, 2, 28)),
        (date(2023, 2, 28), "1 year", date(2024, 2, 29)),
        (date(2025, 12, 31), "6 months", date(2026, 6, 30)),
        (date(2026, 12, 20), "2 weeks", date(2027, 1, 3)),
        (date(2026, 4, 28), "2 business days", date(2026, 5, 1)),
        (date(2026, 4, 1), "10日", date(2026, 4, 11)),
    ],
)
def test_a_cadence_keeps_month_ends_and_crosses_years(start: date, cadence: str, expected: date) -> None:
    assert start + Cadence.parse(cadence) == expected


def test_several_spans_are_counted_from_the_same_start() -> None:
    assert Cadence(1, Unit.MONTH).after(date(2026, 1, 30), 2) == date(2026, 3, 30)
    days = list(Cadence.parse("1 month").series(date(2026, 1, 31), date(2026, 4, 30)))
    assert days == [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)]


def test_hours_count_from_a_moment_and_are_refused_on_a_day() -> None:
    moment = datetime(2026, 4, 10, 9, tzinfo=UTC)
    assert moment + Cadence.parse("48 hours") == datetime(2026, 4, 12, 9, tzinfo=UTC)
    with pytest.raises(Refused, match="時刻が必要"):
        date(2026, 4, 10) + Cadence.parse("48 hours")


def test_a_moment_keeps_its_time_of_day_over_months() -> None:
    moment = datetime(2026, 1, 31, 17, 30, tzinfo=UTC)
    assert moment - Cadence.parse("2 months") == datetime(2025, 11, 30, 17, 30, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "month", "0 days", "1 fortnight", "-1 day", "1.5 years", "999 years"])
def test_a_cadence_that_means_nothing_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        Cadence.parse(text)


@given(st.integers(1, 100), st.sampled_from(Unit))
def test_a_cadence_reads_back_what_it_writes(count: int, unit: Unit) -> None:
    assert Cadence.parse(str(Cadence(count, unit))) == Cadence(count, unit)
    assert Cadence.parse(Cadence(count, unit).label) == Cadence(count, unit)


def test_a_fiscal_year_begins_in_april() -> None:
    assert FiscalYear.of(date(2026, 3, 31)) == FiscalYear(2025)
    assert FiscalYear.of(date(2026, 4, 1)) == FiscalYear(2026)
    year = FiscalYear.parse("令和8年度")
    assert (year.start, year.end, str(year)) == (date(2026, 4, 1), date(2027, 3, 31), "2026年度")
    assert [month.month for month in year.months] == [4, 5, 6, 7, 8, 9, 10, 11, 12, 1, 2, 3]
    assert year.quarter(date(2027, 1, 1)).number == 4
    assert year.quarters[3].start == date(2027, 1, 1)
    assert year.quarters[3].end == year.end
    assert year.next.previous == year
    assert date(2027, 4, 1) not in year


def test_weekends_holidays_and_closed_days_are_no_business_days() -> None:
    assert not is_business_day(date(2026, 5, 3))
    assert not is_business_day(date(2026, 5, 6))  # the holiday moved from a Sunday
    assert next_business_day(date(2026, 5, 2)) == date(2026, 5, 7)
    assert previous_business_day(date(2026, 5, 6)) == date(2026, 5, 1)
    assert next_business_day(date(2026, 12, 29), closed={date(2026, 12, 29)}) == date(2026, 12, 30)
    assert add_business_days(date(2026, 5, 7), -1) == date(2026, 5, 1)


@pytest.mark.parametrize(
    "value",
    [
        "2026/4/10",
        "2026-04-10",
        "2026.4.10",
        "2026年4月10日",
        "２０２６年 ４月１０日",
        "20260410",
        20260410,
        46122,
        46122.75,
        "46122",
        "令和8年4月10日",
        "令和 8 年 4 月 10 日",
        "R8.4.10",
        "r8/4/10",
        "㋿8年4月10日",
        "2026/4/10(金)",
        "2026/04/10 09:30",
        datetime(2026, 4, 10, 23, 59),
        date(2026, 4, 10),
    ],
)
def test_every_date_form_of_real_ledgers_is_read(value: object) -> None:
    assert parse_date(value) == date(2026, 4, 10)


def test_the_first_year_of_an_era_is_gannen() -> None:
    assert parse_date("令和元年5月1日") == date(2019, 5, 1)
    assert parse_date("昭和64年1月7日") == date(1989, 1, 7)
    assert format_wareki(date(2019, 5, 1)) == "令和元年5月1日"
    assert format_wareki_short(date(1989, 1, 7)) == "S64.1.7"
    assert (parse_year("平成31年"), parse_year("令和元年度"), parse_year("2026年度")) == (2019, 2019, 2026)


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("2026/2/30", "存在しない日付"),
        ("令和8年13月1日", "存在しない日付"),
        ("平成31年5月1日", "令和元年5月1日"),
        ("令和0年5月1日", "存在しない年"),
        ("26/4/10", "年が2桁"),
        ("10/4/2026", "月と日の順"),
        ("2026年4月", "日まで書かれていません"),
        ("来月", "読み取れません"),
        (5, "数値です"),
        (float("nan"), "日付ではありません"),
        (True, "日付ではありません"),
        (10**30, "数値です"),
    ],
)
def test_an_impossible_date_is_refused_with_what_to_write(value: object, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        parse_date(value)


@given(st.dates(date(1868, 1, 25), date(2117, 12, 31)))
def test_wareki_reads_back_what_it_writes(day: date) -> None:
    assert parse_date(format_wareki(day)) == day
    assert parse_date(format_wareki_short(day)) == day


@given(st.one_of(st.text(max_size=30), st.floats(), st.integers(), st.none(), st.binary(max_size=4)))
def test_any_value_is_a_date_or_a_refusal(value: object) -> None:
    try:
        assert isinstance(parse_date(value), date)
    except Refused as refused:
        assert "。" in str(refused)
