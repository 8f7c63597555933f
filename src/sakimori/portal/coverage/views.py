"""実施状況: a year of proof and of gaps, by article, control, duty or department, as known on any day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.http import FileResponse, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from sakimori.kernel.content.regulations import ARTICLES
from sakimori.kernel.identity import access
from sakimori.kernel.identity.models import Department, Person
from sakimori.kernel.obligations import coverage
from sakimori.lib import clock
from sakimori.lib.sheets.writing import OutColumn
from sakimori.registers.views.gate import PersonRequest, for_person

from ..asking import year_asked
from ..workbooks import hand_out
from . import rows
from .rows import REGULATIONS, STANDARDS, Asked, Line

RIGHT = "dashboard.read"
WAYS = {
    "article": gettext_lazy("規程の条"), "control": gettext_lazy("管理策"),
    "duty": gettext_lazy("義務"), "department": gettext_lazy("部署"),
}  # fmt: skip
STATES = {
    coverage.DONE: (gettext_lazy("期日までに実施"), "green"), coverage.FILED: (gettext_lazy("実施の登録が期日後"), "yellow"),
    coverage.LATE: (gettext_lazy("遅れて実施"), "yellow"), coverage.GAP: (gettext_lazy("証跡なし"), "red"),
    coverage.DUE: (gettext_lazy("期日前"), "gray"), coverage.VOID: (gettext_lazy("対象外"), "gray"),
}  # fmt: skip


@require_safe
@for_person
def page(request: PersonRequest) -> HttpResponse:
    """Show the grid that the address asks for."""
    access.require(request.person, RIGHT)
    asked = _asked(request)
    way, lines = _lines(asked, request.GET)
    whole = rows.total(lines)
    context = {
        "asked": asked, "way": way, "ways": WAYS.items(), "chosen": request.GET, "about": _about(request.person, request.GET),
        "lines": [(line, _cells(line)) for line in lines], "months": asked.months, "states": STATES.values(),
        "rate": coverage.rate([whole]), "whole": whole, "gaps": whole.counts.get(coverage.GAP, 0),
        "late": whole.counts.get(coverage.LATE, 0) + whole.counts.get(coverage.FILED, 0),
        "idle": sum(not line.duties for line in lines) if way in ("article", "control") else 0,
        "carried": [(name, request.GET[name]) for name in ("article", "control", "department") if name in request.GET],
        "regulations": REGULATIONS, "standards": STANDARDS, "year": asked.first.year,
        "crumbs": [(_("実施状況"), "")],
    }  # fmt: skip
    return render(request, "portal/coverage.html", context)


@require_safe
@for_person
def sheet(request: PersonRequest) -> FileResponse:
    """Hand out the grid as a workbook."""
    access.require(request.person, RIGHT)
    asked = _asked(request)
    way, lines = _lines(asked, request.GET)
    months = [OutColumn(f"{month.month}月", 10) for month in asked.months]
    columns = [OutColumn(_("番号"), 12), OutColumn(str(WAYS[way]), 40), *months, OutColumn(_("実施率"), 10)]
    told = _("%(day)s 現在。数は 証跡のある件数／期日の来た件数。空欄は期日なし。") % {
        "day": asked.day.isoformat()
    }
    return hand_out(_("実施状況"), columns, map(_row, lines), day=asked.day, notes=[told])


def _row(line: Line) -> tuple[str, ...]:
    return (line.note, line.label, *(_figure(month) for month, _url in line.cells), _percent(line.rate))


def _figure(month: coverage.Month) -> str:
    if not month.demanded:
        return str(STATES[month.state][0]) if month.state else ""
    return f"{month.proved}／{month.demanded}"


def _percent(rate: float | None) -> str:
    return "" if rate is None else f"{rate:.0%}"


def _cells(line: Line) -> list[tuple[str, str, str, str]]:
    """Return (what to show, its meaning, its colour, its address) for every month."""
    found = []
    for month, url in line.cells:
        words, tone = STATES.get(month.state, ("", ""))
        told = "、".join(f"{STATES[name][0]} {number}" for name, number in month.counts.items())
        shown = f"{month.proved}/{month.demanded}" if month.demanded else ("・" if month.state else "")
        found.append((shown, told or str(words), tone, url))
    return found


def _asked(request: PersonRequest) -> Asked:
    today = clock.today()
    try:
        day = date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        day = today
    return Asked(request.person, year_asked(request.GET).start, min(day, today))


def _lines(asked: Asked, wanted: QueryDict) -> tuple[str, list[Line]]:
    way = wanted.get("by", "") if wanted.get("by") in WAYS else "article"
    ways: dict[str, Callable[[], list[Line]]] = {
        "article": lambda: rows.by_article(asked, _of(wanted, "regulation", REGULATIONS.all())),
        "control": lambda: rows.by_control(asked, STANDARDS[_of(wanted, "standard", STANDARDS.all())]),
        "duty": lambda: _duties(asked, wanted),
        "department": lambda: rows.by_department(asked),
    }
    return way, ways[way]()


def _of(wanted: QueryDict, name: str, known: Any) -> str:
    """Return what the address names, else the first there is."""
    keys = list(known)
    typed = wanted.get(name, "")
    return typed if typed in keys else str(keys[0])


def _duties(asked: Asked, wanted: QueryDict) -> list[Line]:
    if article := wanted.get("article"):
        return rows.by_duty(asked, rows.duties_of_article(article))
    if control := wanted.get("control"):
        return rows.by_duty(asked, rows.duties_of_control(control))
    department = _department(asked.person, wanted)
    return rows.by_duty(asked, department=department.pk if department else None)


def _department(person: Person, wanted: QueryDict) -> Department | None:
    """Return the department that the address names, if the reader may know of it."""
    typed = wanted.get("department", "")
    if not (typed.isascii() and typed.isdigit()):
        return None
    seen: Department | None = Department.objects.visible_to(person).filter(pk=int(typed) % 2**62).first()
    return seen


def _about(person: Person, wanted: QueryDict) -> str:
    """Return what the duties shown belong to, in words."""
    if (article := wanted.get("article", "")) in ARTICLES:
        found = ARTICLES[article]
        return f"{REGULATIONS[found.regulation].title} {found.title}"
    if department := _department(person, wanted):
        return department.name
    return wanted.get("control", "").partition(":")[2]
