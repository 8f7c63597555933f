"""Acceptance: signed for one exact state, by the right people, for a time."""

from datetime import date
from decimal import Decimal

import pytest

from sakimori.domains.risk import rules
from sakimori.domains.risk.models import Acceptance, Permit, Risk
from sakimori.kernel.approvals import approvals
from sakimori.kernel.jobs.registry import TIMETABLE
from sakimori.kernel.notices.models import Notice
from sakimori.lib import clock
from sakimori.lib.errors import Conflict, Invalid, NotAllowed

from .conftest import FACTS
from .test_treatment import approve


@pytest.fixture
def requested(high, cast):
    return rules.request_acceptance(risk=high, reason="代わりの手段がない", by=cast.ueno)


@pytest.fixture
def accepted(requested, cast):
    approve(approvals.Application.objects.get(subject=requested), cast.eto, cast.aoki)
    requested.refresh_from_db()
    return requested


@pytest.mark.requirement("V20-022", "REG-316")
def test_a_risk_above_the_level_is_kept_only_with_both_signatures(requested, high, cast):
    application = approvals.Application.objects.get(subject=requested)
    with pytest.raises(NotAllowed):
        approvals.decide(application, decision="approve", by=cast.aoki)
    application = approvals.decide(application, decision="approve", by=cast.eto)
    assert Risk.objects.get(pk=high.pk).state == Risk.State.ANALYSED
    approvals.decide(application, decision="approve", by=cast.aoki)
    requested.refresh_from_db()
    assert requested.status == Acceptance.Status.VALID
    assert Risk.objects.get(pk=high.pk).state == Risk.State.ACCEPTED


def test_a_risk_below_the_level_needs_no_acceptance(risk, cast):
    low = rules.analyse(
        risk, **{**FACTS, "frequency": Decimal("0.01"), "loss_extent": 1, "loss_parties": 1}, by=cast.ueno
    )
    with pytest.raises(NotAllowed) as refusal:
        rules.request_acceptance(risk=low, reason="念のため", by=cast.ueno)
    assert refusal.value.rule == "risk.acceptance_not_needed"


def test_a_reason_is_demanded_and_a_second_request_refused(high, cast):
    with pytest.raises(Invalid):
        rules.request_acceptance(risk=high, reason=" ", by=cast.ueno)
    rules.request_acceptance(risk=high, reason="代わりがない", by=cast.ueno)
    with pytest.raises(NotAllowed) as refusal:
        rules.request_acceptance(risk=high, reason="代わりがない", by=cast.ueno)
    assert refusal.value.rule == "risk.one_request"


@pytest.mark.requirement("V20-003")
def test_a_request_is_not_signed_for_a_risk_that_changed_meanwhile(requested, high, cast):
    risk = Risk.objects.get(pk=high.pk)
    rules.analyse(risk, **{**FACTS, "loss_amount": Decimal(2_000_000_000)}, by=cast.ueno)
    with pytest.raises(Conflict):
        approve(approvals.Application.objects.get(subject=requested), cast.eto)


def test_a_material_change_reopens_an_accepted_risk(accepted, high, cast):
    risk = Risk.objects.get(pk=high.pk)
    rules.analyse(risk, **{**FACTS, "frequency": Decimal(3)}, by=cast.ueno)
    accepted.refresh_from_db()
    assert accepted.status == Acceptance.Status.REOPENED
    assert Risk.objects.get(pk=high.pk).state == Risk.State.REOPENED
    assert list(Risk.objects.without_treatment()) == [risk]


def test_a_reworded_situation_reopens_an_accepted_risk(accepted, high, cast):
    risk = Risk.objects.get(pk=high.pk)
    rules.reword(
        risk,
        occurs_when="夜間",
        situation="在宅勤務中に",
        cause="同じ",
        path="同じ",
        impact="同じ",
        by=cast.ueno,
    )
    accepted.refresh_from_db()
    assert accepted.status == Acceptance.Status.REOPENED


def test_the_same_facts_stated_again_reopen_nothing(accepted, high, cast):
    rules.analyse(Risk.objects.get(pk=high.pk), **FACTS, by=cast.ueno)
    accepted.refresh_from_db()
    assert accepted.status == Acceptance.Status.VALID
    assert Risk.objects.get(pk=high.pk).state == Risk.State.ACCEPTED


