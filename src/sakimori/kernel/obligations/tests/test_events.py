from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.test import TestCase
from django_q.models import OrmQ
from django_q.signing import SignedPackage

from sakimori.kernel import hooks
from sakimori.kernel.approvals import approvals
from sakimori.kernel.dossier.tests import cast
from sakimori.kernel.identity.models import Department, Person
from sakimori.kernel.obligations import obligations as o
from sakimori.kernel.obligations.models import Occurrence
from sakimori.kernel.policy.models import ParameterRevision
from sakimori.lib import clock

from .conftest import Content

pytestmark = pytest.mark.django_db
SCOPE = {
    "done_on": "2026-05-18",
    "business": True, "organization": False, "location": False, "assets": False, "technology": False,
    "findings": "新事業を始めた", "change_needed": False,
}  # fmt: skip


@pytest.fixture
def office() -> Person:
    person = cast.person("事務局 花子", cast.department("SYS", "情報システム部"), "security_office")
    person.forget_roles()
    return person


@pytest.mark.requirement("REG-187")
def test_a_record_that_needs_no_approval_is_filed_at_once_by_its_keeper(office: Person) -> None:
    with clock.at(date(2026, 5, 20)):
        filed = approvals.submit("scope-review", SCOPE, by=office)
    assert (filed.is_approved, filed.steps.count(), filed.effective_on) == (True, 0, date(2026, 5, 18))


def test_filing_the_record_closes_the_duty_it_proves(duties: Content, office: Person) -> None:
    duties(
        "- {id: test.scope, title: 適用範囲の見直し, every: 1 year, month: 5, role: security_office, proved_by: scope-review}"
    )
    with clock.at(date(2026, 4, 1)):
        o.materialise(date(2026, 12, 31))
    with clock.at(date(2026, 5, 20)):
        filed = approvals.submit("scope-review", SCOPE, by=office)
    found = Occurrence.objects.get()
    assert (found.state, found.proof_id, found.done_on) == ("done", filed.pk, date(2026, 5, 18))


def test_filing_the_record_of_another_duty_closes_nothing(duties: Content, office: Person) -> None:
    duties(
        "- {id: test.soa, title: 見直し, every: 1 year, month: 5, role: security_office, proved_by: soa-review}"
    )
    with clock.at(date(2026, 4, 1)):
        o.materialise(date(2026, 12, 31))
    with clock.at(date(2026, 5, 20)):
        approvals.submit("scope-review", SCOPE, by=office)
    assert Occurrence.objects.get().state == "open"


@pytest.mark.requirement("PRC-036")
def test_each_department_is_asked_for_its_inventory_and_each_answers_for_itself(office: Person) -> None:
    """As shipped, over a year: one department answers, the other is overdue."""
    heads = {code: cast.person(f"{code}部長") for code in ("A", "B")}
    for code, head in heads.items():
        place = Department.objects.create(code=code, name=f"{code}部", head=head)
        Person.objects.filter(pk=head.pk).update(department=place)
    answer = {
        "done_on": "2026-09-09",
        "listed": 10,
        "found": 9,
        "missing": 1,
        "added": 0,
        "differences": "1台を除却",
        "owners": True,
    }
    with clock.at(date(2026, 4, 1)):
        o.materialise()
    with clock.at(date(2026, 9, 10)):
        approvals.submit("inventory-confirmation", answer, by=Person.objects.get(pk=heads["A"].pk))
    rows = Occurrence.objects.filter(obligation__duty_id="assets.inventory", nominal_on__year=2026)
    found = {
        row.target.label: row.status(date(2026, 10, 5)) for row in rows.select_related("target") if row.target
    }
    assert found == {"A部": "done", "B部": "overdue", "情報システム部": "overdue"}


def test_the_example_of_the_instructions_works(duties: Content) -> None:
    text = (Path(settings.BASE_DIR) / "docs" / "howto" / "add-an-obligation.md").read_text("utf-8")
    example = re.search(r"(- id: assets\.keys.*?)\n\n", text, re.DOTALL)
    assert example
    duties(
        "\n".join(
            line[7:] if line.startswith("       ") else line for line in example[1].splitlines()
        ).replace("assets.keys", "test.keys")
    )
    cast.department()
    with clock.at(date(2026, 4, 1)):
        o.materialise(date(2027, 3, 31))
    assert [str(row.nominal_on) for row in Occurrence.objects.all()] == ["2026-09-30", "2027-03-31"]


def test_a_revised_article_is_planned_by_at_once(duties: Content) -> None:
    duties(
        "- {id: test.soa, title: 見直し, every: {parameter: soa.review}, role: security_office, proved_by: soa-review}"
    )
    with TestCase.captureOnCommitCallbacks(execute=True):
        hooks.call("parameter_changed", name="soa.review", value="6 months", effective_on=date(2026, 4, 1))
    names = [SignedPackage.loads(row.payload)["name"] for row in OrmQ.objects.all()]
    assert "obligations.day" in names


def test_the_cadence_is_the_number_of_the_article(duties: Content) -> None:
    duties(
        "- {id: test.soa, title: 見直し, every: {parameter: soa.review}, role: security_office, proved_by: soa-review}"
    )
    with clock.at(date(2026, 4, 1)):
        o.materialise(date(2029, 3, 31))
        assert Occurrence.objects.count() == 3
        ParameterRevision.objects.create(
            name="soa.review", value="6 months", effective_on=date(2026, 4, 1), reason="試験"
        )
        o.materialise(date(2029, 3, 31))
        assert Occurrence.objects.count() == 6
