"""The dashboard's page and its paper."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from sakimori.domains.controls.models.rings import rings
from sakimori.domains.risk.rules import valuation
from sakimori.domains.risk.views import heat
from sakimori.kernel.identity import access
from sakimori.kernel.identity.models import Person
from sakimori.lib import clock
from sakimori.registers.views.gate import PersonRequest, for_person
from sakimori.registers.views.printing import printed

from . import changes, coverage, figures, paper

RIGHT = "dashboard.read"


@require_safe
@for_person
def dashboard(request: PersonRequest) -> HttpResponse:
    """Show the figures, maps, standards, coverage and changes on one page."""
    access.require(request.person, RIGHT)
    context = gather(request.person, request.GET)
    context["crumbs"] = [(_("ダッシュボード"), "")]
    return render(request, "portal/dashboard.html", context)


@require_safe
@for_person
def print_dashboard(request: PersonRequest, form: str) -> HttpResponse:
    """Print the same figures as PDF or Word."""
    access.require(request.person, RIGHT)
    context = gather(request.person, request.GET)
    return printed(paper.dashboard(context), form, f"dashboard-{clock.today():%Y%m%d}")


def gather(person: Person, asked: Mapping[str, str]) -> dict[str, Any]:
    """Return everything that page and paper show; grouped counts, whatever the number of rows.

    ``asked`` may name the period (from, until), the method of the maps and the standard whose areas are shown.
    """
    today = clock.today()
    kinds, permit = figures.kinds(person), figures.permission(person)
    start, end = changes.period(
        asked.get("from", ""), asked.get("until", ""), figures.last_look(permit, today)
    )
    found = changes.between(start, end, person)
    threats, work = figures.risks_by_threat(person, today), figures.work(person, today)
    return {
        "today": today,
        "kinds": kinds,
        "figures": [
            *figures.of_assets(kinds),
            *figures.of_risks(threats, work[figures.LATE_TREATMENT], today),
            *figures.of_work(work),
        ],
        "permit": permit,
        "level": valuation.acceptance_level(),
        "heat": heat.chosen(person, asked.get("method", "")),
        "coverage": coverage.coverage(person, {threat: counts["all"] for threat, counts in threats.items()}),
        "changes": found,
        "changes_sentence": changes.sentence(found),
        "expiring": figures.expiring(person, today),
        "acceptances_url": figures.acceptances_url(),
        **_standards(person, asked.get("standard", "")),
    }


def _standards(person: Person, asked: str) -> dict[str, Any]:
    """Return every standard in use with its ring, and the one whose areas are shown."""
    found = rings(person)
    shown = next((ring for ring in found if str(ring.pk) == asked), found[0] if found else None)
    return {"standards": found, "shown_standard": shown}
