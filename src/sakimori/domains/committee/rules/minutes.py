"""What was said and decided: written during the meeting, checked by those who were there, confirmed by the chair."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sakimori.domains.committee.models import AgendaItem, Meeting, Objection
from sakimori.kernel.approvals import approvals
from sakimori.kernel.identity.actors import Actor
from sakimori.kernel.identity.models import Person
from sakimori.kernel.ledger.book import command
from sakimori.kernel.notices import notices
from sakimori.kernel.obligations import obligations
from sakimori.kernel.policy import policy
from sakimori.lib import clock
from sakimori.lib.errors import Invalid, NotAllowed, SeparationOfDuties

from . import decisions, seats
from .convening import RUN, must_be

Status, Outcome = Meeting.Status, AgendaItem.Outcome
FIELDS = ("discussion", "outcome", "content", "responsible", "due_on")
VERDICTS = {Outcome.DECIDED: "approve", Outcome.RETURNED: "return"}


@command("meeting.minuted", gettext_lazy("議事の記録"), right=RUN)
def write_minutes(
    meeting: Meeting, *, entries: Sequence[Mapping[str, Any]], remarks: str = "", by: Actor
) -> Meeting:
    """Store the whole page: per item discussion, outcome, decision, who, until when, who stood aside.

    An entry: item, discussion, outcome, content, responsible and recused (keys of people), due_on.
    Raises Invalid with the place of every entry that cannot be.
    """
    must_be(meeting, Status.HELD)
    items = {item.pk: item for item in meeting.items.select_related("record")}
    problems: dict[str, str] = {}
    for entry in entries:
        item = items.get(int(entry["item"]))
        if item is None:
            raise NotAllowed(_("議題が変わりました。頁を開き直してください。"), rule="committee.gone")
        problems |= _fill(meeting, item, entry)
    if problems:
        raise Invalid(problems)
    meeting.remarks = remarks
    meeting.save()
    return meeting


def _fill(meeting: Meeting, item: AgendaItem, entry: Mapping[str, Any]) -> dict[str, str]:
    item.discussion, item.content = str(entry.get("discussion", "")), str(entry.get("content", ""))
    item.outcome = str(entry.get("outcome", ""))
    item.responsible_id = entry.get("responsible")
    due = entry.get("due_on")
    item.due_on = date.fromisoformat(due) if isinstance(due, str) else due
    aside = set(entry.get("recused", ())) | seats.concerned(item)
    aside &= set(meeting.attendance.values_list("person_id", flat=True))
    if item.outcome == Outcome.DECIDED and item.due_on is None:
        item.due_on = policy.value("committee.decision.within").after(meeting.held_on)
    problems = faults(meeting, item, aside)
    if not problems:
        item.save()
        item.recused.set(aside)
    return {f"{name}-{item.pk}": text for name, text in problems.items()}


def faults(meeting: Meeting, item: AgendaItem, aside: set[int]) -> dict[str, str]:
    """Return what an item lacks for its outcome, by field."""
    problems = {}
    if item.outcome and item.outcome not in Outcome.values:
        problems["outcome"] = _("結果は選択肢から選んでください。")
    if item.outcome == Outcome.DECIDED:
        if not seats.may_decide(meeting, aside):
            problems["outcome"] = _(
                "審議を外れた人を除くと定足数に足りないため、決定できません。継続審議としてください。"
            )
        if not item.content.strip():
            problems["content"] = _("決定の内容を入力してください。")
        problems |= _of_task(meeting, item)
    if item.outcome == Outcome.RETURNED and not item.discussion.strip():
        problems["discussion"] = _("差し戻す理由を審議の欄に入力してください。")
    return problems


def _of_task(meeting: Meeting, item: AgendaItem) -> dict[str, str]:
    problems = {}
    if seats.application_of(item.record) is None:
        person = Person.objects.active().filter(pk=item.responsible_id or 0).first()
        if person is None:
            problems["responsible"] = _("担当を、在籍している人から選んでください。")
    if item.due_on is not None and item.due_on < meeting.held_on:
        problems["due_on"] = _("期日は開催日以後の日にしてください。")
    return problems


@command("meeting.minutes_prepared", gettext_lazy("議事録の作成"), right=RUN)
def finish_minutes(meeting: Meeting, *, by: Person) -> Meeting:
    """Lay the minutes before those who attended; refused while an item has no outcome."""
    must_be(meeting, Status.HELD)
    blank = [item.name for item in meeting.items.filter(outcome="")]
    if blank:
        text = _("結果の入っていない議題があります: %s") % "、".join(blank)
        raise NotAllowed(text, rule="committee.blank")
    meeting.status, meeting.prepared_by, meeting.prepared_on = Status.DRAFTED, by, clock.today()
    meeting.save()
    notices.send(
        "committee.to_check", attended(meeting), record=meeting, context={"meeting": meeting.title()}
    )
    return meeting


@command("meeting.minutes_reopened", gettext_lazy("議事録の手直し"), right=RUN)
def reopen_minutes(meeting: Meeting, *, reason: str, by: Actor) -> Meeting:
    """Open minutes that were not confirmed yet for correction."""
    must_be(meeting, Status.DRAFTED)
    meeting.status, meeting.prepared_by, meeting.prepared_on = Status.HELD, None, None
    meeting.save()
    return meeting


@command("meeting.objected", gettext_lazy("議事録への意見"))
def object_to(meeting: Meeting, *, text: str, by: Person) -> Meeting:
    """Say what is wrong with the minutes; only who attended may, until they are confirmed."""
    must_be(meeting, Status.DRAFTED)
    if by not in attended(meeting):
        raise NotAllowed(_("意見を出せるのは出席した人です。"), rule="committee.attended")
    if not text.strip():
        raise Invalid({"text": _("意見を入力してください。")})
    Objection.objects.create(meeting=meeting, person=by, text=text.strip())
    if meeting.prepared_by is not None:
        facts = {"meeting": meeting.title(), "person": by.name, "text": text.strip()}
        notices.send("committee.objection", meeting.prepared_by, record=meeting, context=facts)
    return meeting


@command("meeting.objection_answered", gettext_lazy("意見への対応"), right=RUN)
def answer_objection(meeting: Meeting, *, objection: int, answer: str, by: Actor) -> Meeting:
    """Say what was done about an objection."""
    must_be(meeting, Status.DRAFTED, Status.HELD)
    if not answer.strip():
        raise Invalid({"answer": _("対応を入力してください。")})
    meeting.objections.filter(pk=objection).update(answer=answer.strip())
    return meeting


@command("meeting.confirmed", gettext_lazy("議事録の確定"), right="committee.confirm")
def confirm_minutes(meeting: Meeting, *, by: Person) -> Meeting:
    """Confirm the minutes: decisions become tasks, the duty to meet is proved (REG-033, REG-051).

    Whoever wrote them, or was not there, may not confirm them.
    """
    must_be(meeting, Status.DRAFTED)
    if meeting.prepared_by_id == by.pk:
        raise SeparationOfDuties(_("議事録を作成した人は確認できません。"), rule="committee.own_minutes")
    if by not in attended(meeting):
        raise NotAllowed(_("確認できるのは、出席した委員長または副委員長です。"), rule="committee.attended")
    if meeting.objections.filter(answer="").exists():
        raise NotAllowed(
            _("対応していない意見があります。対応を書いてから確定してください。"), rule="committee.objections"
        )
    meeting.status, meeting.confirmed_by, meeting.confirmed_on = Status.CONFIRMED, by, clock.today()
    meeting.save()
    for item in meeting.items.filter(outcome=Outcome.DECIDED).select_related("record", "responsible"):
        if seats.application_of(item.record) is None:
            made = decisions.enter(item=item, meeting=meeting, by=by)
            AgendaItem.objects.filter(pk=item.pk).update(decision=made)
    if meeting.kind_of_meeting != Meeting.Kind.TASK_FORCE:
        obligations.prove(meeting, done_on=meeting.held_on)
    return meeting


def carry_out(meeting: Meeting, *, item: int, by: Person) -> approvals.Application:
    """Decide an application as the committee resolved, at the step that lies with ``by``; nowhere else.

    Raises NotAllowed before the minutes are confirmed, and whatever ``approvals.decide`` refuses.
    """
    must_be(meeting, Status.CONFIRMED)
    row = meeting.items.select_related("record").filter(pk=item).first()
    application = seats.application_of(row.record) if row else None
    if row is None or application is None or row.outcome not in VERDICTS:
        raise NotAllowed(_("この議題に、決裁する申請はありません。"), rule="committee.no_application")
    if row.recused.filter(pk=by.pk).exists():
        raise SeparationOfDuties(_("審議を外れた人は、この申請を決裁できません。"), rule="committee.recused")
    said = row.content if row.outcome == Outcome.DECIDED else row.discussion
    comment = _("%(meeting)s（%(number)s、%(day)s）の決定: %(said)s") % {
        "meeting": meeting.title(), "number": meeting.number, "day": meeting.held_on, "said": said,
    }  # fmt: skip
    verdict: Any = VERDICTS[Outcome(row.outcome)]
    return approvals.decide(application, decision=verdict, comment=comment, by=by)


def attended(meeting: Meeting) -> list[Person]:
    """Return who was there."""
    return [seat.person for seat in meeting.attendance.filter(present=True).select_related("person")]
