"""Lists: the page, its table for HTMX, and the way to any record by its key."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from ..addresses import detail_url
from ..base import Register
from ..listing import COUNTED, SIZES, Listing, Shown, columns_of
from .gate import PersonRequest, for_person, open_register


@for_person
def table(request: PersonRequest, slug: str) -> HttpResponse:
    """List the rows of a register; HTMX asks for the table only."""
    declared = open_register(request, slug)
    listing = Listing(declared, request.person, request.GET)
    context = {
        "register": declared,
        "listing": listing,
        "all_columns": columns_of(declared).values(),
        "sizes": sorted(SIZES),
        "may_add": declared.may(request.person, "add"),
        "heads": list(_heads(listing, request.GET)),
        "body": _body(declared, listing),
        "count": _count(listing),
        "previous_url": _address(request.GET, page=listing.page - 1),
        "next_url": _address(request.GET, page=listing.page + 1),
        "crumbs": [(declared.name(), "")],
    }
    part = request.htmx and request.htmx.target == "list"
    return render(request, "registers/_table.html" if part else "registers/list.html", context)


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


def _body(declared: type[Register], listing: Listing) -> SafeString:
    """Return the table's rows; built here because a template takes three times as long."""
    address = detail_url(declared, 0).replace("/0/", "/{}/")
    return mark_safe("".join(_row(address, row, cells) for row, cells in listing.cells))  # noqa: S308 - escaped parts


def _row(address: str, row: Any, cells: list[tuple[Shown, SafeString]]) -> str:
    parts = []
    for place, (column, html) in enumerate(cells):
        classes = f' class="{column.align}"' if column.align else ""
        if place == 0 and not column.relation:
            html = format_html('<a class="row-link" href="{}">{}</a>', address.format(row.pk), html)
        parts.append(f'<td data-label="{column.label}"{classes}>{html}</td>')
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
