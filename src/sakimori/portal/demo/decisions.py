"""Applications of the story go their way: whoever a step lies with decides it."""

from __future__ import annotations

from sakimori.kernel.approvals import approvals, separation
from sakimori.kernel.approvals.models import Step
from sakimori.kernel.approvals.people import desk_of
from sakimori.kernel.identity.models import Person
from sakimori.lib.errors import SeparationOfDuties


def open_step(application: approvals.Application) -> Step:
    """Return the first step that waits to be decided."""
    return application.steps.filter(round=application.round, state=Step.State.OPEN)[0]


def decider(application: approvals.Application) -> Person:
    """Return the first person with whom the open step lies and who may decide it."""
    step = open_step(application)
    for person in desk_of(step).holders().order_by("pk"):
        try:
            separation.capacity(person, application, step)
        except SeparationOfDuties:
            continue
        return person
    raise LookupError(f"nobody may decide {application.number} {step.title}")


def decide(application: approvals.Application, decision: str, comment: str = "") -> approvals.Application:
    """Let whoever may decide the open step do so."""
    return approvals.decide(application, decision=decision, comment=comment, by=decider(application))


def approve_all(application: approvals.Application, comment: str = "") -> approvals.Application:
    """Let everybody on the route approve."""
    application = approvals.Application.objects.get(pk=application.pk)
    while application.status == approvals.Application.Status.PENDING:
        application = decide(application, "approve", comment)
    return application
