"""The heat map: how many risks lie where, before and after treatment; each cell leads to its list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from sakimori.domains.risk.models import Risk
from sakimori.domains.risk.register import Risks
from sakimori.domains.risk.rules import valuation
from sakimori.kernel.identity.models import Person
from sakimori.kernel.policy import policy
from sakimori.registers.views.gate import PersonRequest, for_person


@dataclass(frozen=True)
class Cell:
    """One place of the map."""

    likelihood: int
    loss: int
    count: int
    tone: str
    url: str


@dataclass(frozen=True)
class Map:
    """One map: rows of likelihood from the highest down, columns of loss from the lowest up."""

    title: str
    rows: tuple[tuple[int, str, tuple[Cell, ...]], ...]
    columns: tuple[tuple[int, str], ...]
    total: int


@for_person
def heat(request: PersonRequest) -> HttpResponse:
    """Show both maps of one method with what needs a decision."""
    known = {option.id: str(option.label) for option in policy.describe("risk.method").choices}
    method = request.GET.get("method", "")
    method = method if method in known else policy.value("risk.method")
    mine = Risk.objects.visible_to(request.person).identified()
    context = {
        "maps": maps(request.person, method),
        "method": method,
        "methods": known.items(),
        "level": valuation.acceptance_level(),
        "above": mine.above_level().count(),
        "untreated": mine.without_treatment().count(),
        "unvalued": mine.filter(value=None).count(),
        "list_url": reverse("registers:list", args=[Risks.slug]),
        "crumbs": [(_("リスクマップ"), "")],
    }
    return render(request, "risk/heat.html", context)


def maps(person: Person, method: str) -> tuple[Map, Map]:
    """Return the maps before and after treatment in two queries, whatever the number of risks."""
    return (
        _map(person, method, _("対応前"), "likelihood", "loss"),
        _map(person, method, _("対応後（残留リスク）"), "residual_likelihood", "residual_loss"),
    )


def _map(person: Person, method: str, title: str, likelihood: str, loss: str) -> Map:
    rows = Risk.objects.visible_to(person).identified().filter(method=method).exclude(**{likelihood: None})
    grouped = rows.values_list(likelihood, loss).annotate(Count("pk"))
    counts = {(down, across): count for down, across, count in grouped}
    downs, acrosses = valuation.axes(method)
    names = _names(method)
    base = reverse("registers:list", args=[Risks.slug])

    def cell(down: int, across: int) -> Cell:
        url = f"{base}?{urlencode({likelihood: down, loss: across})}"
        return Cell(down, across, counts.get((down, across), 0), tone(down * across), url)

    return Map(
        title,
        tuple(
            (down, names[0].get(down, ""), tuple(cell(down, across) for across in acrosses))
            for down in reversed(downs)
        ),
        tuple((across, names[1].get(across, "")) for across in acrosses),
        sum(counts.values()),
    )


def _names(method: str) -> tuple[Mapping[int, str], Mapping[int, str]]:
    if method == valuation.SME:
        return {}, {}
    scales = ("risk.scale.likelihood", "risk.scale.amount")
    down, across = ({int(row["value"]): str(row["label"]) for row in policy.value(name)} for name in scales)
    return down, across


def tone(value: int) -> str:
    """Return the colour of a value by the bands of the regulation."""
    bands = sorted(policy.value("risk.bands"), key=lambda band: int(band["from"]))
    reached = [band["colour"] for band in bands if value >= int(band["from"])]
    return str(reached[-1]) if reached else "green"
