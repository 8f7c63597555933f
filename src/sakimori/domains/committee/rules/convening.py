"""From the plan of a meeting to the meeting: agenda, convocation, attendance, quorum."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sakimori.domains.committee.models import AgendaItem, Attendance, Meeting, TaskForce, Topic
from sakimori.kernel.identity import access
from sakimori.kernel.identity.actors import Actor
from sakimori.kernel.identity.models import Person
from sakimori.kernel.ledger.book import command
from sakimori.kernel.notices import notices
from sakimori.kernel.policy import policy
from sakimori.lib import clock
from sakimori.lib.errors import Invalid, NotAllowed

from . import agenda, seats

RUN, CALL = "committee.run", "committee.call"
Kind, Status, Seat = Meeting.Kind, Meeting.Status, Attendance.Seat
OWN = "own"  # an item that the office wrote itself


@command("meeting.planned", gettext_lazy("会議の計画"), right=RUN)
def plan_meeting(
    *, kind_of_meeting: str = Kind.REGULAR, held_on: date, place: str, hours: str = "", purpose: str = "",
    task_force: TaskForce | None = None, by: Actor,
) -> Meeting:  # fmt: skip
    """Plan a meeting; a regular one begins with the standing items (REG-051, JPM-010).

    Only the chair calls an extraordinary one, and says why.
    """
    meeting = Meeting(
        kind_of_meeting=kind_of_meeting, held_on=held_on, place=place.strip(), hours=hours, purpose=purpose.strip(),
        task_force=task_force, effective_on=clock.today(), owner=by if isinstance(by, Person) else None,
    )  # fmt: skip
    _check(meeting, by)
    if kind_of_meeting != Kind.TASK_FORCE:
        meeting.session = (Meeting.objects.aggregate(last=Max("session"))["last"] or 0) + 1
    meeting.save()
    if kind_of_meeting == Kind.REGULAR:
        for place_, (name, task) in enumerate(agenda.standing(), 1):
            AgendaItem.objects.create(
                meeting=meeting, position=place_, name=name, task=task, source=agenda.STANDING
            )
    return meeting


@command("meeting.replanned", gettext_lazy("会議の変更"), right=RUN)
def change_meeting(meeting: Meeting, *, by: Actor, reason: str = "", **values: object) -> Meeting:
    """Move a meeting that is still to be held; whoever was called is told anew."""
    must_be(meeting, Status.PLANNED, Status.CONVENED)
    if values.get("kind_of_meeting", meeting.kind_of_meeting) != meeting.kind_of_meeting:
        raise Invalid({"kind_of_meeting": _("種類は変えられません。中止して、計画し直してください。")})
    for name, value in values.items():
        setattr(meeting, name, value)
    _check(meeting, by)
    meeting.save()
    if meeting.status == Status.CONVENED:
        _invite(meeting, [seat.person for seat in meeting.attendance.select_related("person")], reason)
    return meeting


def _check(meeting: Meeting, by: Actor) -> None:
    problems = {}
    if meeting.kind_of_meeting == Kind.EXTRAORDINARY:
        if isinstance(by, Person):
            access.require(by, CALL)
        if not meeting.purpose:
            problems["purpose"] = _("臨時の委員会は、開催の理由を入力してください。")
    if (meeting.kind_of_meeting == Kind.TASK_FORCE) != (meeting.task_force is not None):
        problems["task_force"] = _("タスクフォースの会議だけに、タスクフォースを選んでください。")
    if not meeting.place:
        problems["place"] = _("場所を入力してください。")
    if meeting.held_on < clock.today():
        problems["held_on"] = _("開催日は今日以後の日にしてください。")
    if problems:
        raise Invalid(problems)


@command("meeting.items_taken", gettext_lazy("議題の採用"), right=RUN)
def take_items(meeting: Meeting, *, keys: list[str], by: Actor) -> Meeting:
    """Put open items on the agenda, in the order of the page; topics are marked as taken."""
    must_be(meeting, Status.PLANNED, Status.CONVENED)
    if not keys:
        raise Invalid({"key": _("議題にするものを選んでください。")})
    offered = {one.key: one for one in agenda.proposals(clock.today(), meeting)}
    for key in keys:
        if (one := offered.get(key)) is None:
            raise NotAllowed(
                _("選んだ議題は、もう残っていません。一覧を開き直してください。"), rule="committee.gone"
            )
        _append(meeting, one.name, one.explanation, one.source.task, one.source.id, one.record)
        if isinstance(one.record, Topic):
            _take(one.record, meeting=meeting, by=by)
    return meeting


@command("meeting.item_added", gettext_lazy("議題の追加"), right=RUN)
def add_item(meeting: Meeting, *, name: str, explanation: str = "", task: str = "", by: Actor) -> Meeting:
    """Add an item of the office's own; also during the meeting (動議)."""
    must_be(meeting, Status.PLANNED, Status.CONVENED, Status.HELD)
    if not name.strip():
        raise Invalid({"name": _("議題を入力してください。")})
    _append(meeting, name.strip(), explanation.strip(), task, OWN, None)
    return meeting


