"""What people do with an occurrence: complete it by a record, move it, assign it, set it aside."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sakimori.kernel import hooks
from sakimori.kernel.dossier import kinds
from sakimori.kernel.identity import access
from sakimori.kernel.identity.actors import Actor, System
from sakimori.kernel.identity.models import Person
from sakimori.kernel.ledger.book import command
from sakimori.kernel.records.models import Record
from sakimori.lib import clock
from sakimori.lib.errors import NotAllowed

from . import calendar, contact, people, plan, storage, targets
from .models import Obligation, Occurrence

LONGEST_MOVE = timedelta(days=90)
CHANGE = "obligation.change"


@transaction.atomic
def complete(occurrence: Occurrence, *, proof: Record, done_on: date | None = None, by: Actor) -> Occurrence:
    """Close an occurrence by the record that proves it (V20-060); the next one counts from ``done_on`` if so ruled.

    ``done_on`` is when it was done, ``closed_on`` when the product heard of it: late proof is accepted and
    shown as such. Raises NotAllowed for who does not answer for it, a record of another kind, department or
    time, or one that already proves another occurrence.
    """
    day = done_on or clock.today()
    found = _open(occurrence)
    _require_answerable(found, by)
    _fits(found, kinds.full(proof), day)
    person = None if isinstance(by, System) else by
    _complete(
        proved_by=proof, occurrence=found, person=person, obligation=found.obligation, target=found.target,
        due_on=found.due_on, done_on=day, late=day > found.due_on, by=by,
    )  # fmt: skip
    occurrence.refresh_from_db()
    _plan_next(found)
    hooks.call("occurrence_closed", occurrence=occurrence)
    return occurrence


@command("occurrence.completed", gettext_lazy("義務の完了"))
def _complete(
    *, proved_by: Record, occurrence: Occurrence, person: Person | None, obligation: Record, target: Record | None,
    due_on: date, done_on: date, late: bool, by: Actor,
) -> Record:  # fmt: skip
    closed = Occurrence.objects.open().filter(pk=occurrence.pk)
    changed = closed.update(
        state=Occurrence.State.DONE, proof_id=proved_by.pk, done_on=done_on, done_by=person,
        closed_on=clock.today(), contact_at=None,
    )  # fmt: skip
    if not changed:
        raise _closed(occurrence)
    return proved_by


def move(occurrence: Occurrence, *, to: date, reason: str, by: Actor) -> Occurrence:
    """Move the day of an occurrence, with a reason that stays; the days after it keep theirs.

    Raises NotAllowed without a reason, for a day that is past, on or after the next one, or more than 90 days
    from the nominal day.
    """
    found = _open(occurrence)
    _office(by)
    _movable(found, to, reason)
    _move(
        duty=found.obligation,
        occurrence=found,
        target=found.target,
        due_before=found.due_on,
        due_after=to,
        reason=reason,
        by=by,
    )
    occurrence.refresh_from_db()
    return occurrence


@command("occurrence.moved", gettext_lazy("期日の変更"))
def _move(
    *,
    duty: Obligation,
    occurrence: Occurrence,
    target: Record | None,
    due_before: date,
    due_after: date,
    reason: str,
    by: Actor,
) -> Record:
    opens = min(occurrence.opens_on, due_after)
    following = [
        stage.at for stage in contact.itinerary(duty.duty, due_after, opens) if stage.at > clock.now()
    ]
    Occurrence.objects.filter(pk=occurrence.pk).update(
        due_on=due_after, opens_on=opens, moved_from=occurrence.moved_from or occurrence.due_on,
        moved_on=clock.today(), reason=reason, contact_at=following[0], contacted_at=None,
    )  # fmt: skip
    return duty


def set_aside(occurrence: Occurrence, *, reason: str, by: Actor) -> Occurrence:
    """Close an occurrence as not applicable, with a reason; it shows as a gap, never as done."""
    found = _open(occurrence)
    _office(by)
    _reason(reason)
    _set_aside(
        duty=found.obligation,
        occurrence=found,
        target=found.target,
        due_on=found.due_on,
        reason=reason,
        by=by,
    )
    occurrence.refresh_from_db()
    _plan_next(found, from_=found.nominal_on)
    return occurrence


@command("occurrence.set_aside", gettext_lazy("義務の対象外"))
def _set_aside(
    *, duty: Obligation, occurrence: Occurrence, target: Record | None, due_on: date, reason: str, by: Actor
) -> Record:
    Occurrence.objects.filter(pk=occurrence.pk).update(
        state=Occurrence.State.VOID, closed_on=clock.today(), reason=reason, contact_at=None
    )
    return duty


def assign(occurrence: Occurrence, *, person: Person | None, by: Actor) -> Occurrence:
    """Name the person who does it, or (None) leave it to the role again."""
    found = _open(occurrence)
    _require_answerable(found, by)
    if person is not None and not person.is_active:
        raise NotAllowed(
            _("%sさんは在籍していません。在籍している人を選んでください。") % person.name,
            rule="obligations.assign",
        )
    _assign(duty=found.obligation, occurrence=found, person=person, due_on=found.due_on, by=by)
    occurrence.refresh_from_db()
    return occurrence


@command("occurrence.assigned", gettext_lazy("担当者の指名"))
def _assign(
    *, duty: Obligation, occurrence: Occurrence, person: Person | None, due_on: date, by: Actor
) -> Record:
    Occurrence.objects.filter(pk=occurrence.pk).update(assignee=person)
    return duty


def earliest(occurrence: Occurrence) -> date | None:
    """Return the first day whose work counts for this occurrence; None for one that started with an event."""
    every = calendar.cadence(occurrence.obligation.duty.every)
    if every is None:
        return None
    return min(occurrence.opens_on, every.before(occurrence.nominal_on) + timedelta(days=1))


def _fits(occurrence: Occurrence, proof: Record, day: date) -> None:
    wanted = occurrence.obligation.duty.proved_by
    if wanted and wanted not in (kinds.kind_id(proof), proof.kind):
        text = _("この義務の証跡になるのは「%(kind)s」の記録です。%(number)s は別の種類の記録です。")
        raise NotAllowed(
            text % {"kind": _kind_title(wanted), "number": proof.number},
            rule="obligations.kind",
            field="proof",
        )
    if day > clock.today():
        raise NotAllowed(_("実施日に未来の日は指定できません。"), rule="obligations.future", field="done_on")
    first = earliest(occurrence)
    if first is not None and day < first:
        text = _("%(day)s の実施は前の期間のものです。%(first)s 以後に実施した記録を選んでください。")
        raise NotAllowed(text % {"day": day, "first": first}, rule="obligations.early", field="done_on")
    if occurrence.target is not None and occurrence.target.kind == targets.DEPARTMENT:
        _of_department(occurrence, proof)
    if occurrence.target is not None and occurrence.target.kind == targets.PERSON:
        _of_person(occurrence, proof)
    same = Occurrence.objects.filter(obligation=occurrence.obligation_id, target=occurrence.target_id)
    other = same.filter(proof_id=proof.pk).first()
    if other is not None:
        text = _("%(number)s は既に %(day)s 期日の証跡です。新しい記録を登録してください。")
        raise NotAllowed(
            text % {"number": proof.number, "day": other.due_on}, rule="obligations.twice", field="proof"
        )


def _of_department(occurrence: Occurrence, proof: Record) -> None:
    if proof.department_id not in (None, occurrence.target_id):
        text = _("%(number)s は別の部署の記録です。%(department)s の記録を選んでください。")
        values = {"number": proof.number, "department": occurrence.target}
        raise NotAllowed(text % values, rule="obligations.department", field="proof")


def _of_person(occurrence: Occurrence, proof: Record) -> None:
    # An application is about its subject, whoever filled it in; any other record is its owner's.
    concerned = getattr(proof, "subject_id", proof.owner_id)
    if concerned not in (None, occurrence.target_id):
        text = _("%(number)s は別の人の記録です。%(person)s さんの記録を選んでください。")
        values = {"number": proof.number, "person": occurrence.target}
        raise NotAllowed(text % values, rule="obligations.person", field="proof")


def _kind_title(kind: str) -> str:
    known = kinds.table().get(kind)
    return known.title if known else kind


def _movable(occurrence: Occurrence, to: date, reason: str) -> None:
    _reason(reason)
    if occurrence.due_at is not None:
        raise NotAllowed(_("事象から始まる期限は変更できません。"), rule="obligations.limit", field="to")
    every = calendar.cadence(occurrence.obligation.duty.every)
    latest = occurrence.nominal_on + LONGEST_MOVE
    if every is not None:
        latest = min(latest, every.after(occurrence.nominal_on) - timedelta(days=1))
    first = max(clock.today(), earliest(occurrence) or clock.today())
    if not first <= to <= latest:
        text = _("期日を変更できるのは %(first)s から %(last)s までです。")
        raise NotAllowed(text % {"first": first, "last": latest}, rule="obligations.window", field="to")


def _open(occurrence: Occurrence) -> Occurrence:
    """Return the stored occurrence, or raise NotAllowed when it is closed."""
    found = Occurrence.objects.select_related("obligation", "target", "proof").get(pk=occurrence.pk)
    if found.state != Occurrence.State.OPEN:
        raise _closed(found)
    return found


def _closed(occurrence: Occurrence) -> NotAllowed:
    text = _("%(due)s 期日の「%(name)s」は既に閉じられています。")
    values = {"due": occurrence.due_on, "name": occurrence.obligation.label}
    return NotAllowed(text % values, rule="obligations.closed")


def may_act(occurrence: Occurrence, by: Actor) -> bool:
    """Tell whether somebody answers for an occurrence, for himself or for another."""
    return isinstance(by, System) or access.may(by, CHANGE) or by in people.responsible(occurrence)


def _require_answerable(occurrence: Occurrence, by: Actor) -> None:
    if may_act(occurrence, by):
        return
    names = "、".join(person.name for person in people.responsible(occurrence))
    text = _("この義務の担当ではありません。担当は%sです。") % (names or _("未定"))
    raise NotAllowed(text, rule="obligations.responsible")


def _office(by: Actor) -> None:
    if not isinstance(by, System):
        access.require(by, CHANGE)


def _reason(reason: str) -> None:
    if not reason.strip():
        raise NotAllowed(_("理由を入力してください。"), rule="obligations.reason", field="reason")


def _plan_next(occurrence: Occurrence, from_: date | None = None) -> None:
    """Plan the next occurrence of a duty that counts from its completion."""
    duty = occurrence.obligation.duty
    every = calendar.cadence(duty.every)
    if duty.counted != "completion" or every is None:
        return
    done = Occurrence.objects.get(pk=occurrence.pk)
    start = from_ or done.done_on
    assert start is not None
    target = next(
        (t for t in targets.members(duty.for_each, clock.today()) if t.pk == occurrence.target_id), None
    )
    if target is not None:
        slot = calendar.slot(duty, every, every.after(start), calendar.Calendar())
        storage.store(plan.rows_for(occurrence.obligation, [target], [slot]))
