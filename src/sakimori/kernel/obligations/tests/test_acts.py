from __future__ import annotations

from datetime import date

import pytest

from sakimori.kernel.dossier.tests import cast
from sakimori.kernel.identity.actors import SYSTEM
from sakimori.kernel.identity.models import Department, Person
from sakimori.kernel.ledger import book
from sakimori.kernel.obligations import obligations as o
from sakimori.kernel.obligations.models import Occurrence
from sakimori.lib import clock
from sakimori.lib.errors import NotAllowed

from .conftest import Content

pytestmark = pytest.mark.django_db
DUTY = "- {id: test.stock, title: 棚卸し, every: 6 months, for_each: department, role: department_head, proved_by: identity.site}"


@pytest.fixture
def sales() -> Department:
    return cast.department("SLS", "営業部")


@pytest.fixture
def head(sales: Department) -> Person:
    person = cast.person("営業部長", sales)
    Department.objects.filter(pk=sales.pk).update(head=person)
    return person


@pytest.fixture
def office() -> Person:
    return cast.person("事務局 花子", None, "security_office")


@pytest.fixture
def due(duties: Content, head: Person) -> Occurrence:
    """The stock-taking of September 2026."""
    duties(DUTY)
    with clock.at(date(2026, 4, 1)):
        o.materialise(date(2027, 12, 31))
    return Occurrence.objects.get(nominal_on=date(2026, 9, 30))


def test_a_record_in_time_closes_it_as_done(due: Occurrence, head: Person, sales: Department) -> None:
    proof = cast.row(head, sales)
    with clock.at(date(2026, 9, 20)):
        o.complete(due, proof=proof, done_on=date(2026, 9, 18), by=head)
    assert (due.status(), due.proof_id, due.done_on, due.done_by) == (
        "done",
        proof.pk,
        date(2026, 9, 18),
        head,
    )
    entry = book.history(proof)[0]
    assert (entry.verb, entry.facts["late"], entry.facts["due_on"]) == (
        "occurrence.completed",
        False,
        "2026-09-30",
    )


def test_work_done_after_its_day_is_late_for_ever(due: Occurrence, head: Person) -> None:
    with clock.at(date(2026, 10, 20)):
        o.complete(due, proof=cast.row(head), done_on=date(2026, 10, 5), by=head)
    assert (due.status(), due.is_late, due.is_filed_late) == ("late", True, False)


def test_work_done_in_time_and_proved_afterwards_shows_both_days(due: Occurrence, head: Person) -> None:
    with clock.at(date(2026, 10, 20)):
        o.complete(due, proof=cast.row(head), done_on=date(2026, 9, 28), by=head)
    assert (due.status(), due.is_late, due.is_filed_late) == ("done", False, True)


def test_a_record_of_one_person_proves_nothing_about_another(
    duties: Content, head: Person, office: Person
) -> None:
    duties(
        DUTY.replace("for_each: department, role: department_head", "for_each: person, role: security_office")
    )
    with clock.at(date(2026, 4, 1)):
        o.materialise(date(2026, 12, 31))
    own = Occurrence.objects.get(target_id=head.pk)
    with clock.at(date(2026, 9, 20)):
        with pytest.raises(NotAllowed, match="別の人") as refusal:
            o.complete(own, proof=cast.row(office), by=office)
        assert (refusal.value.rule, refusal.value.field) == ("obligations.person", "proof")
        o.complete(own, proof=cast.row(head, name="工場"), by=office)
    assert own.status() == "done"


def test_a_record_of_another_kind_proves_nothing(due: Occurrence, head: Person) -> None:
    with clock.at(date(2026, 9, 20)), pytest.raises(NotAllowed, match="別の種類") as refusal:
        o.complete(due, proof=head, by=head)
    assert refusal.value.rule == "obligations.kind"
    assert Occurrence.objects.get(pk=due.pk).state == "open"


def test_a_record_of_another_department_proves_nothing(due: Occurrence, head: Person) -> None:
    other = cast.department("GA", "総務部")
    with clock.at(date(2026, 9, 20)), pytest.raises(NotAllowed, match="別の部署"):
        o.complete(due, proof=cast.row(head, other), by=head)


def test_work_of_the_period_before_proves_nothing(due: Occurrence, head: Person) -> None:
    with clock.at(date(2026, 9, 20)), pytest.raises(NotAllowed, match="前の期間"):
        o.complete(due, proof=cast.row(head), done_on=date(2026, 3, 31), by=head)


def test_work_of_tomorrow_proves_nothing(due: Occurrence, head: Person) -> None:
    with clock.at(date(2026, 9, 20)), pytest.raises(NotAllowed, match="未来"):
        o.complete(due, proof=cast.row(head), done_on=date(2026, 9, 21), by=head)


def test_one_record_proves_one_occurrence(due: Occurrence, head: Person) -> None:
    proof = cast.row(head)
    with clock.at(date(2026, 9, 20)):
        o.complete(due, proof=proof, by=head)
    following = Occurrence.objects.get(nominal_on=date(2027, 3, 31))
    with clock.at(date(2027, 3, 20)), pytest.raises(NotAllowed, match="既に 2026-09-30"):
        o.complete(following, proof=proof, by=head)


def test_a_closed_occurrence_is_closed(due: Occurrence, head: Person) -> None:
    with clock.at(date(2026, 9, 20)):
        o.complete(due, proof=cast.row(head), by=head)
        with pytest.raises(NotAllowed, match="既に閉じられ"):
            o.complete(due, proof=cast.row(head, name="支社"), by=head)


