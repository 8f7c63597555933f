"""Bring the company's own regulations, and say whose duties their articles carry."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from sakimori.domains.documents import rules
from sakimori.domains.documents.models import Document, Edition, suggestions
from sakimori.kernel.content.regulations import ARTICLES, REGULATIONS
from sakimori.kernel.identity import access
from sakimori.lib.errors import Invalid
from sakimori.registers.views.gate import PersonRequest, for_person

from .drafting import crumbs, draft, tried

LARGEST = 20 * 1024 * 1024


class ImportForm(forms.Form):
    """A file, and the document that it becomes an edition of."""

    file = forms.FileField(
        label=gettext_lazy("ファイル"),
        help_text=gettext_lazy(
            "Word（.docx）か Markdown（.md）。条文に分けず原本のまま管理する場合はPDFなども可。"
        ),
    )
    document = forms.ModelChoiceField(
        label=gettext_lazy("改訂する文書"), queryset=Document.objects.none(), required=False,
        empty_label=gettext_lazy("新しい文書として登録する"),
    )  # fmt: skip
    code = forms.CharField(label=gettext_lazy("文書番号"), max_length=40, required=False)
    name = forms.CharField(label=gettext_lazy("文書名"), max_length=120, required=False)
    level = forms.ChoiceField(
        label=gettext_lazy("階層"), required=False, initial=Document.Level.REGULATION,
        choices=[(level.value, level.label) for level in Document.Level if level != Document.Level.EXTERNAL],
    )  # fmt: skip
    above = forms.ModelChoiceField(
        label=gettext_lazy("上位の文書"), queryset=Document.objects.none(), required=False
    )
    keeper = forms.ChoiceField(label=gettext_lazy("管理する役割"), required=False)
    reason = forms.CharField(label=gettext_lazy("理由"), initial=gettext_lazy("自社の規程の取込み"))
    original = forms.BooleanField(
        label=gettext_lazy("条文に分けず、原本ファイルのまま管理する"), required=False
    )

    def __init__(self, person: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = Document.objects.visible_to(person).current().internal().order_by("code")
        for name in ("document", "above"):
            self.fields[name].queryset = known  # type: ignore[attr-defined]
        roles = [(role, access.role_title(role)) for role in access.roles()]
        self.fields["keeper"].choices = roles  # type: ignore[attr-defined]
        self.fields["keeper"].initial = "security_office"


@for_person
@require_POST
def install(request: PersonRequest) -> HttpResponse:
    """Take the shipped set over as edition 1, as far as the company does not have it."""
    access.require(request.person, "document.change")
    made = rules.install_shipped(by=request.person)
    messages.success(request, _("付属の規程 %d 件を第1版として採用しました。") % len(made))
    return redirect("documents:library")


@for_person
def upload(request: PersonRequest) -> HttpResponse:
    """Take a file as the next edition of a document, or as a new document."""
    access.require(request.person, "document.change")
    form = ImportForm(request.person, request.POST or None, request.FILES or None)
    made: list[Edition] = []
    if request.method == "POST" and form.is_valid():

        def do() -> None:
            made.append(_take(request, form.cleaned_data))

        if tried(request, form, do, _("取り込みました。内容と、対応する条を確かめてください。")):
            edition = made[0]
            articles = edition.form == Edition.Form.ARTICLES
            return redirect("documents:mapping" if articles else "documents:edition", edition.pk)
    context = {"form": form, "crumbs": [(_("規程集"), "/documents/"), (_("自社の規程を取り込む"), "")]}
    return render(request, "documents/import.html", context)


def _take(request: PersonRequest, values: dict[str, Any]) -> Edition:
    file = values["file"]
    if file.size > LARGEST:
        raise Invalid({"file": _("20MB以下のファイルにしてください。")})
    data, name = file.read(), file.name
    keep = rules.keep_original if values["original"] else rules.take_over
    return rules.bring(
        keep, values["document"], data=data, file_name=name, reason=values["reason"],
        new={key: values[key] for key in ("code", "name", "level", "keeper", "above")}, by=request.person,
    )  # fmt: skip


@for_person
def mapping(request: PersonRequest, pk: int) -> HttpResponse:
    """Suggest for every article of a draft which shipped article's duties it carries; a person confirms."""
    edition = draft(request, pk)
    articles = list(edition.articles.all())
    found = suggestions.of_articles(
        [(a.key, a.title, a.text) for a in articles], within=edition.document.slug
    )
    if request.method == "POST":
        chosen = {a.key: request.POST.getlist(f"carries-{a.key}") for a in articles}
        rules.map_articles(edition, chosen=chosen, by=request.person)
        return redirect("documents:edition", pk)
    rows = []
    for number, article in enumerate(articles, 1):
        offered = {one.article.id: one for one in found[article.key]}
        kept = [
            ARTICLES[address] for address in article.carries if address in ARTICLES and address not in offered
        ]
        rows.append({"number": number, "article": article, "offered": list(offered.values()), "kept": kept})
    context = {
        "edition": edition, "rows": rows, "titles": {one.id: one.title for one in REGULATIONS},
        "fresh": not any(article.carries for article in articles),
        "crumbs": crumbs(edition, _("義務との対応")),
    }  # fmt: skip
    return render(request, "documents/mapping.html", context)
