"""Nobody decides what he asked for, what concerns him, or what he decided already: one test per rule."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from sakimori.kernel.approvals import approvals, separation
from sakimori.kernel.approvals.approvals import Application
from sakimori.kernel.identity.models import Appointment, Department, Deputy, Person
from sakimori.kernel.ledger import book
from sakimori.lib.errors import NotAllowed, SeparationOfDuties
from tests.cast import Cast

pytestmark = pytest.mark.django_db
StandIn = Callable[[Person, Person], Deputy]
Appoint = Callable[..., Appointment]


def refused(application: Application, by: Person, rule: str, decision: str = "approve") -> str:
    with pytest.raises(SeparationOfDuties) as refusal:
        approvals.decide(application, decision=decision, comment="理由", by=by)
    assert refusal.value.rule == rule
    return str(refusal.value)


@pytest.mark.requirement("PRC-016")
def test_nobody_decides_his_own_application_and_the_attempt_is_logged(cast: Cast, appoint: Appoint) -> None:
    appoint(cast.kato, "security_office")
    application = approvals.submit("together", {"purpose": "x"}, by=cast.kato)
    sentence = refused(application, cast.kato, "separation.own")
    assert "自分の申請を決裁できません" in sentence
    assert application.decisions.count() == 0
    line = book.history(application)[0]
    assert (line.verb, line.actor_label, line.reason) == ("application.refused", "加藤 由美", sentence)
    assert line.facts["rule"] == "separation.own"


@pytest.mark.parametrize("decision", ["reject", "return"])
def test_nobody_rejects_or_returns_his_own_application_either(
    cast: Cast, appoint: Appoint, decision: str
) -> None:
    appoint(cast.kato, "security_office")
    application = approvals.submit("together", {"purpose": "x"}, by=cast.kato)
    refused(application, cast.kato, "separation.own", decision)


def test_nobody_decides_his_own_application_through_a_deputy(
    cast: Cast, appoint: Appoint, stand_in: StandIn
) -> None:
    appoint(cast.kato, "security_office")
    stand_in(cast.kato, cast.shimizu)
    application = approvals.submit("together", {"purpose": "x"}, by=cast.kato)
    refused(application, cast.shimizu, "separation.own_by_deputy")


def test_an_applicant_does_not_decide_as_the_deputy_of_the_approver(
    cast: Cast, trip: Application, stand_in: StandIn
) -> None:
    stand_in(cast.eto, cast.kato)
    refused(trip, cast.kato, "separation.own")


def test_the_person_an_application_is_about_does_not_decide_it(cast: Cast, appoint: Appoint) -> None:
    appoint(cast.shimizu, "security_office")
    application = approvals.submit("of-person", {"purpose": "x"}, subject=cast.shimizu, by=cast.kato)
    refused(application, cast.shimizu, "separation.concerned")
    approvals.decide(application, decision="approve", by=cast.ueno)


@pytest.mark.requirement("PRC-016")
def test_the_worker_named_in_an_application_does_not_decide_it(cast: Cast, appoint: Appoint) -> None:
    appoint(cast.shimizu, "security_office")
    answers = {"purpose": "x", "worker": cast.ueno.number}
    application = approvals.submit("trip", answers, by=cast.kato)
    approvals.decide(application, decision="approve", by=cast.eto)
    refused(application, cast.ueno, "separation.concerned")
    assert approvals.decide(application, decision="approve", by=cast.shimizu).is_approved


def test_one_person_does_not_decide_two_steps(cast: Cast, appoint: Appoint) -> None:
    appoint(cast.shimizu, "security_office")
    application = approvals.submit("two-offices", {"purpose": "x"}, by=cast.kato)
    approvals.decide(application, decision="approve", by=cast.ueno)
    refused(application, cast.ueno, "separation.two_steps")
    assert approvals.decide(application, decision="approve", by=cast.shimizu).is_approved


def test_a_person_and_his_deputy_do_not_decide_two_steps(
    cast: Cast, appoint: Appoint, stand_in: StandIn
) -> None:
    appoint(cast.shimizu, "security_office")
    stand_in(cast.ueno, cast.kimura)
    application = approvals.submit("two-offices", {"purpose": "x"}, by=cast.kato)
    approvals.decide(application, decision="approve", by=cast.ueno)
    refused(application, cast.kimura, "separation.two_steps_by_deputy")


def test_a_deputy_and_his_principal_do_not_decide_two_steps(
    cast: Cast, appoint: Appoint, stand_in: StandIn
) -> None:
    appoint(cast.shimizu, "security_office")
    stand_in(cast.ueno, cast.kimura)
    application = approvals.submit("two-offices", {"purpose": "x"}, by=cast.kato)
    approvals.decide(application, decision="approve", by=cast.kimura)
    refused(application, cast.ueno, "separation.two_steps_by_deputy")


def test_a_subordinate_does_not_approve_for_his_head(cast: Cast, appoint: Appoint) -> None:
    appoint(cast.kato, "security_office")  # Kato works under Eto
    appoint(cast.shimizu, "security_office")
    application = approvals.submit("two-offices", {"purpose": "x"}, by=cast.eto)
    approvals.decide(application, decision="approve", by=cast.shimizu)
    refused(application, cast.kato, "separation.below")
    assert approvals.decide(application, decision="approve", by=cast.ueno).is_approved


def test_whoever_holds_no_part_in_the_route_is_told_who_does(cast: Cast, trip: Application) -> None:
    assert "部門長（営業部）" in refused(trip, cast.shimizu, "separation.not_assigned")


def test_the_head_of_another_department_does_not_decide(cast: Cast, trip: Application) -> None:
    refused(trip, cast.ono, "separation.not_assigned")


def test_a_deputy_decides_only_within_his_period(cast: Cast, trip: Application) -> None:
    period = {"starts_on": date(2026, 5, 1), "ends_on": date(2026, 5, 31)}
    Deputy.objects.create(principal=cast.eto, deputy=cast.kimura, reason="休暇", **period)
    refused(trip, cast.kimura, "separation.not_assigned")


@pytest.mark.requirement("REG-049")
def test_what_waits_for_the_chair_passes_to_his_deputy_and_is_marked_as_acting(
    cast: Cast, appoint: Appoint, stand_in: StandIn
) -> None:
    appoint(cast.kubo, "committee_vice_chair")
    application = approvals.submit("together", {"purpose": "x"}, by=cast.kato)
    assert not approvals.waiting_for(cast.kubo).exists()
    stand_in(cast.ishida, cast.kubo)
    (step,) = approvals.waiting_for(cast.kubo)
    assert not step.in_own_right
    approvals.decide(application, step_id=step.pk, decision="approve", by=cast.kubo)
    decision = application.decisions.get()
    assert (decision.person, decision.acting_for) == (cast.kubo, cast.ishida)
    assert [(s.person, s.acting_for) for s in approvals.signatures(application) if s.outcome] == [
        (cast.kubo, cast.ishida)
    ]
    assert book.history(application)[0].facts["acting_for"] == cast.ishida.number


def test_who_has_the_right_himself_does_not_act_for_another(
    cast: Cast, appoint: Appoint, stand_in: StandIn
) -> None:
    appoint(cast.shimizu, "security_office")
    stand_in(cast.ueno, cast.shimizu)
    application = approvals.submit("together", {"purpose": "x"}, by=cast.kato)
    approvals.decide(application, decision="approve", by=cast.shimizu)
    assert application.decisions.get().acting_for is None


def test_the_application_of_a_head_goes_to_the_head_above(cast: Cast) -> None:
    cast.management.head = cast.ishida
    cast.management.save()
    Department.objects.filter(pk=cast.sales.pk).update(parent=cast.management)
    application = approvals.submit("trip", {"purpose": "x"}, by=cast.eto)
    refused(application, cast.eto, "separation.own")
    approvals.decide(application, decision="approve", by=cast.ishida)


def test_a_route_that_would_need_one_person_twice_is_refused_before_it_starts(cast: Cast) -> None:
    with pytest.raises(NotAllowed, match="同じ人は二つの段階を決裁できない"):
        approvals.submit("two-offices", {"purpose": "x"}, by=cast.kato)


def test_every_rule_has_its_own_id_and_a_sentence_in_japanese() -> None:
    assert len({rule.id for rule in separation.RULES}) == len(separation.RULES)
    assert all(str(rule.sentence).endswith("。") for rule in separation.RULES)
