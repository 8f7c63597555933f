"""Assessment rounds and the permission to operate: what is left to do, what was frozen, what remains."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from sakimori.domains.assets.models import Asset
from sakimori.domains.risk import rules
from sakimori.domains.risk.models import Permit, Risk, Round
from sakimori.domains.risk.rules.acceptance import residual_list
from sakimori.domains.risk.rules.rounds import unassessed
from sakimori.kernel.approvals.models import Application
from sakimori.kernel.identity import access
from sakimori.lib import clock
from sakimori.lib.dates import FiscalYear
from sakimori.lib.errors import Refused
from sakimori.registers.views.gate import PersonRequest, for_person
from sakimori.registers.views.printing import printed

from . import papers

SHOWN = 50


@for_person
def start(request: PersonRequest) -> HttpResponse:
    """Open a round."""
    access.require(request.person, "risk.round")
    year = FiscalYear.of(clock.today()).year
    if request.method == "POST":
        try:
            opened = rules.open_round(
                name=request.POST.get("name", ""), fiscal_year=year,
                occasion=request.POST.get("occasion", Round.Occasion.YEARLY), by=request.person,
            )  # fmt: skip
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("リスクアセスメントを始めました。"))
            return redirect("risk-round", opened.pk)
    context = {
        "year": year,
        "occasions": Round.Occasion.choices,
        "crumbs": [
            (_("リスクアセスメント記録"), reverse("registers:list", args=["risk-rounds"])),
            (_("開始"), ""),
        ],
    }
    return render(request, "risk/round_start.html", context)


@for_person
def show(request: PersonRequest, pk: int) -> HttpResponse:
    """Show how far a round is, or what was frozen when it was closed; close it."""
    running = Round.objects.visible_to(request.person).filter(pk=pk).first()
    if running is None:
        raise Http404
    if request.method == "POST" and _close(request, running):
        return redirect("risk-round", pk)
    left = unassessed(running)
    states = dict(running.risks.values_list("state").annotate(Count("pk")))
    assets = Asset.objects.current().count()
    context = {
        "round": running,
        "assets": assets,
        "left": left.select_related("department").order_by("-importance", "number")[:SHOWN],
        "left_count": left.count(),
        "done_percent": round(100 * (assets - left.count()) / assets) if assets else 0,
        "states": [(Risk.State(state).label, count) for state, count in sorted(states.items())],
        "open_risks": states.get(Risk.State.IDENTIFIED, 0),
        "excluded": running.risks.filter(state=Risk.State.REJECTED).select_related("asset")[:SHOWN],
        "application": Application.objects.visible_to(request.person).filter(subject=running).last(),
        "may_close": access.may(request.person, "risk.round"),
        "crumbs": [
            (_("リスクアセスメント記録"), reverse("registers:list", args=["risk-rounds"])),
            (running.name, ""),
        ],
    }
    return render(request, "risk/round.html", context)


def _close(request: PersonRequest, running: Round) -> bool:
    try:
        rules.close_round(running, conclusion=request.POST.get("conclusion", ""), by=request.person)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return False
    messages.success(
        request, _("リスクアセスメントを完了して内容を固定し、委員会の評価と社長の承認を求めました。")
    )
    return True


@for_person
def permit(request: PersonRequest, pk: int) -> HttpResponse:
    """Show the list of residual risks that was, or is to be, signed."""
    row = Permit.objects.visible_to(request.person).filter(pk=pk).first()
    if row is None:
        raise Http404
    context = {
        "permit": row,
        "application": Application.objects.visible_to(request.person).filter(subject=row).first(),
        "crumbs": [
            (_("残留リスク承認記録"), reverse("registers:list", args=["risk-permits"])),
            (row.number, ""),
        ],
    }
    return render(request, "risk/permit.html", context)


@for_person
def request_permit(request: PersonRequest) -> HttpResponse:
    """Put what remains before the president."""
    access.require(request.person, "soa.change")
    if request.method == "POST":
        try:
            made = rules.request_permit(note=request.POST.get("note", ""), by=request.person)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("残留リスクの承認と運用の許可を求めました。"))
            return redirect("risk-permit", made.pk)
    context = {
        "rows": residual_list(),
        "untreated": Risk.objects.without_treatment().count(),
        "crumbs": [
            (_("残留リスク承認記録"), reverse("registers:list", args=["risk-permits"])),
            (_("申請"), ""),
        ],
    }
    return render(request, "risk/permit_request.html", context)


@for_person
def print_assessment(request: PersonRequest, pk: int, form: str) -> HttpResponse:
    """Print the assessment report as PDF or Word."""
    running = Round.objects.visible_to(request.person).filter(pk=pk).first()
    if running is None:
        raise Http404
    return printed(papers.assessment(running, request.person), form, f"risk-assessment-{running.number}")


@for_person
def print_plan(request: PersonRequest, form: str) -> HttpResponse:
    """Print the treatment plan as PDF or Word."""
    return printed(papers.treatment_plan(request.person), form, "risk-treatment-plan")


@for_person
def print_permit(request: PersonRequest, pk: int, form: str) -> HttpResponse:
    """Print the approval of the residual risks."""
    row = Permit.objects.visible_to(request.person).filter(pk=pk).first()
    if row is None:
        raise Http404
    return printed(papers.permit(row), form, f"residual-risk-{row.number}")
