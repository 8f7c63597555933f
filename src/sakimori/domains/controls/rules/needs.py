"""Why controls are needed, and whether they work: written by whoever needs them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sakimori.domains.controls.models import Control, ControlTest, Need, Reason
from sakimori.kernel.identity.actors import Actor
from sakimori.kernel.ledger.book import command
from sakimori.kernel.records.models import Record
from sakimori.lib import clock
from sakimori.lib.errors import Invalid


def need(
    controls: Iterable[Control],
    cause: Record,
    *,
    reason: str = Reason.RISK,
    blocking: bool = False,
    due_on: date | None = None,
) -> None:
    """Let ``cause`` need exactly these controls from now on; part of the caller's command.

    ``blocking``: the control cannot be excluded without a signed acceptance (V20-003).
    """
    wanted = {control.pk for control in controls}
    standing = Need.objects.standing().filter(cause=cause)
    standing.exclude(control_id__in=wanted).update(ended_at=clock.now())
    known = set(standing.filter(control_id__in=wanted).values_list("control_id", flat=True))
    standing.filter(control_id__in=wanted).update(blocking=blocking, due_on=due_on)
    Need.objects.bulk_create(
        Need(control_id=pk, cause=cause, reason=reason, blocking=blocking, due_on=due_on)
        for pk in wanted - known
    )


def mark_needs_done(cause: Record, numbers: Collection[str]) -> None:
    """Note that the cause has got these controls; part of the caller's command."""
    Need.objects.standing().filter(cause=cause, control__number__in=numbers).update(done=True)


def end_needs(cause: Record, *, keep: Collection[str] = ()) -> None:
    """End what ``cause`` needs, but for the controls numbered in ``keep``; part of the caller's command."""
    ending = Need.objects.standing().filter(cause=cause).exclude(control__number__in=keep)
    ending.update(ended_at=clock.now())


@command("control.tested", gettext_lazy("管理策の点検"), right="soa.change")
def record_test(
    *,
    control: Control,
    method: str,
    measured: str,
    result: str,
    decision: str = ControlTest.Decision.KEEP,
    next_test_on: date | None = None,
    by: Actor,
) -> ControlTest:
    """Record how a control was tested, what was measured and what follows (V20-075, REG-322)."""
    problems = {}
    if not method.strip():
        problems["method"] = _("点検の方法を入力してください。")
    if not measured.strip():
        problems["measured"] = _("測定結果を入力してください。")
    if result not in ControlTest.Result.values:
        problems["result"] = _("有効・一部有効・無効から選んでください。")
    if decision not in ControlTest.Decision.values:
        problems["decision"] = _("継続・見直し・廃止から選んでください。")
    if result == ControlTest.Result.INEFFECTIVE and decision == ControlTest.Decision.KEEP:
        problems["decision"] = _("無効と判定した管理策は、見直しまたは廃止を選んでください。")
    if problems:
        raise Invalid(problems)
    test = ControlTest.objects.create(
        control=control, method=method.strip(), measured=measured.strip(), result=result, decision=decision
    )
    schedule_test(control, next_test_on=next_test_on, by=by)
    return test


@command("control.test_scheduled", gettext_lazy("次回点検日の設定"), right="soa.change")
def schedule_test(control: Control, *, next_test_on: date | None, by: Actor) -> Control:
    """Set the day of the next test."""
    control.next_test_on = next_test_on
    control.save()
    return control
