"""What is laid around a record: evidence, links, comments. Posted from the panels of its page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from sakimori.kernel.dossier import comments, evidence, links
from sakimori.kernel.dossier.models import Comment, Evidence, Link
from sakimori.kernel.identity.models import Person
from sakimori.kernel.records.models import Record
from sakimori.lib.errors import Refused

from .. import relations
from ..addresses import detail_url
from ..base import of_kind
from .gate import PersonRequest, View, for_person

Act = Callable[[Record, Any, Person], None]


def _posting(tab: str, done: object, act: Act) -> View:
    """Return a view that does ``act`` with the record of its address and goes back to the tab."""

    @require_POST
    @for_person
    def view(request: PersonRequest, pk: int) -> HttpResponse:
        record = Record.objects.visible_to(request.person).filter(pk=pk).first()
        if record is None:
            raise Http404
        return _done(request, record, tab, done, lambda: act(record, request, request.person))

    return view


def _done(
    request: PersonRequest, record: Record, tab: str, done: object, act: Callable[[], None]
) -> HttpResponse:
    """Do it, say so or say why not, and go back."""
    try:
        act()
        messages.success(request, str(done))
    except Refused as refusal:
        messages.error(request, str(refusal))
    declared = of_kind(record.kind)
    if declared is None:
        raise Http404
    return redirect(f"{detail_url(declared, record.pk)}?tab={tab}")


def _attach(record: Record, request: PersonRequest, by: Person) -> None:
    upload = request.FILES.get("file")
    if upload is None:
        raise Refused(_("ファイルを選んでください。"), rule="evidence.no_file", field="file")
    evidence.attach(
        record, upload, file_name=upload.name or "", note=request.POST.get("note", "").strip(),
        happened_on=_day(request.POST.get("happened_on", "")), by=by,
    )  # fmt: skip


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused(_("日付を選び直してください。"), rule="evidence.day", field="happened_on") from None


def _link(record: Record, request: PersonRequest, by: Person) -> None:
    field = relations.RecordField(Record, by, required=True)
    try:
        target = field.clean(request.POST.get("target", ""))
    except ValidationError as error:
        raise Refused(" ".join(error.messages), rule="link.target", field="target") from error
    links.link(
        record,
        target,
        relation=request.POST.get("relation", ""),
        note=request.POST.get("note", "").strip(),
        by=by,
    )


def _comment(record: Record, request: PersonRequest, by: Person) -> None:
    comments.comment(record, text=request.POST.get("text", ""), by=by)


attach = _posting("evidence", gettext_lazy("証跡を登録しました。"), _attach)
link = _posting("evidence", gettext_lazy("関連付けました。"), _link)
comment = _posting("comments", gettext_lazy("コメントを記録しました。"), _comment)


@require_POST
@for_person
def withdraw_evidence(request: PersonRequest, pk: int) -> HttpResponse:
    """Withdraw a file, with the reason."""
    found = Evidence.objects.visible_to(request.person).select_related("record").filter(pk=pk).first()
    if found is None:
        raise Http404
    reason = request.POST.get("reason", "")
    done = _("証跡を取り消しました。")
    return _done(
        request,
        found.record,
        "evidence",
        done,
        lambda: evidence.withdraw(found, reason=reason, by=request.person),
    )


@require_POST
@for_person
def unlink(request: PersonRequest, pk: int) -> HttpResponse:
    """Remove a link between two records one may know of."""
    visible = Record.objects.visible_to(request.person)
    found = Link.objects.filter(pk=pk, source__in=visible.values("pk"), target__in=visible.values("pk"))
    made = found.select_related("source", "target").first()
    if made is None:
        raise Http404
    here = made.target if request.POST.get("from") == str(made.target_id) else made.source
    return _done(
        request, here, "evidence", _("関連を解除しました。"), lambda: links.unlink(made, by=request.person)
    )


@require_POST
@for_person
def withdraw_comment(request: PersonRequest, pk: int) -> HttpResponse:
    """Withdraw one's own comment."""
    visible = Record.objects.visible_to(request.person)
    found = Comment.objects.filter(pk=pk, record__in=visible.values("pk")).select_related("record").first()
    if found is None:
        raise Http404
    done = _("コメントを取り消しました。")
    return _done(
        request, found.record, "comments", done, lambda: comments.withdraw_comment(found, by=request.person)
    )
