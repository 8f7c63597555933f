"""Assessment rounds: opened and closed by the committee, frozen when closed."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sakimori.domains.assets.models import Asset
from sakimori.domains.risk.models import Risk, Round
from sakimori.kernel.approvals import approvals
from sakimori.kernel.identity.actors import Actor
from sakimori.kernel.identity.models import Person
from sakimori.kernel.ledger.book import command
from sakimori.kernel.obligations import obligations
from sakimori.kernel.records.models import Record
from sakimori.lib import clock
from sakimori.lib.errors import Invalid, NotAllowed


@command("risk.round_opened", gettext_lazy("リスクアセスメント開始"), right="risk.round")
def open_round(*, name: str, fiscal_year: int, occasion: str = Round.Occasion.YEARLY, by: Actor) -> Round:
    """Open an assessment of all assets (REG-065, REG-297); one at a time."""
    if running := Round.objects.filter(status=Round.Status.OPEN).first():
        text = _("「%(name)s」が実施中です。完了してから次を始めてください。")
        raise NotAllowed(text % {"name": running.name}, rule="risk.one_round")
    if not name.strip():
        raise Invalid({"name": _("名称を入力してください。")})
    return Round.objects.create(name=name.strip(), fiscal_year=fiscal_year, occasion=occasion)


@command("risk.input_considered", gettext_lazy("入力情報の考慮"), right="risk.round")
def take_up_input(running: Round, *, source: Record, used: bool, reason: str, by: Actor) -> Round:
    """Note that a finding, report or notice was used in the round or set aside, with the reason (REG-072)."""
    _refuse_closed(running)
    if not reason.strip():
        raise Invalid({"reason": _("反映した内容、または反映しない理由を入力してください。")})
    kept = [row for row in running.inputs if row["record"] != source.number]
    running.inputs = [*kept, {"record": source.number, "used": used, "reason": reason.strip()}]
    running.save()
    return running


@command("risk.round_closed", gettext_lazy("リスクアセスメント完了"), right="risk.round")
def close_round(running: Round, *, conclusion: str, by: Person) -> Round:
    """Close the round, freeze its analysis with every exclusion and its reason, and file it (REG-299, REG-308).

    The record goes to the committee's evaluation and the president's approval (REG-185); the yearly duty to assess is
    done with it (REG-319). Refused while an asset is neither assessed nor left out with a reason, or a risk is not evaluated.
    """
    _refuse_closed(running)
    if not conclusion.strip():
        raise Invalid({"conclusion": _("結論を入力してください。")})
    left = unassessed(running).count()
    if left:
        text = _(
            "まだ評価していない資産が%(count)s件あります。リスクを特定するか、見送りの理由を記録してください。"
        )
        raise NotAllowed(text % {"count": left}, rule="risk.round_covers_all_assets")
    open_risks = running.risks.filter(state=Risk.State.IDENTIFIED).count()
    if open_risks:
        text = _("算定していないリスクが%(count)s件あります。")
        raise NotAllowed(text % {"count": open_risks}, rule="risk.round_evaluates_all_risks")
    running.status, running.closed_on = Round.Status.CLOSED, clock.today()
    running.conclusion = conclusion.strip()
    running.frozen = [_frozen_line(risk) for risk in running.risks.select_related("asset").order_by("number")]
    running.save()
    obligations.prove(running, done_on=running.closed_on)
    approvals.submit("risk-assessment-record", {"conclusion": running.conclusion}, subject=running, by=by)
    return running


@command("risk.round_approved", gettext_lazy("リスクアセスメント記録の承認"))
def approve_round(running: Round, *, by: Actor) -> Round:
    """Note that the committee evaluated and the president approved the record (REG-185)."""
    running.approved_on = clock.today()
    running.save()
    return running


@approvals.on_approved("risk-assessment-record")
def _on_approved(application: approvals.Application, *, by: Actor) -> None:
    approve_round(Round.objects.get(pk=application.subject_id or 0), by=by)


def unassessed(running: Round) -> models.QuerySet[Asset]:
    """Return the current assets of which the round says nothing yet."""
    spoken_of = running.risks.values("asset_id")
    assets: models.QuerySet[Asset] = Asset.objects.current().exclude(pk__in=spoken_of)
    return assets


def _refuse_closed(running: Round) -> None:
    if running.status == Round.Status.CLOSED:
        raise NotAllowed(_("完了したリスクアセスメントは変更できません。"), rule="risk.round_frozen")


def _frozen_line(risk: Risk) -> dict[str, object]:
    state = {name: str(value) if value is not None else None for name, value in risk.approval_state().items()}
    return {
        "risk": risk.number,
        "asset": risk.asset.number,
        "state": risk.state,
        "reason": risk.identification_reason,
        **state,
    }