def test_who_does_not_answer_for_it_cannot_close_it(due: Occurrence, head: Person) -> None:
    stranger = cast.person("他部門 太郎", cast.department("GA", "総務部"))
    with clock.at(date(2026, 9, 20)), pytest.raises(NotAllowed, match="担当は営業部長です"):
        o.complete(due, proof=cast.row(head), by=stranger)


def test_the_office_may_close_it_for_a_department(due: Occurrence, head: Person, office: Person) -> None:
    with clock.at(date(2026, 9, 20)):
        o.complete(due, proof=cast.row(head), by=office)
    assert due.done_by == office


def test_a_day_is_moved_within_its_window_with_a_reason_that_stays(due: Occurrence, office: Person) -> None:
    with clock.at(date(2026, 9, 20)):
        o.move(due, to=date(2026, 11, 13), reason="移転のため", by=office)
    assert (due.due_on, due.moved_from, due.reason) == (date(2026, 11, 13), date(2026, 9, 30), "移転のため")
    assert book.history(due.obligation)[0].reason == "移転のため"
    assert due.status(date(2026, 10, 15)) == "open"


@pytest.mark.parametrize("to", [date(2026, 9, 19), date(2027, 1, 15)])
def test_a_day_outside_the_window_is_refused(due: Occurrence, office: Person, to: date) -> None:
    with clock.at(date(2026, 9, 20)), pytest.raises(NotAllowed, match="2026-12-29 まで"):
        o.move(due, to=to, reason="多忙", by=office)


def test_moving_needs_a_reason_and_the_office(due: Occurrence, office: Person, head: Person) -> None:
    with clock.at(date(2026, 9, 20)):
        with pytest.raises(NotAllowed, match="理由"):
            o.move(due, to=date(2026, 10, 15), reason="", by=office)
        with pytest.raises(NotAllowed, match="権限"):
            o.move(due, to=date(2026, 10, 15), reason="多忙", by=head)


def test_the_day_after_a_moved_one_keeps_its_place(due: Occurrence, office: Person) -> None:
    with clock.at(date(2026, 9, 20)):
        o.move(due, to=date(2026, 11, 13), reason="移転のため", by=office)
        o.materialise(date(2027, 12, 31))
    days = Occurrence.objects.order_by("nominal_on").values_list("nominal_on", flat=True)
    assert list(days) == [date(2026, 9, 30), date(2027, 3, 31), date(2027, 9, 30)]


def test_what_is_set_aside_is_a_gap_not_a_success(due: Occurrence, office: Person) -> None:
    with clock.at(date(2026, 9, 20)):
        o.set_aside(due, reason="部署の統合", by=office)
        (row,) = o.grid(date(2026, 9, 1), 1)
    assert row.cells[0].state == "gap"


def test_a_new_record_of_the_right_kind_closes_the_earliest_open_one(
    due: Occurrence, head: Person, sales: Department
) -> None:
    with clock.at(date(2026, 9, 20)):
        assert o.prove(cast.row(head, sales, effective_on=date(2026, 9, 18))) == due
    due.refresh_from_db()
    assert (due.state, due.done_on) == ("done", date(2026, 9, 18))


def test_a_new_record_of_another_department_closes_nothing(due: Occurrence, head: Person) -> None:
    with clock.at(date(2026, 9, 20)):
        assert o.prove(cast.row(None, cast.department("GA", "総務部"))) is None


# --- the year at a glance -----------------------------------------------------------------------------------


def states(day: date, first: date = date(2026, 4, 1), months: int = 24) -> dict[str, str]:
    with clock.at(day):
        (row,) = o.grid(first, months)
    return {f"{cell.month:%Y-%m}": cell.state for cell in row.cells if cell.state}


def test_the_grid_shows_each_month_by_what_became_of_it(due: Occurrence, head: Person) -> None:
    assert states(date(2026, 8, 1)) == {"2026-09": "future", "2027-03": "future", "2027-09": "future"}
    assert states(date(2026, 9, 10))["2026-09"] == "open"
    assert states(date(2026, 10, 1))["2026-09"] == "overdue"
    with clock.at(date(2026, 10, 2)):
        o.complete(due, proof=cast.row(head), by=head)
    assert states(date(2026, 10, 3))["2026-09"] == "late"


def test_a_month_in_which_something_was_due_and_nothing_was_planned_is_a_gap(due: Occurrence) -> None:
    Occurrence.objects.filter(pk=due.pk).delete()
    assert states(date(2026, 11, 1))["2026-09"] == "gap"


def test_a_cell_bears_the_worst_of_its_departments_and_counts_them(due: Occurrence, head: Person) -> None:
    with clock.at(date(2026, 5, 1)):
        cast.department("GA", "総務部")
        o.materialise(date(2027, 12, 31))
    with clock.at(date(2026, 9, 20)):
        o.complete(due, proof=cast.row(head), by=head)
    with clock.at(date(2026, 10, 1)):
        (row,) = o.grid(date(2026, 9, 1), 1)
    assert (row.cells[0].state, row.cells[0].counts, row.cells[0].total) == (
        "overdue",
        {"done": 1, "overdue": 1},
        2,
    )


def test_the_grid_of_a_year_is_one_query_for_all_duties(
    duties: Content, head: Person, django_assert_max_num_queries: object
) -> None:
    duties("\n".join(DUTY.replace("test.stock", f"test.y{n}") for n in range(30)))
    with clock.at(date(2026, 4, 1)):
        o.materialise(date(2027, 12, 31))
        with django_assert_max_num_queries(4):  # type: ignore[operator]
            assert len(o.grid(date(2026, 4, 1))) == 30


def test_the_system_may_do_all_of_it(due: Occurrence, head: Person) -> None:
    with clock.at(date(2026, 9, 20)):
        o.complete(due, proof=cast.row(head), by=SYSTEM)
    assert due.done_by is None
