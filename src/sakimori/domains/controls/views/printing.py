"""A statement on paper, in house form, and for tools that read OSCAL."""

from __future__ import annotations

import json
from datetime import date, datetime

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _

from sakimori.domains.controls.models import Statement
from sakimori.domains.controls.models.comparison import words
from sakimori.domains.controls.models.content import Said, said
from sakimori.kernel import papers
from sakimori.kernel.approvals import approvals
from sakimori.kernel.identity.models import Company
from sakimori.kernel.papers import letterhead
from sakimori.lib import clock
from sakimori.lib.grc import component
from sakimori.registers.views.gate import PersonRequest, for_person

from .sheets import download
from .statement import application_of
from .work import open_statement

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@for_person
def paper(request: PersonRequest, pk: int, form: str) -> HttpResponse:
    """Print the statement in house form, as PDF or Word."""
    statement = open_statement(request, pk)
    if form not in ("pdf", "docx"):
        raise Http404
    made = _paper(statement, application_of(statement))
    name = f"{statement.number}-v{statement.version}.{form}"
    if form == "pdf":
        return download(papers.pdf(made), "application/pdf", name)
    return download(papers.word(made), WORD, name)


def _paper(statement: Statement, application: approvals.Application | None) -> papers.Paper:
    approved = statement.status in (Statement.Status.APPROVED, Statement.Status.SUPERSEDED)
    house = letterhead.house_of(
        statement, title=_("適用宣言書（%s）") % statement.standard.short, version=_("第%s版") % statement.version,
        issued_on=statement.approved_on, application=application, approved=approved,
    )  # fmt: skip
    rows = said(statement)
    facts = papers.Facts(
        (
            (_("規格"), statement.standard.name), (_("状態"), statement.get_status_display()),
            (_("採用"), sum(row["applicable"] is True for row in rows)),
            (_("除外"), sum(row["applicable"] is False for row in rows)),
            (_("改訂の要点"), statement.change_summary), (_("内容のハッシュ値"), statement.frozen_hash or _("未提出")),
        )
    )  # fmt: skip
    columns = tuple(
        papers.Column(title, width)
        for title, width in (
            (_("項番"), 1.1), (_("管理策"), 2.6), (_("採否"), 0.8), (_("理由区分"), 1.2), (_("理由・影響判断"), 3.6),
            (_("リスク番号"), 1.6), (_("実施状況"), 2.0), (_("規程条項"), 1.4),
        )
    )  # fmt: skip
    table, areas = _printed(rows)
    body = papers.Table(columns, table, bold_rows=areas)
    return papers.Paper(house=house, blocks=(facts, body), landscape=True, revisions=_revisions(statement))


def _printed(rows: list[Said]) -> tuple[list[list[object]], frozenset[int]]:
    table: list[list[object]] = []
    bold = []
    area = None
    for row in rows:
        if row["area"] != area:
            area = row["area"]
            bold.append(len(table))
            table.append([area, "", "", "", "", "", "", ""])
        reason = f"{row['reason']}\n{row['impact']}" if row["impact"] else row["reason"]
        table.append(
            [
                row["ref"], row["name"], words("applicable", row), words("reasons", row), reason,
                words("risks", row), row["state_words"] if row["applicable"] else "", row["article"],
            ]
        )  # fmt: skip
    return table, frozenset(bold)


def _revisions(statement: Statement) -> tuple[tuple[str, date | None, str], ...]:
    every = statement.standard.statements.filter(version__lte=statement.version).order_by("version")
    return tuple(
        (_("第%s版") % one.version, one.approved_on, one.change_summary or _("初版")) for one in every
    )


@for_person
def oscal(request: PersonRequest, pk: int) -> HttpResponse:
    """Give the statement as an OSCAL component definition."""
    statement = open_statement(request, pk)
    company = Company.here()
    declared = component.Declared(
        title=statement.title(),
        version=str(statement.version),
        organization=company.name if company else _("（会社名未登録）"),
        standard=statement.standard.name,
        source=f"urn:sakimori:standard:{component.token(statement.standard.slug)}",
        modified=_modified(statement),
        implemented=tuple(_implemented(row) for row in said(statement)),
    )
    text = json.dumps(component.document(declared), ensure_ascii=False, indent=1)
    return download(text.encode(), "application/json", f"{statement.number}-v{statement.version}-oscal.json")


def _modified(statement: Statement) -> datetime:
    return statement.recorded_at.astimezone(clock.JAPAN)


def _implemented(row: Said) -> component.Implemented:
    state = {True: "applied", False: "excluded", None: "undecided"}[row["applicable"]]  # type: ignore[index]
    return component.Implemented(
        control_id=str(row["ref"]),
        description=str(row["reason"]),
        facts=(
            ("applicability", state),
            ("implementation-state", str(row["state"])),
            ("article", str(row["article"])),
            ("risks", words("risks", row)),
            ("impact", str(row["impact"])),
        ),
    )
