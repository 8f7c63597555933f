"""The statement of applicability: filled from needs, decided row by row, frozen when approved."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sakimori.domains.controls.models import Control, Need, Reason, Standard, Statement, StatementRow
from sakimori.kernel import hooks
from sakimori.kernel.approvals import approvals
from sakimori.kernel.identity.actors import SYSTEM, Actor
from sakimori.kernel.identity.models import Person
from sakimori.kernel.ledger.book import command
from sakimori.kernel.records.models import Record
from sakimori.lib import canonical, clock
from sakimori.lib.errors import Invalid, NotAllowed

from . import content

OPEN = (Statement.Status.DRAFT, Statement.Status.SUBMITTED)


@command("statement.started", gettext_lazy("適用宣言書の起案"), right="soa.change")
def start_statement(*, standard: Standard, by: Actor) -> Statement:
    """Start the next version from the one in force; one open version per standard."""
    if Statement.objects.filter(standard=standard, status__in=OPEN).exists():
        raise NotAllowed(_("この規格には作成中の版があります。"), rule="controls.one_open_statement")
    last = Statement.objects.filter(standard=standard).aggregate(last=Max("version"))["last"] or 0
    former = Statement.objects.filter(standard=standard, status=Statement.Status.APPROVED).first()
    statement = Statement.objects.create(standard=standard, version=last + 1)
    rows = {row.control_id: row for row in former.rows.all()} if former else {}
    StatementRow.objects.bulk_create(
        _carried(statement, control, rows.get(control.pk)) for control in content.controls_of(standard)
    )
    return statement


def _carried(statement: Statement, control: Control, former: StatementRow | None) -> StatementRow:
    row = StatementRow(statement=statement, control=control)
    if not control.excludable:
        row.applicable, row.reasons = True, [Reason.PRACTICE]
        row.reason = _("要求事項は適用除外にできない。")
    elif former is not None:
        row.applicable, row.reasons, row.reason = former.applicable, former.reasons, former.reason
        row.impact, row.exclusion = former.impact, former.exclusion
    return row


@command("statement.filled", gettext_lazy("適用宣言書の自動記入"), right="soa.change")
def fill_statement(statement: Statement, *, by: Actor) -> Statement:
    """Propose what follows from risks, laws and contracts for every undecided control (V20-023).

    A control that nobody needs stays blank: the reason is then a person's to give.
    """
    _must_be_draft(statement)
    needs = defaultdict(list)
    open_needs = Need.objects.standing().filter(control__statement_rows__statement=statement)
    for item in open_needs.select_related("cause"):
        needs[item.control_id].append(item)
    changed = []
    for row in statement.rows.filter(applicable=None):
        causes = needs.get(row.control_id, [])
        if causes:
            row.applicable = True
            row.reasons = sorted({item.reason for item in causes})
            row.reason = _reason_text(causes)
            changed.append(row)
    StatementRow.objects.bulk_update(changed, ["applicable", "reasons", "reason"])
    return statement


def _reason_text(causes: Sequence[Need]) -> str:
    labels = dict(Reason.choices)
    groups: dict[str, list[str]] = defaultdict(list)
    for item in causes:
        groups[item.reason].append(item.cause.number)
    return "、".join(
        _("%(reason)sへの対応（%(numbers)s）") % {"reason": labels[Reason(reason)], "numbers": _some(numbers)}
        for reason, numbers in groups.items()
    )


def _some(numbers: list[str]) -> str:
    shown = "・".join(sorted(numbers)[:3])
    rest = len(numbers) - 3
    return shown if rest <= 0 else _("%(shown)s ほか%(rest)s件") % {"shown": shown, "rest": rest}


@command("statement.row_decided", gettext_lazy("採否の決定"), right="soa.change")
def decide_row(
    statement: Statement,
    *,
    control: Control,
    applicable: bool,
    reasons: Sequence[str] = (),
    reason: str,
    impact: str = "",
    exclusion: Record | None = None,
    by: Actor,
) -> Statement:
    """Say whether a control applies, and why (V20-025).

    A clause can never be excluded (V20-001); a control that a risk above the level needs only with a signed
    acceptance (V20-003); any exclusion states its impact on the ability to protect (V20-002).
    """
    _must_be_draft(statement)
    row = statement.rows.select_related("control").get(control=control)
    problems = {}
    if not reason.strip():
        problems["reason"] = _("理由を入力してください。")
    if applicable and not set(reasons) & set(Reason.values):
        problems["reasons"] = _("適用の理由区分を一つ以上選んでください。")
    if not applicable and not impact.strip():
        problems["impact"] = _(
            "除外しても情報セキュリティの能力と責任に影響しないと判断した根拠を入力してください。"
        )
    if not applicable and control.excludable:
        _check_exclusion(control, exclusion)
    if problems:
        raise Invalid(problems)
    if not applicable and not control.excludable:
        text = _("%(ref)s は要求事項のため、適用除外にできません。")
        raise NotAllowed(text % {"ref": control.ref}, rule="controls.clause_never_excluded")
    row.applicable, row.reasons, row.reason = applicable, list(reasons) if applicable else [], reason.strip()
    row.impact, row.exclusion = ("", None) if applicable else (impact.strip(), exclusion)
    row.save()
    return statement


def _check_exclusion(control: Control, exclusion: Record | None) -> None:
    blocking = list(Need.objects.standing().filter(control=control, blocking=True).select_related("cause"))
    if not blocking:
        return
    if exclusion is not None and approvals.is_approved(exclusion, form="soa-exclusion", subject=control):
        return
    text = _(
        "%(ref)s は受容水準を超えるリスク（%(risks)s）に必要な管理策です。"
        "除外するには、適用除外の申請に責任者の署名を得てください。"
    )
    numbers = _some([item.cause.number for item in blocking])
    raise NotAllowed(text % {"ref": control.ref, "risks": numbers}, rule="controls.needed_by_risk")


@command("statement.summarised", gettext_lazy("改訂の要点"), right="soa.change")
def summarise(statement: Statement, *, change_summary: str, by: Actor) -> Statement:
    """State in words what this version changes."""
    _must_be_draft(statement)
    statement.change_summary = change_summary.strip()
    statement.save()
    return statement


@command("statement.submitted", gettext_lazy("適用宣言書の提出"), right="soa.change")
def submit_statement(statement: Statement, *, by: Person) -> Statement:
    """Send the version along its route; refused while a decision or a reason is blank (V20-025)."""
    _must_be_draft(statement)
    blank = statement.rows.filter(applicable=None).count() + statement.rows.filter(reason="").count()
    if blank:
        text = _("採否または理由が空欄の管理策が%(count)s件あります。")
        raise NotAllowed(text % {"count": blank}, rule="controls.no_blank_row")
    for row in statement.rows.filter(applicable=False).select_related("control", "exclusion"):
        _check_exclusion(row.control, row.exclusion)
    statement.status = Statement.Status.SUBMITTED
    statement.frozen = content.frozen(statement)
    statement.frozen_hash = canonical.digest(statement.frozen)
    statement.save()
    approvals.submit("soa-approval", {"summary": statement.change_summary}, subject=statement, by=by)
    return statement


@command("statement.approved", gettext_lazy("適用宣言書の承認"))
def approve_statement(statement: Statement, *, by: Actor) -> Statement:
    """Put the version in force, exactly as it was submitted, and withdraw the former one."""
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
def return_statement(statement: Statement, *, by: Actor) -> Statement:
    """Open the version for work again: it was rejected or withdrawn."""
    statement.status, statement.frozen, statement.frozen_hash = Statement.Status.DRAFT, None, ""
    statement.save()
    return statement


def _must_be_draft(statement: Statement) -> None:
    if statement.status != Statement.Status.DRAFT:
        text = _("%(status)sの適用宣言書は変更できません。新しい版を起案してください。")
        raise NotAllowed(text % {"status": statement.get_status_display()}, rule="controls.statement_frozen")


@approvals.on_approved("soa-approval")
def _approved(application: approvals.Application, *, by: Actor) -> None:
    approve_statement(Statement.objects.get(pk=application.subject_id), by=by)


@hooks.on("application_closed")
def _on_closed(application: approvals.Application) -> None:
    if application.form == "soa-approval":
        return_statement(Statement.objects.get(pk=application.subject_id), by=SYSTEM)
