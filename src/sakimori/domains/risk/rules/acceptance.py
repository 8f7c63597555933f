"""Acceptance: a risk above the level stays only when its owner and the president sign for its exact state."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sakimori.domains.risk.models import Acceptance, Permit, Risk
from sakimori.kernel import hooks
from sakimori.kernel.approvals import approvals
from sakimori.kernel.identity.actors import SYSTEM, Actor
from sakimori.kernel.identity.models import Person
from sakimori.kernel.jobs.queue import every, task
from sakimori.kernel.ledger.book import command
from sakimori.kernel.notices import notices
from sakimori.kernel.policy import policy
from sakimori.lib import canonical, clock
from sakimori.lib.errors import Invalid, NotAllowed


@command("risk.acceptance_requested", gettext_lazy("リスク受容の申請"), right="risk.change", over="risk")
def request_acceptance(*, risk: Risk, reason: str, by: Person) -> Acceptance:
    """Ask the risk owner and the president to keep a risk above the level (V20-022, REG-316).

    Refused for a risk that needs no acceptance, has no owner, or is being decided already.
    """
    if risk.value is None or not risk.above_level:
        raise NotAllowed(_("受容水準を超えるリスクだけに必要な手続です。"), rule="risk.acceptance_not_needed")
    if risk.owner_id is None:
        raise NotAllowed(_("リスク所有者を決めてから申請してください。"), rule="risk.owner_first")
    if risk.acceptances.filter(status=Acceptance.Status.REQUESTED).exists():
        raise NotAllowed(_("このリスクの受容は承認手続中です。"), rule="risk.one_request")
    if not reason.strip():
        raise Invalid({"reason": _("受容する理由を入力してください。")})
    validity = policy.value("risk.acceptance.validity")
    acceptance = Acceptance.objects.create(
        risk=risk,
        owner_id=risk.owner_id,
        department_id=risk.department_id,
        audience=risk.audience,
        reason=reason.strip(),
        accepted_value=risk.residual_value or risk.value,
        state_hash=canonical.digest(risk.approval_state()),
        expires_on=validity.after(clock.today()),
    )
    answers = {"reason": acceptance.reason, "risk_owner": Person.objects.get(pk=risk.owner_id).number}
    acceptance.application = approvals.submit("risk-acceptance", answers, subject=acceptance, by=by)
    acceptance.save()
    return acceptance


@command("risk.accepted", gettext_lazy("リスクの受容"))
def sign(acceptance: Acceptance, *, by: Actor) -> Acceptance:
    """Let the acceptance take effect; refused when the risk changed since the request (V20-003)."""
    risk = acceptance.risk
    if canonical.digest(risk.approval_state()) != acceptance.state_hash:
        raise NotAllowed(
            _("申請の後にリスクの内容が変わりました。差し戻して、改めて申請してください。"),
            rule="risk.acceptance_bound_to_state",
        )
    acceptance.status, acceptance.signed_on = Acceptance.Status.VALID, clock.today()
    acceptance.save()
    _accepted(risk, review_on=acceptance.expires_on, by=by)
    return acceptance


@command("risk.acceptance_refused", gettext_lazy("リスク受容の不承認"))
def refuse(acceptance: Acceptance, *, by: Actor) -> Acceptance:
    """Note that the request was rejected or withdrawn."""
    acceptance.status = Acceptance.Status.REFUSED
    acceptance.save()
    return acceptance


@command("risk.state_accepted", gettext_lazy("受容済みの記録"))
def _accepted(risk: Risk, *, review_on: date, by: Actor) -> Risk:
    risk.state, risk.review_on = Risk.State.ACCEPTED, review_on
    risk.save()
    return risk


@command("risk.acceptance_expired", gettext_lazy("受容の期限切れ"))
def _expire(acceptance: Acceptance, *, by: Actor) -> Acceptance:
    acceptance.status = Acceptance.Status.EXPIRED
    acceptance.save()
    return acceptance


@command("risk.reopened", gettext_lazy("リスクの再評価要求"))
def _reopen(risk: Risk, *, reason: str, by: Actor) -> Risk:
    risk.state = Risk.State.REOPENED
    risk.save()
    return risk


def expire_acceptances(today: date) -> int:
    """End the acceptances whose time is over, reopen their risks and tell their owners; return how many (REG-316)."""
    due = list(Acceptance.objects.filter(status=Acceptance.Status.VALID, expires_on__lt=today))
    for acceptance in due:
        _expire(acceptance, by=SYSTEM)
        risk = _reopen(Risk.objects.get(pk=acceptance.risk_id), reason=_("受容の有効期限が切れた"), by=SYSTEM)
        _tell_expired(risk, acceptance)
    return len(due)


def _tell_expired(risk: Risk, acceptance: Acceptance) -> None:
    """Tell the risk's owner; the office where it has none who still works here."""
    owners = Person.objects.active(clock.today()).filter(pk=risk.owner_id or 0)
    people = list(owners) or list(Person.objects.all().holding("security_office").distinct())
    facts = {"number": risk.number, "risk": risk.label, "expired_on": acceptance.expires_on}
    notices.send(
        "risk.acceptance_expired", people, record=risk, context=facts, key=f"risk.expired/{acceptance.pk}"
    )


