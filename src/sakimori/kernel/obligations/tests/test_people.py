from __future__ import annotations

from datetime import date

import pytest

from sakimori.kernel import hooks
from sakimori.kernel.dossier.tests import cast
from sakimori.kernel.identity.models import Appointment, Department, Deputy, Person
from sakimori.kernel.obligations import obligations as o
from sakimori.kernel.obligations.models import Occurrence
from sakimori.lib import clock

from .conftest import Content

pytestmark = pytest.mark.django_db
DAY = date(2026, 9, 15)
YEARLY = (
    "- {id: test.yearly, title: 棚卸し, every: 1 year, month: 9, for_each: department, role: department_head}"
)


@pytest.fixture
def sales() -> Department:
    return cast.department("SLS", "営業部")


@pytest.fixture
def head(sales: Department) -> Person:
    person = cast.person("営業部長", sales)
    Department.objects.filter(pk=sales.pk).update(head=person)
    return person


def plan() -> Occurrence:
    with clock.at(date(2026, 4, 1)):
        o.materialise(date(2026, 12, 31))
    return Occurrence.objects.select_related("obligation").get()


def names(people: list[Person]) -> list[str]:
    return sorted(person.name for person in people)


def work_of(person: Person, day: date = DAY) -> list[Occurrence]:
    person.forget_roles()
    return list(o.open_for(person, day))


def test_the_holder_of_the_role_in_that_department_answers(duties: Content, head: Person) -> None:
    duties(YEARLY)
    found = plan()
    colleague = cast.person("平社員", head.department)  # type: ignore[arg-type]
    assert names(o.responsible(found, DAY)) == ["営業部長"]
    assert work_of(head) == [found]
    assert work_of(colleague) == []


def test_what_is_not_open_yet_is_not_in_the_list_of_work(duties: Content, head: Person) -> None:
    duties(YEARLY)
    plan()
    assert work_of(head, date(2026, 8, 20)) == []


def test_a_successor_finds_the_work_of_the_one_who_left(
    duties: Content, head: Person, sales: Department
) -> None:
    duties(YEARLY)
    found = plan()
    successor = cast.person("後任部長", sales)
    Department.objects.filter(pk=sales.pk).update(head=successor)
    Person.objects.filter(pk=head.pk).update(left_on=date(2026, 8, 31))
    assert names(o.responsible(found, DAY)) == ["後任部長"]
    assert work_of(successor) == [found]


def test_a_deputy_stands_in_during_his_period_only(duties: Content, head: Person) -> None:
    duties(YEARLY)
    found = plan()
    other = cast.person("代理 次郎")
    Deputy.objects.create(
        principal=head, deputy=other, starts_on=date(2026, 9, 10), ends_on=date(2026, 9, 20), reason="出張"
    )
    assert names(o.responsible(found, DAY)) == ["代理 次郎", "営業部長"]
    assert work_of(other) == [found]
    assert work_of(other, date(2026, 9, 21)) == []
    assert names(o.responsible(found, date(2026, 9, 21))) == ["営業部長"]


def test_work_without_a_holder_falls_to_the_head_above(duties: Content, sales: Department) -> None:
    duties(YEARLY)
    boss = cast.person("本部長")
    division = Department.objects.create(code="DIV", name="営業本部", head=boss, in_scope=False)
    Department.objects.filter(pk=sales.pk).update(parent=division)
    found = plan()
    assert o.unheld(DAY) == [("department_head", sales.pk)]
    assert names(o.responsible(found, DAY)) == ["本部長"]
    assert work_of(boss) == [found]


def test_work_without_anybody_above_falls_to_the_office(duties: Content, sales: Department) -> None:
    duties(YEARLY)
    office = cast.person("事務局 花子", None, "security_office")
    found = plan()
    assert work_of(office) == [found]
    assert names(o.responsible(found, DAY)) == ["事務局 花子"]


def test_a_duty_of_the_company_falls_to_a_holder_appointed_for_a_department(
    duties: Content, sales: Department
) -> None:
    duties("- {id: test.m, title: 点検, every: 6 months, role: security_officer}")
    officer = cast.person("担当者", sales)
    Appointment.objects.create(
        person=officer, role="security_officer", department=sales, starts_on=date(2026, 4, 1)
    )
    found = plan()
    assert work_of(officer) == [found]
    assert o.unheld(DAY) == []


def test_a_narrower_role_does_the_work_of_the_wider_one(duties: Content) -> None:
    duties("- {id: test.m, title: 点検, every: 6 months, role: system_administrator}")
    keeper = cast.person("サーバ管理者", None, "server_administrator")
    found = plan()
    assert names(o.responsible(found, DAY)) == ["サーバ管理者"]
    assert work_of(keeper) == [found]


def test_a_person_answers_himself_for_what_is_due_of_him(duties: Content, sales: Department) -> None:
    duties("- {id: test.own, title: 自己点検, every: 6 months, for_each: person, role: employee}")
    member = cast.person("山田 太郎", sales)
    found = plan()
    other = cast.person("鈴木 一郎", sales)
    assert work_of(member) == [found]
    assert work_of(other) == []


def test_what_was_assigned_to_someone_who_leaves_goes_back_to_the_role(duties: Content, head: Person) -> None:
    duties(YEARLY)
    found = plan()
    member = cast.person("担当 三郎", head.department)  # type: ignore[arg-type]
    with clock.at(DAY):
        o.assign(found, person=member, by=head)
        assert work_of(member) == [found]
        assert work_of(head) == []
        hooks.call("person_leaves", person=member)
    assert work_of(head) == [found]


def test_nothing_a_person_did_is_left_without_anybody_when_he_moves_or_leaves(
    duties: Content, head: Person
) -> None:
    own = "- {id: test.own, title: 自己点検, every: 1 year, month: 9, for_each: person, role: employee}"
    duties(f"{YEARLY}\n{own}")
    sales, factory = head.department, cast.department("PRD", "製造部")
    Department.objects.filter(pk=factory.pk).update(head=head)
    member = cast.person("担当 三郎", sales)  # type: ignore[arg-type]
    with clock.at(date(2026, 4, 1)):
        o.materialise(date(2026, 12, 31))
    yearly = Occurrence.objects.get(target_id=sales.pk)  # type: ignore[union-attr]
    with clock.at(DAY):
        o.assign(yearly, person=member, by=head)
        member.department = factory
        member.save()
        hooks.call("person_moved", person=member, former_department=sales)
        assert yearly in work_of(head) and yearly not in work_of(member)
        assert [row.target_id for row in work_of(member)] == [member.pk]
        o.assign(yearly, person=member, by=head)
        member.left_on = date(2026, 9, 14)
        member.save()
        hooks.call("person_leaves", person=member)
        o.materialise(date(2026, 12, 31))
        assert yearly in work_of(head)
        orphans = [row for row in Occurrence.objects.opened(DAY) if not o.responsible(row, DAY)]
        assert orphans == [] and not Occurrence.objects.opened(DAY).filter(assignee=member).exists()


def test_the_list_is_read_in_few_queries(
    duties: Content, head: Person, django_assert_max_num_queries: object
) -> None:
    duties("\n".join(YEARLY.replace("test.yearly", f"test.y{n}") for n in range(30)))
    with clock.at(date(2026, 4, 1)):
        o.materialise(date(2026, 12, 31))
    head.forget_roles()
    with django_assert_max_num_queries(9):  # type: ignore[operator]
        assert len([str(row.obligation) for row in o.open_for(head, DAY)]) == 30
