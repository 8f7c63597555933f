"""Roles and rights follow appointments, periods and departments."""

from datetime import date

import pytest

from sakimori.kernel.identity import access
from sakimori.kernel.identity.models import Appointment, Department, Person
from sakimori.lib import clock
from sakimori.lib.errors import NotAllowed

pytestmark = pytest.mark.django_db
DAY = date(2026, 6, 1)


@pytest.fixture(autouse=True)
def _june():
    with clock.at(DAY):
        yield


@pytest.fixture
def sales():
    return Department.objects.create(code="SAL", name="営業部")


@pytest.fixture
def kato(sales):
    return Person.objects.create(name="加藤", department=sales)


def appoint(person, role, start=date(2026, 4, 1), end=None, department=None):
    return Appointment.objects.create(
        person=person, role=role, starts_on=start, ends_on=end, department=department
    )


def test_everyone_who_works_here_is_an_employee(kato):
    assert kato.roles() == {"employee"}


def test_somebody_from_outside_holds_only_what_he_was_appointed_to(kato):
    kato.category = "external"
    kato.save()
    appoint(kato, "external_auditor")
    assert Person.objects.get(pk=kato.pk).roles() == {"external_auditor"}
    assert not Person.objects.holding("employee").exists()


def test_a_role_ends_with_its_period(kato):
    appoint(kato, "hr", end=date(2026, 6, 1))
    assert kato.holds("hr")
    assert not kato.holds("hr", on=date(2026, 6, 2))


def test_a_leaver_holds_no_role(kato):
    appoint(kato, "hr")
    kato.left_on = date(2026, 5, 31)
    kato.save()
    assert Person.objects.get(pk=kato.pk).roles() == frozenset()


def test_the_head_of_a_department_holds_the_role_for_it_alone(kato, sales):
    sales.head = kato
    sales.save()
    other = Department.objects.create(code="MFG", name="製造部")
    assert kato.holds("department_head", department_id=sales.pk)
    assert not kato.holds("department_head", department_id=other.pk)
    assert list(Person.objects.holding("department_head", department=sales)) == [kato]


def test_a_network_administrator_counts_as_a_system_administrator(kato):
    appoint(kato, "network_administrator")
    assert kato.holds("system_administrator")
    assert "system_administrator" in kato.roles()
    assert list(Person.objects.holding("system_administrator")) == [kato]


def test_a_right_over_a_department_reaches_its_rows_only(kato, sales):
    other = Department.objects.create(code="MFG", name="製造部")
    appoint(kato, "security_officer", department=sales)
    mine = Department.objects.create(code="A", name="営業一課", department=sales)
    theirs = Department.objects.create(code="B", name="製造一課", department=other)
    assert access.may(kato, "asset.change", mine)
    assert not access.may(kato, "asset.change", theirs)


def test_a_refusal_names_those_who_may(kato):
    with pytest.raises(NotAllowed, match="情報セキュリティ事務局"):
        access.require(kato, "organization.change")


def test_an_unknown_right_is_an_error_and_not_a_refusal(kato):
    with pytest.raises(KeyError):
        access.may(kato, "nonsense")


def test_every_role_named_in_the_access_table_exists():
    table = access.table()
    named = {
        r
        for g in (*table.audiences.values(), *table.rights.values())
        for r in (*g.all, *g.department, *g.own)
    }
    assert named <= set(access.roles())