@task("risk.expire")
def _expire_daily() -> None:
    expire_acceptances(clock.today())


every("risk.expire", daily="04:00")


@command("risk.reviewed", gettext_lazy("受容リスクの再評価"), right="risk.change")
def renew_review(risk: Risk, *, finding: str, reducible: bool, by: Actor) -> Risk:
    """Re-evaluate an accepted risk: can new technology or practice lower it now (SYS-198)."""
    if not finding.strip():
        raise Invalid({"finding": _("検討した技術や運用方法と、その結果を入力してください。")})
    if reducible:
        risk.state = Risk.State.REOPENED
    risk.review_on = policy.value("risk.acceptance.review").after(clock.today())
    risk.save()
    return risk


AREAS = ("organization", "technology", "business", "threats", "external")


@approvals.on_approved("residual-risk-review")
def _on_review(application: approvals.Application, *, by: Actor) -> None:
    """Open the accepted risks for reassessment when one of the five areas changed (V20-038)."""
    changed = [area for area in AREAS if application.answers.get(area)]
    if not changed:
        return
    titles = {field.id: field.label for field in application.form_piece.fields}
    reason = _("リスク見直し記録 %(number)s: %(areas)s") % {
        "number": application.number,
        "areas": "、".join(titles[area] for area in changed),
    }
    for risk in Risk.objects.identified().filter(state=Risk.State.ACCEPTED):
        _reopen(risk, reason=reason, by=SYSTEM)


def residual_list() -> list[dict[str, object]]:
    """Return what remains of every risk, the greatest first: the list the president signs."""
    rows = Risk.objects.identified().exclude(residual_value=None).order_by("-residual_value", "number")
    fields = ("number", "label", "value", "residual_value", "level", "state")
    return [dict(zip(fields, row, strict=True)) for row in rows.values_list(*fields)]


@command("risk.permit_requested", gettext_lazy("残留リスク承認の申請"), right="soa.change")
def request_permit(*, note: str = "", by: Person) -> Permit:
    """Put the whole residual risk before the president (V20-026); refused while a risk is untreated."""
    open_count = Risk.objects.without_treatment().count()
    if open_count:
        text = _("受容水準を超え、対応も受容も決まっていないリスクが%(count)s件あります。")
        raise NotAllowed(text % {"count": open_count}, rule="risk.all_decided_before_permit")
    rows = residual_list()
    if not rows:
        raise NotAllowed(_("算定済みのリスクがありません。"), rule="risk.nothing_to_permit")
    permit = Permit.objects.create(
        residuals=rows,
        count=len(rows),
        highest=max(int(str(row["residual_value"])) for row in rows),
        state_hash=canonical.digest(rows),
    )
    approvals.submit("residual-risk-approval", {"note": note}, subject=permit, by=by)
    return permit


@command("risk.operation_permitted", gettext_lazy("残留リスクの承認と運用許可"))
def permit_operation(permit: Permit, *, by: Actor) -> Permit:
    """Turn the permission to operate on; refused when the residual risks changed meanwhile (V20-026)."""
    if canonical.digest(residual_list()) != permit.state_hash:
        raise NotAllowed(
            _("申請の後に残留リスクが変わりました。差し戻して、改めて申請してください。"),
            rule="risk.permit_bound_to_state",
        )
    for former in Permit.objects.filter(status=Permit.Status.VALID):
        _supersede(former, by=SYSTEM)
    permit.status, permit.signed_on = Permit.Status.VALID, clock.today()
    permit.save()
    return permit


@command("risk.permit_superseded", gettext_lazy("残留リスク承認の更新"))
def _supersede(permit: Permit, *, by: Actor) -> Permit:
    permit.status = Permit.Status.SUPERSEDED
    permit.save()
    return permit


@command("risk.permit_refused", gettext_lazy("残留リスクの不承認"))
def refuse_permit(permit: Permit, *, by: Actor) -> Permit:
    """Note that the president did not approve."""
    permit.status = Permit.Status.REFUSED
    permit.save()
    return permit


@approvals.on_approved("risk-acceptance")
def _on_acceptance(application: approvals.Application, *, by: Actor) -> None:
    sign(Acceptance.objects.get(pk=application.subject_id or 0), by=by)


@approvals.on_approved("residual-risk-approval")
def _on_permit(application: approvals.Application, *, by: Actor) -> None:
    permit_operation(Permit.objects.get(pk=application.subject_id or 0), by=by)


@hooks.on("application_closed")
def _on_closed(application: approvals.Application) -> None:
    """Give back what was rejected or withdrawn."""
    match application.form:
        case "risk-acceptance":
            refuse(Acceptance.objects.get(pk=application.subject_id or 0), by=SYSTEM)
        case "residual-risk-approval":
            refuse_permit(Permit.objects.get(pk=application.subject_id or 0), by=SYSTEM)
