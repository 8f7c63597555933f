"""What one edition says differently from another, on the page and on paper."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from sakimori.domains.documents.models import Edition
from sakimori.domains.documents.models.differences import Difference, between
from sakimori.kernel import papers
from sakimori.lib import clock
from sakimori.lib.worddiff import Piece
from sakimori.registers.views.gate import PersonRequest, for_person
from sakimori.registers.views.printing import printed

from .drafting import crumbs
from .printing import house_of
from .reading import open_edition

KINDS = {"added": _("追加"), "changed": _("変更"), "removed": _("削除"), "moved": _("移動")}


def _pair(request: PersonRequest, pk: int, other: int) -> tuple[Edition, Edition]:
    """Return two editions of one document, the older first."""
    found = [open_edition(request, pk), open_edition(request, other)]
    if found[0].document_id != found[1].document_id:
        raise Http404
    found.sort(key=lambda edition: (edition.version or 10**6, edition.pk))
    return found[0], found[1]


@for_person
def difference(request: PersonRequest, pk: int, other: int) -> HttpResponse:
    """Show what changed between any two editions of a document (V20-053)."""
    before, after = _pair(request, pk, other)
    context = {
        "before": before, "after": after, "changes": between(before, after),
        "others": Edition.objects.visible_to(request.person)
        .filter(document=after.document).exclude(version=None).order_by("-version"),
        "crumbs": crumbs(after, _("版の差分")),
    }  # fmt: skip
    return render(request, "documents/difference.html", context)


@for_person
def paper(request: PersonRequest, pk: int, other: int, form: str) -> HttpResponse:
    """Print the difference: what goes in 〔－ －〕, what comes in 〔＋ ＋〕."""
    before, after = _pair(request, pk, other)
    found = between(before, after)
    title = _("%(doc)s 新旧対照（%(a)s → %(b)s）") % {
        "doc": after.document.name, "a": before.name, "b": after.name
    }  # fmt: skip
    made = papers.Paper(
        house=house_of(after, title=title, issued_on=clock.today()), blocks=tuple(_blocks(found))
    )
    return printed(made, form, f"{after.document.code}-difference")


def _blocks(found: Difference) -> list[papers.blocks.Block]:
    values = papers.Table(
        (papers.Column(_("値"), 2), papers.Column(_("改訂前"), 2), papers.Column(_("改訂後"), 2)),
        [[one.parameter.title, one.before, one.after] for one in found.values],
        empty=_("値の変更なし"),
    )
    rows = [
        [KINDS[one.kind], _number(one.before, one.after), _side(one.title + _GAP + one.text, "removed"),
         _side(one.title + _GAP + one.text, "added")]
        for one in found.changed
    ]  # fmt: skip
    columns = (
        papers.Column(_("区分"), 0.7), papers.Column(_("条"), 0.9), papers.Column(_("改訂前"), 4),
        papers.Column(_("改訂後"), 4),
    )  # fmt: skip
    return [
        values,
        papers.Heading(_("条文の新旧対照"), 2),
        papers.Table(columns, rows, empty=_("条文の変更なし")),
    ]


_GAP = (Piece("same", "\n"),)
_BRACKETS = {"removed": ("〔－", "－〕"), "added": ("〔＋", "＋〕")}


def _side(pieces: tuple[Piece, ...], kind: str) -> str:
    """Return one side of the comparison, what is only on it in brackets."""
    start, end = _BRACKETS[kind]
    return "".join(
        p.text if p.kind == "same" else f"{start}{p.text}{end}" for p in pieces if p.kind in ("same", kind)
    ).strip()


def _number(before: int | None, after: int | None) -> str:
    if before and after and before != after:
        return _("第%(b)d条→第%(a)d条") % {"b": before, "a": after}
    return _("第%d条") % (after or before or 0)
