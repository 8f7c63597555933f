"""The year of duties, the list of one's own, and the page on which a duty is completed with its proof."""

from __future__ import annotations

from datetime import date

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from sakimori.kernel.approvals.models import Application
from sakimori.kernel.content.forms import FORMS
from sakimori.kernel.dossier import kinds
from sakimori.kernel.identity.models import Person
from sakimori.kernel.obligations import obligations, targets
from sakimori.kernel.obligations.obligations import Obligation, Occurrence
from sakimori.kernel.records.models import Record
from sakimori.lib import clock
from sakimori.lib.errors import Refused
from sakimori.registers.base import of_kind
from sakimori.registers.views.gate import PersonRequest, for_person

from ..asking import year_asked

MOST = 200
CANDIDATES = 8
STATES = {
    "overdue": (gettext_lazy("超過"), "red"), "gap": (gettext_lazy("未実施"), "orange"),
    "open": (gettext_lazy("実施中"), "blue"), "late": (gettext_lazy("遅れて完了"), "yellow"),
    "done": (gettext_lazy("完了"), "green"), "future": (gettext_lazy("予定"), "gray"),
    "void": (gettext_lazy("対象外"), "gray"),
}  # fmt: skip


class ProofForm(forms.Form):
    """The record that proves the duty, and the day on which it was done."""

    proof = forms.CharField(label=gettext_lazy("証跡となる記録の番号"), max_length=24)
    done_on = forms.DateField(label=gettext_lazy("実施日"), widget=forms.DateInput(attrs={"type": "date"}))


@require_safe
@for_person
def year(request: PersonRequest) -> HttpResponse:
    """Show duties down and the months of a fiscal year across, each cell with what became of it."""
    chosen = year_asked(request.GET).year
    known = Obligation.objects.visible_to(request.person).current().order_by("duty_id")
    rows = obligations.grid(date(chosen, 4, 1), obligations=list(known))
    if request.GET.get("only") == "overdue":
        rows = [row for row in rows if any(cell.state == "overdue" for cell in row.cells)]
    shown = [
        (
            row.obligation,
            [(cell, *STATES.get(cell.state, ("", "")), _url(row, cell.month)) for cell in row.cells],
        )
        for row in rows
    ]
    months = [date(chosen + (n > 12), (n - 1) % 12 + 1, 1) for n in range(4, 16)]
    context = {
        "rows": shown, "months": months, "year": chosen, "before": chosen - 1, "after": chosen + 1,
        "only": request.GET.get("only", ""), "states": STATES.values(), "crumbs": [(_("年間の義務"), "")],
    }  # fmt: skip
    return render(request, "portal/year.html", context)


def _url(row: obligations.Row, month: date) -> str:
    return f"{reverse('portal:duty', args=[row.obligation.pk])}?month={month:%Y-%m}"


@require_safe
@for_person
def duty(request: PersonRequest, pk: int) -> HttpResponse:
    """List the days of one duty, of one month where the address names it."""
    found = Obligation.objects.visible_to(request.person).filter(pk=pk).first()
    if found is None:
        raise Http404
    rows = found.occurrences.select_related("obligation", "target", "department", "proof").order_by("-due_on")
    nominal, due = _month(request.GET.get("month", "")), _month(request.GET.get("due", ""))
    if nominal is not None:
        rows = rows.filter(nominal_on__year=nominal.year, nominal_on__month=nominal.month)
    if due is not None:
        rows = rows.filter(due_on__year=due.year, due_on__month=due.month)
    context = {
        "duty": found, "rows": [(one, *STATES[one.status()]) for one in rows[:MOST]], "month": nominal or due,
        "crumbs": [(_("年間の義務"), reverse("portal:duties")), (found.label, "")],
    }  # fmt: skip
    return render(request, "portal/duty.html", context)


def _month(typed: str) -> date | None:
    try:
        return date.fromisoformat(f"{typed}-01")
    except ValueError:
        return None


@require_safe
@for_person
def mine(request: PersonRequest) -> HttpResponse:
    """List what the person can do now, the earliest first."""
    rows = list(obligations.open_for(request.person)[:MOST])
    context = {"rows": rows, "today": clock.today(), "crumbs": [(_("自分の義務"), "")]}
    return render(request, "portal/mine.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_person
def occurrence(request: PersonRequest, pk: int) -> HttpResponse:
    """Show one duty on its day; POST completes it with the record that proves it (V20-060)."""
    rows = Occurrence.objects.select_related(
        "obligation", "target", "department", "proof", "assignee", "done_by"
    )
    found = rows.filter(
        pk=pk, obligation__in=Obligation.objects.visible_to(request.person).values("pk")
    ).first()
    if found is None:
        raise Http404
    form = ProofForm(request.POST if request.method == "POST" else None, initial={"done_on": clock.today()})
    if request.method == "POST" and form.is_valid():
        try:
            proof = _record(form.cleaned_data["proof"], request.person)
            obligations.complete(found, proof=proof, done_on=form.cleaned_data["done_on"], by=request.person)
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(request, _("義務を完了しました。"))
            return redirect("portal:occurrence", pk)
    is_open = found.state == Occurrence.State.OPEN
    responsible = obligations.responsible(found) if is_open else []
    words, tone = STATES[found.status()]
    context = {
        "one": found, "form": form, "responsible": responsible, "words": words, "tone": tone,
        "is_open": is_open, "may_act": is_open and obligations.may_act(found, request.person),
        "proved_by": _proved_by(found.obligation), "record_url": _record_url(found, request.person),
        "candidates": _candidates(found, request.person) if is_open else [],
        "target": _visible(found.target_id, request.person), "proof": _visible(found.proof_id, request.person),
        "crumbs": [(_("年間の義務"), reverse("portal:duties")), (found.obligation.label, "")],
    }  # fmt: skip
    return render(request, "portal/occurrence.html", context, status=422 if form.errors else 200)


def _proved_by(obligation: Obligation) -> str:
    """Return what a record must be to prove the duty, in words; empty where any record will do."""
    wanted = obligation.duty.proved_by
    known = kinds.table().get(wanted)
    declared = of_kind(wanted)
    return known.title if known else declared.name() if declared else ""


def _record_url(found: Occurrence, person: Person) -> str:
    """Return where the person makes the record that proves it; empty where that is no form of his."""
    wanted = found.obligation.duty.proved_by
    if wanted not in FORMS or not person.roles() & set(FORMS[wanted].applicants):
        return ""
    return reverse("applications:new", args=[wanted])


def _candidates(found: Occurrence, person: Person) -> list[Record]:
    """Return the newest records that could prove it, for the person to choose from."""
    wanted = found.obligation.duty.proved_by
    of_form, of_register = Application.objects.filter(form=wanted), Q(kind=wanted)
    if found.target is not None and found.target.kind == targets.PERSON:
        of_form = of_form.filter(Q(subject=None) | Q(subject=found.target_id))
        of_register &= Q(owner=found.target_id)
    rows = Record.objects.visible_to(person).current().filter(of_register | Q(pk__in=of_form.values("pk")))
    if found.department_id is not None:
        rows = rows.filter(department=found.department_id)
    return list(rows.order_by("-pk")[:CANDIDATES])


def _record(number: str, person: Person) -> Record:
    found: Record | None = Record.objects.visible_to(person).filter(number=number.strip().upper()).first()
    if found is None:
        raise Refused(_("番号の記録が見つかりません。記録の番号を確かめてください。"), field="proof")
    return found


def _visible(pk: int | None, person: Person) -> Record | None:
    found: Record | None = Record.objects.visible_to(person).filter(pk=pk).first() if pk else None
    return found
