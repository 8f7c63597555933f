from __future__ import annotations

from datetime import date, datetime

import pytest

from sakimori.kernel import hooks
from sakimori.kernel.dossier.tests import cast
from sakimori.kernel.identity.models import Department, Person
from sakimori.kernel.notices.models import Notice
from sakimori.kernel.obligations import obligations as o
from sakimori.kernel.obligations.models import Occurrence
from sakimori.lib import clock

from .conftest import Content

pytestmark = pytest.mark.django_db
YEARLY = (
    "- {id: test.stock, title: 棚卸し, every: 1 year, month: 9, for_each: department, role: department_head}"
)


@pytest.fixture
def people(duties: Content) -> dict[str, Person]:
    duties(YEARLY)
    boss, chief = cast.person("本部長"), cast.person("営業部長")
    division = Department.objects.create(code="DIV", name="営業本部", head=boss, in_scope=False)
    Department.objects.create(code="SLS", name="営業部", head=chief, parent=division)
    found = {"boss": boss, "head": chief, "chair": cast.person("委員長", None, "committee_chair")}
    with clock.at(date(2026, 4, 1)):
        o.materialise(date(2026, 12, 31))
    return found


def this_year() -> Occurrence:
    return Occurrence.objects.get(nominal_on=date(2026, 9, 30))


def told(day: str) -> list[tuple[str, str]]:
    """Run a day and return (kind, person) of what was said anew."""
    before = set(Notice.objects.values_list("pk", flat=True))
    with clock.at(date.fromisoformat(day)):
        o.run_day()
    fresh = Notice.objects.exclude(pk__in=before).order_by("pk").select_related("recipient")
    return [(row.kind.removeprefix("obligations."), row.recipient.name) for row in fresh]


def test_reminders_come_on_their_days_and_once(people: dict[str, Person]) -> None:
    assert told("2026-08-30") == []
    assert told("2026-08-31") == [("reminder", "営業部長")]
    assert told("2026-08-31") == []
    assert told("2026-09-22") == []
    assert told("2026-09-23") == [("reminder", "営業部長")]
    assert told("2026-09-29") == [("reminder", "営業部長")]


def test_lateness_climbs_to_the_superior_and_to_the_committee(people: dict[str, Person]) -> None:
    told("2026-09-30")
    assert told("2026-10-01") == [("overdue", "営業部長")]
    assert told("2026-10-03") == []
    assert told("2026-10-04") == [("superior", "本部長")]
    assert told("2026-10-07") == [("committee", "委員長")]
    assert told("2026-12-01") == []


def test_after_down_time_reminders_become_one_and_reports_are_made_up_for(people: dict[str, Person]) -> None:
    assert told("2026-09-28") == [("reminder", "営業部長")]
    assert told("2026-11-20") == [("overdue", "営業部長"), ("superior", "本部長"), ("committee", "委員長")]


def test_what_is_done_is_not_mentioned_again(people: dict[str, Person]) -> None:
    told("2026-09-23")
    with clock.at(date(2026, 9, 24)):
        o.complete(this_year(), proof=cast.row(), by=people["head"])
    assert told("2026-10-10") == []


def test_a_moved_day_has_reminders_of_its_own(people: dict[str, Person]) -> None:
    office = cast.person("事務局 花子", None, "security_office")
    told("2026-09-29")
    with clock.at(date(2026, 9, 29)):
        o.move(this_year(), to=date(2026, 11, 16), reason="移転", by=office)
    assert told("2026-10-01") == []
    assert told("2026-10-17") == [("reminder", "営業部長")]
    assert told("2026-11-17") == [("overdue", "営業部長")]


def test_a_clock_set_back_repeats_nothing(people: dict[str, Person]) -> None:
    told("2026-09-29")
    assert told("2026-09-23") == []
    assert told("2026-09-29") == []
    assert told("2026-10-01") == [("overdue", "営業部長")]


def test_domains_hear_of_each_overdue_occurrence_once(
    people: dict[str, Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[int] = []
    monkeypatch.setitem(
        hooks._hearers, "occurrence_overdue", [lambda occurrence: heard.append(occurrence.pk)]
    )
    for day in ("2026-10-01", "2026-10-02", "2026-10-09"):
        told(day)
    assert heard == [this_year().pk]


def test_a_limit_in_hours_is_watched_by_the_hour(duties: Content) -> None:
    duties(
        "- {id: test.answer, title: 回答, after: complaint.received, within: 12 hours, role: security_office}"
    )
    cast.person("事務局 花子", None, "security_office")
    cast.person("委員長", None, "committee_chair")
    start = datetime(2026, 9, 18, 8, 0, tzinfo=clock.JAPAN)
    found = []
    with clock.at(start):
        o.happened("complaint.received", cast.row())
    for hour in (8, 13, 14, 19, 20):
        before = Notice.objects.count()
        with clock.at(start.replace(hour=hour)):
            o.run_day()
        found.append(Notice.objects.count() - before)
    assert found == [1, 0, 1, 0, 1]
    assert Notice.objects.filter(urgent=False).count() == 0


def test_a_quiet_day_reads_no_occurrence(
    people: dict[str, Person], django_assert_max_num_queries: object
) -> None:
    told("2026-05-01")
    with clock.at(date(2026, 5, 2)), django_assert_max_num_queries(10):  # type: ignore[operator]
        assert o.run_day() == (0, 0)
