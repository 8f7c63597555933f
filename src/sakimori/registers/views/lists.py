"""Lists: the page, its table for HTMX, and the way to any record by its key."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from sakimori.kernel.exchange import exports
from sakimori.kernel.identity import access
from sakimori.kernel.identity.models import Person

from .. import details
from ..addresses import detail_url
from ..base import Register
from ..listing import COUNTED, SIZES, Listing, Shown, columns_of
from ..models import SavedView
from . import saved
from .gate import PersonRequest, for_person, open_register

_PICK = '<td class="pick"><input type="checkbox" name="row" value="{}" aria-label="{}"></td>'
_FORMS = (
    ("xlsx", "file-spreadsheet", gettext_lazy("表示中の一覧をExcelで出力")),
    ("csv", "file-text", gettext_lazy("表示中の一覧をCSVで出力")),
    ("sheet", "table-export", gettext_lazy("編集して戻せるExcelで出力")),
)


@require_safe
@for_person
def table(request: PersonRequest, slug: str) -> HttpResponse:
    """List the rows of a register; HTMX asks for the table only."""
    declared = open_register(request, slug)
    listing = Listing(declared, request.person, request.GET)
    bulk = _bulk(declared, request.person)
    context = {
        "register": declared,
        "listing": listing,
        "all_columns": columns_of(declared).values(),
        "sizes": sorted(SIZES),
        "may_add": declared.may(request.person, "add"),
        "heads": list(_heads(listing, request.GET)),
        "body": _body(declared, listing, pick=bool(bulk)),
        "count": _count(listing),
        "previous_url": _address(request.GET, page=listing.page - 1),
        "next_url": _address(request.GET, page=listing.page + 1),
        "crumbs": [(declared.name(), "")],
        "tools": list(_tools(declared, request)),
        "bulk": bulk,
        "views": SavedView.objects.offered_to(request.person, slug),
        "present_query": saved.kept_query(request.GET),
    }
    part = request.htmx and request.htmx.target == "list"
    return render(request, "registers/_table.html" if part else "registers/list.html", context)


def _tools(declared: type[Register], request: PersonRequest) -> Iterator[dict[str, str]]:
    """Yield what takes the list out and in."""
    query = "?" + request.GET.urlencode()
    if access.may(request.person, exports.RIGHT):
        for form, icon, title in _FORMS:
            if form != "sheet" or declared.sheet is not None:
                url = reverse("registers:export", args=[declared.slug, form]) + query
                yield {"url": url, "icon": icon, "title": str(title)}
    if declared.sheet is not None and access.may(request.person, declared.sheet.right):
        url = reverse("registers:import_start", args=[declared.slug])
        yield {"url": url, "icon": "file-upload", "title": _("Excelから取り込む")}


def _bulk(declared: type[Register], person: Person) -> list[tuple[str, str]]:
    """Return the commands that may be called on many rows."""
    found = []
    for action in details.all_actions(declared):
        verb = action.command.verb  # type: ignore[attr-defined]
        right = verb.right or declared.right_for("retire")
        if (action.bulk or action is details.RETIRE) and right and access.may(person, right):
            found.append((verb.name, str(verb.label)))
    return found


def _address(params: QueryDict, **changes: object) -> str:
    """Return the present query with ``changes``."""
    changed = params.copy()
    for name, value in changes.items():
        changed[name] = str(value)
    return "?" + changed.urlencode()


def _heads(listing: Listing, params: QueryDict) -> Iterator[dict[str, str]]:
    """Yield the headings, those to sort by with their links."""
    by, down = listing.sort
    for column in listing.columns:
        head = {"label": column.label, "align": column.align, "url": "", "direction": "", "icon": "selector"}
        if column.order:
            chosen = by is column
            head["url"] = _address(
                params, sort=f"-{column.name}" if chosen and not down else column.name, page=1
            )
            if chosen:
                head["direction"] = "descending" if down else "ascending"
                head["icon"] = "chevron-down" if down else "chevron-up"
        yield head


def _body(declared: type[Register], listing: Listing, *, pick: bool) -> SafeString:
    """Return the table's rows; built here because a template takes three times as long."""
    address = detail_url(declared, 0).replace("/0/", "/{}/")
    return mark_safe("".join(_row(address, row, cells, pick) for row, cells in listing.cells))  # noqa: S308 - escaped parts


def _row(address: str, row: Any, cells: list[tuple[Shown, SafeString]], pick: bool) -> str:
    parts: list[str] = [_PICK.format(row.pk, escape(row.label))] if pick else []
    for place, (column, html) in enumerate(cells):
        classes = f' class="{column.align}"' if column.align else ""
        shown: str = html
        if place == 0 and not column.relation:
            shown = f'<a class="row-link" href="{address.format(row.pk)}">{html}</a>'
        parts.append(f'<td data-label="{column.label_html}"{classes}>{shown}</td>')
    retired = ' class="retired"' if row.retired_at else ""
    return f"<tr{retired}>{''.join(parts)}</tr>"


def _count(listing: Listing) -> str:
    """Return which rows of how many the page shows."""
    first = (listing.page - 1) * listing.size + 1
    total = (
        _("%(count)s件以上") % {"count": f"{COUNTED:,}"}
        if listing.total > COUNTED
        else f"{listing.total:,}件"
    )
    return _("%(total)s中 %(first)s〜%(last)s") % {
        "total": total,
        "first": f"{first:,}",
        "last": f"{first + len(listing.shown) - 1:,}",
    }
