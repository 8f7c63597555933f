"""What the checks found: by check, by severity, one's own; and one finding with the way to an exception."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from sakimori.kernel.content.forms import FORMS
from sakimori.kernel.findings import findings as kernel
from sakimori.kernel.findings.models import Finding, FindingQuerySet
from sakimori.kernel.findings.registry import CHECKS
from sakimori.registers.views.gate import PersonRequest, for_person

PAGE = 50
TONES = {"critical": "red", "major": "orange", "minor": "yellow"}


@require_safe
@for_person
def listing(request: PersonRequest) -> HttpResponse:
    """List the open findings that the person may know of, the most urgent first."""
    rows = _narrowed(request).select_related("record", "record__owner").order_by("due_on", "pk")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [(one, TONES[one.severity]) for one in page],
        "tallies": [
            (tally, Finding.Severity(tally.check.severity).label, TONES[tally.check.severity])
            for tally in kernel.summary(request.person)
        ],
        "check": CHECKS.get(request.GET.get("check", "")),
        "severities": Finding.Severity.choices,
        "chosen": request.GET,
        "crumbs": [(_("指摘"), "")],
    }
    return render(request, "portal/findings.html", context)


@require_safe
@for_person
def finding(request: PersonRequest, pk: int) -> HttpResponse:
    """Show one finding: why, since when, until when, and how to ask for an exception."""
    rows = Finding.objects.visible_to(request.person).select_related(
        "record", "record__owner", "waiver", "previous"
    )
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Http404
    check = CHECKS.get(found.check_name)
    may_ask = found.state == Finding.State.OPEN and bool(
        request.person.roles() & set(FORMS["exception"].applicants)
    )
    prefilled = urlencode({"subject": str(found.record_id), "article": str(found.title)})
    context = {
        "finding": found, "check": check, "tone": TONES[found.severity],
        "ask_url": f"{reverse('applications:new', args=['exception'])}?{prefilled}" if may_ask else "",
        "crumbs": [(_("指摘"), reverse("portal:findings")), (found.title, "")],
    }  # fmt: skip
    return render(request, "portal/finding.html", context)


def _narrowed(request: PersonRequest) -> FindingQuerySet:
    rows = Finding.objects.open().visible_to(request.person)
    if request.GET.get("mine"):
        rows = rows.answered_by(request.person)
    if (severity := request.GET.get("severity", "")) in TONES:
        rows = rows.filter(severity=severity)
    if (check := request.GET.get("check", "")) in CHECKS:
        rows = rows.filter(check_name=check)
    return rows
