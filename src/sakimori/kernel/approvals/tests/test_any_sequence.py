"""Whatever people try in whatever order, duties stay separate and the books stay consistent."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sakimori.kernel.approvals import approvals
from sakimori.kernel.approvals.approvals import Application
from sakimori.kernel.approvals.models import Decision
from sakimori.kernel.identity.models import Appointment, Deputy, Person
from sakimori.lib.errors import Refused
from tests.cast import Cast

pytestmark = pytest.mark.django_db
PEOPLE = ("ueno", "eto", "kato", "ishida", "aoki", "shimizu")
ROLES = ("security_office", "committee_chair", "president", "committee_member")
FORMS = ("trip", "together", "either", "everyone", "two-offices")

person = st.sampled_from(PEOPLE)
appointments = st.lists(st.tuples(person, st.sampled_from(ROLES)), max_size=5)
deputies = st.lists(st.tuples(person, person).filter(lambda pair: pair[0] != pair[1]), max_size=4)
acts = st.lists(
    st.tuples(
        person, st.sampled_from(["approve", "approve", "approve", "return", "reject", "resubmit", "withdraw"])
    ),
    max_size=12,
)


class _Undo(Exception):
    """Ends one example."""


@pytest.mark.requirement("PRC-016")
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(form=st.sampled_from(FORMS), applicant=person, extra=appointments, stand_ins=deputies, tries=acts)
def test_no_sequence_lets_anybody_decide_his_own_application_or_two_steps(
    cast: Cast,
    form: str,
    applicant: str,
    extra: list[tuple[str, str]],
    stand_ins: list[tuple[str, str]],
    tries: list[tuple[str, str]],
) -> None:
    with pytest.raises(_Undo), transaction.atomic():
        _play(cast, form, applicant, extra, stand_ins, tries)
        raise _Undo


def _play(
    cast: Cast,
    form: str,
    applicant: str,
    extra: list[tuple[str, str]],
    stand_ins: list[tuple[str, str]],
    tries: list[tuple[str, str]],
) -> None:
    for name, role in extra:
        Appointment.objects.create(person=getattr(cast, name), role=role, starts_on=date(2020, 4, 1))
    for principal, deputy in stand_ins:
        Deputy.objects.create(
            principal=getattr(cast, principal), deputy=getattr(cast, deputy), reason="不在",
            starts_on=date(2026, 5, 1), ends_on=date(2026, 6, 30),
        )  # fmt: skip
    people = {name: Person.objects.get(pk=getattr(cast, name).pk) for name in PEOPLE}
    try:
        application = approvals.submit(form, {"purpose": "x"}, by=people[applicant])
    except Refused:
        return
    for name, act in tries:
        listed = set(approvals.waiting_for(people[name]).values_list("application_id", flat=True))
        done = _try(application, act, people[name])
        if done and act in ("approve", "return", "reject"):
            assert application.pk in listed, "who may decide has it in his queue"
        _check(application.pk)


def _try(application: Application, act: str, by: Person) -> bool:
    try:
        with transaction.atomic():
            if act == "resubmit":
                approvals.resubmit(application, {"purpose": "y"}, by=by)
            elif act == "withdraw":
                approvals.withdraw(application, by=by)
            else:
                approvals.decide(application, decision=act, comment="理由", by=by)
    except Refused:
        return False
    return True


def _check(pk: int) -> None:
    application = Application.objects.get(pk=pk)
    for number in range(1, application.round + 1):
        made = list(Decision.objects.filter(application=application, round=number))
        hands = [pk for d in made for pk in (d.person_id, d.acting_for_id) if pk is not None]
        assert len(hands) == len(set(hands)), "nobody decides twice, himself or by another"
        assert application.applicant_id not in hands
    steps = application.steps.filter(round=application.round)
    assert (application.status == "pending") == steps.filter(state="open").exists()
    if application.is_approved:
        signed = {d.step_id for d in application.decisions.filter(round=application.round, outcome="approve")}
        assert all(step.pk in signed for step in steps if step.state == "approved")
        assert not steps.filter(state__in=["open", "waiting", "rejected", "returned"]).exists()
