"""Choosing a form, filling it in, seeing the route before it is filed, and one's own applications."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.apps import apps
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from sakimori.kernel.approvals import approvals
from sakimori.kernel.approvals.approvals import Application, Emergency
from sakimori.kernel.content.forms import FORMS, Form
from sakimori.kernel.content.forms import Subject as FormSubject
from sakimori.kernel.identity.models import Person
from sakimori.kernel.records.models import Record
from sakimori.lib import clock, japanese
from sakimori.lib.errors import Invalid, Refused
from sakimori.registers.relations import RecordField
from sakimori.registers.views.gate import PersonRequest, for_person

from .. import shown
from ..forms import AnswerForm, EmergencyForm

PAGE_SIZE = 50


@require_safe
@for_person
def mine(request: PersonRequest) -> HttpResponse:
    """List the person's own applications, the newest first."""
    rows = Application.objects.filter(applicant=request.person).select_related("subject").order_by("-pk")
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    found = [(row, shown.badge(row)) for row in page]
    return render(
        request, "applications/mine.html", {"rows": found, "page": page, "crumbs": [(_("自分の申請"), "")]}
    )


@require_safe
@for_person
def forms_list(request: PersonRequest) -> HttpResponse:
    """List the forms that the person may file, by category, narrowed by words; records where the address asks."""
    text = request.GET.get("q", "").strip()
    kind = "record" if request.GET.get("kind") == "record" else "application"
    context = {
        "text": text,
        "kind": kind,
        "categories": _by_category(request.person, text, kind),
        "crumbs": _crumbs(_("申請する")),
    }
    return render(request, "applications/forms.html", context)


def _by_category(person: Person, text: str, kind: str) -> dict[str, list[Form]]:
    held, words = person.roles(), japanese.fold(text)
    found: dict[str, list[Form]] = {}
    for form in FORMS:
        offered = form.kind == kind and form.listed and held & set(form.applicants)
        if offered and words in japanese.fold(f"{form.title} {form.description} {form.category}"):
            found.setdefault(form.category, []).append(form)
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@for_person
def new(request: PersonRequest, form_id: str) -> HttpResponse:
    """Fill in a form or a record; ``subject`` of the address names what it is about."""
    piece = FORMS.all().get(form_id)
    if piece is None or not piece.listed:
        raise Http404
    subject = _subject(request)
    if subject is None and piece.subject is not None and piece.subject.required:
        return _choosing(request, piece, piece.subject)
    if request.method != "POST":
        form = AnswerForm(
            piece,
            request.person,
            initial={"done_on": clock.today()} | {k: v for k, v in request.GET.items() if k != "subject"},
        )
        return _filling(request, piece, subject, form, EmergencyForm())
    form = AnswerForm(piece, request.person, request.POST, request.FILES)
    # A record tells by itself when it was done; only an application can come after the fact.
    emergency = EmergencyForm(request.POST if piece.kind == "application" else {})
    if not (form.is_valid() and emergency.is_valid()):
        return _filling(request, piece, subject, form, emergency, status=422)
    return _file(request, piece, subject, form, emergency)


def _choosing(request: PersonRequest, piece: Form, wanted: FormSubject) -> HttpResponse:
    """Let the person choose what the application is about."""
    model = apps.get_model(wanted.kind) if wanted.kind else Record
    field = RecordField(model, request.person, label=wanted.label or _("対象"))
    form = type("SubjectForm", (forms.Form,), {"about": field})(
        request.GET if "about" in request.GET else None
    )
    if form.is_bound and form.is_valid():
        return redirect(f"{request.path}?subject={form.cleaned_data['about'].pk}")
    context = {"piece": piece, "form": form, "crumbs": _crumbs(piece.title)}
    return render(request, "applications/choose.html", context, status=422 if form.errors else 200)


