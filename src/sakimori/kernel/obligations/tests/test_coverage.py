from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import connection

from sakimori.kernel.dossier.tests import cast
from sakimori.kernel.identity.actors import SYSTEM
from sakimori.kernel.identity.models import Department
from sakimori.kernel.obligations import coverage, triggers
from sakimori.kernel.obligations import obligations as o
from sakimori.kernel.obligations.models import CoverageCell, CoverageStale, Obligation, Occurrence
from sakimori.lib import clock
from sakimori.lib.dates import add_months

from .conftest import Content

pytestmark = [pytest.mark.django_db, pytest.mark.kernel]
DUTIES = """
- {id: test.check, title: 点検, every: 1 month, for_each: department, role: department_head, proved_by: identity.site}
- {id: test.review, title: 見直し, every: 3 months, role: security_office, proved_by: identity.site}
"""
START = date(2026, 4, 1)


@pytest.fixture
def year(duties: Content) -> list[Department]:
    """A year of two duties, one of them for each of three departments."""
    duties(DUTIES)
    departments = [cast.department(code, f"{code}部") for code in "ABC"]
    with clock.at(START):
        o.materialise(date(2027, 3, 31))
    return departments


def close(row: Occurrence, done: date, heard: date | None = None) -> None:
    """Write what completing leaves behind; the rule itself is tested where it lives."""
    Occurrence.objects.filter(pk=row.pk).update(
        state="done", done_on=done, closed_on=heard or done, proof_id=row.obligation_id
    )


def months_of(duty: str, day: str) -> dict[str, str]:
    key = Obligation.objects.get(duty_id=duty).pk
    found = coverage.read("obligation", [key], START, day=date.fromisoformat(day))[key]
    return {f"{month:%m}": one.state for month, one in sorted(found.items())}


def rows_of(duty: str) -> list[Occurrence]:
    return list(Occurrence.objects.filter(obligation__duty_id=duty).order_by("due_on", "pk"))


def test_a_month_bears_the_worst_that_is_true_of_it(year: list[Department]) -> None:
    first, second, third, fourth = rows_of("test.review")
    close(first, first.due_on)
    close(second, second.due_on, heard=second.due_on + timedelta(days=9))
    close(third, third.due_on + timedelta(days=1))
    found = months_of("test.review", "2027-03-01")
    assert list(found.values()) == ["done", "filed", "late", "due"]
    assert list(months_of("test.review", f"{fourth.due_on + timedelta(days=1)}").values())[-1] == "gap"


def test_a_past_day_is_answered_by_what_was_known_then(year: list[Department]) -> None:
    row = rows_of("test.review")[0]
    close(row, row.due_on, heard=row.due_on + timedelta(days=20))
    month = f"{row.due_on:%m}"
    assert months_of("test.review", f"{row.due_on}")[month] == "due"
    assert months_of("test.review", f"{row.due_on + timedelta(days=19)}")[month] == "gap"
    assert months_of("test.review", f"{row.due_on + timedelta(days=20)}")[month] == "filed"


def test_moving_a_day_does_not_hide_that_it_had_passed(year: list[Department]) -> None:
    row = rows_of("test.review")[0]
    due = row.due_on
    with clock.at(due + timedelta(days=3)):
        o.move(row, to=due + timedelta(days=30), reason="審査日の変更", by=SYSTEM)
    before = months_of("test.review", f"{due + timedelta(days=2)}")
    after = months_of("test.review", f"{due + timedelta(days=4)}")
    assert before[f"{due:%m}"] == "gap"
    assert f"{due:%m}" not in after


def test_what_was_set_aside_neither_counts_nor_disappears(year: list[Department]) -> None:
    with clock.at(START):
        o.set_aside(rows_of("test.review")[0], reason="対象の設備がない", by=SYSTEM)
    key = Obligation.objects.get(duty_id="test.review").pk
    found = coverage.read("obligation", [key], START, day=date(2026, 9, 30))[key]
    assert [one.state for one in found.values()].count("void") == 1
    assert coverage.rate([one for one in found.values() if one.state == "void"]) is None


def test_a_department_is_counted_over_all_its_duties(year: list[Department]) -> None:
    for row in rows_of("test.check"):
        if row.department_id == year[0].pk:
            close(row, row.due_on)
    found = coverage.read("department", [d.pk for d in year], START, day=date(2027, 3, 31))
    assert coverage.rate(found[year[0].pk].values()) == 1
    assert coverage.rate(found[year[1].pk].values()) == 0


def test_kept_figures_equal_a_full_recount_whatever_happened(year: list[Department]) -> None:
    chance = random.Random(20261121)
    acts: list[Callable[[Occurrence], object]] = [
        lambda row: close(row, row.due_on + timedelta(days=chance.randint(-9, 40))),
        lambda row: Occurrence.objects.filter(pk=row.pk).update(
            moved_from=row.due_on, moved_on=row.due_on - timedelta(days=chance.randint(-5, 20)),
            due_on=row.due_on + timedelta(days=chance.randint(1, 80)),
        ),
        lambda row: Occurrence.objects.filter(pk=row.pk).update(state="void", closed_on=row.due_on),
        lambda row: Occurrence.objects.filter(pk=row.pk).update(department=chance.choice(year)),
        lambda row: row.delete(),
    ]  # fmt: skip
    for _turn in range(40):
        rows = list(Occurrence.objects.exclude(state="done"))
        chance.choice(acts)(chance.choice(rows))
        if chance.random() < 0.3:
            coverage.refresh()
        assert_equal_to_a_recount(year, START + timedelta(days=chance.randint(0, 400)))
    coverage.refresh()
    assert not CoverageStale.objects.exists()
    assert_equal_to_a_recount(year, date(2027, 4, 1))


def assert_equal_to_a_recount(departments: list[Department], day: date) -> None:
    wanted = {
        "obligation": list(Obligation.objects.values_list("pk", flat=True)),
        "department": [d.pk for d in departments],
    }
    for dimension in coverage.DIMENSIONS:
        counts: dict[tuple[int, date], Counter[str]] = defaultdict(Counter)
        for tally in coverage.recount(dimension, wanted[dimension]):
            month = tally.day_known(day).replace(day=1)
            if START <= month < add_months(START, 12):
                counts[tally.subject, month][tally.outcome(day)] += tally.number
        kept = coverage.read(dimension, wanted[dimension], START, day=day)
        found = {
            (key, month): Counter(one.counts) for key, months in kept.items() for month, one in months.items()
        }
        assert found == counts


def test_reading_kept_figures_does_not_touch_the_occurrences(
    year: list[Department], django_assert_num_queries: Callable
) -> None:
    coverage.refresh()
    keys = list(Obligation.objects.values_list("pk", flat=True))
    with django_assert_num_queries(2) as queries:
        coverage.read("obligation", keys, START)
    assert not any('FROM "obligations_occurrence"' in query["sql"] for query in queries)


def test_without_the_notes_of_the_database_the_figures_would_be_wrong(year: list[Department]) -> None:
    coverage.refresh()
    triggers.remove(connection)
    try:
        close(rows_of("test.review")[0], START)
        with pytest.raises(AssertionError):
            assert_equal_to_a_recount(year, date(2027, 4, 1))
    finally:
        triggers.install(connection)
    assert CoverageCell.objects.exists()
