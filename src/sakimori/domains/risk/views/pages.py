"""One risk from scenario to acceptance, on one page, and the forms that lead it there."""

from __future__ import annotations

from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from sakimori.domains.controls.models import Control
from sakimori.domains.risk import register, rules
from sakimori.domains.risk.models import Risk
from sakimori.domains.risk.rules import valuation
from sakimori.kernel.approvals.models import Application
from sakimori.kernel.content.threats import VULNERABILITIES
from sakimori.kernel.identity import access
from sakimori.kernel.policy import policy
from sakimori.lib.errors import Conflict, Invalid, Refused
from sakimori.lib.numerals import whole
from sakimori.registers import history
from sakimori.registers.forms import show_problems, values_of
from sakimori.registers.views.gate import PersonRequest, for_person
from sakimori.registers.views.rows import rendered_panels

from . import forms
from .heat import tone

STEPS = (_("特定"), _("算定"), _("判定"), _("対応・受容"), _("完了"))


def open_risk(request: PersonRequest, pk: int) -> Risk:
    """Return the risk, or 404 where there is none the person may know of."""
    rows = Risk.objects.visible_to(request.person).select_related("asset", "owner", "department", "round")
    risk: Risk | None = rows.filter(pk=pk).first()
    if risk is None:
        raise Http404
    return risk


@for_person
def show(request: PersonRequest, pk: int) -> HttpResponse:
    """Show everything about one risk."""
    risk = open_risk(request, pk)
    requests = Application.objects.filter(subject__in=[risk.pk, *_answers(risk)]).order_by("-pk")
    context = {
        "risk": risk,
        "threat": register.threat_title(risk),
        "vulnerability": register.vulnerability_title(risk),
        "tone": register.STATE_TONES.get(risk.state, "gray"),
        "value_tone": tone(risk.value) if risk.value is not None else "gray",
        "residual_tone": tone(risk.residual_value) if risk.residual_value is not None else "gray",
        "steps": STEPS,
        "step": _step(risk),
        "facts": _facts(risk),
        "existing": Control.objects.filter(number__in=risk.existing_controls).select_related("standard"),
        "treatments": risk.treatments.select_related("owner").order_by("-pk"),
        "acceptances": risk.acceptances.order_by("-pk"),
        "applications": requests.visible_to(request.person),
        "may": access.may(request.person, "risk.change", risk),
        "may_level": access.may(request.person, "risk.round") or access.may(request.person, "soa.change"),
        "history": history.of(risk, request.person, 6),
        "panels": rendered_panels(request, register.Risks, "evidence", risk),
        "crumbs": [(_("リスク台帳"), reverse("registers:list", args=["risks"])), (risk.number, "")],
    }
    return render(request, "risk/risk.html", context)


def _answers(risk: Risk) -> list[int]:
    plans = risk.treatments.values_list("pk", flat=True)
    return [*plans, *risk.acceptances.values_list("pk", flat=True)]


def _step(risk: Risk) -> int:
    if risk.value is None:
        return 1
    if risk.state in (Risk.State.ACCEPTABLE, Risk.State.TREATED, Risk.State.ACCEPTED):
        return 5
    return 3


