"""Tables as companies keep them: .xlsx, .xlsm and CSV in, .xlsx out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sakimori.lib.sheets.cells import CellError, Formula, Row, column_index, letter
from sakimori.lib.sheets.door import MAX_FILE_BYTES, identify
from sakimori.lib.sheets.layout import fill_layout
from sakimori.lib.sheets.tables import Book, Column, Passed, Table, find_tables
from sakimori.lib.sheets.textfile import TextFile
from sakimori.lib.sheets.workbook import Workbook
from sakimori.lib.sheets.writing import OutColumn, write_table

__all__ = [
    "MAX_FILE_BYTES",
    "Book",
    "CellError",
    "Column",
    "Formula",
    "OutColumn",
    "Passed",
    "Row",
    "Table",
    "column_index",
    "fill_layout",
    "find_tables",
    "letter",
    "open_book",
    "write_table",
]


@contextmanager
def open_book(path: Path, name: str = "") -> Iterator[Book]:
    """Open an uploaded table; ``name`` is what its owner calls it. Refuses with what to do instead."""
    name = name or path.name
    identified = identify(path, name)
    book: Book = TextFile(path, name) if identified.kind == "csv" else Workbook(path, name, identified.notes)
    try:
        yield book
    finally:
        book.close()
