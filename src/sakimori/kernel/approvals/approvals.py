"""Apply, decide, withdraw, resubmit: the public names of applications and routes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sakimori.kernel import hooks
from sakimori.kernel.content.forms import FORMS
from sakimori.kernel.dossier import evidence
from sakimori.kernel.identity.models import Person
from sakimori.kernel.ledger import book
from sakimori.kernel.ledger.book import command
from sakimori.kernel.records import numbering
from sakimori.kernel.records.models import Record
from sakimori.lib import clock
from sakimori.lib.errors import Conflict, Invalid, NotAllowed, Refused, SeparationOfDuties

from . import answers as reading
from . import drafting, routes, separation, travel
from .drafting import Emergency
from .items import items
from .models import Application, Decision, Step
from .queue import Signature, admit, readable, signatures, waiting_for
from .registry import Case, Effect, check, choices, condition, on_approved, role_of

__all__ = [
    "Application", "Case", "Effect", "Emergency", "Signature", "admit", "check", "choices", "condition", "decide", "decide_many",
    "is_approved", "items", "on_approved", "put_forward", "readable", "resubmit", "role_of", "route_preview", "signatures",
    "submit", "waiting_for", "withdraw",
]  # fmt: skip

Status = Application.Status
REFUSED = book.declare("application.refused", gettext_lazy("認められない決裁の試み"))


def submit(
    form_id: str,
    answers: Mapping[str, Any],
    *,
    subject: Record | None = None,
    by: Person,
    emergency: Emergency | None = None,
) -> Application:
    """File an application and open its first step.

    Raises Invalid with a sentence per wrong answer, NotAllowed when the person may not apply, the subject is being
    decided already, or nobody could decide a step.
    """
    form = FORMS[form_id]
    with transaction.atomic():
        subject = drafting.own_form(form, subject, by)
        case = drafting.case(form, answers, subject, by)
        planned = routes.plan(case)
        draft = drafting.draft(case, emergency)
        return _submit(draft, planned, case, list(reading.uploads(answers)), by=by)


def route_preview(
    form_id: str, answers: Mapping[str, Any], subject: Record | None, by: Person
) -> list[routes.Planned]:
    """Return the steps that an application would take; raise what ``submit`` would."""
    form = FORMS[form_id]
    return routes.plan(drafting.case(form, answers, drafting.own_form(form, subject, by), by))


def decide(
    application: Application, *, step_id: int | None = None, decision: str, comment: str = "", by: Person
) -> Application:
    """Approve, reject or return one open step; the first that is the person's when none is named.

    Raises SeparationOfDuties when he may not decide it: the attempt is written into the ledger (PRC-016).
    Raises NotAllowed when it is decided already, Conflict when the subject changed since the submission.
    """
    try:
        with transaction.atomic():
            locked = travel.locked(application)
            step, acting_for = _step_for(locked, step_id, by)
            outcome = _outcome(locked, decision, comment)
            _decide(locked, step, acting_for=acting_for, outcome=outcome, reason=comment.strip(), by=by)
            return locked
    except SeparationOfDuties as refusal:
        book.note(REFUSED, application, by=by, reason=str(refusal), rule=refusal.rule, step=step_id)
        raise


def decide_many(
    applications: Iterable[Application], *, decision: str, comment: str = "", by: Person
) -> list[tuple[Application, Refused | None]]:
    """Decide several applications, each for itself; return what was refused beside each."""
    outcome: list[tuple[Application, Refused | None]] = []
    for application in applications:
        try:
            outcome.append((decide(application, decision=decision, comment=comment, by=by), None))
        except Refused as refused:
            outcome.append((application, refused))
    return outcome


def withdraw(application: Application, *, reason: str = "", by: Person) -> Application:
    """Take an application back; only its applicant, and only before the last decision."""
    with transaction.atomic():
        locked = travel.locked(application)
        _require_applicant(locked, by)
        if not locked.is_open:
            raise _closed(locked)
        return travel.close(locked, Status.WITHDRAWN, reason=reason, by=by)


def resubmit(application: Application, answers: Mapping[str, Any], *, by: Person) -> Application:
    """Send a returned application along its route again, with new answers; its history stays."""
    with transaction.atomic():
        locked = travel.locked(application)
        _require_applicant(locked, by)
        if locked.status != Status.RETURNED:
            raise NotAllowed(_("差し戻された申請だけを再提出できます。"), rule="approvals.not_returned")
        subject = Record.objects.filter(pk=locked.subject_id or 0).first()
        case = drafting.case(locked.form_piece, answers, subject, by)
        return _resubmit(locked, routes.plan(case), case, list(reading.uploads(answers)), by=by)


def put_forward(form_id: str, answers: Mapping[str, Any], *, subject: Record, by: Person) -> Application:
    """Resubmit the application about ``subject`` that was sent back to ``by``; file a new one where there is none."""
    sent_back = Application.objects.filter(
        form=form_id, subject=subject, applicant=by, status=Status.RETURNED
    ).first()
    if sent_back is not None:
        return resubmit(sent_back, answers, by=by)
    return submit(form_id, answers, subject=subject, by=by)


def is_approved(record: Record, *, form: str, subject: Record | None = None) -> bool:
    """Tell whether the record is an approved application of this form, about this subject."""
    found = Application.objects.filter(pk=record.pk, form=form, status=Status.APPROVED)
    return found.exists() if subject is None else found.filter(subject_id=subject.pk).exists()


@command("application.submitted", gettext_lazy("申請"))
def _submit(
    draft: Application,
    planned: list[routes.Planned],
    case: Case,
    files: list[reading.NamedUpload],
    *,
    by: Person,
) -> Application:
    draft.number = numbering.take(case.form.prefix, 1)[0]
    draft.save()
    _start(draft, planned, case, files, by)
    return draft


@command("application.resubmitted", gettext_lazy("再提出"))
def _resubmit(
    application: Application,
    planned: list[routes.Planned],
    case: Case,
    files: list[reading.NamedUpload],
    *,
    by: Person,
) -> Application:
    application.answers, application.form_version = dict(case.answers), FORMS.version(case.form.id)
    application.round += 1
    application.status, application.submitted_at = Status.PENDING, clock.now()
    application.subject_digest = drafting.state_digest(case.subject)
    application.save()
    _start(application, planned, case, files, by)
    return application


def _start(
    application: Application,
    planned: list[routes.Planned],
    case: Case,
    files: list[reading.NamedUpload],
    by: Person,
) -> None:
    application.barred.set(routes.barred_people(case))
    for file in files:
        evidence.attach(application, file.content, file_name=file.name, by=by)
    travel.lay(application, planned)
    travel.advance(application, by=by)
    hooks.call("application_submitted", application=application)


@command("application.decided", gettext_lazy("決裁"))
def _decide(
    application: Application,
    step: Step,
    *,
    acting_for: Person | None,
    outcome: Decision.Outcome,
    reason: str,
    by: Person,
) -> Application:
    if outcome == Decision.Outcome.APPROVE:
        _require_unchanged(application)
    Decision.objects.create(
        application=application, step=step, round=application.round, person=by, acting_for=acting_for,
        outcome=outcome, comment=reason, at=clock.now(),
    )  # fmt: skip
    travel.decided(application, step, outcome, by=by)
    return application


def _step_for(application: Application, step_id: int | None, by: Person) -> tuple[Step, Person | None]:
    if application.status != Status.PENDING:
        raise _closed(application)
    steps = list(application.steps.filter(round=application.round, state=Step.State.OPEN))
    if step_id is not None:
        steps = [step for step in steps if step.pk == step_id]
        if not steps:
            raise NotAllowed(
                _("この段階は決裁済みか、まだ順番が来ていません。"), rule="approvals.step_closed"
            )
    refusals: list[SeparationOfDuties] = []
    for step in steps:
        try:
            return step, separation.capacity(by, application, step)
        except SeparationOfDuties as refusal:
            refusals.append(refusal)
    # "Not yours" is the least telling of several reasons.
    raise min(refusals, key=lambda refusal: refusal.rule == "separation.not_assigned")


def _outcome(application: Application, decision: str, comment: str) -> Decision.Outcome:
    if decision not in Decision.Outcome.values:
        raise NotAllowed(_("承認・却下・差戻しのいずれかを選んでください。"), rule="approvals.outcome")
    outcome = Decision.Outcome(decision)
    if outcome != Decision.Outcome.APPROVE and not comment.strip():
        raise Invalid({"comment": _("%sの理由を入力してください。") % outcome.label})
    return outcome


def _require_unchanged(application: Application) -> None:
    if not application.subject_id:
        return
    subject = Record.objects.select_for_update().get(pk=application.subject_id)
    if drafting.state_digest(subject) != application.subject_digest:
        text = _(
            "申請後に「%(label)s」の内容が変わったため、承認できません。差し戻して、再提出を求めてください。"
        )
        raise Conflict(text % {"label": subject.label})


def _require_applicant(application: Application, by: Person) -> None:
    if application.applicant_id != by.pk:
        raise NotAllowed(_("申請者本人だけができる操作です。"), rule="approvals.applicant")


def _closed(application: Application) -> NotAllowed:
    text = _("この申請は「%(status)s」のため、操作できません。")
    return NotAllowed(text % {"status": application.get_status_display()}, rule="approvals.closed")
