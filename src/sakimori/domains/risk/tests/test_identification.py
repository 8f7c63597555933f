"""Rounds and identification."""

from datetime import date

import pytest

from sakimori.domains.assets.rules import register_asset
from sakimori.domains.risk import rules
from sakimori.domains.risk.models import Risk
from sakimori.domains.risk.rules.rounds import unassessed
from sakimori.kernel.approvals import approvals
from sakimori.kernel.dossier import kinds
from sakimori.kernel.obligations import obligations
from sakimori.lib import clock
from sakimori.lib.errors import Invalid, NotAllowed

from .conftest import FACTS


@pytest.fixture
def running(committee, cast):
    return rules.open_round(name="2026年度 定期", fiscal_year=2026, by=cast.ishida)


@pytest.mark.requirement("REG-065")
def test_only_the_committee_opens_and_closes_a_round(committee, cast, asset):
    with pytest.raises(NotAllowed):
        rules.open_round(name="2026年度 定期", fiscal_year=2026, by=cast.ueno)
    running = rules.open_round(name="2026年度 定期", fiscal_year=2026, by=cast.ono)
    with pytest.raises(NotAllowed):
        rules.close_round(running, conclusion="完了", by=cast.ueno)


def test_one_round_at_a_time(running, cast):
    with pytest.raises(NotAllowed) as refusal:
        rules.open_round(name="二つ目", fiscal_year=2026, by=cast.ishida)
    assert refusal.value.rule == "risk.one_round"


@pytest.mark.requirement("REG-297")
def test_a_round_is_not_closed_while_an_asset_was_not_looked_at(running, asset, cast):
    assert list(unassessed(running)) == [asset]
    with pytest.raises(NotAllowed, match="1件"):
        rules.close_round(running, conclusion="完了", by=cast.ishida)
    rules.reject(
        asset=asset, threat="ransomware", vulnerability="no_awareness", reason="対象外の端末", by=cast.ueno
    )
    assert not unassessed(running).exists()
    rules.close_round(running, conclusion="完了", by=cast.ishida)


@pytest.mark.requirement("REG-029")
def test_a_round_is_not_closed_while_a_risk_is_not_evaluated(running, risk, cast):
    with pytest.raises(NotAllowed) as refusal:
        rules.close_round(running, conclusion="完了", by=cast.ishida)
    assert refusal.value.rule == "risk.round_evaluates_all_risks"
    rules.analyse(risk, **FACTS, by=cast.ueno)
    assert rules.close_round(running, conclusion="完了", by=cast.ishida).closed_on is not None


@pytest.mark.requirement("REG-299", "REG-308")
def test_a_closed_round_keeps_its_analysis_and_every_exclusion_with_its_reason(running, risk, asset, cast):
    rules.analyse(risk, **FACTS, by=cast.ueno)
    rules.reject(
        asset=asset, threat="theft", vulnerability="no_rules", reason="施錠した部屋にある", by=cast.ueno
    )
    rules.close_round(running, conclusion="完了", by=cast.ishida)
    risk.refresh_from_db()
    rules.reword(
        risk,
        occurs_when="夜間",
        situation="別の状況",
        cause="別の原因",
        path="別の経路",
        impact="別の影響",
        by=cast.ueno,
    )
    running.refresh_from_db()
    lines = {line["risk"]: line for line in running.frozen}
    assert lines[risk.number]["situation"] == "業務メールの添付を開き"
    assert "施錠した部屋にある" in {line["reason"] for line in running.frozen}


def test_a_closed_round_takes_nothing_more(running, asset, cast):
    rules.reject(
        asset=asset, threat="ransomware", vulnerability="no_awareness", reason="対象外", by=cast.ueno
    )
    closed = rules.close_round(running, conclusion="完了", by=cast.ishida)
    with pytest.raises(NotAllowed) as refusal:
        rules.close_round(closed, conclusion="もう一度", by=cast.ishida)
    assert refusal.value.rule == "risk.round_frozen"


@pytest.mark.requirement("REG-072")
def test_an_input_is_used_or_set_aside_with_a_reason(running, asset, cast):
    with pytest.raises(Invalid):
        rules.take_up_input(running, source=asset, used=False, reason=" ", by=cast.ishida)
    rules.take_up_input(running, source=asset, used=True, reason="監査で指摘された", by=cast.ishida)
    assert running.inputs == [{"record": asset.number, "used": True, "reason": "監査で指摘された"}]


