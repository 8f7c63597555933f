"""Edit a draft: article by article, and the values that the articles state."""

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
from django.views.decorators.http import require_POST

from sakimori.domains.documents import rules
from sakimori.domains.documents.models import Edition, preview, reading
from sakimori.kernel.content import parameters
from sakimori.kernel.content.parameters import PARAMETERS, Parameter
from sakimori.kernel.policy import policy
from sakimori.lib import clock
from sakimori.lib.errors import Invalid, NotAllowed, Refused
from sakimori.registers.views.gate import PersonRequest, for_person

from .reading import open_edition

NOTATION = gettext_lazy(
    "空行で項を分け、号は行頭に「- 」、細分は字下げして「  - 」と書く。値は {{名前}}、ほかの条は [[規程/条]]。"
)


class ArticleForm(forms.Form):
    """One article."""

    chapter = forms.CharField(
        label=gettext_lazy("章（ここから新しい章が始まるとき）"), max_length=120, required=False
    )
    title = forms.CharField(label=gettext_lazy("題名"), max_length=120)
    text = forms.CharField(
        label=gettext_lazy("条文"), widget=forms.Textarea(attrs={"rows": 14}), help_text=NOTATION
    )


class NewArticleForm(ArticleForm):
    """An article, and after which one it stands."""

    after = forms.ChoiceField(label=gettext_lazy("位置"), required=False)

    def __init__(self, edition: Edition, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = [(a.key, _("第%(n)d条（%(t)s）の後") % {"n": n, "t": a.title})
                  for n, a in enumerate(edition.articles.all(), 1)]  # fmt: skip
        self.fields["after"].choices = [("", _("最後")), *places]  # type: ignore[attr-defined]


class ValueForm(forms.Form):
    """One value, as the regulation's own form asks for it."""

    value = forms.CharField(label=gettext_lazy("改訂後の値"), required=False)

    def __init__(self, parameter: Parameter, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["value"]
        field.help_text = parameter.help or parameter.enforced
        if parameter.type == "table":
            field.widget = forms.Textarea(attrs={"rows": 8})
            field.help_text = _("1行に1件を「|」で区切る（%s）。") % " | ".join(
                c.title for c in parameter.columns
            )
        elif parameter.type == "choice":
            field.widget = forms.Select(choices=[(option.id, option.label) for option in parameter.choices])
        elif parameter.type == "bool":
            field.widget = forms.Select(choices=[("true", _("はい")), ("false", _("いいえ"))])
        elif parameter.type == "duration":
            field.help_text = _("「6か月」「1年」「10営業日」のように入力する。%s") % parameter.help


def draft(request: PersonRequest, pk: int) -> Edition:
    """Return the draft; 404 for one unknown to the person, NotAllowed where he may not draft or it is frozen."""
    found = open_edition(request, pk)
    if not rules.may_draft(found.document, request.person):
        raise NotAllowed(_("この文書を起案できる役割にありません。"), rule="documents.drafters")
    return found


def tried(request: PersonRequest, form: forms.Form, do: Callable[[], object], done: str) -> bool:
    """Do it and say so; put what refused it into the form."""
    try:
        do()
    except Invalid as refusal:
        for name, text in refusal.problems.items():
            form.add_error(name if name in form.fields else None, str(text))
        return False
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, done)
    return True


def crumbs(edition: Edition, last: str) -> list[tuple[str, str]]:
    """Return the way back from a page of work."""
    return [
        (_("規程集"), reverse("documents:library")),
        (f"{edition.document.name} {edition.name}", reverse("documents:edition", args=[edition.pk])),
        (last, ""),
    ]


@for_person
def article(request: PersonRequest, pk: int, key: str) -> HttpResponse:
    """Write an article anew, with a preview of how it will be read."""
    edition = draft(request, pk)
    row = edition.articles.filter(key=key).first()
    if row is None:
        raise Http404
    form = ArticleForm(
        request.POST or None, initial={"chapter": row.chapter, "title": row.title, "text": row.text}
    )
    previewing = request.method == "POST" and "preview" in request.POST
    if request.method == "POST" and form.is_valid() and not previewing:
        values = form.cleaned_data

        def do() -> object:
            return rules.change_article(edition, key=key, **values, by=request.person)

        if tried(request, form, do, _("条を書き改めました。")):
            return redirect(f"{reverse('documents:edition', args=[pk])}#{key}")
    if previewing and form.is_valid():
        row.chapter, row.title, row.text = (form.cleaned_data[name] for name in ("chapter", "title", "text"))
    shown = next((one for one in reading.shown(edition) if one.article.key == key), None)
    if previewing:
        shown = reading.preview_of(edition, row)
    context = {
        "edition": edition, "form": form, "shown": shown, "article": row,
        "names": [preview.standing(edition, name) for name in edition.parameters()],
        "crumbs": crumbs(edition, row.title),
    }  # fmt: skip
    return render(request, "documents/article.html", context)


@for_person
def add(request: PersonRequest, pk: int) -> HttpResponse:
    """Add an article."""
    edition = draft(request, pk)
    form = NewArticleForm(edition, request.POST or None, initial={"after": request.GET.get("after", "")})
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data

        def do() -> object:
            return rules.add_article(edition, **values, by=request.person)

        if tried(request, form, do, _("条を加えました。")):
            return redirect("documents:edition", pk)
    context = {"edition": edition, "form": form, "shown": None, "crumbs": crumbs(edition, _("条を加える"))}
    return render(request, "documents/article.html", context)


@for_person
@require_POST
def act(request: PersonRequest, pk: int, key: str, act: str) -> HttpResponse:
    """Move an article up or down, or take it out."""
    edition = draft(request, pk)
    if act == "remove":
        rules.remove_article(edition, key=key, by=request.person)
    elif act in ("up", "down"):
        rules.move_article(edition, key=key, down=act == "down", by=request.person)
    else:
        raise Http404
    back = reverse("documents:edition", args=[pk])
    return redirect(back if act == "remove" else f"{back}#{key}")


@for_person
def value(request: PersonRequest, pk: int, name: str) -> HttpResponse:
    """Propose another value, with what it would change in behaviour."""
    edition = draft(request, pk)
    if name not in PARAMETERS or name not in edition.parameters():
        raise Http404
    parameter = PARAMETERS[name]
    raw = edition.changes.get(
        name, parameters.plain(policy.value(name, on=edition.takes_effect_on or clock.today()))
    )
    form = ValueForm(parameter, request.POST or None, initial={"value": _typed(parameter, raw)})
    if request.method == "POST" and form.is_valid():
        wanted = form.cleaned_data["value"]

        def do() -> object:
            return rules.change_value(edition, name=name, value=wanted, by=request.person)

        if tried(request, form, do, _("値を改めました。")):
            return redirect(f"{reverse('documents:edition', args=[pk])}#values")
    context = {
        "edition": edition, "form": form, "parameter": parameter,
        "standing": preview.standing(edition, name),
        "effects": [one for one in preview.effects(edition) if one.parameter.id == name],
        "crumbs": crumbs(edition, parameter.title),
    }  # fmt: skip
    return render(request, "documents/value.html", context)


def _typed(parameter: Parameter, raw: Any) -> Any:
    """Return a stored value as the form's field shows it."""
    if parameter.type == "table":
        ids = [column.id for column in parameter.columns]
        return "\n".join(" | ".join("" if r.get(i) is None else str(r[i]) for i in ids) for r in raw or ())
    if isinstance(raw, bool):
        return "true" if raw else "false"
    return ", ".join(map(str, raw)) if isinstance(raw, list) else raw