@pytest.mark.requirement("REG-316")
def test_an_acceptance_ends_with_its_period(accepted, high):
    assert accepted.expires_on == date(2027, 6, 1)
    assert rules.expire_acceptances(date(2027, 6, 1)) == 0
    with clock.at(date(2027, 6, 2)):
        assert rules.expire_acceptances(date(2027, 6, 2)) == 1
        assert rules.expire_acceptances(date(2027, 6, 2)) == 0
    assert Risk.objects.get(pk=high.pk).state == Risk.State.REOPENED
    notice = Notice.objects.get(kind="risk.acceptance_expired")
    assert (notice.recipient_id, notice.record_id) == (high.owner_id, high.pk)
    assert "2027年6月1日" in notice.body and high.label in notice.body


def test_acceptances_end_by_themselves_every_night():
    assert TIMETABLE["risk.expire"].daily is not None


def test_a_rejected_request_leaves_the_risk_without_treatment(requested, high, cast):
    application = approvals.Application.objects.get(subject=requested)
    approvals.decide(application, decision="reject", comment="対策すべき", by=cast.eto)
    requested.refresh_from_db()
    assert requested.status == Acceptance.Status.REFUSED
    assert Risk.objects.without_treatment().exists()


@pytest.mark.requirement("SYS-198")
def test_an_accepted_risk_is_evaluated_again(accepted, high, cast):
    risk = Risk.objects.get(pk=high.pk)
    assert list(Risk.objects.review_due(date(2027, 6, 2))) == [risk]
    with pytest.raises(Invalid):
        rules.renew_review(risk, finding=" ", reducible=False, by=cast.ueno)
    risk.refresh_from_db()
    renewed = rules.renew_review(risk, finding="新しい製品を調べたが高価", reducible=False, by=cast.ueno)
    assert renewed.review_on == date(2026, 12, 1) and renewed.state == Risk.State.ACCEPTED
    reopened = rules.renew_review(renewed, finding="安価な対策が出た", reducible=True, by=cast.ueno)
    assert reopened.state == Risk.State.REOPENED


@pytest.mark.requirement("V20-038")
@pytest.mark.parametrize(("answer", "state"), [(True, "reopened"), (False, "accepted")])
def test_a_change_in_one_of_the_five_areas_opens_accepted_risks_again(answer, state, accepted, high, cast):
    answers = dict.fromkeys(("organization", "business", "threats", "external", "level"), False)
    answers |= {"technology": answer, "conclusion": "見直した", "done_on": "2026-06-01"}
    approvals.submit("residual-risk-review", answers, by=cast.ueno)
    assert Risk.objects.get(pk=high.pk).state == state


@pytest.mark.requirement("V20-026")
def test_the_president_permits_operation_on_the_list_he_signed(accepted, cast):
    permit = rules.request_permit(by=cast.ueno)
    approve(approvals.Application.objects.get(subject=permit), cast.ono, cast.aoki)
    permit.refresh_from_db()
    assert (permit.status, permit.count, permit.highest) == (Permit.Status.VALID, 1, 12)


@pytest.mark.requirement("V20-026")
def test_nothing_is_permitted_while_a_risk_is_undecided(high, cast):
    with pytest.raises(NotAllowed) as refusal:
        rules.request_permit(by=cast.ueno)
    assert refusal.value.rule == "risk.all_decided_before_permit"


def test_a_permit_is_not_signed_for_a_list_that_changed(accepted, asset, cast):
    permit = rules.request_permit(by=cast.ueno)
    more = rules.identify(
        asset=asset, threat="theft", vulnerability="no_rules", reason="無施錠", situation="夜間に", cause="鍵がなく",
        impact="名簿が盗まれる", by=cast.ueno,
    )  # fmt: skip
    rules.analyse(
        more, **{**FACTS, "frequency": Decimal(0), "loss_extent": 1, "loss_parties": 1}, by=cast.ueno
    )
    application = approvals.decide(
        approvals.Application.objects.get(subject=permit), decision="approve", by=cast.ono
    )
    with pytest.raises(NotAllowed) as refusal:
        approvals.decide(application, decision="approve", by=cast.aoki)
    assert refusal.value.rule == "risk.permit_bound_to_state"
    permit.refresh_from_db()
    assert permit.status == Permit.Status.REQUESTED


def test_a_new_permit_supersedes_the_former_one(accepted, cast):
    for _time in range(2):
        permit = rules.request_permit(by=cast.ueno)
        approve(approvals.Application.objects.get(subject=permit), cast.ono, cast.aoki)
    assert sorted(Permit.objects.values_list("status", flat=True)) == ["superseded", "valid"]
