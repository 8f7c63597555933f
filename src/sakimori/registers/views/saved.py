"""Saved views: search, filters, columns and order of a list under a name, shared with a role if wished."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from sakimori.kernel.identity import access

from ..addresses import list_url
from ..inputs import clean_params
from ..models import SavedView
from .gate import PersonRequest, for_person, open_register

_NOT_KEPT = ("page", "csrfmiddlewaretoken")


class ViewForm(forms.Form):
    """Name of a view and whom it is shared with."""

    name = forms.CharField(label=gettext_lazy("表示の名前"), max_length=40)
    shared_with = forms.ChoiceField(label=gettext_lazy("共有する役割"), required=False)
    query = forms.CharField(widget=forms.HiddenInput, required=False, max_length=2000)

    def __init__(self, *args: object, roles: frozenset[str], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        held = [(role, access.role_title(role)) for role in access.roles() if role in roles]
        self.fields["shared_with"].choices = [("", _("自分だけ")), *held]  # type: ignore[attr-defined]


@for_person
def views(request: PersonRequest, slug: str) -> HttpResponse:
    """Keep the view from which one comes, and show those kept."""
    declared = open_register(request, slug)
    person = request.person
    form = ViewForm(
        request.POST if request.method == "POST" else None,
        roles=person.roles(),
        initial={"query": kept_query(request.GET)},
    )
    if request.method == "POST" and form.is_valid():
        query = kept_query(QueryDict(form.cleaned_data["query"]))
        SavedView.objects.update_or_create(
            person=person,
            register=declared.slug,
            name=form.cleaned_data["name"],
            defaults={"query": query, "shared_with": form.cleaned_data["shared_with"]},
        )
        messages.success(request, _("表示を保存しました。"))
        return redirect(f"{list_url(declared)}?{query}")
    context = {
        "register": declared,
        "form": form,
        "query": kept_query(request.GET),
        "mine": SavedView.objects.filter(person=person, register=declared.slug),
        "roles": {role.id: role.title for role in access.roles().values()},
        "crumbs": [(declared.name(), list_url(declared)), (_("保存した表示"), "")],
    }
    return render(request, "registers/saved_views.html", context, status=422 if form.errors else 200)


@require_POST
@for_person
def remove(request: PersonRequest, slug: str, pk: int) -> HttpResponse:
    """Drop one's own view."""
    declared = open_register(request, slug)
    dropped, _kinds = SavedView.objects.filter(pk=pk, person=request.person, register=declared.slug).delete()
    if not dropped:
        raise Http404
    messages.success(request, _("表示を削除しました。"))
    return redirect("registers:views", slug)


def kept_query(params: QueryDict) -> str:
    """Return what of an address belongs to a view."""
    cleaned = clean_params(params)
    kept = QueryDict(mutable=True)
    for name, found in cleaned.lists():
        if name not in _NOT_KEPT and any(found):
            kept.setlist(name, [value for value in found if value])
    return kept.urlencode()[:2000]
