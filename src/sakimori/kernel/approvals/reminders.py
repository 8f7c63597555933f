"""The daily run over open steps: remind before the due day, tell the superior after it, let what is too old expire."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from sakimori.kernel.identity.actors import SYSTEM
from sakimori.kernel.identity.models import Person
from sakimori.kernel.policy import policy, workdays
from sakimori.lib import clock

from . import people, travel
from .models import Application, Step

OFFICE = "security_office"


@dataclass
class Reminded:
    """What one run found."""

    reminded: int = 0
    escalated: int = 0
    expired: int = 0


def remind(now: datetime | None = None) -> Reminded:
    """Remind, escalate and expire; run as often as you like: everybody is told each thing once."""
    today = (now or clock.now()).astimezone(clock.JAPAN).date()
    done = Reminded()
    soon = workdays.add(today, policy.value("approvals.reminder"))
    late = workdays.add(today, -policy.value("approvals.escalation"))
    steps = Step.objects.filter(state=Step.State.OPEN).select_related("application__applicant")
    for step in steps.filter(due_on__lte=soon).iterator(chunk_size=200):
        kind = "approvals.overdue" if step.due_on and step.due_on < today else "approvals.due"
        people_now = travel.deciders(step.application, step)
        travel.tell(step.application, kind, people_now, step=step, key=f"{kind}:{step.pk}")
        done.reminded += 1
    for step in steps.filter(due_on__lt=late).iterator(chunk_size=200):
        above = list(_above(step))
        travel.tell(step.application, "approvals.escalated", above, step=step, key=f"escalated:{step.pk}")
        done.escalated += 1
    for application in Application.objects.filter(
        status__in=(Application.Status.PENDING, Application.Status.RETURNED), expires_on__lt=today
    ):
        done.expired += _expire(application)
    return done


def _expire(application: Application) -> bool:
    """End the application unless somebody decided it a moment ago."""
    with transaction.atomic():
        held = travel.locked(application)
        if not held.is_open:
            return False
        travel.close(held, Application.Status.EXPIRED, by=SYSTEM)
        travel.tell(held, "approvals.expired", [held.applicant])
    return True


def _above(step: Step) -> Iterator[Person]:
    """Yield the superiors of those who did not decide; the office where there is none."""
    found = [people.superior(person) for person in travel.deciders(step.application, step)]
    superiors = [person for person in found if person is not None]
    yield from superiors or Person.objects.holding(OFFICE)
