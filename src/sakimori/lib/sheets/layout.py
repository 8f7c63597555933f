"""Write values back into a copy of the workbook they came from: its sheets, headings and row numbers stay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.worksheet import Worksheet

from sakimori.lib.clock import JAPAN
from sakimori.lib.errors import Refused
from sakimori.lib.sheets.tables import Table
from sakimori.lib.sheets.writing import ILLEGAL, MAX_TEXT

MAX_LAYOUT_ROWS = 20_000


def fill_layout(
    target: Path,
    table: Table,
    rows: Mapping[int, Mapping[int, object]],
    added: Sequence[Mapping[int, object]] = (),
) -> None:
    """Write a copy of the table's workbook to ``target`` (.xlsx, macros left out).

    ``rows`` maps an original row number to its values by column index; a row of data that is not
    named is emptied. ``added`` rows follow the last row, above the footnotes.
    """
    if table.book.kind != "xlsx":
        raise Refused(
            "元の様式への書き出しは Excel ブックから取り込んだ台帳に限ります。", rule="sheets.layout"
        )
    numbers = [row.number for row in table.rows()]
    if len(numbers) + len(added) > MAX_LAYOUT_ROWS:
        raise Refused(
            f"元の様式への書き出しは {MAX_LAYOUT_ROWS:,} 行までです。通常の Excel 書き出しを使ってください。",
            rule="sheets.layout",
        )
    workbook = _open(table)
    try:
        sheet = workbook[table.name]
        indexes = [column.index for column in table.columns]
        for number in numbers:
            _write_row(sheet, number, rows.get(number, dict.fromkeys(indexes)))
        _append(sheet, table, max(numbers, default=table.heading_rows[-1]), added)
        workbook.save(target)
    finally:
        workbook.close()


def _open(table: Table) -> Workbook:
    # By file, not by name: uploads are kept under their hash, without an extension.
    try:
        with table.book.path.open("rb") as file:
            return openpyxl.load_workbook(file, keep_vba=False)
    except (InvalidFileException, ValueError, KeyError, TypeError, AttributeError):
        raise Refused(
            f"「{table.book.name}」の書式を再現できません。通常の Excel 書き出しを使ってください。",
            rule="sheets.layout",
        ) from None


def _append(sheet: Worksheet, table: Table, last: int, added: Sequence[Mapping[int, object]]) -> None:
    """Make room above the lines below the table, and write the added rows in the style of the last."""
    below = [passed.row for passed in table.passed if passed.row > last]
    if added and below:
        width = sheet.max_column
        for row in sorted(below, reverse=True):
            source = f"A{row}:{sheet.cell(row, width).coordinate}"
            sheet.move_range(source, rows=len(added))
    for number, values in enumerate(added, start=last + 1):
        for column in table.columns:
            model, cell = sheet.cell(last, column.index + 1), sheet.cell(number, column.index + 1)
            if isinstance(model, Cell) and isinstance(cell, Cell):
                _dress(cell, model)
        _write_row(sheet, number, values)


def _dress(cell: Cell, model: Any) -> None:
    cell.font, cell.fill, cell.border = copy(model.font), copy(model.fill), copy(model.border)
    cell.alignment, cell.number_format = copy(model.alignment), model.number_format


def _write_row(sheet: Worksheet, number: int, values: Mapping[int, object]) -> None:
    for index, value in values.items():
        cell = sheet.cell(number, index + 1)
        # The covered part of a merged cell shows the value of its first cell.
        if not isinstance(cell, Cell):
            continue
        if isinstance(value, datetime) and value.tzinfo:
            cell.value = value.astimezone(JAPAN).replace(tzinfo=None)
        elif isinstance(value, (int, float, Decimal, date)) or value is None:
            cell.value = value
        else:
            # Not through the setter alone: it would make a formula of a text that begins with "=".
            cell.value = ILLEGAL.sub("", str(value))[:MAX_TEXT]
            cell.data_type = "s"
