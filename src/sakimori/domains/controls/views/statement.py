"""A statement as its readers see it: the work page of a draft, the frozen text, differences and contrasts."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from sakimori.domains.controls.models import Statement, comparison
from sakimori.domains.controls.models.comparison import words
from sakimori.domains.controls.models.content import said
from sakimori.kernel.approvals import approvals
from sakimori.kernel.identity import access
from sakimori.registers import panels
from sakimori.registers.views.gate import PersonRequest, for_person
from sakimori.registers.views.rows import page_of

from ..register import Statements
from .work import open_statement, work_context


@for_person
def page(request: PersonRequest, pk: int) -> HttpResponse:
    """Show a draft to be worked on, or what was submitted; beside it the tabs that every record has."""
    statement = open_statement(request, pk)
    tabs = panels.tabs_of(Statements)
    if request.GET.get("tab", panels.OVERVIEW) in set(tabs) - {panels.OVERVIEW}:
        return render(request, "registers/detail.html", page_of(request, Statements, statement))
    context: dict[str, Any] = {
        "statement": statement,
        "register": Statements,
        "row": statement,
        "tab": panels.OVERVIEW,
        "tabs": [(name, panels.TABS[name]) for name in tabs],
        "may_change": statement.is_draft and access.may(request.person, "soa.change", statement),
        "application": application_of(statement),
        "others": _versions(request, statement),
        "contrasts": _contrasts(request, statement),
        "crumbs": [
            (_("適用宣言書"), reverse("registers:list", args=["statements"])), (statement.label, ""),
        ],
    }  # fmt: skip
    if statement.is_draft:
        context |= work_context(request, statement)
        part = request.htmx and request.htmx.target == "rows"
        return render(request, "controls/_rows.html" if part else "controls/work.html", context)
    rows = said(statement)
    context |= {"areas": _by_area(rows), "counted": _counted(rows)}
    return render(request, "controls/statement.html", context)


def application_of(statement: Statement) -> approvals.Application | None:
    """Return the newest application for this version."""
    found: approvals.Application | None = (
        approvals.Application.objects.filter(form="soa-approval", subject_id=statement.pk)
        .order_by("-pk")
        .first()
    )
    return found


def _versions(request: PersonRequest, statement: Statement) -> Any:
    every = Statement.objects.visible_to(request.person).filter(standard=statement.standard)
    return every.exclude(pk=statement.pk).order_by("-version")


def _contrasts(request: PersonRequest, statement: Statement) -> list[Statement]:
    """Return the newest version for each other standard, those in force first."""
    every = Statement.objects.visible_to(request.person).exclude(standard=statement.standard)
    found: dict[int, Statement] = {}
    for one in (
        every.exclude(status=Statement.Status.SUPERSEDED).select_related("standard").order_by("version")
    ):
        known = found.get(one.standard_id)
        if known is None or known.status != Statement.Status.APPROVED:
            found[one.standard_id] = one
    return list(found.values())


def _by_area(rows: list[dict[str, object]]) -> list[tuple[str, list[dict[str, object]]]]:
    found: dict[str, list[dict[str, object]]] = {}
    for row in rows:
        shown = dict(row) | {"reason_words": words("reasons", row), "decision": words("applicable", row)}
        found.setdefault(str(row["area"]), []).append(shown)
    return list(found.items())


def _counted(rows: list[dict[str, object]]) -> dict[str, int]:
    return {
        "applied": sum(row["applicable"] is True for row in rows),
        "excluded": sum(row["applicable"] is False for row in rows),
        "proved": sum(row["applicable"] is True and row["state"] in ("done", "through") for row in rows),
    }


@for_person
def difference(request: PersonRequest, pk: int, other: int) -> HttpResponse:
    """Show what a version says differently from another one of the same standard."""
    after, before = open_statement(request, pk), open_statement(request, other)
    if before.version > after.version:
        after, before = before, after
    found = comparison.difference(before, after)
    context = {
        "before": before, "after": after, "found": found,
        "counted": {kind: sum(one.kind == kind for one in found) for kind in ("added", "changed", "removed")},
        "crumbs": _crumbs(after, _("版の差分")),
    }  # fmt: skip
    return render(request, "controls/difference.html", context)


@for_person
def contrast(request: PersonRequest, pk: int, other: int) -> HttpResponse:
    """Show a statement beside that of another standard, by the crosswalk."""
    one, two = open_statement(request, pk), open_statement(request, other)
    found = comparison.across(one, two)
    verdict = request.GET.get("only", "")
    kinds = ("disagree", "open", "alone", "agree")
    counted = {kind: sum(row.verdict == kind for row in found) for kind in kinds}
    context = {
        "one": one, "two": two, "counted": counted, "only": verdict, "total": len(found),
        "found": [row for row in found if verdict not in kinds or row.verdict == verdict],
        "crumbs": _crumbs(one, _("規格間の対比")),
    }  # fmt: skip
    return render(request, "controls/contrast.html", context)


def _crumbs(statement: Statement, last: str) -> list[tuple[str, str]]:
    address = reverse("controls:statement", args=[statement.pk])
    return [
        (_("適用宣言書"), reverse("registers:list", args=["statements"])),
        (statement.label, address),
        (last, ""),
    ]
