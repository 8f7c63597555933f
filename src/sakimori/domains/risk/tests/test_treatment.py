"""Treatment: planned, approved, done, and what remains."""

from datetime import date
from decimal import Decimal

import pytest

from sakimori.domains.controls.models import Control, Need
from sakimori.domains.risk import rules
from sakimori.domains.risk.models import Risk, Treatment
from sakimori.domains.risk.views.papers import treatment_plan
from sakimori.kernel.approvals import approvals
from sakimori.lib.errors import Conflict, Invalid, NotAllowed


def planned(risk, cast, **changes):
    values = {
        "options": ["avoid"], "action": "保存をやめる", "basis": "業務に不要", "owner": cast.kimura,
        "due_on": date(2026, 9, 30), "expected_likelihood": 1, "expected_loss": 1,
    }  # fmt: skip
    return rules.plan_treatment(risk=risk, **{**values, **changes}, by=cast.ueno)


def approve(application, *people):
    for person in people:
        application = approvals.decide(application, decision="approve", by=person)
    return application


def application_of(plan):
    return approvals.Application.objects.get(subject=plan)


@pytest.fixture
def approved(plan, cast):
    rules.submit_treatment(plan, by=cast.ueno)
    approve(application_of(plan), cast.ono, cast.aoki)
    plan.refresh_from_db()
    return plan


@pytest.mark.requirement("REG-315")
@pytest.mark.parametrize("option", Treatment.Option.values)
def test_each_of_the_seven_options_may_be_chosen(option, high, awareness, cast):
    extra = {"shared_with": "損保会社", "opportunity": "新市場", "control_refs": [awareness.number]}
    assert planned(high, cast, options=[option], **extra).options == [option]


@pytest.mark.requirement("REG-315")
@pytest.mark.parametrize(
    ("option", "field"),
    [("share", "shared_with"), ("take", "opportunity"), ("likelihood", "controls"), ("remove", "controls")],
)
def test_an_option_demands_what_belongs_to_it(option, field, high, cast):
    with pytest.raises(Invalid) as refusal:
        planned(high, cast, options=[option])
    assert set(refusal.value.problems) == {field}


@pytest.mark.requirement("REG-314", "V20-021")
def test_a_decision_states_options_action_and_basis(high, cast):
    with pytest.raises(Invalid) as refusal:
        planned(high, cast, options=[], action=" ", basis="")
    assert set(refusal.value.problems) == {"options", "action", "basis"}


@pytest.mark.requirement("REG-030")
def test_a_plan_costs_no_more_than_its_limit(high, cast):
    with pytest.raises(Invalid) as refusal:
        planned(high, cast, cost=Decimal(10), cost_limit=Decimal(9))
    assert set(refusal.value.problems) == {"cost"}


@pytest.mark.requirement("V20-027")
def test_the_printed_plan_names_owner_priority_and_date(plan, cast):
    (table,) = treatment_plan(cast.ueno).blocks
    assert [str(column.title) for column in table.columns][4:7] == ["担当", "優先", "期限"]
    assert table.rows[0][4:7] == (cast.kimura.label, 2, date(2026, 9, 30))


def test_a_risk_is_evaluated_before_it_is_treated(risk, cast):
    with pytest.raises(NotAllowed) as refusal:
        planned(risk, cast)
    assert refusal.value.rule == "risk.evaluate_first"


def test_the_residual_value_is_computed_and_its_levels_are_those_of_the_method(plan, high, cast):
    assert plan.expected_value == 4
    with pytest.raises(Invalid) as refusal:
        planned(high, cast, expected_likelihood=9, expected_loss=0)
    assert set(refusal.value.problems) == {"expected_likelihood", "expected_loss"}


def test_a_planned_risk_is_no_longer_without_treatment(high, plan):
    assert Risk.objects.get(pk=high.pk).state == Risk.State.PLANNED
    assert not Risk.objects.without_treatment().exists()


@pytest.mark.requirement("V20-023")
def test_a_planned_control_is_needed_by_the_risk(plan, high, awareness):
    need = Need.objects.get()
    assert (need.control_id, need.cause_id, need.blocking) == (awareness.pk, high.pk, True)


@pytest.mark.requirement("REG-317")
def test_a_plan_that_leaves_the_risk_above_the_level_is_not_submitted(high, awareness, cast):
    weak = planned(
        high,
        cast,
        options=["likelihood"],
        control_refs=[awareness.number],
        expected_likelihood=3,
        expected_loss=4,
    )
    with pytest.raises(NotAllowed) as refusal:
        rules.submit_treatment(weak, by=cast.ueno)
    assert refusal.value.rule == "risk.residual_below_level"


@pytest.mark.requirement("REG-317")
def test_a_plan_starts_when_committee_and_president_approved_it(approved):
    assert approved.status == Treatment.Status.APPROVED


