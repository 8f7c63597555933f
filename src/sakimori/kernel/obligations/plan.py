"""Plan ahead: turn duties into occurrences, once each, whatever was down, moved or changed meanwhile.

``materialise`` may run at any time, any number of times, on several machines at once: a slot (target and
nominal day) exists once by a constraint. A day's run costs what changed since the last one: the days that came
into sight, the targets that came or went, the duties whose cadence was revised.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Max, OuterRef, Q, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sakimori.kernel.content.duties import DUTIES, Duty
from sakimori.kernel.identity.actors import SYSTEM
from sakimori.kernel.ledger import book
from sakimori.kernel.policy import policy, workdays
from sakimori.kernel.records import bulk
from sakimori.kernel.records.models import Record
from sakimori.lib import canonical, clock
from sakimori.lib.dates import Cadence
from sakimori.lib.pieces import batched

from . import calendar, contact, storage, targets
from .calendar import Calendar, Slot
from .models import Obligation, Occurrence, OccurrenceQuerySet
from .storage import Planned
from .targets import Target

ADOPTED = book.declare("obligation.adopted", gettext_lazy("義務の取込み"))


@dataclass
class Run:
    """What one run of the planner knows and has made."""

    today: date
    until: date
    calendar: Calendar
    members: dict[str, list[Target]]
    created: int = 0

    def targets_of(self, duty: Duty) -> list[Target]:
        """Return the targets of a duty; each list is read once a run."""
        if duty.for_each not in self.members:
            self.members[duty.for_each] = targets.members(duty.for_each, self.today)
        return self.members[duty.for_each]


def materialise(until: date | None = None) -> int:
    """Plan every duty up to ``until`` (the parameter obligations.horizon); return how many rows were made."""
    today = clock.today()
    with policy.reading():
        until = until or policy.value("obligations.horizon").after(today)
        run = Run(today, until, Calendar(), {})
        for obligation in adopt():
            _plan(run, obligation)
        _follow_departments()
    return run.created


def adopt() -> list[Obligation]:
    """Take over new duties of the content as obligations; return all whose duty still stands."""
    known = {row.duty_id: row for row in Obligation.objects.current()}
    fresh = [
        Obligation(duty_id=duty.id, name=duty.title, effective_on=clock.today())
        for duty in DUTIES
        if duty.id not in known and not duty.retired
    ]
    if fresh:
        bulk.insert(fresh)
        book.append_many(
            (book.Draft(ADOPTED, row, {"duty_id": (None, row.duty_id)}) for row in fresh), by=SYSTEM
        )
    for row in known.values():
        if row.duty_id not in DUTIES or row.duty.retired:
            _leave(Occurrence.objects.filter(obligation=row), _("義務が廃止されました"))
    rows = [*known.values(), *fresh]
    return [row for row in rows if row.duty_id in DUTIES and not row.duty.retired]


def _plan(run: Run, obligation: Obligation) -> None:
    duty = obligation.duty
    every = calendar.cadence(duty.every)
    if every is None:
        return
    members = run.targets_of(duty)
    digest = canonical.digest([DUTIES.version(duty.id), str(every), list(workdays.closed().spans)])
    listed = canonical.digest([[t.pk, t.department] for t in members])
    revised, shifted = digest != obligation.plan_digest, listed != obligation.targets_digest
    reached = obligation.planned_until
    if not (revised or shifted) and reached is not None and run.until <= reached:
        return
    if revised and reached is not None:
        _unplan(obligation, run.today)
        reached = min(reached, run.today - timedelta(days=1))
    planner = _by_completion if duty.counted == "completion" else _by_calendar
    rows = planner(run, obligation, every, reached, shifted)
    run.created += storage.store(rows)
    until = max(run.until, obligation.planned_until or run.until)
    Obligation.objects.filter(pk=obligation.pk).update(
        plan_digest=digest, targets_digest=listed, planned_until=until
    )


def _by_calendar(
    run: Run, obligation: Obligation, every: Cadence, reached: date | None, shifted: bool
) -> Iterator[Planned]:
    duty, members = obligation.duty, run.targets_of(obligation.duty)
    first = calendar.anchor(duty, every, obligation.effective_on)
    if shifted and reached is not None:
        newcomers = _welcome(obligation, members, run.today)
        yesterday = run.today - timedelta(days=1)
        due = calendar.slots(duty, every, first=first, after=yesterday, until=reached, calendar=run.calendar)
        yield from rows_for(obligation, newcomers, due)
    fresh = calendar.slots(duty, every, first=first, after=reached, until=run.until, calendar=run.calendar)
    yield from rows_for(obligation, members, fresh)


def _by_completion(
    run: Run, obligation: Obligation, every: Cadence, reached: date | None, shifted: bool
) -> Iterator[Planned]:
    """Plan one occurrence ahead per target: a span after it was last done, else from the first day."""
    duty, members = obligation.duty, run.targets_of(obligation.duty)
    if shifted and reached is not None:
        _welcome(obligation, members, run.today)
    rows = Occurrence.objects.filter(obligation=obligation)
    running = set(rows.open().values_list("target_id", flat=True))
    last = dict(rows.filter(state=Occurrence.State.DONE).values_list("target_id").annotate(Max("done_on")))
    first = calendar.anchor(duty, every, obligation.effective_on)
    for target in members:
        if target.pk not in running:
            nominal = every.after(last[target.pk]) if target.pk in last else first
            yield from rows_for(obligation, [target], [calendar.slot(duty, every, nominal, run.calendar)])


def rows_for(obligation: Obligation, members: Sequence[Target], slots: Iterable[Slot]) -> Iterator[Planned]:
    """Yield what is to be stored for every slot and target."""
    duty = obligation.duty
    for slot in slots:
        first, day = contact.first(duty, slot.due, slot.opens), slot.nominal.isoformat()
        for target in members:
            yield planned(obligation, duty, target, day, slot.nominal, slot.opens, slot.due, contact_at=first)


def planned(
    obligation: Obligation,
    duty: Duty,
    target: Target,
    slug: str,
    nominal: date,
    opens: date,
    due: date,
    *,
    contact_at: datetime,
    due_at: datetime | None = None,
) -> Planned:
    """Return one occurrence to be stored; a person who is the target answers for himself unless a role does."""
    himself = target.kind == targets.PERSON and duty.role in ("", "employee")
    role, assignee = ("", target.pk) if himself else (duty.role or "security_office", None)
    return Planned(
        obligation.pk, f"{target.pk or 0}:{slug}", target.pk, role, target.department, assignee,
        nominal, opens, due, due_at, contact_at,
    )  # fmt: skip


def _unplan(obligation: Obligation, today: date) -> None:
    """Take back what nobody has seen yet, before a revised cadence is planned."""
    rows = Occurrence.objects.open().filter(obligation=obligation, moved_from=None)
    rows.filter(opens_on__gt=today, nominal_on__gt=today).delete()


def _welcome(obligation: Obligation, members: Sequence[Target], today: date) -> list[Target]:
    """Return the targets that are new, and close what was planned for those that are gone."""
    rows = Occurrence.objects.open().filter(obligation=obligation, nominal_on__gte=today)
    planned = set(rows.values_list("target_id", flat=True))
    gone = planned - {target.pk for target in members}
    for some in batched(sorted(pk for pk in gone if pk is not None), 500):
        _leave(Occurrence.objects.filter(obligation=obligation, target_id__in=some), _("対象から外れました"))
    return [target for target in members if target.pk not in planned]


def _leave(rows: OccurrenceQuerySet, reason: str) -> None:
    """Drop what nobody has seen yet, and close what is open as no longer due."""
    today = clock.today()
    rows.open().filter(opens_on__gt=today).delete()
    rows.open().update(state=Occurrence.State.VOID, closed_on=today, reason=reason, contact_at=None)


def _follow_departments() -> None:
    """Let open occurrences go with their target when it changes its department."""
    now = Subquery(Record.objects.filter(pk=OuterRef("target_id")).values("department_id")[:1])
    moved = Occurrence.objects.open().filter(target__isnull=False).exclude(target__kind=targets.DEPARTMENT)
    changed = moved.exclude(department_id=now).exclude(Q(department=None) & Q(target__department=None))
    Occurrence.objects.filter(pk__in=changed.values("pk")).update(department_id=now)
