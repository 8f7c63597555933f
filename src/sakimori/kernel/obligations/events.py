"""Events that start a clock, and approved forms that stop one.

A duty names its event in ``after``: one of the hooks of the product, a hook and a kind of record
(``application_approved/asset-loan``), or a name that a domain calls by ``happened``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db import transaction

from sakimori.kernel import hooks
from sakimori.kernel.content.duties import DUTIES, Duty
from sakimori.kernel.dossier import kinds
from sakimori.kernel.identity.actors import SYSTEM
from sakimori.kernel.identity.models import Person
from sakimori.kernel.records.models import Record
from sakimori.lib import clock
from sakimori.lib.errors import NotAllowed

from . import acts, calendar, plan, storage, targets
from .models import Obligation, Occurrence, OccurrenceQuerySet
from .targets import Target


def happened(event: str, record: Record, *, at: datetime | None = None) -> list[Occurrence]:
    """Start the clock of every duty that follows ``event``; the same event at the same moment starts it once."""
    return happened_all(event, [record], at=at)


def happened_all(event: str, records: Sequence[Record], *, at: datetime | None = None) -> list[Occurrence]:
    """Start the clock for many records of one kind in few statements.

    Where the duty names no role, the record's owner answers for it.
    """
    if not records:
        return []
    moment = at or clock.now()
    names = {event, f"{event}/{kinds.kind_id(records[0])}"}
    duties = [duty for duty in DUTIES if duty.after in names and not duty.retired]
    if not duties:
        return []
    adopted = {row.duty_id: row for row in plan.adopt()}
    with transaction.atomic():
        return [row for duty in duties for row in _start(adopted[duty.id], duty, records, moment)]


def _start(
    obligation: Obligation, duty: Duty, records: Sequence[Record], moment: datetime
) -> Iterable[Occurrence]:
    within = calendar.cadence(duty.within)
    assert within is not None
    due_on, due_at = calendar.deadline(within, moment)
    start = moment.astimezone(clock.JAPAN).date()
    slug = f"{duty.after[:40]}@{moment.isoformat()}"
    rows = []
    for record in records:
        target = Target(record.pk, record.kind, _department(record))
        row = plan.planned(
            obligation, duty, target, slug, due_on, start, due_on, contact_at=moment, due_at=due_at
        )
        if not duty.role and record.owner_id is not None:
            row = row._replace(role="", assignee_id=record.owner_id)
        rows.append(row)
    storage.store(rows)
    found = Occurrence.objects.filter(obligation=obligation, target__in=[record.pk for record in records])
    return found.filter(slot__endswith=slug)


def _department(record: Record) -> int | None:
    return record.pk if record.kind == targets.DEPARTMENT else record.department_id


@hooks.on("person_joined")
def _joined(person: Person) -> None:
    happened("person_joined", person)


@hooks.on("person_moved")
def _moved(person: Person, former_department: Record | None = None) -> None:
    happened("person_moved", person)
    if former_department is not None:
        free_assignments(person, of=former_department)


@hooks.on("person_leaves")
def _leaves(person: Person) -> None:
    happened("person_leaves", person)
    free_assignments(person)


@hooks.on("application_submitted")
def _submitted(application: Record) -> None:
    happened("application_submitted", application)


@hooks.on("application_approved")
def _approved(application: Record) -> None:
    happened("application_approved", application)
    prove(application)


@hooks.on("application_closed")
def _closed(application: Record) -> None:
    happened("application_closed", application)


def free_assignments(person: Person, *, of: Record | None = None) -> int:
    """Give what was assigned to a person back to the roles, all of it or that ``of`` one department.

    What was due of himself stays: the plan drops it when he leaves, and it goes with him when he moves.
    """
    rows = Occurrence.objects.open().filter(assignee=person).exclude(target_id=person.pk)
    if of is not None:
        rows = rows.filter(department_id=of.pk)
    return rows.exclude(role="").update(assignee=None)


def prove(record: Record, *, done_on: date | None = None) -> Occurrence | None:
    """Close the occurrence that a new record proves, when there is exactly one it can mean; return it.

    The earliest open one of the record's kind counts, of its department or its subject where the duty is due
    for each of those. What is doubtful is left to people.
    """
    day = done_on or record.effective_on
    for occurrence in _provable(record).select_related("obligation", "target").order_by("due_on", "pk"):
        first = acts.earliest(occurrence)
        if first is None or first <= day:
            return _prove(occurrence, record, day)
    return None


def _prove(occurrence: Occurrence, record: Record, day: date) -> Occurrence | None:
    try:
        return acts.complete(occurrence, proof=record, done_on=min(day, clock.today()), by=SYSTEM)
    except NotAllowed:
        return None


def _provable(record: Record) -> OccurrenceQuerySet:
    kind = kinds.kind_id(record)
    proved = [duty.id for duty in DUTIES if duty.proved_by == kind]
    meant = {None, record.department_id, record.owner_id, getattr(record, "subject_id", None)}
    rows = Occurrence.objects.opened(clock.today()).filter(obligation__duty_id__in=proved)
    found = rows.filter(target_id__in=[pk for pk in meant if pk]) | rows.filter(target=None)
    return found.distinct()
