"""Analysis and evaluation: facts in, value out; the level decides whether a treatment is needed."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sakimori.domains.assets.models import Asset
from sakimori.domains.risk.models import Acceptance, Risk
from sakimori.kernel import hooks
from sakimori.kernel.identity.actors import SYSTEM, Actor
from sakimori.kernel.ledger.book import command
from sakimori.kernel.policy import policy
from sakimori.kernel.records.models import Record
from sakimori.lib import canonical, clock
from sakimori.lib.errors import Invalid, NotAllowed

from . import valuation


@command("risk.analysed", gettext_lazy("リスクの算定"), right="risk.change")
def analyse(
    risk: Risk,
    *,
    method: str = "",
    threat_level: int | None = None,
    vulnerability_level: int | None = None,
    frequency: Decimal | None = None,
    loss_amount: Decimal | None = None,
    loss_extent: int | None = None,
    loss_parties: int | None = None,
    affected: str = "",
    harm_confidentiality: int | None = None,
    harm_integrity: int | None = None,
    harm_availability: int | None = None,
    harm_reason: str = "",
    existing_controls: Sequence[str] = (),
    no_control_reason: str = "",
    by: Actor,
) -> Risk:
    """Compute the value from stated numbers and judge it against the acceptance level.

    The value itself cannot be typed in (V20-019, REG-310). Raises Invalid for each missing fact, also when
    no existing control was considered and that was not confirmed (V20-018). The harm when confidentiality,
    integrity or availability is lost is the asset's rating unless stated otherwise with a reason (V20-017).
    """
    if risk.state == Risk.State.REJECTED:
        raise NotAllowed(_("見送ったリスクです。算定するには、まず特定してください。"), rule="risk.rejected")
    risk.method = method or policy.value("risk.method")
    risk.threat_level, risk.vulnerability_level = threat_level, vulnerability_level
    risk.frequency, risk.loss_amount, risk.loss_extent = frequency, loss_amount, loss_extent
    risk.loss_parties = loss_parties
    risk.affected, risk.harm_reason = affected.strip(), harm_reason.strip()
    _state_harms(
        risk, harm_confidentiality=harm_confidentiality, harm_integrity=harm_integrity, harm_availability=harm_availability
    )  # fmt: skip
    risk.existing_controls, risk.no_control_reason = list(existing_controls), no_control_reason.strip()
    _check_stated(risk)
    apply_value(risk)
    risk.save()
    return risk


@command("risk.revalued", gettext_lazy("リスクの再計算"))
def revalue(risk: Risk, *, reason: str, by: Actor) -> Risk:
    """Compute again after the asset or the regulation changed; a changed value reopens an acceptance."""
    apply_value(risk)
    risk.save()
    return risk


def apply_value(risk: Risk) -> None:
    """Set the computed columns and the state that follows from them."""
    result = valuation.value_of(risk, clock.today())
    risk.likelihood, risk.loss, risk.value = result.likelihood, result.loss, result.value
    risk.expected_loss = result.expected_loss
    risk.calculation = dict(canonical.plain(result.conditions))  # type: ignore[call-overload]
    if not _treated(risk):
        risk.residual_likelihood, risk.residual_loss = result.likelihood, result.loss
        risk.residual_value = result.value
    judge(risk, result.level)


def judge(risk: Risk, level: int) -> None:
    """Compare the value with the level and set the state that follows."""
    assert risk.value is not None
    risk.level, risk.above_level = level, risk.value > level
    settle(risk)


def _treated(risk: Risk) -> bool:
    return bool(risk.pk) and risk.treatments.filter(status="done").exists()


def settle(risk: Risk) -> None:
    """Set the state that follows from value, treatments and acceptance; reopen what no longer matches."""
    assert risk.value is not None and risk.level is not None
    if reopen_changed_acceptance(risk):
        risk.state = Risk.State.REOPENED
        return
    if risk.value <= risk.level:
        risk.state = Risk.State.ACCEPTABLE
        return
    standing = _standing(risk)
    if standing == "accepted":
        risk.state = Risk.State.ACCEPTED
    elif standing == "done" and (risk.residual_value or 0) <= risk.level:
        risk.state = Risk.State.TREATED
    elif standing == "planned":
        risk.state = Risk.State.PLANNED
    elif risk.state != Risk.State.REOPENED:
        risk.state = Risk.State.ANALYSED


def _standing(risk: Risk) -> str:
    if not risk.pk:
        return ""
    if risk.acceptances.filter(status=Acceptance.Status.VALID).exists():
        return "accepted"
    statuses = set(risk.treatments.values_list("status", flat=True))
    if statuses & {"draft", "submitted", "approved"}:
        return "planned"
    return "done" if "done" in statuses else ""


def reopen_changed_acceptance(risk: Risk) -> bool:
    """Void the acceptances that were signed for another state of the risk; tell whether there were any."""
    if not risk.pk:
        return False
    present = canonical.digest(risk.approval_state())
    void = risk.acceptances.filter(status=Acceptance.Status.VALID).exclude(state_hash=present)
    for acceptance in void:
        void_acceptance(acceptance)
    return bool(void)


def void_acceptance(acceptance: Acceptance) -> None:
    """Mark an acceptance as reopened, in its own entry."""
    _void(acceptance, reason=_("受容した後にリスクの内容が変わった"), by=SYSTEM)


@command("risk.acceptance_reopened", gettext_lazy("受容の失効"))
def _void(acceptance: Acceptance, *, reason: str, by: Actor) -> Acceptance:
    acceptance.status = Acceptance.Status.REOPENED
    acceptance.save()
    return acceptance


def _state_harms(risk: Risk, **stated: int | None) -> None:
    for name, rated in valuation.harms_of(risk.asset).items():
        setattr(risk, name, rated if stated[name] is None else stated[name])


def _check_harms(risk: Risk) -> dict[str, str]:
    """Return what is wrong with the harms: outside the asset's scale, or other than its rating without a reason."""
    problems = {}
    for name, rated in valuation.harms_of(risk.asset).items():
        stated = getattr(risk, name)
        if stated is not None and stated not in valuation.levels(
            f"assets.scale.{name.removeprefix('harm_')}"
        ):
            problems[name] = _("情報資産の評価と同じ尺度の値を選んでください。")
        elif stated != rated and not risk.harm_reason:
            problems["harm_reason"] = _("情報資産の評価と異なる損害とした理由を入力してください。")
    return problems


def _check_stated(risk: Risk) -> None:
    problems = valuation.missing_facts(risk) | _check_harms(risk)
    for name, text in (
        ("situation", _("どんな状況で起こるかを先に記述してください。")),
        ("cause", _("原因を先に記述してください。")),
        ("impact", _("影響を先に記述してください。")),
    ):
        if not getattr(risk, name).strip():
            problems[name] = text
    if not risk.existing_controls and not risk.no_control_reason:
        problems["existing_controls"] = _(
            "現行の管理策を選ぶか、ないことを確かめた旨を「管理策なしの確認」に入力してください。"
        )
    if problems:
        raise Invalid(problems)


@hooks.on("record_changed")
def _on_asset(record: Record) -> None:
    """Value the risks of an asset again when its importance changed; the public formula multiplies by it."""
    if isinstance(record, Asset):
        for risk in Risk.objects.identified().filter(asset=record, method=valuation.SME, value__isnull=False):
            if risk.loss != record.importance and record.importance is not None:
                revalue(risk, reason=_("情報資産の重要度が変わった"), by=SYSTEM)
