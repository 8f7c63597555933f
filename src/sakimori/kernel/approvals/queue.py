"""What waits for whom, who may read an application, and who signed it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import BooleanField, Case, Exists, OuterRef, Q, QuerySet, Value, When

from sakimori.kernel.identity.models import Person
from sakimori.kernel.records.models import Reader

from . import people
from .models import Application, Decision, Step


def waiting_for(person: Person) -> QuerySet[Step]:
    """Return the open steps that the person may decide, in his own right or for whom he stands in.

    Read from the roles of today, so that a new holder sees at once what his predecessor left. Each row says
    by ``in_own_right`` whether he decides it himself. What separation forbids by the facts on file is left out.
    """
    own = held = people.held_by(person)
    allowed = own & _untouched([person])
    for principal in people.principals_of(person):
        theirs = people.held_by(principal)
        held, allowed = held | theirs, allowed | theirs & _untouched([person, principal])
    mark = Case(When(own, then=Value(True)), default=Value(False), output_field=BooleanField())
    # The first condition alone can use the indexes of open steps by role and by person.
    found = Step.objects.filter(held, state=Step.State.OPEN).filter(allowed).annotate(in_own_right=mark)
    return found.select_related("application__applicant", "application__subject").order_by("due_on", "pk")


def _untouched(hands: Sequence[Person]) -> Q:
    """Return the condition that none of these people is barred or has decided in this round."""
    barred = Application.barred.through.objects.filter(
        application_id=OuterRef("application_id"), person__in=hands
    )
    decided = Decision.objects.filter(application_id=OuterRef("application_id"), round=OuterRef("round"))
    decided = decided.filter(Q(person__in=hands) | Q(acting_for__in=hands))
    return ~Q(Exists(barred)) & ~Q(Exists(decided))


def readable(person: Person) -> QuerySet[Application]:
    """Return the applications that the person may open: those visible to him, and those that wait for him."""
    visible = Application.objects.visible_to(person).values("pk")
    waiting = waiting_for(person).order_by().values("application_id")
    return Application.objects.filter(Q(pk__in=visible) | Q(pk__in=waiting))


def admit(application: Application, person: Person) -> None:
    """Make whoever opens what waits for him a named reader, so that he may open its files as well.

    Needed for those who came into the role after the step was opened.
    """
    if not Application.objects.visible_to(person).filter(pk=application.pk).exists():
        Reader.objects.get_or_create(record_id=application.pk, person_id=person.pk)


@dataclass(frozen=True)
class Signature:
    """One box of a paper or one point of the stepper: what was done, by whom, when, in whose place."""

    action: str
    title: str
    person: Person | None
    acting_for: Person | None
    at: datetime | None
    comment: str = ""
    step: Step | None = None
    outcome: str = ""


def signatures(application: Application) -> list[Signature]:
    """Return who prepared, evaluated and approved in the present round, and which steps still wait."""
    submitted = Signature("prepare", "申請", application.applicant, None, application.submitted_at)
    found = [submitted]
    decisions = application.decisions.filter(round=application.round).select_related("person", "acting_for")
    made: dict[int, list[Decision]] = {}
    for decision in decisions:
        made.setdefault(decision.step_id, []).append(decision)
    for step in application.steps.filter(round=application.round).select_related("person", "department"):
        found += _of_step(application, step, made.get(step.pk, []))
    return found


def _of_step(application: Application, step: Step, decisions: Sequence[Decision]) -> list[Signature]:
    if step.state == Step.State.BY_APPLYING:
        return [
            Signature(
                step.action, step.title, application.applicant, None, application.submitted_at, step=step
            )
        ]
    signed = [
        Signature(step.action, step.title, d.person, d.acting_for, d.at, d.comment, step, d.outcome)
        for d in decisions
    ]
    waits = step.state in (Step.State.OPEN, Step.State.WAITING)
    return (
        [*signed, Signature(step.action, step.title, None, None, None, step=step)]
        if waits or not signed
        else signed
    )
