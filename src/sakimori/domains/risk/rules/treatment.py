"""Treatment: one or several of the seven options, with controls, owner, cost, date and what remains."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sakimori.domains.controls import rules as controls
from sakimori.domains.controls.models import Control
from sakimori.domains.risk.models import Risk, Treatment
from sakimori.kernel import hooks
from sakimori.kernel.approvals import approvals
from sakimori.kernel.identity.actors import SYSTEM, Actor
from sakimori.kernel.identity.models import Person
from sakimori.kernel.ledger.book import command
from sakimori.kernel.policy import policy
from sakimori.lib import clock
from sakimori.lib.errors import Invalid, NotAllowed

from . import analysis, valuation

OPEN = (Treatment.Status.DRAFT, Treatment.Status.SUBMITTED, Treatment.Status.APPROVED)


@command("risk.treatment_planned", gettext_lazy("リスク対応計画の作成"), right="risk.change", over="risk")
def plan_treatment(
    *,
    risk: Risk,
    options: Sequence[str],
    action: str,
    basis: str,
    owner: Person,
    due_on: date,
    expected_likelihood: int,
    expected_loss: int,
    control_refs: Sequence[str] = (),
    cost: Decimal | None = None,
    cost_limit: Decimal | None = None,
    priority: int = 2,
    shared_with: str = "",
    opportunity: str = "",
    effect_review_on: date | None = None,
    by: Actor,
) -> Treatment:
    """Plan how a risk is treated (REG-313..315, V20-021, V20-027); the residual value is computed.

    Raises Invalid for every missing or impossible entry, NotAllowed for a risk that was not evaluated.
    """
    if risk.value is None:
        raise NotAllowed(_("リスクを算定してから対応を決めてください。"), rule="risk.evaluate_first")
    treatment = Treatment(risk=risk, owner=owner, department_id=risk.department_id, audience=risk.audience)
    _fill(
        treatment, options=list(options), action=action.strip(), basis=basis.strip(), due_on=due_on,
        expected_likelihood=expected_likelihood, expected_loss=expected_loss, controls=list(control_refs),
        cost=cost, cost_limit=cost_limit, priority=priority, shared_with=shared_with.strip(),
        opportunity=opportunity.strip(), effect_review_on=effect_review_on,
    )  # fmt: skip
    treatment.save()
    _need_controls(treatment, by)
    _settle(risk)
    return treatment


@command("risk.treatment_replanned", gettext_lazy("リスク対応計画の変更"), right="risk.change")
def replan_treatment(treatment: Treatment, *, by: Actor, reason: str = "", **values: object) -> Treatment:
    """Change a plan that was not approved yet, or an approved one, which then needs approval again."""
    if treatment.status in (Treatment.Status.SUBMITTED, Treatment.Status.DONE):
        text = _("%(status)sの計画は変更できません。")
        raise NotAllowed(text % {"status": treatment.get_status_display()}, rule="risk.treatment_state")
    if treatment.status == Treatment.Status.APPROVED and not reason.strip():
        raise Invalid({"reason": _("承認済みの計画を変える理由を入力してください。")})
    _fill(treatment, **values)
    treatment.status = Treatment.Status.DRAFT
    treatment.save()
    _need_controls(treatment, by)
    _settle(treatment.risk)
    return treatment


@command("risk.treatment_submitted", gettext_lazy("リスク対応計画の提出"), right="risk.change")
def submit_treatment(treatment: Treatment, *, by: Person) -> Treatment:
    """Send the plan along its route; refused while it would leave the risk above the level (REG-317)."""
    if treatment.status != Treatment.Status.DRAFT:
        raise NotAllowed(_("作成中の計画だけを提出できます。"), rule="risk.treatment_state")
    risk = treatment.risk
    assert treatment.expected_value is not None and risk.level is not None
    if treatment.expected_value > risk.level and Treatment.Option.RETAIN not in treatment.options:
        text = _(
            "予測残留リスク値%(value)sが受容水準%(level)sを超えています。"
            "管理策を追加するか、リスクの保有を選んで受容の承認を求めてください。"
        )
        raise NotAllowed(
            text % {"value": treatment.expected_value, "level": risk.level}, rule="risk.residual_below_level"
        )
    treatment.status = Treatment.Status.SUBMITTED
    treatment.save()
    approvals.put_forward("risk-treatment-plan", {"summary": treatment.action}, subject=treatment, by=by)
    return treatment


@command("risk.treatment_approved", gettext_lazy("リスク対応計画の承認"))
def approve_treatment(treatment: Treatment, *, by: Actor) -> Treatment:
    """Start the work: the plan was approved along its route (REG-317)."""
    treatment.status = Treatment.Status.APPROVED
    treatment.save()
    return treatment


@command("risk.treatment_returned", gettext_lazy("リスク対応計画の差戻し"))
def return_treatment(treatment: Treatment, *, by: Actor) -> Treatment:
    """Give the plan back to its author: it was rejected or withdrawn."""
    treatment.status = Treatment.Status.DRAFT
    treatment.save()
    return treatment


@command("risk.treatment_progressed", gettext_lazy("リスク対応の進捗"), right="risk.change")
def report_progress(treatment: Treatment, *, progress: int, note: str = "", by: Actor) -> Treatment:
    """Report how far the work is, 0 to 100 per cent (V20-028)."""
    _must_be(treatment, Treatment.Status.APPROVED)
    if not 0 <= progress <= 100:
        raise Invalid({"progress": _("0から100で入力してください。")})
    treatment.progress = progress
    treatment.save()
    return treatment


@command("risk.treatment_done", gettext_lazy("リスク対応の完了"), right="risk.change")
def complete_treatment(treatment: Treatment, *, done_on: date, result: str, by: Actor) -> Treatment:
    """Close a plan that was carried out: what remains becomes the risk's residual value (PRC-028).

    The effect of its controls is to be measured on the day planned, or after the regulation's time (REG-322).
    """
    _must_be(treatment, Treatment.Status.APPROVED)
    problems = {}
    if done_on > clock.today():
        problems["done_on"] = _("完了日に未来の日付は入力できません。")
    if not result.strip():
        problems["result"] = _("実施した内容を入力してください。")
    if problems:
        raise Invalid(problems)
    treatment.status, treatment.progress, treatment.done_on = Treatment.Status.DONE, 100, done_on
    if treatment.controls and treatment.effect_review_on is None:
        treatment.effect_review_on = policy.value("risk.treatment.effect").after(done_on)
    treatment.save()
    controls.mark_needs_done(cause=treatment.risk, numbers=treatment.controls, by=by)
    risk = treatment.risk
    risk.refresh_from_db()
    risk.residual_likelihood, risk.residual_loss = treatment.expected_likelihood, treatment.expected_loss
    risk.residual_value = treatment.expected_value
    _settle(risk)
    return treatment


@command("risk.effect_judged", gettext_lazy("管理策の有効性評価"), right="risk.change")
def judge_effect(treatment: Treatment, *, measured: str, decision: str, by: Actor) -> Treatment:
    """Record the measured effect of the new controls and keep, change or drop them (REG-322)."""
    _must_be(treatment, Treatment.Status.DONE)
    problems = {}
    if not measured.strip():
        problems["measured"] = _("測定結果を入力してください。")
    if decision not in {"keep", "change", "drop"}:
        problems["decision"] = _("継続・見直し・廃止から選んでください。")
    if problems:
        raise Invalid(problems)
    treatment.effect_measured, treatment.effect_decision = measured.strip(), decision
    treatment.effect_review_on = None
    treatment.save()
    return treatment


@command("risk.treatment_cancelled", gettext_lazy("リスク対応の取りやめ"), right="risk.change")
def cancel_treatment(treatment: Treatment, *, reason: str, by: Actor) -> Treatment:
    """Give a plan up; the risk is without treatment again (REG-134)."""
    if treatment.status not in (Treatment.Status.DRAFT, Treatment.Status.APPROVED):
        raise NotAllowed(_("この状態の計画は取りやめできません。"), rule="risk.treatment_state")
    if not reason.strip():
        raise Invalid({"reason": _("取りやめる理由を入力してください。")})
    treatment.status = Treatment.Status.CANCELLED
    treatment.save()
    controls.end_needs(cause=treatment.risk, keep=_refs_of_open(treatment.risk), by=by)
    _settle(treatment.risk)
    return treatment


def _fill(treatment: Treatment, **values: object) -> None:
    for name, value in values.items():
        setattr(treatment, name, value)
    problems = _problems(treatment)
    if problems:
        raise Invalid(problems)
    treatment.expected_value = valuation.residual(
        treatment.risk.method, treatment.expected_likelihood, treatment.expected_loss
    )


def _problems(plan: Treatment) -> dict[str, str]:
    return _missing(plan) | _missing_for_options(plan)


def _missing(plan: Treatment) -> dict[str, str]:
    problems = {}
    if not plan.options or set(plan.options) - set(Treatment.Option.values):
        problems["options"] = _("対応の種類を一つ以上選んでください。")
    if not plan.action:
        problems["action"] = _("実施内容を入力してください。")
    if not plan.basis:
        problems["basis"] = _("判断材料を入力してください。")
    if plan.due_on and plan.due_on < plan.effective_on:
        problems["due_on"] = _("期限は作成日以降の日付にしてください。")
    if plan.cost is not None and plan.cost_limit is not None and plan.cost > plan.cost_limit:
        problems["cost"] = _("費用が許容コストを超えています。計画を見直すか、許容コストを改めてください。")
    return problems


def _missing_for_options(plan: Treatment) -> dict[str, str]:
    option, problems = Treatment.Option, {}
    if option.SHARE in plan.options and not plan.shared_with:
        problems["shared_with"] = _("リスクの共有では、共有先を入力してください。")
    if option.TAKE in plan.options and not plan.opportunity:
        problems["opportunity"] = _("リスクテイクでは、追求する機会を入力してください。")
    changing = {option.LIKELIHOOD, option.CONSEQUENCE, option.REMOVE} & set(plan.options)
    if changing and not plan.controls:
        problems["controls"] = _("この対応には、実施する管理策を一つ以上選んでください。")
    return problems


def _must_be(treatment: Treatment, status: Treatment.Status) -> None:
    if treatment.status != status:
        text = _("%(status)sの計画だけに行えます。")
        raise NotAllowed(text % {"status": status.label}, rule="risk.treatment_state")


def _need_controls(treatment: Treatment, by: Actor) -> None:
    risk = treatment.risk
    wanted = Control.objects.filter(number__in=_refs_of_open(risk))
    controls.need(list(wanted), risk, blocking=risk.above_level, due_on=_due_of_controls(risk), by=by)


def _due_of_controls(risk: Risk) -> dict[str, date]:
    """Return by when each control is to be there: the earliest date of the plans that bring it."""
    plans = risk.treatments.exclude(status=Treatment.Status.CANCELLED).order_by("-due_on")
    return {number: day for numbers, day in plans.values_list("controls", "due_on") for number in numbers}


def _refs_of_open(risk: Risk) -> set[str]:
    rows = risk.treatments.exclude(status=Treatment.Status.CANCELLED).values_list("controls", flat=True)
    return {number for row in rows for number in row}


@command("risk.settled", gettext_lazy("リスクの状態更新"))
def _settled(risk: Risk, *, by: Actor) -> Risk:
    analysis.settle(risk)
    risk.save()
    return risk


def _settle(risk: Risk) -> None:
    _settled(risk, by=SYSTEM)


@hooks.on("application_returned")
@hooks.on("application_closed")
def _on_back(application: approvals.Application) -> None:
    if application.form == "risk-treatment-plan":
        return_treatment(Treatment.objects.get(pk=application.subject_id or 0), by=SYSTEM)


@approvals.on_approved("risk-treatment-plan")
def _approved(application: approvals.Application, *, by: Actor) -> None:
    approve_treatment(Treatment.objects.get(pk=application.subject_id or 0), by=by)
