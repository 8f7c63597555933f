"""Lists to take away: what is shown as Excel or CSV, and the whole register as a file that comes back."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import IO
from urllib.parse import quote

from django.http import FileResponse, Http404, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from sakimori.kernel.exchange import exports
from sakimori.kernel.identity import access
from sakimori.kernel.ledger import book
from sakimori.lib import clock
from sakimori.lib.sheets import OutColumn, write_table

from .. import values
from ..base import Register
from ..listing import Listing
from .gate import PersonRequest, for_person, open_register

_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_LIKE_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@require_safe
@for_person
def export(request: PersonRequest, slug: str, form: str) -> HttpResponseBase:
    """Hand out the list as it is shown (``xlsx``, ``csv``) or the register to be edited and imported (``sheet``)."""
    declared = open_register(request, slug)
    access.require(request.person, exports.RIGHT)
    listing = Listing(declared, request.person, request.GET)
    if form == "sheet":
        if declared.sheet is None:
            raise Http404
        return _sheet(declared, listing)
    book.note(exports.EXPORTED, request.person, by=request.person, sheet=declared.slug, form=form)
    return _csv(declared, listing) if form == "csv" else _excel(declared, listing)


@require_safe
@for_person
def template(request: PersonRequest, slug: str) -> HttpResponseBase:
    """Hand out the empty sheet of a register."""
    declared = open_register(request, slug)
    if declared.sheet is None:
        raise Http404
    target = _scratch()
    exports.template(declared.sheet, target)
    return _file(target, f"{declared.name()}_様式.xlsx")


def _sheet(declared: type[Register], listing: Listing) -> FileResponse:
    target = _scratch()
    exports.export(listing.found, declared.sheet, target, by=listing.person)
    return _file(target, _name(declared, "xlsx"))


def _excel(declared: type[Register], listing: Listing) -> FileResponse:
    target = _scratch()
    columns = [OutColumn(column.label) for column in listing.columns]
    rows = ([_cell(value) for value in row] for row in listing.export())
    write_table(target, columns, rows, sheet=declared.name()[:31])
    return _file(target, _name(declared, "xlsx"))


def _cell(value: object) -> object:
    """Return a value as a spreadsheet keeps it: numbers and days as such, the rest as text."""
    if value is None or isinstance(value, int | float | Decimal | date):
        return "" if value is None else values.plain(value) if isinstance(value, bool) else value
    return values.plain(value)


def _csv(declared: type[Register], listing: Listing) -> StreamingHttpResponse:
    answer = StreamingHttpResponse(_csv_lines(listing), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(_name(declared, 'csv'))}"
    return answer


def _csv_lines(listing: Listing) -> Iterator[str]:
    """Yield the lines; the mark in front lets Excel read them as UTF-8."""
    yield "\ufeff" + _csv_line([column.label for column in listing.columns])
    for row in listing.export():
        yield _csv_line([values.plain(value) for value in row])


def _csv_line(cells: list[str]) -> str:
    """Return one line; an apostrophe keeps spreadsheets from taking a text for a formula."""
    line = io.StringIO()
    csv.writer(line).writerow(f"'{cell}" if cell.startswith(_LIKE_FORMULA) else cell for cell in cells)
    return line.getvalue()


def _scratch() -> IO[bytes]:
    """Return a nameless file; the answer closes it when it was sent."""
    return tempfile.TemporaryFile()


def _file(target: IO[bytes], name: str) -> FileResponse:
    target.seek(0)
    return FileResponse(target, as_attachment=True, filename=name, content_type=_EXCEL)


def _name(declared: type[Register], ending: str) -> str:
    return f"{declared.name()}_{clock.today():%Y%m%d}.{ending}"
