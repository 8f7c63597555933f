"""The life of a draft: proposed, described, put forward, given up."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from sakimori.domains.documents import rules
from sakimori.domains.documents.models import preview
from sakimori.domains.documents.models.differences import between
from sakimori.kernel.approvals import approvals
from sakimori.lib.errors import Refused
from sakimori.registers.views.gate import PersonRequest, for_person

from .drafting import crumbs, draft, tried
from .reading import open_document


class DescriptionForm(forms.Form):
    """Why, from when, and whether it must be read anew."""

    reason = forms.CharField(label=gettext_lazy("改訂の理由"), widget=forms.Textarea(attrs={"rows": 3}))
    takes_effect_on = forms.DateField(
        label=gettext_lazy("施行日"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    material = forms.BooleanField(
        label=gettext_lazy("実質的な変更（対象者があらためて読み、確認する）"), required=False
    )


@for_person
@require_POST
def propose(request: PersonRequest, pk: int) -> HttpResponse:
    """Start a revision of a document."""
    found = open_document(request, pk)
    edition = rules.propose(document=found, reason=request.POST.get("reason", ""), by=request.person)
    messages.success(request, _("改訂案を起こしました。条と値を改め、理由と施行日を書いて提出してください。"))
    return redirect("documents:edition", edition.pk)


@for_person
def describe(request: PersonRequest, pk: int) -> HttpResponse:
    """Write reason and effective day."""
    edition = draft(request, pk)
    initial = {
        "reason": edition.reason, "takes_effect_on": edition.takes_effect_on, "material": edition.material
    }  # fmt: skip
    form = DescriptionForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data

        def do() -> object:
            return rules.describe(edition, **values, by=request.person)

        if tried(request, form, do, _("理由と施行日を登録しました。")):
            return redirect("documents:edition", pk)
    context = {"edition": edition, "form": form, "crumbs": crumbs(edition, _("理由と施行日"))}
    return render(request, "documents/describe.html", context)


@for_person
def submit(request: PersonRequest, pk: int) -> HttpResponse:
    """Show what is put forward, what it will change and what forbids it; POST puts it forward."""
    edition = draft(request, pk)
    refused: list[str] = []
    if request.method == "POST":
        try:
            rules.submit_edition(edition, by=request.person)
        except Refused as refusal:
            refused = [str(text) for text in getattr(refusal, "problems", {"": refusal}).values()]
            edition.refresh_from_db()
        else:
            messages.success(request, _("改訂案を提出しました。審議と承認に進みます。"))
            return redirect("documents:edition", pk)
    faults = refused or [str(fault) for fault in rules.faults(edition)]
    context = {
        "edition": edition, "faults": faults, "changes": between(edition.based_on, edition),
        "effects": preview.effects(edition), "remarks": preview.remarks(edition),
        "forms_gone": preview.forms_of(edition),
        "route": [] if faults else _route(request, edition),
        "crumbs": crumbs(edition, _("提出")),
    }  # fmt: skip
    return render(request, "documents/submit.html", context)


def _route(request: PersonRequest, edition: object) -> list[object]:
    answers = {
        "summary": edition.reason, "effective_on": str(edition.takes_effect_on), "material": edition.material  # type: ignore[attr-defined]
    }  # fmt: skip
    try:
        return list(approvals.route_preview("document-revision", answers, edition, request.person))  # type: ignore[arg-type]
    except Refused as refusal:
        messages.error(request, str(refusal))
        return []


@for_person
@require_POST
def drop(request: PersonRequest, pk: int) -> HttpResponse:
    """Give a draft up."""
    edition = draft(request, pk)
    rules.drop_draft(edition, reason=request.POST.get("reason", ""), by=request.person)
    messages.success(request, _("改訂案を取り下げました。"))
    return redirect("documents:document", edition.document_id)
