"""Move an application along its route: open steps, pass them, close it, carry out what was approved, tell people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext_lazy as _

from sakimori.kernel import hooks
from sakimori.kernel.identity import access
from sakimori.kernel.identity.actors import Actor
from sakimori.kernel.identity.models import Person
from sakimori.kernel.ledger.book import command
from sakimori.kernel.notices import notices
from sakimori.kernel.policy import policy, workdays
from sakimori.kernel.records.models import Reader, Record
from sakimori.lib import clock

from . import people
from .models import Application, Decision, Step
from .registry import EFFECTS
from .routes import Planned

State, Status = Step.State, Application.Status
_REACHED = {Decision.Outcome.REJECT: State.REJECTED, Decision.Outcome.RETURN: State.RETURNED}


def lay(application: Application, planned: Sequence[Planned]) -> None:
    """Store the steps of this round; all wait."""
    Step.objects.bulk_create(
        Step(
            application=application, round=application.round, stage=plan.stage, key=plan.step.id,
            title=plan.step.title, action=plan.step.action, need=plan.step.need, enough=plan.step.enough,
            role=plan.desk.role, department=plan.desk.department, person=plan.desk.person,
            state=State.BY_APPLYING if plan.by_applying else State.WAITING, due_days=plan.due_days,
            closed_at=clock.now() if plan.by_applying else None,
        )
        for plan in planned
    )  # fmt: skip


def locked(application: Application) -> Application:
    """Return the application as it is now, held until the end of the transaction: one act on it at a time.

    The subject is held first, as by the commands that put it forward, so that two acts cannot wait for each other.
    """
    for pk in filter(None, (application.subject_id, application.pk)):
        Record.objects.select_for_update().get(pk=pk)
    return Application.objects.get(pk=application.pk)


def advance(application: Application, *, by: Actor) -> None:
    """Open the next stage when none is open; when none is left, the application is approved."""
    steps = list(application.steps.filter(round=application.round))
    if any(step.state == State.OPEN for step in steps):
        return
    waiting = [step for step in steps if step.state == State.WAITING]
    if not waiting:
        _approve(application, by=by)
        return
    stage = min(step.stage for step in waiting)
    for step in waiting:
        if step.stage == stage:
            _open(application, step)


def _open(application: Application, step: Step) -> None:
    days = policy.value("approvals.emergency") if application.done_on else step.due_days
    step.state, step.opened_at = State.OPEN, clock.now()
    step.due_on = workdays.add(clock.today(), days)
    step.save(update_fields=["state", "opened_at", "due_on"])
    told = deciders(application, step)
    Reader.objects.bulk_create(
        [Reader(record_id=application.pk, person_id=person.pk) for person in told], ignore_conflicts=True
    )
    tell(application, "approvals.waiting", told, step=step)


def deciders(application: Application, step: Step) -> list[Person]:
    """Return who can decide the open step today, deputies included, those barred or heard already left out."""
    holders = list(people.desk_of(step).holders())
    stand_ins = [deputy.deputy for deputy in people.deputies_of(person.pk for person in holders)]
    gone = set(application.barred.values_list("pk", flat=True)) | _hands(application)
    return [person for person in dict.fromkeys([*holders, *stand_ins]) if person.pk not in gone]


def _hands(application: Application) -> set[int]:
    made = application.decisions.filter(round=application.round).values_list("person_id", "acting_for_id")
    return {pk for pair in made for pk in pair if pk is not None}


def decided(application: Application, step: Step, outcome: Decision.Outcome, *, by: Actor) -> None:
    """Follow up a decision that was just stored."""
    if outcome == Decision.Outcome.APPROVE:
        if step.need == "all" and _still_to_hear(application, step):
            return
        _pass(step, State.APPROVED)
        if step.enough:
            beside = application.steps.filter(round=application.round, stage=step.stage, state=State.OPEN)
            beside.update(state=State.CLOSED, closed_at=clock.now())
        advance(application, by=by)
        return
    _pass(step, _REACHED[outcome])
    if outcome == Decision.Outcome.REJECT:
        _close(application, Status.REJECTED)
        tell(application, "approvals.rejected", [application.applicant], step=step)
        return
    _stop(application)
    application.status = Status.RETURNED
    application.save()
    hooks.call("application_returned", application=application)
    tell(application, "approvals.returned", [application.applicant], step=step)


def _still_to_hear(application: Application, step: Step) -> bool:
    """Tell whether somebody at this desk has not decided yet, himself or by a deputy."""
    gone = set(application.barred.values_list("pk", flat=True))
    made = application.decisions.filter(step=step).values_list("person_id", "acting_for_id")
    heard = {pk for pair in made for pk in pair if pk is not None}
    return people.desk_of(step).holders().exclude(pk__in=gone | heard).exists()


def _pass(step: Step, state: Step.State) -> None:
    step.state, step.closed_at = state, clock.now()
    step.save(update_fields=["state", "closed_at"])


def _stop(application: Application) -> None:
    left = application.steps.filter(round=application.round, state__in=(State.OPEN, State.WAITING))
    left.update(state=State.CLOSED, closed_at=clock.now())


def _close(application: Application, status: Application.Status) -> None:
    _stop(application)
    application.status, application.closed_at = status, clock.now()
    application.save()
    hooks.call("application_closed", application=application)


@command("application.closed", _("申請の終了"))
def close(
    application: Application, status: Application.Status, *, reason: str = "", by: Actor
) -> Application:
    """End an application that was withdrawn or has expired."""
    _close(application, status)
    return application


def _approve(application: Application, *, by: Actor) -> None:
    application.status, application.closed_at = Status.APPROVED, clock.now()
    application.save()
    if application.form in EFFECTS:
        EFFECTS[application.form](application, by=by)
    hooks.call("application_approved", application=application)
    tell(application, "approvals.approved", [application.applicant])


def tell(
    application: Application, kind: str, to: Iterable[Person], *, step: Step | None = None, key: str = ""
) -> None:
    """Send a notice about the application, with where it stands."""
    last = application.decisions.select_related("person").last()
    context = {
        "title": application.title(),
        "applicant": application.applicant.name,
        "step": step.title if step else "",
        "due": step.due_on if step and step.due_on else "",
        "person": last.person.name if last else "",
        "comment": last.comment if last else "",
        "role": access.role_title(step.role) if step and step.role else "",
    }
    notices.send(
        kind, to, record=application, context=context, link=f"/applications/{application.pk}/", key=key
    )