@pytest.mark.requirement("REG-309")
@pytest.mark.parametrize("verb", [rules.identify, rules.reject])
def test_a_scenario_is_kept_or_passed_over_only_with_a_reason(verb, asset, cast):
    with pytest.raises(Invalid) as refusal:
        verb(asset=asset, threat="ransomware", vulnerability="no_awareness", reason=" ", by=cast.ueno)
    assert set(refusal.value.problems) == {"reason"}
    assert not Risk.objects.exists()


def test_threat_and_vulnerability_come_from_the_catalogue(asset, cast):
    with pytest.raises(Invalid) as refusal:
        rules.identify(asset=asset, threat="dragons", vulnerability="none", reason="念のため", by=cast.ueno)
    assert set(refusal.value.problems) == {"threat", "vulnerability"}


@pytest.mark.requirement("PRC-037")
def test_the_owner_of_the_asset_becomes_the_risk_owner(risk, asset):
    assert risk.owner_id == asset.owner_id is not None


def test_a_scenario_passed_over_can_be_taken_up_again_as_the_same_risk(asset, cast):
    rejected = rules.reject(
        asset=asset, threat="theft", vulnerability="no_rules", reason="施錠した部屋にある", by=cast.ueno
    )
    found = rules.identify(
        asset=asset, threat="theft", vulnerability="no_rules", reason="施錠が壊れた", by=cast.ueno
    )
    assert found.pk == rejected.pk and found.state == Risk.State.IDENTIFIED


def test_an_evaluated_risk_is_not_passed_over(high, asset, cast):
    with pytest.raises(NotAllowed) as refusal:
        rules.reject(
            asset=asset,
            threat="ransomware",
            vulnerability="no_awareness",
            reason="気が変わった",
            by=cast.ueno,
        )
    assert refusal.value.rule == "risk.evaluated_is_not_rejected"


def test_staff_without_a_part_in_it_identify_nothing(asset, cast):
    with pytest.raises(NotAllowed):
        rules.identify(
            asset=asset, threat="theft", vulnerability="no_rules", reason="盗難があった", by=cast.shimizu
        )


def test_the_officer_of_a_department_works_on_its_assets_only(asset, cast):
    rules.identify(asset=asset, threat="theft", vulnerability="no_rules", reason="無施錠", by=cast.kimura)
    other = register_asset(name="製造指示書", department=cast.production, by=cast.ueno)
    with pytest.raises(NotAllowed):
        rules.identify(asset=other, threat="theft", vulnerability="no_rules", reason="無施錠", by=cast.kimura)


def due_assessment():
    """Plan the yearly assessment and return its occurrence."""
    obligations.adopt()
    obligations.materialise()
    return obligations.Occurrence.objects.filter(obligation__duty_id="risk.assessment").earliest("due_on")


@pytest.mark.requirement("REG-319")
def test_closing_a_round_is_the_yearly_assessment(running, asset, cast):
    with clock.at(date(2026, 10, 1)):
        occurrence = due_assessment()
        rules.reject(
            asset=asset, threat="ransomware", vulnerability="no_awareness", reason="対象外", by=cast.ueno
        )
        rules.close_round(running, conclusion="完了", by=cast.ishida)
    occurrence.refresh_from_db()
    assert (occurrence.state, occurrence.proof_id) == ("done", running.pk)


@pytest.mark.requirement("REG-185")
def test_a_closed_round_is_evaluated_by_the_committee_and_approved_by_the_president(running, asset, cast):
    rules.reject(
        asset=asset, threat="ransomware", vulnerability="no_awareness", reason="対象外", by=cast.ueno
    )
    rules.close_round(running, conclusion="完了", by=cast.ishida)
    application = approvals.Application.objects.get(subject=running)
    assert (application.applicant, application.form) == (cast.ishida, "risk-assessment-record")
    with pytest.raises(NotAllowed):
        approvals.decide(application, decision="approve", by=cast.aoki)
    application = approvals.decide(application, decision="approve", by=cast.ono)
    running.refresh_from_db()
    assert running.approved_on is None
    approvals.decide(application, decision="approve", by=cast.aoki)
    running.refresh_from_db()
    assert running.approved_on == date(2026, 6, 1)
    assert kinds.kind_of(running).keeper == "security_office"
