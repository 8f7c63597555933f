"""What an application is before it is filed: who may file it, what it says, to which state of its subject it is bound."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from sakimori.kernel.content.forms import FORMS, Form
from sakimori.kernel.dossier import kinds
from sakimori.kernel.identity import access
from sakimori.kernel.identity.models import Person
from sakimori.kernel.policy import policy, workdays
from sakimori.kernel.records.models import Record
from sakimori.lib import canonical, clock
from sakimori.lib.errors import Invalid, NotAllowed

from . import answers as reading
from .models import Application
from .registry import CHECKS, Case

Status = Application.Status


@dataclass(frozen=True)
class Emergency:
    """Something that was done before it could be approved: when, and why it could not wait."""

    done_on: date
    reason: str


def own_form(form: Form, subject: Record | None, by: Person) -> Record | None:
    """Return the subject, locked and whole; raise NotAllowed where the person may not apply, or not for it."""
    if not by.roles() & set(form.applicants):
        names = "・".join(access.role_title(role) for role in form.applicants)
        raise NotAllowed(_("この申請ができるのは%sです。") % names, rule="approvals.applicants")
    if form.subject is None:
        if subject is not None:
            raise NotAllowed(_("この申請に対象は指定できません。"), rule="approvals.subject")
        return None
    if subject is None:
        if form.subject.required:
            raise NotAllowed(_("対象を選んでから申請してください。"), rule="approvals.subject")
        return None
    return _free_subject(form, subject)


def _free_subject(form: Form, subject: Record) -> Record:
    """Lock the subject and return it whole; refuse one of another kind, and a second open application."""
    locked = Record.objects.select_for_update().get(pk=subject.pk)
    if form.subject is not None and form.subject.kind not in ("", locked.kind):
        raise NotAllowed(_("この対象には「%s」を申請できません。") % form.title, rule="approvals.subject")
    waiting = (Status.PENDING, Status.RETURNED)
    other = Application.objects.filter(form=form.id, subject_id=locked.pk, status__in=waiting).first()
    if other is not None and not (form.subject and form.subject.several):
        text = _("%(label)s については、申請 %(number)s が手続き中です。")
        raise NotAllowed(
            text % {"label": locked.label, "number": other.number}, rule="approvals.one_at_a_time"
        )
    return kinds.full(locked)


def case(form: Form, raw: Mapping[str, Any], subject: Record | None, by: Person) -> Case:
    """Return the facts of the application; raise Invalid with a sentence per wrong answer."""
    full = kinds.full(subject) if subject is not None else None
    found = Case(form, reading.clean(form, raw, by=by), full, by)
    if form.check and (problems := CHECKS[form.check](found)):
        raise Invalid(problems)
    return found


def draft(case: Case, emergency: Emergency | None) -> Application:
    """Return the application, not stored yet."""
    days = case.form.expires_after_days or policy.value("approvals.expiry")
    found = Application(
        form=case.form.id, form_version=FORMS.version(case.form.id), applicant=case.applicant,
        subject_id=case.subject.pk if case.subject else None, answers=dict(case.answers),
        audience=case.form.audience, owner_id=case.applicant.pk, department_id=case.applicant.department_id,
        effective_on=_done_on(case), expires_on=clock.today() + timedelta(days=days),
        submitted_at=clock.now(), subject_digest=state_digest(case.subject),
    )  # fmt: skip
    if emergency is not None:
        _fill_emergency(found, case.form, emergency)
    return found


def _done_on(case: Case) -> date:
    """Return the day that a record tells of: its answer ``done_on``, today where it has none."""
    day = case.answers.get("done_on") if case.form.kind == "record" else None
    return date.fromisoformat(str(day)) if day else clock.today()


def _fill_emergency(draft: Application, form: Form, emergency: Emergency) -> None:
    if not form.retroactive:
        raise NotAllowed(_("「%s」は事後に申請できません。") % form.title, rule="approvals.not_retroactive")
    if not emergency.reason.strip():
        raise Invalid({"emergency": _("事前に申請できなかった理由を入力してください。")})
    if emergency.done_on > clock.today():
        raise Invalid({"done_on": _("実施した日に未来の日は指定できません。")})
    limit = workdays.add(emergency.done_on, policy.value("approvals.emergency"))
    draft.done_on, draft.emergency = emergency.done_on, emergency.reason.strip()
    draft.effective_on, draft.is_late = emergency.done_on, clock.today() > limit


def state_digest(subject: Record | None) -> str:
    """Return the digest of the state to which an approval is bound, as the database holds it.

    Links from the subject to applications are left out: they are about the approval, not approved by it.
    """
    if subject is None:
        return ""
    full = kinds.full(Record.objects.get(pk=subject.pk))
    links = {f.attname for f in full._meta.concrete_fields if f.related_model is Application}
    return canonical.digest({k: v for k, v in full.approval_state().items() if k not in links})
