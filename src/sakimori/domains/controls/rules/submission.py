"""A statement goes to its approvers: frozen when submitted, in force when approved, open again when sent back."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sakimori.domains.controls.models import Statement, content
from sakimori.kernel import hooks
from sakimori.kernel.approvals import approvals
from sakimori.kernel.identity.actors import SYSTEM, Actor
from sakimori.kernel.identity.models import Person
from sakimori.kernel.ledger.book import command
from sakimori.lib import canonical, clock
from sakimori.lib.errors import NotAllowed

from .statement import blocking_needs, exclusion_refusal, must_be_draft, some

FORM = "soa-approval"


@command("statement.submitted", gettext_lazy("適用宣言書の提出"), right="soa.change")
def submit_statement(statement: Statement, *, by: Person) -> Statement:
    """Send the version along its route; refused while a decision or a reason is blank (V20-025)."""
    must_be_draft(statement)
    _require_complete(statement)
    statement.status = Statement.Status.SUBMITTED
    statement.frozen = content.frozen(statement)
    statement.frozen_hash = canonical.digest(statement.frozen)
    statement.save()
    answers = {"summary": statement.change_summary or _("初版")}
    returned = approvals.Application.objects.filter(
        form=FORM, subject_id=statement.pk, status=approvals.Application.Status.RETURNED
    ).first()
    if returned is not None:
        approvals.resubmit(returned, answers, by=by)
    else:
        approvals.submit(FORM, answers, subject=statement, by=by)
    return statement


def _require_complete(statement: Statement) -> None:
    found = content.lines(statement)
    problems = content.missing(found)
    if problems:
        text = _("採否・理由・影響判断に空欄のある管理策が%(count)s件あります（%(refs)s）。")
        facts = {"count": len(problems), "refs": some(control.ref for control, _why in problems)}
        raise NotAllowed(text % facts, rule="controls.no_blank_row")
    excluded = [line for line in found if line.row.applicable is False]
    needed = blocking_needs(line.control.pk for line in excluded)
    for line in excluded:
        refusal = exclusion_refusal(line.control, needed.get(line.control.pk, []))
        if refusal is not None:
            raise refusal
    former = statement.standard.statements.filter(status=Statement.Status.APPROVED).exists()
    if former and not statement.change_summary.strip():
        raise NotAllowed(_("改訂の要点を入力してから提出してください。"), rule="controls.change_summary")


@command("statement.approved", gettext_lazy("適用宣言書の承認"))
def approve_statement(statement: Statement, *, application: approvals.Application, by: Actor) -> Statement:
    """Put the version in force, exactly as it was submitted, and withdraw the former one."""
    if statement.status != Statement.Status.SUBMITTED or not approvals.is_approved(
        application, form=FORM, subject=statement
    ):
        raise NotAllowed(
            _("承認された申請がないため、適用宣言書を有効にできません。"), rule="controls.not_approved"
        )
    if canonical.digest(statement.frozen) != statement.frozen_hash:
        raise NotAllowed(
            _("承認された内容と保存された内容が一致しません。"), rule="controls.statement_altered"
        )
    for former in Statement.objects.filter(standard=statement.standard, status=Statement.Status.APPROVED):
        _supersede(former, by=SYSTEM)
    statement.status, statement.approved_on = Statement.Status.APPROVED, clock.today()
    statement.save()
    return statement


@command("statement.superseded", gettext_lazy("適用宣言書の旧版化"))
def _supersede(statement: Statement, *, by: Actor) -> Statement:
    statement.status = Statement.Status.SUPERSEDED
    statement.save()
    return statement


@command("statement.returned", gettext_lazy("適用宣言書の差戻し"))
def return_statement(statement: Statement, *, application: approvals.Application, by: Actor) -> Statement:
    """Open the version for work again: it was sent back, rejected or withdrawn."""
    waiting = application.status in (
        approvals.Application.Status.PENDING, approvals.Application.Status.APPROVED
    )  # fmt: skip
    if application.form != FORM or application.subject_id != statement.pk or waiting:
        raise NotAllowed(_("承認手続中の適用宣言書は引き戻せません。"), rule="controls.still_deciding")
    if statement.status == Statement.Status.SUBMITTED:
        statement.status, statement.frozen, statement.frozen_hash = Statement.Status.DRAFT, None, ""
        statement.save()
    return statement


@approvals.on_approved(FORM)
def _approved(application: approvals.Application, *, by: Actor) -> None:
    approve_statement(_subject(application), application=application, by=by)


@hooks.on("application_returned")
@hooks.on("application_closed")
def _on_sent_back(application: approvals.Application) -> None:
    if application.form == FORM:
        return_statement(_subject(application), application=application, by=SYSTEM)


def _subject(application: approvals.Application) -> Statement:
    assert application.subject_id is not None  # the form demands a statement
    found: Statement = Statement.objects.get(pk=application.subject_id)
    return found
