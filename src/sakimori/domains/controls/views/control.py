"""The page of one control: why, by what, shown how, tested when, said what."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sakimori.domains.controls import rules
from sakimori.domains.controls.models import Control, ControlTest, Ground, Need, Statement
from sakimori.domains.controls.models.crosswalk import neighbours
from sakimori.domains.controls.models.proof import evidence_of
from sakimori.kernel.approvals import approvals
from sakimori.kernel.dossier import evidence
from sakimori.kernel.identity import access
from sakimori.kernel.identity.models import Person
from sakimori.kernel.records.models import Record
from sakimori.lib.errors import Invalid, Refused
from sakimori.lib.numerals import whole
from sakimori.registers import history, panels
from sakimori.registers.base import Text
from sakimori.registers.views.gate import PersonRequest, for_person
from sakimori.registers.views.rows import page_of

from ..register import Controls
from .questions import ArticleForm, CompanyControlForm, ExclusionForm, GroundForm, ReasonForm, TestForm

Data = dict[str, Any]


def _apply(control: Control, data: Data, by: Person) -> None:
    answers = data | {"responsible": data["responsible"].number}
    approvals.submit("soa-exclusion", answers, subject=control, by=by)


FORMS: dict[str, tuple[type[forms.Form], Text, Callable[[Control, Data, Person], object]]] = {
    "article": (
        ArticleForm, gettext_lazy("規程・手順・責任者"),
        lambda control, data, by: rules.name_article(control, **data, by=by),
    ),
    "test": (
        TestForm, gettext_lazy("点検を記録"),
        lambda control, data, by: rules.record_test(control=control, **data, by=by),
    ),
    "ground": (
        GroundForm, gettext_lazy("根拠を登録"),
        lambda control, data, by: rules.add_ground(control, **data, by=by),
    ),
    "exclusion": (ExclusionForm, gettext_lazy("適用除外を申請"), _apply),
    "drop": (
        ReasonForm, gettext_lazy("独自管理策を廃止"),
        lambda control, data, by: rules.drop_company_control(control, **data, by=by),
    ),
}  # fmt: skip


def _open(request: PersonRequest, pk: int) -> Control:
    found: Control | None = (
        Control.objects.visible_to(request.person)
        .select_related("standard", "owner", "parent__parent")
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise Http404
    return found


@for_person
def page(request: PersonRequest, pk: int) -> HttpResponse:
    """Show one control; beside the overview the tabs that every record has."""
    control = _open(request, pk)
    tabs = panels.tabs_of(Controls)
    if request.GET.get("tab", panels.OVERVIEW) in set(tabs) - {panels.OVERVIEW}:
        return render(request, "registers/detail.html", page_of(request, Controls, control))
    may = access.may(request.person, "soa.change")
    needs = list(control.needs.standing().select_related("cause").order_by("reason", "cause__number"))
    seen = set(
        Record.objects.visible_to(request.person)
        .filter(pk__in=[n.cause_id for n in needs])
        .values_list("pk", flat=True)
    )
    context = {
        "control": control,
        "register": Controls,
        "row": control,
        "tab": panels.OVERVIEW,
        "tabs": [(name, panels.TABS[name]) for name in tabs],
        "path": _path(control),
        "proof": evidence_of([control.pk])[control.pk],
        "needs": [(need, need.cause_id in seen) for need in needs],
        "blocked": any(need.blocking for need in needs),
        "neighbours": _neighbours(control),
        "tests": ControlTest.objects.visible_to(request.person).filter(control=control).order_by("-effective_on", "-pk"),
        "files": evidence.evidence_of(control),
        "said": _said(control, request.person),
        "history": history.of(control, request.person, 8),
        "acts": [(key, label) for key, (_form, label, _do) in FORMS.items() if _offered(key, control, needs)] if may else [],
        "may_change": may,
        "crumbs": [
            (_("規格と管理策"), reverse("controls:tree")),
            (control.standard.short, reverse("controls:standard", args=[control.standard_id])),
            (control.ref, ""),
        ],
    }  # fmt: skip
    return render(request, "controls/control.html", context)


def _offered(key: str, control: Control, needs: list[Need]) -> bool:
    if key == "drop":
        return control.standard.source == "company" and control.retired_at is None
    if key == "exclusion":
        return any(need.blocking for need in needs)
    return control.assessable


def _path(control: Control) -> list[Control]:
    found: list[Control] = []
    node = control.parent
    while node is not None:
        found.insert(0, node)
        node = node.parent
    return found


def _neighbours(control: Control) -> list[tuple[Control, bool]]:
    """Return the counterparts in other standards, and whether a table joins them directly."""
    near = neighbours([control.pk])[control.pk]
    found = Control.objects.filter(pk__in=near).select_related("standard")
    return [(one, near[one.pk] == 1) for one in found.order_by("standard_id", "position")]


def _said(control: Control, person: Person) -> Any:
    visible = Statement.objects.visible_to(person).values("pk")
    rows = control.statement_rows.filter(statement__in=visible).select_related("statement__standard")
    return rows.order_by("-statement_id")


@for_person
def act(request: PersonRequest, pk: int, act: str) -> HttpResponse:
    """Ask for what an act needs, and do it."""
    control = _open(request, pk)
    access.require(request.person, "soa.change", control)
    if act.startswith("drop-ground-"):
        return _drop_ground(request, control, act.removeprefix("drop-ground-"))
    if act not in FORMS:
        raise Http404
    form_class, title, command = FORMS[act]
    if held := request.POST.get("revision", ""):
        control.revision = -1 if (seen := whole(held)) is None else seen  # what the form was drawn from
    form = form_class(request.POST or None, initial=_initial(act, control))

    def do() -> object:
        return command(control, form.cleaned_data, request.person)

    if request.method == "POST" and form.is_valid() and tried(request, form, do):
        return redirect("controls:control", pk)
    return _form_page(request, form, str(title), control)


def _drop_ground(request: PersonRequest, control: Control, number: str) -> HttpResponse:
    ground = Ground.objects.visible_to(request.person).filter(number=number).first()
    if ground is None:
        raise Http404
    form = ReasonForm(request.POST or None)

    def drop() -> object:
        return rules.drop_ground(
            control, ground=ground, reason=form.cleaned_data["reason"], by=request.person
        )

    if request.method == "POST" and form.is_valid() and tried(request, form, drop):
        return redirect("controls:control", control.pk)
    return _form_page(request, form, _("「%s」の解除") % ground.name, control)


def _initial(act: str, control: Control) -> Data:
    if act == "article":
        return {"article": control.article, "procedure": control.procedure, "owner": control.owner_id}
    return {}


@for_person
def add_company(request: PersonRequest) -> HttpResponse:
    """Add a control of the company's own."""
    access.require(request.person, "soa.change")
    form = CompanyControlForm(request.POST or None)
    made: list[Control] = []

    def add() -> None:
        made.append(rules.add_company_control(**form.cleaned_data, by=request.person))

    if request.method == "POST" and form.is_valid() and tried(request, form, add):
        return redirect("controls:control", made[0].pk)
    return _form_page(request, form, _("独自管理策の追加"), None)


def tried(request: PersonRequest, form: forms.Form, do: Callable[[], object], *, quiet: bool = False) -> bool:
    """Do it; put what refused it into the form."""
    try:
        do()
    except Invalid as refusal:
        for name, text in refusal.problems.items():
            form.add_error(name if name in form.fields else None, str(text))
        return False
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return False
    if not quiet:
        messages.success(request, _("登録しました。"))
    return True


def _form_page(request: PersonRequest, form: forms.Form, title: str, control: Control | None) -> HttpResponse:
    back = reverse("controls:control", args=[control.pk]) if control else reverse("controls:tree")
    crumbs = [(_("規格と管理策"), reverse("controls:tree"))]
    if control is not None:
        crumbs.append((control.ref, back))
    context = {
        "form": form,
        "title": title,
        "control": control,
        "back": back,
        "crumbs": [*crumbs, (title, "")],
    }
    status = 422 if form.errors else 200
    return render(request, "controls/form.html", context, status=status)
