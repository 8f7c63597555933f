"""How people of the story find, value, treat and accept risks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal

from sakimori.domains.assets.models import Asset
from sakimori.domains.controls.models import Control
from sakimori.domains.risk import rules
from sakimori.domains.risk.models import Acceptance, Risk, Treatment
from sakimori.kernel.approvals import approvals
from sakimori.kernel.content.threats import CONTROLS_STANDARD, TYPICAL_RISKS, TypicalRisk
from sakimori.kernel.identity.models import Person
from sakimori.lib import clock

from .company import Stage
from .decisions import approve_all
from .script import RiskBook, read


def scenarios(stage: Stage, asset: Asset, count: int) -> list[TypicalRisk]:
    """Return ``count`` typical risks of the asset's kind and storage."""
    fitting = [
        one
        for one in TYPICAL_RISKS
        if asset.asset_kind in one.asset_kind and (not one.storage or asset.storage in one.storage)
    ]
    return stage.random.sample(fitting, min(count, len(fitting)))


def assess(stage: Stage, asset: Asset, scenario: TypicalRisk, *, analysed: bool = True) -> Risk:
    """Identify a risk and value it."""
    book, by = read("risks.yaml", RiskBook), _assessor(stage, asset)
    texts = scenario.scenario
    risk = rules.identify(
        asset=asset, threat=scenario.threat, vulnerability=scenario.vulnerability,
        reason=f"{asset.location or asset.get_storage_display()}の現場を確かめて挙げた", situation=texts.situation,
        cause=texts.cause, path=texts.path, impact=texts.impact, occurs_when=texts.when, by=by,
    )  # fmt: skip
    if analysed:
        analyse(stage, risk, asset, book, by)
    return risk


def analyse(stage: Stage, risk: Risk, asset: Asset, book: RiskBook, by: Person) -> None:
    """Value a risk by the method of the regulation; what matters more costs more."""
    pick = stage.random.choice
    extent = book.extents[min(2, max(0, (asset.importance or 0) + pick((-1, 0, 0, 0))))]
    likely = book.extents[pick((0, 1, 1, 2))]
    rules.analyse(
        risk, frequency=Decimal(pick(likely.frequency)), loss_amount=Decimal(pick(extent.loss)),
        loss_extent=pick((1, 2, 2, 3)), loss_parties=pick((1, 2, 2, 3)), affected=pick(book.parties),
        harm_reason=pick(book.grounds), no_control_reason=pick(book.existing), by=by,
    )  # fmt: skip


def pass_over(stage: Stage, asset: Asset, scenario: TypicalRisk) -> Risk:
    """Look at a scenario and leave it out, with the reason."""
    reason = stage.random.choice(read("risks.yaml", RiskBook).rejections)
    by = _assessor(stage, asset)
    return rules.reject(
        asset=asset, threat=scenario.threat, vulnerability=scenario.vulnerability, reason=reason, by=by
    )


def _assessor(stage: Stage, asset: Asset) -> Person:
    """Return who works on the asset: now the office, now the head of its department."""
    heads = {unit.pk: unit.head for unit in stage.units.values()}
    head = heads.get(asset.department_id or 0) if stage.random.random() < 0.5 else None
    return head or stage["kimura"]


def plan(stage: Stage, risk: Risk, *, days: int, to: int = 2, by: Person | None = None) -> Treatment:
    """Plan a treatment due in ``days``; ``to`` is the likelihood and the loss it leads to."""
    idea = stage.random.choice(read("risks.yaml", RiskBook).actions)
    scenario = next(
        one for one in TYPICAL_RISKS if (one.threat, one.vulnerability) == (risk.threat, risk.vulnerability)
    )
    numbers = Control.objects.filter(standard__slug=CONTROLS_STANDARD, ref__in=scenario.controls)
    risk.refresh_from_db()
    owner = Person.objects.get(pk=risk.owner_id or 0)
    return rules.plan_treatment(
        risk=risk, options=[idea.option], action=idea.action, basis=idea.basis, shared_with=idea.shared_with,
        owner=owner if owner.is_active else stage["ono"], due_on=clock.today() + timedelta(days=days),
        expected_likelihood=min(to, risk.likelihood or to), expected_loss=min(to, risk.loss or to),
        control_refs=list(numbers.values_list("number", flat=True)), cost=Decimal(stage.random.randint(3, 90)) * 20000,
        cost_limit=Decimal(2000000), priority=stage.random.choice((1, 2, 2, 3)), by=by or stage["ueno"],
    )  # fmt: skip


def submit(stage: Stage, treatment: Treatment, by: Person | None = None) -> approvals.Application:
    """Send a plan along its route."""
    rules.submit_treatment(treatment, by=by or stage["ueno"])
    return approvals.Application.objects.filter(subject_id=treatment.pk).latest("pk")


def begin(stage: Stage, risk: Risk, *, days: int) -> Treatment:
    """Plan a treatment and get it approved."""
    approve_all(submit(stage, plan(stage, risk, days=days)), "妥当と認める。")
    return Treatment.objects.get(risk=risk, status=Treatment.Status.APPROVED)


def finish(stage: Stage, treatment: Treatment) -> Treatment:
    """Report a plan as carried out today."""
    treatment = Treatment.objects.get(pk=treatment.pk)
    result = stage.random.choice(read("risks.yaml", RiskBook).results)
    return rules.complete_treatment(treatment, done_on=clock.today(), result=result, by=stage["kimura"])


def ask_acceptance(stage: Stage, risk: Risk) -> Acceptance:
    """Ask for the signatures under a risk that is kept."""
    risk.refresh_from_db()
    reason = read("risks.yaml", RiskBook).acceptance
    return rules.request_acceptance(risk=risk, reason=reason, by=stage["ueno"])


def sign(stage: Stage, acceptance: Acceptance) -> None:
    """Have the risk owner and the president sign."""
    approve_all(approvals.Application.objects.get(pk=acceptance.application_id or 0), "受容を認める。")


def permit(stage: Stage, note: str) -> None:
    """Put all residual risk before the president, who permits operation."""
    granted = rules.request_permit(note=note, by=stage["ueno"])
    approve_all(approvals.Application.objects.get(subject_id=granted.pk), "確認した。")


def above(risks: Iterable[Risk]) -> list[Risk]:
    """Return those above the acceptance level that nobody has answered yet, the greatest first."""
    keys = [risk.pk for risk in risks]
    return list(Risk.objects.without_treatment().filter(pk__in=keys).order_by("-value", "pk"))