def _facts(risk: Risk) -> list[tuple[str, object]]:
    """Return the stated numbers with the names of their levels."""
    of_method: tuple[str, ...] = ("threat_level", "vulnerability_level")
    if risk.method != valuation.SME:
        of_method = (
            "frequency", "loss_amount", "loss_extent", "loss_parties", "affected", "expected_loss",
        )  # fmt: skip
    found = []
    for name in (*of_method, *valuation.harms_of(risk.asset)):
        value, offered = getattr(risk, name), register.Risks.choices.get(name)
        label = str(Risk._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
        found.append((label, dict(offered()).get(value, value) if offered else value))
    return found


@for_person
def analyse(request: PersonRequest, pk: int) -> HttpResponse:
    """State scenario and numbers; the value is computed."""
    risk = open_risk(request, pk)
    access.require(request.person, "risk.change", risk)
    method = (
        request.POST.get("method") or request.GET.get("method") or risk.method or policy.value("risk.method")
    )
    known = dict(register.methods())
    method = method if method in known else policy.value("risk.method")
    initial = _stored(risk, forms.Analysis)
    harms = {
        name: rated for name, rated in valuation.harms_of(risk.asset).items() if initial.get(name) is None
    }
    form = forms.Analysis(request.POST or None, risk=risk, method=method, initial=initial | harms)
    if request.method == "POST" and form.is_valid():
        values = values_of(form)
        scenario = {name: values.pop(name) for name in form.scenario}
        if _run(request, form, risk, lambda row: _analyse(row, scenario, values, method, request)):
            messages.success(request, _("リスク値を算定しました。"))
            return redirect("risk", risk.pk)
    context = {
        "risk": risk,
        "form": form,
        "method": method,
        "methods": known.items(),
        "scenario": [form[name] for name in form.scenario],
        "numbers": [form[name] for name in form.numbers if name in form.fields],
        "considered": [form[name] for name in form.considered],
        "crumbs": _crumbs(risk, _("算定")),
    }
    return render(request, "risk/analyse.html", context)


def _analyse(
    risk: Risk, scenario: dict[str, Any], values: dict[str, Any], method: str, request: PersonRequest
) -> None:
    if any(getattr(risk, name) != value for name, value in scenario.items()):
        rules.reword(risk, **scenario, by=request.person)
    rules.analyse(risk, method=method, **values, by=request.person)


@for_person
def plan(request: PersonRequest, pk: int) -> HttpResponse:
    """Plan a treatment."""
    risk = open_risk(request, pk)
    access.require(request.person, "risk.change", risk)
    initial = {
        "control_refs": _suggested(risk),
        "owner": risk.owner_id,
        "expected_likelihood": risk.likelihood,
    }
    form = forms.Plan(
        request.POST or None,
        risk=risk,
        person=request.person,
        initial={**initial, "expected_loss": risk.loss},
    )
    if request.method == "POST" and form.is_valid():
        values: dict[str, Any] = {"action": "", "basis": ""}
        values |= {name: value for name, value in values_of(form).items() if value not in (None, "")}
        if _run(request, form, risk, lambda row: rules.plan_treatment(risk=row, **values, by=request.person)):
            messages.success(request, _("リスク対応計画を作成しました。内容を確かめて提出してください。"))
            return redirect("risk", risk.pk)
    context = {"risk": risk, "form": form, "crumbs": _crumbs(risk, _("対応計画"))}
    return render(request, "risk/plan.html", context)


def _suggested(risk: Risk) -> list[str]:
    """Return the controls that answer the vulnerability, by the catalogue."""
    if risk.vulnerability not in VULNERABILITIES:
        return []
    refs = VULNERABILITIES[risk.vulnerability].controls
    rows = Control.objects.current().filter(standard__slug="iso27001-2022", ref__in=refs)
    return list(rows.values_list("number", flat=True))


class Reason(django_forms.Form):
    """Why a risk is kept."""

    reason = django_forms.CharField(
        label=_("受容する理由"),
        widget=django_forms.Textarea(attrs={"rows": 4}),
        error_messages=forms.REQUIRED,
    )


@for_person
def accept(request: PersonRequest, pk: int) -> HttpResponse:
    """Ask for the acceptance of the risk as it stands."""
    risk = open_risk(request, pk)
    access.require(request.person, "risk.change", risk)
    form = Reason(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        if _run(
            request,
            form,
            risk,
            lambda row: rules.request_acceptance(risk=row, reason=reason, by=request.person),
        ):
            messages.success(request, _("リスク所有者と社長に、受容の承認を求めました。"))
            return redirect("risk", risk.pk)
    context = {"risk": risk, "form": form, "facts": _facts(risk), "crumbs": _crumbs(risk, _("受容の申請"))}
    return render(request, "risk/accept.html", context)


def _run(request: PersonRequest, form: django_forms.Form, risk: Risk, act: Any) -> bool:
    """Carry out ``act`` on the risk; say at the field, or above the form, why it was refused."""
    held = request.POST.get("revision", "")
    try:
        if held and whole(held) != risk.revision:
            raise Conflict(_("入力している間に、このリスクが変更されました。最新の内容を確かめてください。"))
        act(risk)
    except Invalid as refusal:
        show_problems(form, {_field(name): text for name, text in refusal.problems.items()})
    except Refused as refusal:
        form.add_error(None, str(refusal))
    else:
        return True
    return False


def _field(name: str) -> str:
    return {"controls": "control_refs"}.get(name, name)


def _stored(risk: Risk, form: type[django_forms.Form]) -> dict[str, object]:
    return {name: getattr(risk, name) for name in form.base_fields if hasattr(risk, name)}


def _crumbs(risk: Risk, last: str) -> list[tuple[str, str]]:
    return [
        (_("リスク台帳"), reverse("registers:list", args=["risks"])),
        (risk.number, reverse("risk", args=[risk.pk])),
        (last, ""),
    ]
