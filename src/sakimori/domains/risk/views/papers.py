"""What is printed of risks: the assessment, the treatment plan, what remains."""

from __future__ import annotations

from django.utils.translation import gettext as _

from sakimori.domains.risk import register
from sakimori.domains.risk.models import Permit, Risk, Round, Treatment
from sakimori.kernel.approvals.models import Application
from sakimori.kernel.identity.models import Person
from sakimori.kernel.papers.blocks import Block, Column, Facts, Heading, House, Note, Paper, Table
from sakimori.kernel.papers.letterhead import house_of, without_record
from sakimori.lib import clock


def assessment(running: Round, person: Person) -> Paper:
    """Return the report of one assessment with its exclusions and their reasons (REG-299)."""
    risks = (
        Risk.objects.visible_to(person)
        .filter(round=running)
        .select_related("asset", "owner")
        .order_by("number")
    )
    kept = [risk for risk in risks if risk.state != Risk.State.REJECTED]
    passed = [risk for risk in risks if risk.state == Risk.State.REJECTED]
    blocks: tuple[Block, ...] = (
        Facts((
            (_("年度"), f"{running.fiscal_year}年度"), (_("契機"), running.get_occasion_display()),
            (_("開始日"), running.effective_on), (_("完了日"), running.closed_on),
            (_("特定したリスク"), len(kept)), (_("見送ったもの"), len(passed)),
        ), columns=2),
        Heading(_("結論")), Note(running.conclusion or _("実施中")),
        Heading(_("特定したリスク")), _risk_table(kept),
        Heading(_("見送ったものと理由")), _rejected_table(passed),
    )  # fmt: skip
    application = Application.objects.filter(subject=running).order_by("-pk").first()
    house = house_of(
        running,
        title=_("リスクアセスメント報告書"),
        issued_on=running.closed_on,
        application=application,
        approved=running.approved_on is not None,
    )
    return Paper(house=house, blocks=blocks, landscape=True)


def _risk_table(risks: list[Risk]) -> Table:
    columns = (
        Column(_("番号"), 1.1), Column(_("情報資産"), 2), Column(_("脅威"), 1.6), Column(_("脆弱性"), 1.6),
        Column(_("状況・影響"), 3.2), Column(_("所有者"), 1.1), Column(_("起こりやすさ"), 0.8, "center"),
        Column(_("損害"), 0.6, "center"), Column(_("リスク値"), 0.7, "center"), Column(_("残留"), 0.6, "center"),
        Column(_("判定"), 1.1),
    )  # fmt: skip
    rows = [
        (
            risk.number, risk.asset.name, register.threat_title(risk), register.vulnerability_title(risk),
            " ".join(part for part in (risk.situation, risk.impact) if part), risk.owner and risk.owner.label,
            risk.likelihood, risk.loss, risk.value, risk.residual_value, risk.get_state_display(),
        )
        for risk in risks
    ]  # fmt: skip
    return Table(columns, rows, empty=_("特定したリスクはありません。"))


def _rejected_table(risks: list[Risk]) -> Table:
    columns = (Column(_("番号")), Column(_("情報資産"), 2), Column(_("脅威"), 2), Column(_("理由"), 4))
    rows = [(r.number, r.asset.name, register.threat_title(r), r.identification_reason) for r in risks]
    return Table(columns, rows, empty=_("見送ったものはありません。"))


def treatment_plan(person: Person) -> Paper:
    """Return the treatment plan: every plan that is not given up (V20-027)."""
    plans = Treatment.objects.visible_to(person).current().exclude(status=Treatment.Status.CANCELLED)
    plans = plans.select_related("risk", "owner").order_by("priority", "due_on")
    options = dict(Treatment.Option.choices)
    columns = (
        Column(_("番号"), 1.1), Column(_("リスク"), 2.4), Column(_("対応の種類"), 1.6), Column(_("実施内容"), 3.2),
        Column(_("担当"), 1.1), Column(_("優先"), 0.5, "center"), Column(_("期限"), 1.2),
        Column(_("費用（円）"), 1, "right"), Column(_("予測残留"), 0.7, "center"), Column(_("状態"), 0.9),
        Column(_("進捗"), 0.6, "right"),
    )  # fmt: skip
    rows = [
        (
            plan.number, plan.risk.label, [options[Treatment.Option(o)] for o in plan.options], plan.action,
            plan.owner and plan.owner.label, plan.priority, plan.due_on, plan.cost, plan.expected_value,
            plan.get_status_display(), f"{plan.progress}%",
        )
        for plan in plans
    ]  # fmt: skip
    house = without_record(title=_("リスク対応計画"), issued_on=clock.today())
    return Paper(house=house, blocks=(Table(columns, rows, empty=_("計画はありません。")),), landscape=True)


def permit(row: Permit) -> Paper:
    """Return the list of residual risks as it was signed (V20-026)."""
    application = Application.objects.filter(subject=row).order_by("-pk").first()
    signed = row.status in (Permit.Status.VALID, Permit.Status.SUPERSEDED)
    states = dict(Risk.State.choices)
    columns = (
        Column(_("番号"), 1.2), Column(_("リスク"), 4), Column(_("対応前"), 0.8, "center"),
        Column(_("残留"), 0.8, "center"), Column(_("受容水準"), 0.9, "center"), Column(_("状態"), 1.4),
    )  # fmt: skip
    rows = [
        (
            r["number"],
            r["label"],
            r["value"],
            r["residual_value"],
            r["level"],
            states.get(r["state"], r["state"]),
        )
        for r in row.residuals
    ]
    house: House = house_of(
        row,
        title=_("残留リスク承認・運用許可書"),
        issued_on=row.signed_on,
        application=application,
        approved=signed,
    )
    facts = Facts(
        (
            (_("件数"), row.count),
            (_("最大の残留リスク値"), row.highest),
            (_("一覧のハッシュ値"), row.state_hash),
        )
    )
    return Paper(house=house, blocks=(facts, Heading(_("残留リスク")), Table(columns, rows)))