def _file(
    request: PersonRequest, piece: Form, subject: Record | None, form: AnswerForm, emergency: EmergencyForm
) -> HttpResponse:
    """File the application, or show its route first where that was asked."""
    try:
        if "preview" in request.POST:
            route = approvals.route_preview(piece.id, form.raw, subject, request.person)
            return _filling(request, piece, subject, form, emergency, route=shown.planned(route))
        application = approvals.submit(
            piece.id, form.raw, subject=subject, by=request.person, emergency=_emergency(emergency)
        )
    except Invalid as refused:
        form.refuse(refused.problems)
        return _filling(request, piece, subject, form, emergency, status=422)
    except Refused as refused:
        return _filling(request, piece, subject, form, emergency, refusal=refused, status=422)
    done = (
        _("記録しました。番号は %s です。") if piece.kind == "record" else _("申請しました。番号は %s です。")
    )
    messages.success(request, done % application.number)
    return redirect("applications:page", application.pk)


def _emergency(form: EmergencyForm) -> Emergency | None:
    done_on, reason = form.cleaned_data.get("done_on"), form.cleaned_data.get("emergency") or ""
    return Emergency(done_on, reason) if done_on else None


def _subject(request: PersonRequest) -> Record | None:
    """Return the record that the application is about; 404 for one the person may not know of."""
    wanted = request.GET.get("subject") or request.POST.get("subject")
    if not wanted:
        return None
    if not (wanted.isascii() and wanted.isdigit() and len(wanted) < 16):
        raise Http404
    found = Record.objects.visible_to(request.person).filter(pk=int(wanted)).first()
    if found is None:
        raise Http404
    return found


def _filling(
    request: PersonRequest,
    piece: Form,
    subject: Record | None,
    form: AnswerForm,
    emergency: EmergencyForm | None,
    *,
    application: Application | None = None,
    route: list[shown.Stop] | None = None,
    refusal: Refused | None = None,
    status: int = 200,
) -> HttpResponse:
    retroactive = piece.retroactive and piece.kind == "application"
    context: Mapping[str, Any] = {
        "piece": piece,
        "subject": subject,
        "form": form,
        "emergency": emergency if retroactive and application is None else None,
        "emergency_open": bool(
            emergency and emergency.is_bound and any(emergency.data.get(f) for f in emergency.fields)
        ),
        "application": application,
        "stops": route or shown.declared(piece),
        "previewed": route is not None,
        "refusal": refusal,
        "crumbs": _crumbs(piece.title),
    }
    return render(request, "applications/form.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@for_person
def resubmit(request: PersonRequest, pk: int) -> HttpResponse:
    """Correct a returned application and send it again."""
    application = (
        Application.objects.filter(pk=pk, applicant=request.person).select_related("subject").first()
    )
    if application is None or application.status != Application.Status.RETURNED:
        raise Http404
    piece = application.form_piece
    if piece.corrected != "here":
        raise Http404
    if request.method != "POST":
        form = AnswerForm(piece, request.person, initial=_kept(application))
        return _filling(request, piece, application.subject, form, None, application=application)
    form = AnswerForm(piece, request.person, request.POST, request.FILES)
    if not form.is_valid():
        return _filling(request, piece, application.subject, form, None, application=application, status=422)
    try:
        approvals.resubmit(application, form.raw, by=request.person)
    except Refused as refused:
        context: dict[str, Any] = {"application": application, "refusal": refused, "status": 422}
        return _filling(request, piece, application.subject, form, None, **context)
    messages.success(request, _("再提出しました。"))
    return redirect("applications:page", application.pk)


def _kept(application: Application) -> dict[str, Any]:
    """Return the answers as the form's controls show them."""
    kept: dict[str, Any] = {}
    numbers = [value for value in application.answers.values() if isinstance(value, str)]
    records = {record.number: record for record in Record.objects.filter(number__in=numbers)}
    for asked in application.form_piece.fields:
        value = application.answers.get(asked.id)
        if asked.type in ("person", "department", "record"):
            value = records.get(value or "")
        elif asked.type == "yes-no" and value is not None:
            value = "yes" if value else "no"
        kept[asked.id] = value
    return kept


def _crumbs(title: str) -> list[tuple[str, str]]:
    return [(_("自分の申請"), reverse("applications:mine")), (title, "")]