def test_a_plan_changed_while_it_is_being_decided_is_not_approved(plan, cast):
    rules.submit_treatment(plan, by=cast.ueno)
    Treatment.objects.filter(pk=plan.pk).update(cost=Decimal(1))
    with pytest.raises(Conflict):
        approve(application_of(plan), cast.ono)


def test_a_returned_plan_is_corrected_and_put_forward_again(plan, cast):
    rules.submit_treatment(plan, by=cast.ueno)
    approvals.decide(application_of(plan), decision="return", comment="費用の内訳が要る", by=cast.ono)
    plan.refresh_from_db()
    assert plan.status == Treatment.Status.DRAFT
    plan = rules.replan_treatment(plan, action="訓練を年2回行う（1回15万円）", by=cast.ueno)
    rules.submit_treatment(plan, by=cast.ueno)
    assert application_of(plan).round == 2
    approve(application_of(plan), cast.ono, cast.aoki)
    plan.refresh_from_db()
    assert plan.status == Treatment.Status.APPROVED


def test_a_submitted_plan_is_not_changed(plan, cast):
    plan = rules.submit_treatment(plan, by=cast.ueno)
    with pytest.raises(NotAllowed) as refusal:
        rules.replan_treatment(plan, action="別の対策", by=cast.ueno)
    assert refusal.value.rule == "risk.treatment_state"


@pytest.mark.requirement("V20-028")
def test_progress_is_reported_in_per_cent(approved, cast):
    with pytest.raises(Invalid):
        rules.report_progress(approved, progress=101, by=cast.ueno)
    approved.refresh_from_db()
    assert rules.report_progress(approved, progress=60, by=cast.kimura).progress == 60


@pytest.mark.requirement("PRC-028")
def test_a_finished_plan_lowers_the_residual_risk_and_marks_the_control(approved, high, cast):
    rules.complete_treatment(approved, done_on=date(2026, 6, 1), result="訓練を実施した", by=cast.kimura)
    risk = Risk.objects.get(pk=high.pk)
    assert (risk.value, risk.residual_value, risk.state) == (12, 4, Risk.State.TREATED)
    assert Need.objects.get().done


def test_work_is_not_finished_tomorrow(approved, cast):
    with pytest.raises(Invalid) as refusal:
        rules.complete_treatment(approved, done_on=date(2026, 6, 2), result="済", by=cast.kimura)
    assert set(refusal.value.problems) == {"done_on"}


def test_a_plan_that_nobody_approved_is_not_finished(plan, cast):
    with pytest.raises(NotAllowed):
        rules.complete_treatment(plan, done_on=date(2026, 6, 1), result="済", by=cast.kimura)


@pytest.mark.requirement("REG-322")
def test_the_effect_of_a_finished_plan_is_measured_and_decided(approved, cast):
    done = rules.complete_treatment(
        approved, done_on=date(2026, 6, 1), result="訓練を実施した", by=cast.kimura
    )
    with pytest.raises(Invalid) as refusal:
        rules.judge_effect(done, measured="", decision="maybe", by=cast.ueno)
    assert set(refusal.value.problems) == {"measured", "decision"}
    done.refresh_from_db()
    judged = rules.judge_effect(done, measured="開封率 18% → 4%", decision="keep", by=cast.ueno)
    assert judged.effect_decision == "keep"


@pytest.mark.requirement("REG-313")
def test_a_cancelled_plan_leaves_the_risk_without_treatment(approved, high, cast):
    rules.cancel_treatment(approved, reason="予算がつかない", by=cast.ueno)
    assert list(Risk.objects.without_treatment()) == [high]
    assert not Need.objects.standing().exists()


@pytest.mark.requirement("REG-322")
def test_the_effect_of_new_controls_is_measured_after_the_time_of_the_regulation(approved, cast):
    assert approved.effect_review_on is None
    done = rules.complete_treatment(approved, done_on=date(2026, 6, 1), result="実施した", by=cast.kimura)
    assert done.effect_review_on == date(2026, 9, 1)


def test_a_control_is_needed_by_the_date_of_the_plan_that_brings_it(plan, high, awareness, cast):
    other = Control.objects.create(
        standard=awareness.standard, ref="A.8.7", name="マルウェア対策", control_kind="control"
    )
    high.refresh_from_db()
    planned(high, cast, options=["likelihood"], due_on=date(2026, 12, 1), control_refs=[other.number])
    due = dict(Need.objects.standing().filter(cause=high).values_list("control__ref", "due_on"))
    assert due == {"A.6.3": date(2026, 9, 30), "A.8.7": date(2026, 12, 1)}
    high.refresh_from_db()
    planned(high, cast, options=["likelihood"], due_on=date(2026, 7, 1), control_refs=[other.number])
    assert Need.objects.standing().get(control=other).due_on == date(2026, 7, 1)
