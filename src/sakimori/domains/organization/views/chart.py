"""The organization chart, today and on any day before."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from sakimori.domains.organization import rules
from sakimori.domains.organization.models import Chart, Commitment
from sakimori.domains.organization.rules.roles import existing_conflicts
from sakimori.kernel.identity import access
from sakimori.lib import clock
from sakimori.lib.dates import FiscalYear
from sakimori.lib.errors import Refused
from sakimori.registers.views.gate import PersonRequest, for_person

from .shown import picture, picture_on


def asked_day(request: PersonRequest) -> date:
    """Return the day of ``?on=``, today where none or none that was is given."""
    try:
        day = date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        return clock.today()
    return min(day, clock.today())


@for_person
def show(request: PersonRequest) -> HttpResponse:
    """Draw committee, roles and departments from the appointments in force."""
    day = asked_day(request)
    latest = Chart.objects.visible_to(request.person).order_by("-pk").first()
    context = {
        "picture": picture_on(day),
        "day": day,
        "is_today": day == clock.today(),
        "today": clock.today(),
        "latest": latest,
        "conflicts": len(existing_conflicts(day)),
        "commitment": Commitment.objects.current()
        .filter(fiscal_year=FiscalYear.of(clock.today()).year)
        .first(),
        "may_confirm": access.may(request.person, "organization.confirm_chart"),
        "may_appoint": access.may(request.person, "role.appoint"),
        "may_commit": request.person.holds("president"),
        "crumbs": [(_("体制"), "")],
    }
    return render(request, "organization/chart.html", context)


@for_person
def kept(request: PersonRequest, pk: int) -> HttpResponse:
    """Show one kept version of the chart; confirm it."""
    chart = Chart.objects.visible_to(request.person).filter(pk=pk).first()
    if chart is None:
        raise Http404
    if request.method == "POST":
        try:
            rules.confirm_chart(chart, by=request.person)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("体制図を確認しました。"))
            return redirect("organization-kept-chart", pk)
    context = {
        "chart": chart,
        "picture": picture(chart.content),
        "may_confirm": chart.confirmed_on is None
        and access.may(request.person, "organization.confirm_chart"),
        "crumbs": [(_("体制図の版"), reverse("registers:list", args=["charts"])), (chart.number, "")],
    }
    return render(request, "organization/kept.html", context)
