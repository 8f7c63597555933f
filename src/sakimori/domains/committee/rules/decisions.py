"""What the committee decided becomes somebody's work: due, proved by evidence, late before the chair (REG-033)."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sakimori.domains.committee.models import AgendaItem, Decision, Meeting
from sakimori.kernel import hooks
from sakimori.kernel.dossier.evidence import evidence_of
from sakimori.kernel.exchange.columns import Written
from sakimori.kernel.identity.actors import SYSTEM, Actor
from sakimori.kernel.identity.models import Person
from sakimori.kernel.ledger import book
from sakimori.kernel.ledger.book import command
from sakimori.kernel.notices import notices
from sakimori.kernel.obligations import obligations
from sakimori.lib import clock
from sakimori.lib.errors import Invalid, NotAllowed

DUTY, EVENT = "policy.decision", "committee_decided"
IMPORTED = book.declare("decision.imported", gettext_lazy("決定事項の取込"))
CHANGED = book.declare("decision.import_changed", gettext_lazy("取込による決定事項の変更"))
Status = Decision.Status


@command("decision.entered", gettext_lazy("決定事項の登録"))
def enter(*, item: AgendaItem, meeting: Meeting, by: Actor) -> Decision:
    """Make a decision of the confirmed minutes the work of the person named there; he is told."""
    assert item.due_on is not None  # minutes are not confirmed without
    decision = Decision(
        meeting=meeting, name=item.name, content=item.content, due_on=item.due_on, owner=item.responsible,
        effective_on=meeting.held_on, department_id=item.responsible.department_id if item.responsible else None,
    )  # fmt: skip
    decision.save()
    _assign(decision)
    return decision


def _assign(decision: Decision) -> None:
    person = Person.objects.filter(pk=decision.owner_id or 0).first()
    obligations.happened(EVENT, decision, due_on=decision.due_on, assignee=person)
    if person is not None:
        facts = {"name": decision.name, "content": decision.content, "due": decision.due_on}
        notices.send("committee.assigned", person, record=decision, context=facts)


@command("decision.done", gettext_lazy("決定事項の完了"), right="committee.carry_out")
def complete_decision(decision: Decision, *, result: str, done_on: date, by: Person) -> Decision:
    """Close a decision: what was done, when, with evidence attached; its duty is proved by it."""
    _must_be_open(decision)
    problems = {}
    if not result.strip():
        problems["result"] = _("実施した内容を入力してください。")
    if done_on > clock.today():
        problems["done_on"] = _("実施日に未来の日付は入力できません。")
    if not evidence_of(decision).exists():
        problems["result"] = _("実施を示す証跡を、先に添付してください（「証跡・関連」）。")
    if problems:
        raise Invalid(problems)
    decision.status, decision.result, decision.done_on = Status.DONE, result.strip(), done_on
    decision.save()
    for occurrence in _open_duty(decision):
        obligations.complete(occurrence, proof=decision, done_on=done_on, by=SYSTEM)
    return decision


@command("decision.cancelled", gettext_lazy("決定事項の取りやめ"), right="committee.confirm")
def cancel_decision(decision: Decision, *, reason: str, by: Actor) -> Decision:
    """Give a decision up, by the chair and with the reason; its duty shows as a gap."""
    _must_be_open(decision)
    if not reason.strip():
        raise Invalid({"reason": _("取りやめる理由を入力してください。")})
    decision.status = Status.CANCELLED
    decision.save()
    for occurrence in _open_duty(decision):
        obligations.set_aside(occurrence, reason=reason, by=SYSTEM)
    return decision


def _open_duty(decision: Decision) -> list[obligations.Occurrence]:
    rows = obligations.Occurrence.objects.open().filter(target_id=decision.pk, obligation__duty_id=DUTY)
    return list(rows)


@hooks.on("occurrence_closed")
def _only_by_its_own_record(occurrence: obligations.Occurrence) -> None:
    """Refuse to close the duty of a decision by anything but that decision, carried out."""
    if occurrence.obligation.duty_id != DUTY or occurrence.target_id is None:
        return
    done = Decision.objects.filter(pk=occurrence.target_id, status=Status.DONE).exists()
    if occurrence.proof_id != occurrence.target_id or not done:
        raise NotAllowed(
            _("決定事項の頁で、実施の結果と証跡を登録してください。"),
            rule="committee.own_record",
            field="proof",
        )


def _must_be_open(decision: Decision) -> None:
    if decision.status != Status.OPEN:
        text = _("この決定事項は「%s」です。") % decision.get_status_display()
        raise NotAllowed(text, rule="committee.closed")


def complete_imported(decision: Decision) -> None:
    """Take decisions of earlier minutes in; whose they are and until when is not changed by a sheet."""
    problems = {}
    stored = Decision.objects.filter(pk=decision.pk).first() if decision.pk else None
    if stored is None and decision.owner_id is None:
        problems["owner"] = _("担当を入力してください。")
    if stored is not None and stored.owner_id != decision.owner_id:
        problems["owner"] = _("担当は取込では変えられません。")
    if stored is not None and stored.due_on != decision.due_on:
        problems["due_on"] = _("期日は取込では変えられません。")
    if problems:
        raise Invalid(problems)


def follow_import(rows: list[Written]) -> None:
    """Give every decision that came from a sheet to the person named there."""
    for row in rows:
        if row.is_new:
            _assign(row.record)
