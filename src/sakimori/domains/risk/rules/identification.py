"""Identification: every scenario that was looked at ends as a risk or as passed over, with the reason."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sakimori.domains.assets.models import Asset
from sakimori.domains.controls.models import Control
from sakimori.domains.controls.models.crosswalk import neighbours
from sakimori.domains.risk.models import Risk, Round
from sakimori.kernel.content.threats import CONTROLS_STANDARD, THREATS, TYPICAL_RISKS, VULNERABILITIES
from sakimori.kernel.identity.actors import Actor
from sakimori.kernel.ledger.book import command
from sakimori.lib.errors import Invalid, NotAllowed

from . import analysis


@command("risk.identified", gettext_lazy("リスクの特定"), right="risk.change", over="asset")
def identify(
    *,
    asset: Asset,
    threat: str,
    vulnerability: str,
    reason: str,
    situation: str = "",
    cause: str = "",
    path: str = "",
    impact: str = "",
    occurs_when: str = "",
    participants: str = "",
    by: Actor,
) -> Risk:
    """Keep a scenario as a risk of the asset; its owner becomes the risk owner (REG-309, PRC-037)."""
    return _store(
        asset, threat, vulnerability, reason, Risk.State.IDENTIFIED,
        situation=situation, cause=cause, path=path, impact=impact,
        occurs_when=occurs_when, participants=participants,
    )  # fmt: skip


@command("risk.rejected", gettext_lazy("リスクの見送り"), right="risk.change", over="asset")
def reject(
    *, asset: Asset, threat: str, vulnerability: str, reason: str, participants: str = "", by: Actor
) -> Risk:
    """Pass a scenario over; the reason is kept and printed (REG-299, REG-309)."""
    return _store(asset, threat, vulnerability, reason, Risk.State.REJECTED, participants=participants)


@command("risk.reworded", gettext_lazy("リスクの記述"), right="risk.change")
def reword(
    risk: Risk,
    *,
    occurs_when: str,
    situation: str,
    cause: str,
    path: str,
    impact: str,
    reason: str = "",
    by: Actor,
) -> Risk:
    """State when, in which situation, from which cause and how the risk occurs, and its impact (REG-307)."""
    risk.occurs_when, risk.situation, risk.cause = occurs_when, situation, cause
    risk.path, risk.impact = path, impact
    if reason:
        risk.identification_reason = reason
    if risk.state == Risk.State.REJECTED:
        risk.state = Risk.State.IDENTIFIED
    elif risk.value is not None:
        analysis.settle(risk)
    risk.save()
    return risk


def _store(
    asset: Asset, threat: str, vulnerability: str, reason: str, state: Risk.State, **texts: str
) -> Risk:
    _check_scenario(asset, threat, vulnerability, reason)
    running = Round.objects.filter(status=Round.Status.OPEN).first()
    risk = Risk.objects.current().filter(asset=asset, threat=threat, vulnerability=vulnerability).first()
    early = (Risk.State.REJECTED, Risk.State.IDENTIFIED)
    if risk is not None and state == Risk.State.REJECTED and risk.state not in early:
        text = _("%(number)s は算定済みです。見送るには受容または対応の完了が必要です。")
        raise NotAllowed(text % {"number": risk.number}, rule="risk.evaluated_is_not_rejected")
    risk = risk or Risk(asset=asset, threat=threat, vulnerability=vulnerability)
    risk.state, risk.round = state, running
    risk.identification_reason = reason.strip()
    risk.owner_id, risk.department_id = asset.owner_id, asset.department_id
    for name, value in texts.items():
        setattr(risk, name, value or getattr(risk, name))
    risk.save()
    return risk


def _check_scenario(asset: Asset, threat: str, vulnerability: str, reason: str) -> None:
    problems = {}
    if threat not in THREATS:
        problems["threat"] = _("脅威を一覧から選んでください。")
    if vulnerability not in VULNERABILITIES:
        problems["vulnerability"] = _("脆弱性を一覧から選んでください。")
    if not reason.strip():
        problems["reason"] = _("特定または見送りの理由を入力してください。")
    if asset.retired_at is not None:
        problems["asset"] = _("廃棄済みの資産です。")
    if problems:
        raise Invalid(problems)


def answering_controls(risk: Risk) -> list[str]:
    """Return the numbers of the controls that answer the risk by the catalogue, the nearest first (V20-021).

    First those named for its vulnerability, then those named for its typical scenario, then what corresponds as a whole
    to them in the other standards in use.
    """
    weakness = VULNERABILITIES.all().get(risk.vulnerability)
    refs = [*weakness.controls] if weakness else []
    for typical in TYPICAL_RISKS:
        if (typical.threat, typical.vulnerability) == (risk.threat, risk.vulnerability):
            refs += typical.controls
    named = Control.objects.current().selectable().filter(standard__slug=CONTROLS_STANDARD, ref__in=refs)
    direct = sorted(named, key=lambda control: refs.index(control.ref))
    near = {pk for found in neighbours((row.pk for row in direct), whole=True).values() for pk in found}
    others = Control.objects.current().selectable().filter(pk__in=near, standard__in_use=True)
    beside = others.exclude(pk__in=[row.pk for row in direct]).order_by("standard_id", "position")
    return [*(row.number for row in direct), *beside.values_list("number", flat=True)]
