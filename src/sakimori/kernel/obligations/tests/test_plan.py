from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from sakimori.kernel.dossier.tests import cast
from sakimori.kernel.identity.models import Department, Person
from sakimori.kernel.ledger import book
from sakimori.kernel.obligations import obligations as o
from sakimori.kernel.obligations.models import Obligation, Occurrence
from sakimori.lib import clock

from .conftest import Content

pytestmark = pytest.mark.django_db
YEARLY = (
    "- {id: test.yearly, title: 棚卸し, every: 1 year, month: 9, for_each: department, role: department_head}"
)
MONTHLY = "- {id: test.monthly, title: 点検, every: 1 month, role: security_office}"
RENEWAL = (
    "- {id: test.renewal, title: 教育, every: 1 year, counted: completion, for_each: person, role: employee}"
)


def on(day: str, until: str | None = None) -> int:
    with clock.at(date.fromisoformat(day)):
        return o.materialise(date.fromisoformat(until) if until else None)


def planned() -> list[tuple[str, str]]:
    rows = Occurrence.objects.order_by("nominal_on", "target__label")
    return [(str(r.nominal_on), r.target.label if r.target else "") for r in rows.select_related("target")]


def test_a_new_duty_becomes_an_obligation_with_an_entry_in_the_ledger(duties: Content) -> None:
    duties(MONTHLY)
    on("2026-04-01", "2026-06-30")
    found = Obligation.objects.get()
    assert (found.name, found.effective_on, found.number) == ("点検", date(2026, 4, 1), "OBL-00001")
    assert book.history(found)[0].verb == "obligation.adopted"


def test_each_department_gets_its_own_occurrence(duties: Content) -> None:
    duties(YEARLY)
    cast.department("A", "営業部")
    cast.department("B", "総務部")
    Department.objects.create(code="C", name="海外子会社", in_scope=False)
    on("2026-04-01", "2027-12-31")
    assert planned() == [
        ("2026-09-30", "営業部"), ("2026-09-30", "総務部"), ("2027-09-30", "営業部"), ("2027-09-30", "総務部"),
    ]  # fmt: skip


def test_planning_twice_plans_once(duties: Content) -> None:
    duties(MONTHLY)
    assert on("2026-04-01", "2027-03-31") == 12
    assert on("2026-04-01", "2027-03-31") == 0
    Obligation.objects.update(planned_until=None, plan_digest="", targets_digest="")  # two workers at once
    on("2026-04-01", "2027-03-31")
    assert Occurrence.objects.count() == 12


def test_after_weeks_of_down_time_nothing_is_missing_and_nothing_doubled(duties: Content) -> None:
    duties(MONTHLY)
    on("2026-04-01", "2026-05-31")
    on("2026-11-20", "2027-01-31")
    assert [day for day, _ in planned()] == [
        f"{year}-{month:02}-{end}"
        for year, month, end in [
            (2026, 4, 30), (2026, 5, 31), (2026, 6, 30), (2026, 7, 31), (2026, 8, 31),
            (2026, 9, 30), (2026, 10, 31), (2026, 11, 30), (2026, 12, 31), (2027, 1, 31),
        ]
    ]  # fmt: skip


def test_a_clock_that_ran_ahead_and_was_set_back_does_no_harm(duties: Content) -> None:
    duties(MONTHLY)
    on("2026-04-01", "2026-12-31")
    before = planned()
    on("2031-04-01", "2031-12-31")
    on("2026-04-02", "2026-12-31")
    assert planned()[:9] == before
    assert len(planned()) == len(set(planned()))


def test_a_revised_cadence_holds_for_what_nobody_has_seen_yet(duties: Content) -> None:
    duties(MONTHLY)
    on("2026-04-01", "2026-12-31")
    duties(MONTHLY.replace("1 month", "3 months"))
    on("2026-05-20", "2026-12-31")
    # April is past and May is open: both stay. What comes follows the new quarters.
    assert [day for day, _ in planned()] == [
        "2026-04-30",
        "2026-05-31",
        "2026-06-30",
        "2026-09-30",
        "2026-12-31",
    ]


def test_a_removed_duty_keeps_its_past_and_loses_its_future(duties: Content) -> None:
    duties(MONTHLY)
    on("2026-04-01", "2026-12-31")
    duties(YEARLY)
    on("2026-05-20", "2026-12-31")
    rows = Occurrence.objects.filter(obligation__duty_id="test.monthly").order_by("nominal_on")
    assert [(str(r.nominal_on), r.state) for r in rows] == [("2026-04-30", "void"), ("2026-05-31", "void")]