@command("meeting.item_moved", gettext_lazy("議題の順の変更"), right=RUN)
def move_item(meeting: Meeting, *, item: int, down: bool = False, by: Actor) -> Meeting:
    """Let an item change places with its neighbour."""
    must_be(meeting, Status.PLANNED, Status.CONVENED)
    rows = list(meeting.items.all())
    place = next((n for n, row in enumerate(rows) if row.pk == item), None)
    other = -1 if place is None else place + (1 if down else -1)
    if place is not None and 0 <= other < len(rows):
        rows[place], rows[other] = rows[other], rows[place]
    for position, row in enumerate(rows, 1):
        AgendaItem.objects.filter(pk=row.pk).update(position=position)
    return meeting


@command("meeting.item_dropped", gettext_lazy("議題の取下げ"), right=RUN)
def drop_item(meeting: Meeting, *, item: int, by: Actor) -> Meeting:
    """Take an item off; a standing one stays, a topic waits again."""
    must_be(meeting, Status.PLANNED, Status.CONVENED)
    row = meeting.items.filter(pk=item).first()
    if row is None:
        raise NotAllowed(_("この議題は、もうありません。"), rule="committee.gone")
    if row.source == agenda.STANDING:
        raise NotAllowed(_("規程が定める定例の議題は外せません。"), rule="committee.standing")
    _release(meeting, by, row.record_id)
    row.delete()
    return meeting


def _append(meeting: Meeting, name: str, why: str, task: str, source: str, record: object) -> None:
    last = meeting.items.aggregate(last=Max("position"))["last"] or 0
    AgendaItem.objects.create(
        meeting=meeting, position=last + 1, name=name, explanation=why, task=task, source=source,
        record_id=getattr(record, "pk", None),
    )  # fmt: skip


@command("topic.taken", gettext_lazy("議題への採用"))
def _take(topic: Topic, *, meeting: Meeting, by: Actor) -> Topic:
    topic.status = Topic.Status.TAKEN
    topic.save()
    return topic


@command("topic.released", gettext_lazy("議題への差戻し"))
def _let_wait(topic: Topic, *, meeting: Meeting, by: Actor) -> Topic:
    topic.status = Topic.Status.WAITING
    topic.save()
    return topic


def _release(meeting: Meeting, by: Actor, record: int | None = None) -> None:
    keys = [record] if record else list(meeting.items.values_list("record_id", flat=True))
    for topic in Topic.objects.filter(pk__in=[key for key in keys if key], status=Topic.Status.TAKEN):
        _let_wait(topic, meeting=meeting, by=by)


@command("meeting.convened", gettext_lazy("委員会の招集"), right=RUN)
def convene(meeting: Meeting, *, reason: str = "", by: Actor) -> Meeting:
    """Call the members and the office, with the agenda; at short notice only for a reason."""
    must_be(meeting, Status.PLANNED)
    if not meeting.items.exists():
        raise NotAllowed(
            _("議題がありません。議題を選んでから招集してください。"), rule="committee.no_agenda"
        )
    notice = policy.value("committee.notice")
    if meeting.held_on < clock.today() + timedelta(days=notice) and not reason.strip():
        raise Invalid({"reason": _("開催まで%s日ありません。急ぐ理由を入力してください。") % notice})
    force = meeting.task_force
    called = [*force.members.all(), force.owner] if force else seats.members(meeting.held_on)
    people = {person.pk: Seat.OFFICE for person in seats.office(meeting.held_on)}
    people.update({person.pk: Seat.MEMBER for person in called if person is not None})
    for key, seat in people.items():
        Attendance.objects.get_or_create(meeting=meeting, person_id=key, defaults={"seat": seat})
    meeting.status, meeting.convened_on = Status.CONVENED, clock.today()
    meeting.save()
    _invite(meeting, [seat.person for seat in meeting.attendance.select_related("person")], reason)
    return meeting


