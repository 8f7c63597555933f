"""The worksheet of one fiscal year: eleven categories of circumstances, the empty ones in plain sight (REG-300)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from sakimori.domains.organization import rules
from sakimori.domains.organization.models import Circumstance
from sakimori.domains.organization.register import Circumstances
from sakimori.kernel.identity import access
from sakimori.lib import clock
from sakimori.lib.dates import FiscalYear
from sakimori.lib.errors import NotAllowed
from sakimori.lib.numerals import whole
from sakimori.registers.views.gate import PersonRequest, for_person

from . import forms
from .acts import carry_out

TONES = {"pending": "orange", "issue": "blue", "dismissed": "gray"}


@for_person
def worksheet(request: PersonRequest) -> HttpResponse:
    """Show and fill the worksheet."""
    if not Circumstances.opens_for(request.person):
        raise NotAllowed(_("組織の状況を読めるのは委員会と事務局です。"), rule="organization.context_readers")
    this_year = FiscalYear.of(clock.today()).year
    asked = request.GET.get("year", "")
    year = (whole(asked) if len(asked) == 4 else None) or this_year
    form = forms.Noting(request.POST or None)
    if request.method == "POST":
        access.require(request.person, "organization.context")
        if carry_out(form, lambda values: rules.add_circumstance(**values, by=request.person)) is not None:
            messages.success(request, _("状況を記録しました。"))
            return redirect("organization-context")
    rows: dict[str, list[Circumstance]] = {value: [] for value in Circumstance.Category.values}
    found = Circumstance.objects.visible_to(request.person).current().filter(fiscal_year=year).order_by("pk")
    for row in found:
        rows[row.category].append(row)
    context = {
        "year": year,
        "this_year": this_year,
        "years": sorted(
            {this_year, *Circumstance.objects.values_list("fiscal_year", flat=True)}, reverse=True
        ),
        "categories": [(value, label, rows[value]) for value, label in Circumstance.Category.choices],
        "blank": sum(1 for held in rows.values() if not held),
        "tones": TONES,
        "may": access.may(request.person, "organization.context") and year == this_year,
        "form": form,
        "crumbs": [(_("組織の状況"), "")],
    }
    return render(request, "organization/context.html", context, status=422 if form.is_bound else 200)
