"""Home and search: the pages everybody has."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from sakimori.kernel.records.models import Record
from sakimori.kernel.search import search as index
from sakimori.lib import japanese
from sakimori.registers import navigation, values
from sakimori.registers.base import of_kind
from sakimori.registers.views.gate import PersonRequest, for_person

PALETTE_LENGTH = 8


@dataclass(frozen=True)
class Hit:
    """One thing found: a page or a record."""

    title: str
    url: str
    icon: str
    where: str


@for_person
def palette(request: PersonRequest) -> HttpResponse:
    """Answer the palette while the person types."""
    text = request.GET.get("q", "").strip()
    context = {
        "text": text,
        "pages": _pages(request, text)[:PALETTE_LENGTH],
        "records": _records(request, text),
    }
    return render(request, "portal/_palette.html", context)


@for_person
def search(request: PersonRequest) -> HttpResponse:
    """Show what was found, for those without JavaScript and for long lists."""
    text = request.GET.get("q", "").strip()
    context = {"text": text, "pages": _pages(request, text), "records": _records(request, text, 100)}
    return render(request, "portal/search.html", {**context, "crumbs": [(_("検索"), "")]})


def _pages(request: PersonRequest, text: str) -> list[Hit]:
    """Return the pages whose name contains the text."""
    wanted = japanese.fold(text)
    groups = navigation.groups_for(request.person)
    return [
        Hit(str(entry.title), entry.url, entry.icon, str(group.title))
        for group in groups
        for entry in group.entries
        if wanted in japanese.fold(str(entry.title))
    ]


def _records(request: PersonRequest, text: str, limit: int = PALETTE_LENGTH) -> list[Hit]:
    """Return the records the person may know of that match the text."""
    found = index.find(text, request.person, limit=limit)
    return [hit for one in found if (hit := _hit(one.record))]


def _hit(record: Record) -> Hit | None:
    declared = of_kind(record.kind)
    if declared is None:
        return None
    return Hit(
        record.label, values.record_url(record.pk), declared.icon, f"{record.number} ・ {declared.name()}"
    )
