"""Every form of the product: what is missing is named at its field, nobody approves his own, and the route ends."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest

from sakimori.kernel.approvals import answers, approvals
from sakimori.kernel.approvals.approvals import Application
from sakimori.kernel.content.forms import FORMS, Form, FormField, Subject
from sakimori.kernel.identity import access
from sakimori.kernel.identity.models import Appointment, Person, Site
from sakimori.lib import clock
from sakimori.lib.errors import Invalid, SeparationOfDuties
from tests.cast import Cast

pytestmark = pytest.mark.django_db
APPLICATIONS = [form.id for form in FORMS if form.kind == "application"]
Appoint = Callable[..., Appointment]


def sample(asked: FormField, cast: Cast) -> Any:
    """Return an answer that the field accepts."""
    first = next((choice.id for choice in answers.choices_of(asked)), "")
    by_type = {
        "choice": first,
        "multi-choice": [first],
        "person": cast.shimizu.number,
        "department": cast.sales.number,
        "date": clock.today().isoformat(),
        "period": ["2026-07-01", "2026-07-31"],
        "number": "1",
        "money": "1",
        "yes-no": "yes",
    }
    return by_type.get(asked.type, "記入例")


@pytest.fixture
def alone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Form:
    """The form of the test about any site, without the checks, the choice of roles and the effects of its domain."""
    form = FORMS[request.param]
    subject = Subject(kind="identity.site") if form.subject else None
    steps = [
        dataclasses.replace(step, role="committee_member", role_from="") if step.role_from else step
        for step in form.route
    ]
    form = dataclasses.replace(form, subject=subject, check="", route=type(form.route)(steps))
    pieces = {**FORMS.all(), form.id: form}
    monkeypatch.setattr(FORMS, "all", lambda: pieces)
    monkeypatch.delitem(approvals.travel.EFFECTS, form.id, raising=False)
    return form


@pytest.fixture
def staff(cast: Cast, appoint: Appoint) -> list[Person]:
    """Three more holders of every role that decides anything, and a head for the applicant's department."""
    people = [
        Person.objects.create(name=f"補佐{n}", department=cast.production, joined_on=cast.kato.joined_on)
        for n in range(3)
    ]
    for role in access.roles():
        if role not in (access.EMPLOYEE, access.HEAD):
            for person in people:
                appoint(person, role)
    return people


@pytest.mark.parametrize("alone", APPLICATIONS, indirect=True)
def test_what_is_missing_is_named_at_its_field(alone: Form, cast: Cast) -> None:
    required = {asked.id for asked in alone.fields if asked.required and asked.when is None}
    problems: dict[str, object] = {}
    try:
        answers.clean(alone, {}, by=cast.kato)
    except Invalid as refusal:
        problems = refusal.problems
    assert set(problems) == required
    assert all(str(text).endswith("してください。") for text in problems.values())


@pytest.mark.requirement("PRC-016")
@pytest.mark.parametrize("alone", APPLICATIONS, indirect=True)
def test_nobody_approves_his_own_and_others_bring_it_to_its_end(
    alone: Form, cast: Cast, staff: list[Person], appoint: Appoint
) -> None:
    for role in {*alone.applicants, *(step.role for step in alone.route)} - {
        "",
        access.EMPLOYEE,
        access.HEAD,
    }:
        appoint(cast.kato, role)
    applicant = Person.objects.get(pk=cast.kato.pk)
    given = {asked.id: sample(asked, cast) for asked in alone.fields}
    subject = Site.objects.create(name="倉庫") if alone.subject else None
    application = approvals.submit(alone.id, given, subject=subject, by=applicant)
    deciders = [cast.eto, cast.shimizu, *staff]
    for _turn in alone.route:
        with pytest.raises(SeparationOfDuties) as refusal:
            approvals.decide(application, decision="approve", by=applicant)
        assert refusal.value.rule == "separation.own"
        if one_approves(application, deciders).is_approved:
            return
    raise AssertionError("the route has no end")


def one_approves(application: Application, people: list[Person]) -> Application:
    """Let the first who may decide approve."""
    for person in people:
        if approvals.waiting_for(person).filter(application=application).exists():
            return approvals.decide(application, decision="approve", by=Person.objects.get(pk=person.pk))
    raise AssertionError("nobody can decide")
