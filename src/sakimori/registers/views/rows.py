"""A row's page, and the way to any record by its key."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from sakimori.kernel.records.models import Record

from .. import details, history, panels, relations
from ..addresses import detail_url, list_url
from ..base import Register, of_kind
from .gate import PersonRequest, for_person, open_register, open_row

RECENT = 5


@require_safe
@for_person
def detail(request: PersonRequest, slug: str, pk: int) -> HttpResponse:
    """Show one row: its fields, what may be done with it, and one tab of what surrounds it."""
    declared = open_register(request, slug)
    row = open_row(request, declared, pk)
    return render(request, "registers/detail.html", page_of(request, declared, row))


def page_of(request: PersonRequest, declared: type[Register], row: Any) -> dict[str, Any]:
    """Return the context of a row's page, also for a domain's own page of its rows."""
    tabs = panels.tabs_of(declared)
    tab = request.GET.get("tab", panels.OVERVIEW)
    tab = tab if tab in tabs else panels.OVERVIEW
    person = request.person
    context: dict[str, Any] = {
        "register": declared,
        "row": row,
        "tab": tab,
        "tabs": [(name, panels.TABS[name]) for name in tabs],
        "may_change": row.retired_at is None and declared.may(person, "change", row),
        "offers": details.offers(declared, row, person),
        "meta": details.meta(row, person),
        "panels": rendered_panels(request, declared, tab, row),
        "crumbs": [(declared.name(), list_url(declared)), (row.number, "")],
    }
    if tab == panels.OVERVIEW:
        context["sections"] = details.facts(declared, row, person)
        context["recent"] = history.of(row, person, RECENT)
    if tab == "history":
        context["history"] = history.of(row, person)
    return context


def rendered_panels(
    request: PersonRequest, declared: type[Register], tab: str, row: Any
) -> list[tuple[Any, str]]:
    """Return the panels of a tab with their bodies as HTML."""
    built = panels.build(declared, tab, row, request.person)
    return [
        (
            panel,
            render_to_string(panel.template, {"row": row, "register": declared, **panel.context}, request),
        )
        for panel in built
    ]


@require_safe
@for_person
def record(request: PersonRequest, pk: int) -> HttpResponse:
    """Lead to a record's own page, whatever its register."""
    found = Record.objects.visible_to(request.person).filter(pk=pk).first()
    declared = of_kind(found.kind) if found else None
    if declared is None:
        raise Http404
    return redirect(detail_url(declared, pk))


@require_safe
@for_person
def lookup(request: PersonRequest, kind: str) -> HttpResponse:
    """Suggest records while somebody types into a form."""
    try:
        model = apps.get_model(kind)
    except (LookupError, ValueError):
        raise Http404 from None
    if not issubclass(model, Record):
        raise Http404
    text = next(iter(request.GET.values()), "")
    found = relations.suggestions(model, request.person, str(text))
    return render(request, "registers/_suggestions.html", {"found": found})
