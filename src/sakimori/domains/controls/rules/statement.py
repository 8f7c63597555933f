"""The statement of applicability at work: filled from needs, decided row by row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sakimori.domains.controls.models import Control, Need, Reason, Standard, Statement, StatementRow, content
from sakimori.domains.controls.models.proof import oldest_signature
from sakimori.kernel.approvals import approvals
from sakimori.kernel.approvals.drafting import state_digest
from sakimori.kernel.identity.actors import Actor
from sakimori.kernel.ledger.book import command
from sakimori.lib import clock
from sakimori.lib.errors import Conflict, Invalid, NotAllowed, Refused

from .catalogue import name_article, put_in_use

OPEN = (Statement.Status.DRAFT, Statement.Status.SUBMITTED)


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What somebody says of one control: applied or not, for which classes of reasons, and why."""

    control: Control
    applicable: bool
    reason: str
    reasons: tuple[str, ...] = ()
    impact: str = ""

    def __str__(self) -> str:
        said = "applied" if self.applicable else "excluded"
        return " | ".join([self.control.ref, said, ",".join(self.reasons), self.reason, self.impact])


@command("statement.started", gettext_lazy("適用宣言書の起案"), right="soa.change")
def start_statement(*, standard: Standard, by: Actor) -> Statement:
    """Start the next version from the one in force; one open version per standard."""
    if standard.retired_at is not None:
        raise NotAllowed(
            _("取り消された規格の適用宣言書は作成できません。"), rule="controls.standard_retired"
        )
    if Statement.objects.filter(standard=standard, status__in=OPEN).exists():
        raise NotAllowed(_("この規格には作成中の版があります。"), rule="controls.one_open_statement")
    speaks_of = content.controls_of(standard)
    if not any(control.excludable for control in speaks_of):
        raise NotAllowed(_("この規格には管理策がありません。"), rule="controls.no_controls")
    last = Statement.objects.filter(standard=standard).aggregate(last=Max("version"))["last"] or 0
    former = Statement.objects.filter(standard=standard, status=Statement.Status.APPROVED).first()
    statement = Statement.objects.create(standard=standard, version=last + 1)
    rows = {row.control_id: row for row in former.rows.all()} if former else {}
    StatementRow.objects.bulk_create(
        _carried(statement, control, rows.get(control.pk)) for control in speaks_of
    )
    if not standard.in_use:
        put_in_use(standard, in_use=True, by=by)
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
    must_be_draft(statement)
    needs = defaultdict(list)
    open_needs = Need.objects.standing().filter(control__statement_rows__statement=statement)
    for item in open_needs.select_related("cause").order_by("cause__number"):
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
        name = item.cause.number if item.reason == Reason.RISK else item.cause.label
        groups[item.reason].append(name)
    return "、".join(
        _("%(reason)sへの対応（%(numbers)s）") % {"reason": labels[Reason(reason)], "numbers": some(names)}
        for reason, names in groups.items()
    )


def some(names: Iterable[str]) -> str:
    """Return up to three names, and how many more there are."""
    every = sorted(names)
    shown = "・".join(every[:3])
    rest = len(every) - 3
    return shown if rest <= 0 else _("%(shown)s ほか%(rest)s件") % {"shown": shown, "rest": rest}


@command("statement.row_decided", gettext_lazy("採否の決定"), right="soa.change")
def decide_row(
    statement: Statement,
    *,
    control: Control,
    applicable: bool,
    reason: str,
    reasons: Sequence[str] = (),
    impact: str = "",
    seen: str = "",
    by: Actor,
) -> Statement:
    """Say whether a control applies, and why (V20-025); ``seen``: the digest of the row the form was drawn from.

    A clause can never be excluded (V20-001); a control that a risk above the level needs only with a signed
    acceptance (V20-003); any exclusion states its impact on the ability to protect (V20-002).
    """
    _require_unchanged(statement, control, seen)
    verdict = Verdict(
        control=control, applicable=applicable, reason=reason, reasons=tuple(reasons), impact=impact
    )
    for refusal in _decide(statement, [verdict]).values():
        raise refusal
    return statement


def _require_unchanged(statement: Statement, control: Control, seen: str) -> None:
    row = statement.rows.filter(control=control).first()
    if seen and row is not None and row.digest != seen:
        text = _(
            "%(ref)s は他の人が先に決めました（今は「%(now)s」、理由「%(reason)s」）。確かめてから決め直してください。"
        )
        now = content.decision_words(row.applicable)
        raise Conflict(text % {"ref": control.ref, "now": now, "reason": row.reason})


@command("statement.rows_decided", gettext_lazy("採否の一括決定"), right="soa.change")
def decide_rows(statement: Statement, *, verdicts: Sequence[Verdict], by: Actor) -> Statement:
    """Decide many controls at once, all or none."""
    refusals = _decide(statement, verdicts)
    if refusals:
        raise Invalid({ref: _named(ref, refusal) for ref, refusal in refusals.items()})
    return statement


