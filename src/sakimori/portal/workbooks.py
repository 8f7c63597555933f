"""Pages as workbooks: what a page shows, handed out as Excel."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from datetime import date

from django.http import FileResponse

from sakimori.lib.sheets.writing import OutColumn, write_table

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def hand_out(
    title: str,
    columns: Sequence[OutColumn],
    lines: Iterable[Sequence[object]],
    *,
    day: date,
    notes: Sequence[str] = (),
) -> FileResponse:
    """Return a workbook of one sheet, named after its title and day; the answer closes its nameless file."""
    target = tempfile.TemporaryFile()  # noqa: SIM115 - as said
    write_table(target, columns, lines, sheet=title, notes=notes)
    target.seek(0)
    return FileResponse(target, as_attachment=True, filename=f"{title}_{day:%Y%m%d}.xlsx", content_type=EXCEL)