def test_a_new_department_joins_and_a_closed_one_leaves(duties: Content) -> None:
    duties(YEARLY)
    first = cast.department("A", "営業部")
    on("2026-04-01", "2027-12-31")
    cast.department("B", "総務部")
    Department.objects.filter(pk=first.pk).update(retired_at=clock.now())
    on("2026-05-01", "2027-12-31")
    assert planned() == [("2026-09-30", "総務部"), ("2027-09-30", "総務部")]


def test_somebody_who_joins_gets_no_days_from_before_his_time(duties: Content) -> None:
    duties("- {id: test.own, title: 点検, every: 1 month, for_each: person, role: employee}")
    cast.person("古参 一郎", joined_on=date(2020, 4, 1))
    on("2026-04-01", "2026-08-31")
    cast.person("新人 花子", joined_on=date(2026, 7, 1))
    on("2026-07-01", "2026-08-31")
    assert [row for row in planned() if row[1] == "新人 花子"] == [
        ("2026-07-31", "新人 花子"),
        ("2026-08-31", "新人 花子"),
    ]


def test_what_counts_from_its_completion_is_planned_one_ahead(duties: Content) -> None:
    duties(RENEWAL)
    member = cast.person("山田 太郎")
    on("2026-04-01")
    assert planned() == [("2027-03-31", "山田 太郎")]
    with clock.at(date(2027, 3, 10)):
        o.complete(Occurrence.objects.get(), proof=cast.row(), done_on=date(2027, 3, 5), by=member)
    on("2027-03-11")
    assert planned() == [("2027-03-31", "山田 太郎"), ("2028-03-05", "山田 太郎")]


def test_a_target_that_moves_takes_its_open_occurrences_along(duties: Content) -> None:
    duties("- {id: test.own, title: 点検, every: 1 month, for_each: person, role: department_head}")
    old, new = cast.department("A", "営業部"), cast.department("B", "総務部")
    member = cast.person("山田 太郎", old)
    on("2026-04-01", "2026-06-30")
    Person.objects.filter(pk=member.pk).update(department=new)
    on("2026-05-10", "2026-06-30")
    departments = Occurrence.objects.order_by("nominal_on").values_list("department_id", flat=True)
    assert list(departments) == [new.pk, new.pk, new.pk]


def test_an_event_starts_a_clock_once(duties: Content) -> None:
    duties(
        "- {id: test.return, title: 返却確認, after: person_leaves, within: 5 business days, role: department_head}"
    )
    member = cast.person("山田 太郎", cast.department())
    with clock.at(date(2026, 4, 28)):
        o.happened("person_leaves", member)
        o.happened("person_leaves", member)
    made = Occurrence.objects.get()
    assert (made.due_on, made.target_id, made.department_id) == (
        date(2026, 5, 11),
        member.pk,
        member.department_id,
    )


def test_a_limit_in_hours_counts_in_hours(duties: Content) -> None:
    duties(
        "- {id: test.answer, title: 回答, after: complaint.received, within: 12 hours, role: security_office}"
    )
    with clock.at(date(2026, 4, 28)) as moment:
        (made,) = o.happened("complaint.received", cast.row())
    assert made.due_at == moment.replace(hour=21)


def test_the_database_itself_refuses_a_doubled_slot_and_a_completion_without_proof(duties: Content) -> None:
    duties(MONTHLY)
    on("2026-04-01", "2026-05-31")
    row = Occurrence.objects.order_by("pk").first()
    assert row is not None
    with pytest.raises(IntegrityError), transaction.atomic():
        Occurrence.objects.filter(pk=row.pk).update(state="done")
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_a_day_without_news_costs_the_same_few_queries_whatever_is_planned(
    duties: Content, django_assert_max_num_queries: object
) -> None:
    duties("\n".join(YEARLY.replace("test.yearly", f"test.y{n}") for n in range(20)))
    for n in range(30):
        cast.department(f"D{n}", f"部署{n}")
    on("2026-04-01", "2028-03-31")
    assert Occurrence.objects.count() == 20 * 30 * 2
    with django_assert_max_num_queries(8):  # type: ignore[operator]
        on("2026-04-02", "2028-03-31")
