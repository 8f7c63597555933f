"""The dashboard's page and its paper."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from sakimori.domains.controls.models import Standard, Statement
from sakimori.domains.controls.views import tree
from sakimori.domains.risk.rules import valuation
from sakimori.domains.risk.views import heat
from sakimori.kernel.identity import access
from sakimori.kernel.identity.models import Person
from sakimori.kernel.policy import policy
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
    context = gather(request.person, request.GET.get("from", ""), request.GET.get("until", ""))
    context["crumbs"] = [(_("ダッシュボード"), "")]
    return render(request, "portal/dashboard.html", context)


@require_safe
@for_person
def print_dashboard(request: PersonRequest, form: str) -> HttpResponse:
    """Print the same figures as PDF or Word."""
    access.require(request.person, RIGHT)
    context = gather(request.person, request.GET.get("from", ""), request.GET.get("until", ""))
    return printed(paper.dashboard(context), form, f"dashboard-{clock.today():%Y%m%d}")


def gather(person: Person, first: str, last: str) -> dict[str, Any]:
    """Return everything that page and paper show; grouped counts, whatever the number of rows."""
    today = clock.today()
    kinds, permit = figures.kinds(person), figures.permission(person)
    start, end = changes.period(first, last, figures.last_look(permit, today))
    found = changes.between(start, end, person)
    return {
        "today": today,
        "kinds": kinds,
        "figures": [
            *figures.of_assets(kinds),
            *figures.of_risks(person, today),
            *figures.of_work(person, today),
        ],
        "permit": permit,
        "level": valuation.acceptance_level(),
        "maps": heat.maps(person, policy.value("risk.method")),
        "coverage": coverage.coverage(person),
        "changes": found,
        "changes_sentence": changes.sentence(found),
        "expiring": figures.expiring(person, today),
        "acceptances_url": figures.acceptances_url(),
        **_standard(person),
    }


def _standard(person: Person) -> dict[str, Any]:
    """Return the first standard in use with its areas; the areas count only what the statement applies."""
    rows = Standard.objects.visible_to(person).current().filter(in_use=True)
    standard = rows.order_by("pk").first()
    if standard is None:
        return {"standard": None, "areas": []}
    newest = list(standard.statements.order_by("-version"))
    force = next((one for one in newest if one.status == Statement.Status.APPROVED), None)
    statement = force or (newest[0] if newest else None)
    return {"standard": standard, "statement": statement, "areas": tree.branches(standard, statement)}
