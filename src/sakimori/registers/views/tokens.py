"""One's own API tokens."""

from __future__ import annotations

from datetime import timedelta

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from sakimori.lib import clock
from sakimori.lib.errors import Invalid

from .. import tokens as rules
from ..forms import DAY, show_problems
from ..models import ApiToken
from .gate import PersonRequest, for_person


class TokenForm(forms.Form):
    """What a new token is for, what it may do, and how long."""

    name = forms.CharField(
        label=gettext_lazy("用途"), max_length=100, help_text=gettext_lazy("例: 資産管理ツールとの連携")
    )
    scope = forms.ChoiceField(label=gettext_lazy("権限"), choices=ApiToken.Scope.choices)
    expires_on = forms.DateField(
        label=gettext_lazy("有効期限"), widget=DAY, help_text=gettext_lazy("1年以内")
    )


@for_person
def tokens(request: PersonRequest) -> HttpResponse:
    """Show one's tokens; a new one's secret is shown this once."""
    initial = {"expires_on": clock.today() + timedelta(days=90)}
    form = TokenForm(request.POST if request.method == "POST" else None, initial=initial)
    secret = ""
    if request.method == "POST" and form.is_valid():
        try:
            _token, secret = rules.issue(request.person, **form.cleaned_data)
            form = TokenForm(initial=initial)
        except Invalid as invalid:
            show_problems(form, invalid.problems)
    context = {
        "form": form,
        "secret": secret,
        "mine": ApiToken.objects.filter(owner_id=request.person.pk).order_by("-pk"),
        "today": clock.today(),
        "crumbs": [(_("APIトークン"), "")],
    }
    return render(request, "registers/tokens.html", context, status=422 if form.errors else 200)


@require_POST
@for_person
def revoke(request: PersonRequest, pk: int) -> HttpResponse:
    """End one of one's tokens."""
    token = ApiToken.objects.filter(pk=pk, owner_id=request.person.pk, retired_at=None).first()
    if token is None:
        raise Http404
    rules.revoke(token, by=request.person)
    messages.success(request, _("トークンを失効させました。"))
    return redirect("registers:tokens")