@command("meeting.person_called", gettext_lazy("非常勤の招集"), right=CALL)
def call_person(meeting: Meeting, *, person: Person, by: Actor) -> Meeting:
    """Call somebody who does not sit in the committee; only the chair may (REG-046)."""
    must_be(meeting, Status.PLANNED, Status.CONVENED)
    seat = Seat.CALLED if person in seats.non_standing(meeting.held_on) else Seat.GUEST
    _row, new = Attendance.objects.get_or_create(meeting=meeting, person=person, defaults={"seat": seat})
    if not new or seats.is_member(person, meeting.held_on):
        raise NotAllowed(_("%sさんは、既に招集の対象です。") % person.name, rule="committee.called")
    if meeting.status == Status.CONVENED:
        _invite(meeting, [person], "")
    return meeting


@command("meeting.cancelled", gettext_lazy("会議の中止"), right=RUN)
def cancel_meeting(meeting: Meeting, *, reason: str, by: Actor) -> Meeting:
    """Call a meeting off; its topics wait for the next one."""
    must_be(meeting, Status.PLANNED, Status.CONVENED)
    if not reason.strip():
        raise Invalid({"reason": _("中止の理由を入力してください。")})
    called = [seat.person for seat in meeting.attendance.select_related("person")]
    _release(meeting, by)
    meeting.status = Status.CANCELLED
    meeting.save()
    notices.send("committee.cancelled", called, record=meeting, context=_facts(meeting) | {"reason": reason})
    return meeting


@command("meeting.attended", gettext_lazy("出欠の記録"), right=RUN)
def open_meeting(
    meeting: Meeting, *, present: list[int], notes: dict[str, str] | None = None, by: Actor
) -> Meeting:
    """Write down who came; without a quorum the meeting lapses and its topics wait (V20-104)."""
    must_be(meeting, Status.CONVENED, Status.HELD)
    if meeting.held_on > clock.today():
        raise NotAllowed(_("開催日になっていません。"), rule="committee.not_yet")
    rows = list(meeting.attendance.all())
    for row in rows:
        note = (notes or {}).get(str(row.person_id), row.note)[:120]
        Attendance.objects.filter(pk=row.pk).update(present=row.person_id in present, note=note)
    voters = [row for row in rows if row.seat == Seat.MEMBER]
    meeting.needed = seats.needed(len(voters))
    came = sum(1 for row in voters if row.person_id in present)
    meeting.status = Status.HELD if came >= meeting.needed else Status.LAPSED
    meeting.save()
    if meeting.status == Status.LAPSED:
        _release(meeting, by)
        facts = _facts(meeting) | {"present": came, "needed": meeting.needed}
        notices.send("committee.lapsed", seats.members(), record=meeting, context=facts)
    return meeting


def _invite(meeting: Meeting, people: list[Person], reason: str) -> None:
    lines = "\n".join(f"{n}. {item.name}" for n, item in enumerate(meeting.items.all(), 1))
    facts = _facts(meeting) | {"agenda": lines, "reason": reason or "—"}
    notices.send("committee.convened", people, record=meeting, context=facts)


def _facts(meeting: Meeting) -> dict[str, object]:
    return {
        "meeting": meeting.title(),
        "day": meeting.held_on,
        "hours": meeting.hours,
        "place": meeting.place,
    }


def must_be(meeting: Meeting, *wanted: str) -> None:
    if meeting.status not in wanted:
        text = _("%sの会議には行えません。") % meeting.get_status_display()
        raise NotAllowed(text, rule="committee.state")
