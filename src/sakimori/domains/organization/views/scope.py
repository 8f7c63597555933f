"""The scope: its five views, what changed since the version in force, which units it covers."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sakimori.domains.organization import register, rules
from sakimori.domains.organization.models import Scope
from sakimori.domains.organization.rules.scope import VIEWS, undecided
from sakimori.kernel.approvals.models import Application
from sakimori.kernel.dossier.evidence import evidence_of
from sakimori.kernel.identity import access
from sakimori.kernel.identity.models import Department, Site
from sakimori.lib.errors import Conflict, Invalid, Refused
from sakimori.lib.numerals import whole
from sakimori.registers.views.gate import PersonRequest, for_person
from sakimori.registers.views.rows import rendered_panels

from . import forms
from .acts import carry_out

TEXTS = (*VIEWS, "exclusions", "no_diagram")


def open_scope(request: PersonRequest, pk: int) -> Scope:
    """Return the version, or 404 where there is none the person may know of."""
    scope = Scope.objects.visible_to(request.person).filter(pk=pk).first()
    if scope is None:
        raise Http404
    found: Scope = scope
    return found


def former_of(scope: Scope) -> Scope | None:
    """Return the version before."""
    return Scope.objects.filter(version__lt=scope.version).order_by("-version").first()


@for_person
def show(request: PersonRequest, pk: int) -> HttpResponse:
    """Show one version with its differences to the former one, and every unit's place."""
    scope = open_scope(request, pk)
    former = former_of(scope)
    requests = Application.objects.visible_to(request.person).filter(subject=scope)
    context = {
        "scope": scope,
        "tone": register.SCOPE_TONES.get(scope.status, "gray"),
        "views": [
            (str(Scope._meta.get_field(name).verbose_name), getattr(scope, name),  # type: ignore[union-attr]
             getattr(former, name) if former is not None else None)
            for name in TEXTS
        ],
        "former": former,
        "former_systems": former.systems if former is not None else [],
        "departments": Department.objects.current().order_by("code"),
        "sites": Site.objects.current().order_by("name"),
        "undecided": undecided(),
        "has_diagram": evidence_of(scope).exists(),
        "application": requests.order_by("-pk").first(),
        "may": access.may(request.person, "organization.change") and scope.status == Scope.Status.DRAFT,
        "may_start": access.may(request.person, "organization.change") and not _is_open(),
        "panels": rendered_panels(request, register.Scopes, "evidence", scope),
        "crumbs": _crumbs(scope),
    }  # fmt: skip
    return render(request, "organization/scope.html", context)


def _is_open() -> bool:
    return Scope.objects.filter(status__in=(Scope.Status.DRAFT, Scope.Status.SUBMITTED)).exists()


def _crumbs(scope: Scope, last: str = "") -> list[tuple[str, str]]:
    top = (_("適用範囲定義書"), reverse("registers:list", args=["scopes"]))
    if not last:
        return [top, (scope.title(), "")]
    return [top, (scope.title(), reverse("organization-scope", args=[scope.pk])), (last, "")]


@for_person
def current(request: PersonRequest) -> HttpResponse:
    """Lead to the version under way, else to the one in force; offer to start the first."""
    rows = Scope.objects.visible_to(request.person).exclude(status=Scope.Status.SUPERSEDED)
    scope = rows.order_by("-version").first()
    if scope is not None:
        return redirect("organization-scope", scope.pk)
    context = {"may": access.may(request.person, "organization.change"), "crumbs": [(_("適用範囲"), "")]}
    return render(request, "organization/no_scope.html", context)


@require_POST
@for_person
def start(request: PersonRequest) -> HttpResponse:
    """Start the next version."""
    try:
        scope = rules.start_scope(by=request.person)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("registers:list", "scopes")
    return redirect("organization-scope-edit", scope.pk)


@for_person
def edit(request: PersonRequest, pk: int) -> HttpResponse:
    """Describe the scope."""
    scope = open_scope(request, pk)
    access.require(request.person, "organization.change", scope)
    initial = {name: getattr(scope, name) for name in TEXTS} | {"systems": "\n".join(scope.systems)}
    form = forms.Scoping(request.POST or None, initial=initial)
    if request.method == "POST":
        held = request.POST.get("revision", "")
        if held and whole(held) != scope.revision:
            raise Conflict(_("入力している間に変更されました。最新の内容を確かめてください。"))
        if carry_out(form, lambda values: rules.change_scope(scope, **values, by=request.person)) is not None:
            messages.success(request, _("適用範囲を保存しました。"))
            return redirect("organization-scope", pk)
    context = {"form": form, "scope": scope, "crumbs": _crumbs(scope, _("記述"))}
    return render(request, "organization/scope_edit.html", context, status=422 if form.is_bound else 200)


@require_POST
@for_person
def submit(request: PersonRequest, pk: int) -> HttpResponse:
    """Send the version to the committee and the president."""
    scope = open_scope(request, pk)
    try:
        rules.submit_scope(scope, by=request.person)
    except Invalid as refusal:
        labels = "、".join(str(Scope._meta.get_field(name).verbose_name) for name in refusal.problems)  # type: ignore[union-attr]
        messages.error(request, _("次の観点が書かれていません: %(labels)s") % {"labels": labels})
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("委員会の評価と社長の承認を求めました。"))
    return redirect("organization-scope", pk)
