"""What waits for a decision, one application's page, and the decision itself."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sakimori.kernel.approvals import approvals
from sakimori.kernel.approvals.approvals import Application
from sakimori.kernel.approvals.models import Step
from sakimori.kernel.content.forms import FORMS
from sakimori.kernel.identity.models import Person
from sakimori.lib.errors import Refused
from sakimori.registers import history, surroundings
from sakimori.registers.panels import Panel
from sakimori.registers.views.gate import PersonRequest, for_person

from .. import shown

QUEUE_LENGTH = 200
DONE = {
    "approve": gettext_lazy("承認"),
    "reject": gettext_lazy("却下"),
    "return": gettext_lazy("差戻し"),
}


@require_http_methods(["GET", "HEAD", "POST"])
@for_person
def queue(request: PersonRequest) -> HttpResponse:
    """List what waits for the person; decide the marked ones together."""
    waiting = approvals.waiting_for(request.person)
    if request.method == "POST":
        return _decide_marked(request, waiting)
    context = {
        "steps": list(waiting[:QUEUE_LENGTH]),
        "total": waiting.count(),
        "shown": QUEUE_LENGTH,
        "crumbs": [(_("承認待ち"), "")],
    }
    return render(request, "applications/queue.html", context)


def _decide_marked(request: PersonRequest, waiting: QuerySet[Step]) -> HttpResponse:
    marked = {
        int(key) for key in request.POST.getlist("row") if key.isascii() and key.isdigit() and len(key) < 16
    }
    applications = {
        step.application_id: step.application for step in waiting.filter(application_id__in=marked)
    }
    if not applications:
        messages.error(request, _("対象の申請を選んでください。"))
        return redirect("applications:queue")
    outcome = approvals.decide_many(
        applications.values(),
        decision=request.POST.get("decision", ""),
        comment=request.POST.get("comment", ""),
        by=request.person,
    )
    for application, refusal in outcome:
        if refusal is not None:
            messages.error(request, f"{application.number} {application.label}: {refusal}")
    if done := sum(refusal is None for _application, refusal in outcome):
        messages.success(request, _("%(count)d件を決裁しました。") % {"count": done})
    return redirect("applications:queue")


@require_safe
@for_person
def page(request: PersonRequest, pk: int) -> HttpResponse:
    """Show one application: what is asked, about what, where it stands, and what the viewer can do."""
    application = _open(request, pk)
    approvals.admit(application, request.person)
    return _page(request, application)


def _open(request: PersonRequest, pk: int) -> Application:
    found = approvals.readable(request.person).filter(pk=pk).select_related("applicant", "subject").first()
    if found is None:
        raise Http404
    return found


def _page(
    request: PersonRequest, application: Application, *, refusal: Refused | None = None, status: int = 200
) -> HttpResponse:
    person = request.person
    own = application.applicant_id == person.pk
    context = {
        "application": application,
        "piece": FORMS.all().get(application.form),
        "badge": shown.badge(application),
        "facts": shown.facts(application, person),
        "checked": shown.checked(application),
        "stops": shown.route(application),
        "turns": shown.turns(application, person),
        "is_changed": shown.is_changed(application),
        "own": own,
        "returned": application.status == Application.Status.RETURNED,
        "panels": [(panel, _body(request, application, panel)) for panel in _panels(application, person)],
        "lines": history.of(application, person),
        "refusal": refusal,
        "comment": request.POST.get("comment", ""),
        "crumbs": [_way_here(own), (application.number, "")],
    }
    return render(request, "applications/page.html", context, status=status)


def _way_here(own: bool) -> tuple[str, str]:
    if own:
        return _("自分の申請"), reverse("applications:mine")
    return _("承認待ち"), reverse("applications:queue")


def _panels(application: Application, person: Person) -> list[Panel]:
    return [
        surroundings.evidence_panel(application, person),
        surroundings.comments_panel(application, person),
    ]


def _body(request: PersonRequest, application: Application, panel: Panel) -> str:
    return render_to_string(panel.template, {**panel.context, "row": application}, request)


@require_POST
@for_person
def decide(request: PersonRequest, pk: int) -> HttpResponse:
    """Approve, reject or return the step of the form."""
    application = _open(request, pk)
    step = request.POST.get("step", "")
    try:
        approvals.decide(
            application,
            step_id=int(step) if step.isascii() and step.isdigit() and len(step) < 16 else None,
            decision=request.POST.get("decision", ""),
            comment=request.POST.get("comment", ""),
            by=request.person,
        )
    except Refused as refused:
        return _page(request, _open(request, pk), refusal=refused, status=422)
    messages.success(request, _("%sとして記録しました。") % DONE[request.POST["decision"]])
    return redirect("applications:page", pk)


@require_POST
@for_person
def withdraw(request: PersonRequest, pk: int) -> HttpResponse:
    """Take one's own application back."""
    application = _open(request, pk)
    try:
        approvals.withdraw(application, reason=request.POST.get("reason", ""), by=request.person)
    except Refused as refused:
        return _page(request, _open(request, pk), refusal=refused, status=422)
    messages.success(request, _("申請を引き戻しました。"))
    return redirect("applications:page", pk)
