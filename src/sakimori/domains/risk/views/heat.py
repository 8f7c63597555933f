"""The heat map: how many risks lie where, before and after treatment; each cell leads to its list."""

from __future__ import annotations

from collections import Counter, defaultdict
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


@dataclass(frozen=True)
class Method:
    """One method of valuation and how many risks were valued by it."""

    id: str
    label: str
    count: int


@dataclass(frozen=True)
class Heat:
    """Both maps of one method, and what other methods there are."""

    method: str
    methods: tuple[Method, ...]
    maps: tuple[Map, Map]
    sentence: str


@for_person
def heat(request: PersonRequest) -> HttpResponse:
    """Show both maps of one method with what needs a decision."""
    mine = Risk.objects.visible_to(request.person).identified()
    context = {
        "heat": chosen(request.person, request.GET.get("method", "")),
        "level": valuation.acceptance_level(),
        "above": mine.above_level().count(),
        "untreated": mine.without_treatment().count(),
        "unvalued": mine.filter(value=None).count(),
        "list_url": reverse("registers:list", args=[Risks.slug]),
        "crumbs": [(_("リスクマップ"), "")],
    }
    return render(request, "risk/heat.html", context)


Place = tuple[int | None, int | None, int | None, int | None]


def chosen(person: Person, asked: str) -> Heat:
    """Return the maps of the method asked for, in one query for any number of risks.

    Without a wish it is the regulation's present method, or the one that most risks were valued by while
    none were by that.
    """
    valued = _valued(person)
    present = policy.value("risk.method")
    methods = tuple(
        Method(option.id, str(option.label), sum(valued[option.id].values()))
        for option in policy.describe("risk.method").choices
    )
    most = max(methods, key=lambda method: (method.count, method.id == present))
    wanted = {method.id: method for method in methods}.get(asked)
    if wanted is None:
        wanted = next((m for m in methods if m.id == present and m.count), most)
    return Heat(wanted.id, methods, _maps(wanted.id, valued[wanted.id]), _sentence(methods, present))


def maps(person: Person, method: str) -> tuple[Map, Map]:
    """Return the maps before and after treatment under one method."""
    return _maps(method, _valued(person)[method])


def _valued(person: Person) -> dict[str, Counter[Place]]:
    """Count the valued risks by method and by their places before and after treatment."""
    rows = Risk.objects.visible_to(person).identified().exclude(likelihood=None).order_by()
    columns = ("method", "likelihood", "loss", "residual_likelihood", "residual_loss")
    found: dict[str, Counter[Place]] = defaultdict(Counter)
    for method, *place, count in rows.values_list(*columns).annotate(Count("pk")):
        found[method][tuple(place)] += count
    return found


def _sentence(methods: tuple[Method, ...], present: str) -> str:
    counts = "、".join(_("%(method)s %(n)s件") % {"method": m.label, "n": m.count} for m in methods)
    label = next(method.label for method in methods if method.id == present)
    return _("算定に使った方法: %(counts)s。規程の現在の方法: %(present)s。") % {
        "counts": counts,
        "present": label,
    }


def _maps(method: str, places: Counter[Place]) -> tuple[Map, Map]:
    before, after = Counter[tuple[int, int]](), Counter[tuple[int, int]]()
    for (down, across, down_after, across_after), count in places.items():
        before[down or 0, across or 0] += count
        if down_after is not None:
            after[down_after, across_after or 0] += count
    return (
        _map(method, _("対応前"), ("likelihood", "loss"), before),
        _map(method, _("対応後（残留リスク）"), ("residual_likelihood", "residual_loss"), after),
    )


def _map(method: str, title: str, axes: tuple[str, str], counts: Counter[tuple[int, int]]) -> Map:
    downs, acrosses = valuation.axes(method)
    names, base = _names(method), reverse("registers:list", args=[Risks.slug])

    def cell(down: int, across: int) -> Cell:
        asked: dict[str, str | int] = {"method": method, axes[0]: down, axes[1]: across}
        return Cell(down, across, counts[down, across], tone(down * across), f"{base}?{urlencode(asked)}")

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