@command("statement.taken_over", gettext_lazy("適用宣言書のExcel取込"), right="soa.change")
def take_over_sheet(
    statement: Statement,
    *,
    verdicts: Sequence[Verdict],
    articles: Mapping[str, str],
    by: Actor,
) -> Statement:
    """Take over what was filled in a workbook, all or nothing; ``articles`` by the number of the control."""
    decide_rows(statement, verdicts=verdicts, by=by)
    for control in Control.objects.filter(number__in=articles):
        if control.article != articles[control.number].strip():
            name_article(control, article=articles[control.number], by=by)
    return statement


def _named(ref: str, refusal: Refused) -> str:
    return str(refusal) if ref in str(refusal) else f"{ref}: {refusal}"


def _decide(statement: Statement, verdicts: Sequence[Verdict]) -> dict[str, Refused]:
    """Write the verdicts and return nothing, or write nothing and return what is wrong by number."""
    must_be_draft(statement)
    wanted = {verdict.control.pk: verdict for verdict in verdicts}
    rows = {
        row.control_id: row for row in statement.rows.filter(control__in=wanted).select_related("control")
    }
    needed = blocking_needs(wanted)
    refusals: dict[str, Refused] = {}
    for pk, verdict in wanted.items():
        refusal = _refusal(verdict, rows.get(pk), needed.get(pk, []))
        if refusal is not None:
            refusals[verdict.control.ref] = refusal
            continue
        row = rows[pk]
        row.applicable, row.reason = verdict.applicable, verdict.reason.strip()
        row.reasons = [code for code in Reason.values if verdict.applicable and code in verdict.reasons]
        row.impact = "" if verdict.applicable else verdict.impact.strip()
        row.exclusion = None if verdict.applicable else signed_exclusion(row.control)
    if not refusals:
        columns = ["applicable", "reasons", "reason", "impact", "exclusion"]
        StatementRow.objects.bulk_update(rows.values(), columns)
    return refusals


def _refusal(verdict: Verdict, row: StatementRow | None, blocking: Sequence[Need]) -> Refused | None:
    ref, excluded = verdict.control.ref, not verdict.applicable
    if row is None:
        text = _("%(ref)s はこの適用宣言書にありません。")
        return NotAllowed(text % {"ref": ref}, rule="controls.not_in_statement")
    if excluded and not row.control.excludable:
        text = _("%(ref)s は要求事項のため、適用除外にできません。")
        return NotAllowed(text % {"ref": ref}, rule="controls.clause_never_excluded")
    problems = {}
    if not verdict.reason.strip():
        problems["reason"] = _("理由を入力してください。")
    if verdict.applicable and not set(verdict.reasons) & set(Reason.values):
        problems["reasons"] = _("適用の理由区分を一つ以上選んでください。")
    if excluded and not verdict.impact.strip():
        problems["impact"] = _(
            "除外しても情報セキュリティの能力と責任に影響しないと判断した根拠を入力してください。"
        )
    if problems:
        return Invalid(problems)
    return exclusion_refusal(row.control, blocking) if excluded else None


def blocking_needs(controls: Iterable[int]) -> dict[int, list[Need]]:
    """Return the needs that forbid a silent exclusion, by control."""
    found: dict[int, list[Need]] = defaultdict(list)
    for item in (
        Need.objects.standing().filter(control_id__in=list(controls), blocking=True).select_related("cause")
    ):
        found[item.control_id].append(item)
    return found


def exclusion_refusal(control: Control, blocking: Sequence[Need]) -> NotAllowed | None:
    """Return why a control that risks above the level need may not be excluded yet (V20-003)."""
    if not blocking or signed_exclusion(control) is not None:
        return None
    text = _(
        "%(ref)s は受容水準を超えるリスク（%(risks)s）に必要な管理策です。"
        "除外するには、適用除外の申請に責任者と社長の署名を得てください。"
    )
    numbers = some(item.cause.number for item in blocking)
    return NotAllowed(text % {"ref": control.ref, "risks": numbers}, rule="controls.needed_by_risk")


def signed_exclusion(control: Control) -> approvals.Application | None:
    """Return the exclusion signed for exactly the risks that need the control today, while its time lasts."""
    state = state_digest(control)
    signed = approvals.Application.objects.filter(
        form="soa-exclusion", subject_id=control.pk, status=approvals.Application.Status.APPROVED
    )
    signed = signed.filter(subject_digest=state, closed_at__date__gte=oldest_signature(clock.today()))
    found: approvals.Application | None = signed.order_by("-closed_at").first()
    return found


@command("statement.summarised", gettext_lazy("改訂の要点"), right="soa.change")
def summarise(statement: Statement, *, change_summary: str, by: Actor) -> Statement:
    """State in words what this version changes."""
    must_be_draft(statement)
    statement.change_summary = change_summary.strip()
    statement.save()
    return statement


def must_be_draft(statement: Statement) -> None:
    """Raise NotAllowed for a version that was submitted: it is what the approvers read."""
    if not statement.is_draft:
        text = _("%(status)sの適用宣言書は変更できません。新しい版を起案してください。")
        raise NotAllowed(text % {"status": statement.get_status_display()}, rule="controls.statement_frozen")
