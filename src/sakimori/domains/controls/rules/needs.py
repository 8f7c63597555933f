"""Why controls are needed, and whether they work: written by whoever needs them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sakimori.domains.controls.models import Control, ControlTest, Ground, Need, Reason
from sakimori.kernel.identity.actors import Actor
from sakimori.kernel.ledger.book import command
from sakimori.kernel.obligations import obligations
from sakimori.kernel.records.models import Record
from sakimori.lib import clock
from sakimori.lib.errors import Invalid


@command("control.needed", gettext_lazy("必要な管理策の決定"))
def need(
    controls: Iterable[Control],
    cause: Record,
    *,
    reason: str = Reason.RISK,
    blocking: bool = False,
    due_on: Mapping[str, date] | None = None,
    by: Actor,
) -> Record:
    """Let ``cause`` need exactly these controls from now on; within a command on the cause, which checks the right.

    ``due_on``: until when, by the control's number.
    ``blocking``: the control cannot be excluded without a signed acceptance (V20-003).
    """
    wanted = {control.pk: (due_on or {}).get(control.number) for control in controls}
    standing = Need.objects.standing().filter(cause_id=cause.pk)
    standing.exclude(control_id__in=wanted).update(ended_at=clock.now())
    known = set(standing.values_list("control_id", flat=True))
    standing.update(reason=reason, blocking=blocking)
    for pk in known:
        standing.filter(control_id=pk).update(due_on=wanted[pk])
    Need.objects.bulk_create(
        Need(control_id=pk, cause_id=cause.pk, reason=reason, blocking=blocking, due_on=wanted[pk])
        for pk in sorted(set(wanted) - known)
    )
    return _fresh(cause)


@command("control.need_met", gettext_lazy("必要な管理策の実施"))
def mark_needs_done(*, cause: Record, numbers: Collection[str], by: Actor) -> Record:
    """Note that the cause has got these controls; within a command on the cause."""
    Need.objects.standing().filter(cause_id=cause.pk, control__number__in=numbers).update(done=True)
    return _fresh(cause)


@command("control.need_ended", gettext_lazy("必要な管理策の取りやめ"))
def end_needs(*, cause: Record, keep: Collection[str] = (), by: Actor) -> Record:
    """End what ``cause`` needs, but for the controls numbered in ``keep``; within a command on the cause."""
    ending = Need.objects.standing().filter(cause_id=cause.pk).exclude(control__number__in=keep)
    ending.update(ended_at=clock.now())
    return _fresh(cause)


def _fresh(cause: Record) -> Record:
    """Return the cause as stored: what the caller changed on his copy belongs in his own entry."""
    return Record.objects.get(pk=cause.pk).row()


@command("ground.added", gettext_lazy("適用の根拠の登録"), right="soa.change")
def add_ground(control: Control, *, reason: str, name: str, detail: str = "", by: Actor) -> Control:
    """Let a law, a contract or a practice need the control; one ground may need many controls (V20-023)."""
    problems = {}
    if reason not in {Reason.LAW, Reason.CONTRACT, Reason.PRACTICE}:
        problems["reason"] = _("法令・契約・慣行から選んでください。リスクはリスクの画面から結び付きます。")
    if not name.strip():
        problems["name"] = _("法令名・契約名などを入力してください。")
    if problems:
        raise Invalid(problems)
    ground = Ground.objects.current().filter(reason=reason, name=name.strip()).first()
    if ground is None:
        ground = Ground.objects.create(reason=reason, name=name.strip(), detail=detail.strip())
    if Need.objects.standing().filter(control=control, cause_id=ground.pk).exists():
        raise Invalid({"name": _("この根拠は既に登録されています。")})
    Need.objects.create(control=control, cause_id=ground.pk, reason=reason)
    return control


@command("ground.dropped", gettext_lazy("適用の根拠の解除"), right="soa.change")
def drop_ground(control: Control, *, ground: Ground, reason: str, by: Actor) -> Control:
    """Release the control from a ground that no longer holds."""
    if not reason.strip():
        raise Invalid({"reason": _("解除する理由を入力してください。")})
    Need.objects.standing().filter(control=control, cause_id=ground.pk).update(ended_at=clock.now())
    return control


@command("control.tested", gettext_lazy("管理策の点検"), right="soa.change")
def record_test(
    *,
    control: Control,
    method: str,
    measured: str,
    result: str,
    decision: str = ControlTest.Decision.KEEP,
    tested_on: date | None = None,
    next_test_on: date | None = None,
    by: Actor,
) -> ControlTest:
    """Record how a control was tested, what was measured and what follows (V20-075, REG-322).

    The periodic duty to test is done with it where it was due.
    """
    problems = _test_problems(method, measured, result, decision)
    day = tested_on or clock.today()
    if day > clock.today():
        problems["tested_on"] = _("点検日に未来の日は入力できません。")
    if next_test_on is not None and next_test_on <= day:
        problems["next_test_on"] = _("次回点検日は点検日より後の日にしてください。")
    if problems:
        raise Invalid(problems)
    test = ControlTest.objects.create(
        control=control, method=method.strip(), measured=measured.strip(), result=result, decision=decision,
        effective_on=day, owner=by if isinstance(by, Record) else None,
    )  # fmt: skip
    schedule_test(control, next_test_on=next_test_on, by=by)
    obligations.prove(test)
    return test


def _test_problems(method: str, measured: str, result: str, decision: str) -> dict[str, str]:
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
    return problems


@command("control.test_scheduled", gettext_lazy("次回点検日の設定"), right="soa.change")
def schedule_test(control: Control, *, next_test_on: date | None, by: Actor) -> Control:
    """Set the day of the next test."""
    control.next_test_on = next_test_on
    control.save()
    return control
