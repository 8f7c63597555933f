"""Find the table in a workbook as companies keep them: title rows, two heading rows, notes, sections."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from sakimori.lib.errors import Refused
from sakimori.lib.japanese import heading_key, heading_keys, is_blank, nfkc
from sakimori.lib.sheets.cells import Area, Row, letter
from sakimori.lib.sheets.lines import Filler, line_kind

_SEARCH_ROWS = 60
_MAX_HEADING_ROWS = 3
_MAX_HEADING_LENGTH = 60


class Book(Protocol):
    """What a workbook and a text file have in common."""

    name: str
    path: Path
    notes: list[str]
    sheets: list[Any]
    kind: str

    def rows(self, sheet: Any) -> Iterator[Row]:
        """Yield the rows of a sheet."""

    def merged(self, sheet: Any) -> list[Area]:
        """Return the merged ranges of a sheet."""

    def hidden_columns(self, sheet: Any) -> list[str]:
        """Return the letters of hidden columns."""

    def close(self) -> None:
        """Close the file."""


@dataclass(frozen=True)
class Column:
    """A column of a table: where it stands and what its heading says, from the top row down."""

    index: int
    headings: tuple[str, ...]

    @property
    def letter(self) -> str:
        """Return the letter as Excel shows it."""
        return letter(self.index)

    @property
    def heading(self) -> str:
        """Return the heading for people: 評価値/機密性."""
        return "/".join(self.headings)

    @property
    def keys(self) -> tuple[str, ...]:
        """Return the comparable forms, the most telling first: all rows, the lowest row, without brackets."""
        found: dict[str, None] = {}
        for text in ("".join(self.headings), self.headings[-1]):
            found.update(dict.fromkeys(heading_keys(text)))
        return tuple(key for key in found if key)


@dataclass(frozen=True)
class Passed:
    """A line inside or below the table that is no row of it."""

    row: int
    text: str
    kind: str


@dataclass
class Table:
    """A table found in a sheet; ``rows`` streams it, and fills ``passed`` and ``notes`` while doing so."""

    book: Book
    sheet: Any
    heading_rows: tuple[int, ...]
    columns: tuple[Column, ...]
    score: float
    merged: list[Area] = field(default_factory=list)
    passed: list[Passed] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """Return the sheet's name."""
        return str(self.sheet.name)

    def rows(self) -> Iterator[Row]:
        """Yield the rows of data with their real numbers; blank rows, sections and footnotes are passed over."""
        self.passed, self.notes = [], list(self.book.notes)
        last_heading = self.heading_rows[-1]
        heading = {column.index: heading_key(column.headings[-1]) for column in self.columns}
        fill = Filler(self.merged, last_heading)
        hidden: list[int] = []
        calculated = 0
        for row in self.book.rows(self.sheet):
            if row.number <= last_heading:
                continue
            fill.down(row)
            filled = [(i, value) for i, value in enumerate(row.values) if not is_blank(value)]
            if not filled:
                continue
            kind = line_kind(row, filled, heading, self.merged)
            if kind:
                self.passed.append(Passed(row.number, str(filled[0][1]).strip(), kind))
                continue
            if row.hidden:
                hidden.append(row.number)
            calculated += len(row.calculated)
            yield row
        self._note_what_was_met(hidden, calculated)

    def _note_what_was_met(self, hidden: list[int], calculated: int) -> None:
        columns = self.book.hidden_columns(self.sheet)
        if columns:
            self.notes.append(f"非表示の列（{'、'.join(columns)}）も読みました。")
        if hidden:
            shown = "、".join(map(str, hidden[:10])) + ("ほか" if len(hidden) > 10 else "")
            self.notes.append(f"非表示の行が{len(hidden)}行（{shown}行目）あり、取り込みの対象に含めました。")
        if calculated:
            self.notes.append(f"数式のセル{calculated}個は、ファイルに保存されている計算結果を読みました。")


def find_tables(book: Book, known: Collection[str] = ()) -> list[Table]:
    """Return the tables of ``book``, the likeliest first.

    ``known`` are heading keys (see ``heading_key``) that the wanted table may bear. Without a hit
    the first rows that look like headings are offered. Refuses a book without any table.
    """
    wanted = frozenset(known)
    tables = [table for sheet in book.sheets if (table := _find_in(book, sheet, wanted)) is not None]
    if not tables:
        raise Refused(
            f"「{book.name}」に見出し行のある表が見つかりません。"
            "1行に1件ずつ、列の見出しを付けた表を用意してください。",
            rule="sheets.table",
        )
    return sorted(tables, key=lambda table: (-table.score, table.sheet.hidden))


def _find_in(book: Book, sheet: Any, known: frozenset[str]) -> Table | None:
    rows: list[Row] = []
    for row in book.rows(sheet):
        if row.number > _SEARCH_ROWS and rows:
            break
        rows.append(row)
        if len(rows) >= _SEARCH_ROWS:
            break
    merged = book.merged(sheet)
    best: Table | None = None
    for position in range(len(rows)):
        for depth in range(1, _MAX_HEADING_ROWS + 1):
            table = _try(book, sheet, rows[position : position + depth], merged, known)
            if table is not None and (best is None or table.score > best.score):
                best = table
    return best


def _try(
    book: Book, sheet: Any, heading: Sequence[Row], merged: list[Area], known: frozenset[str]
) -> Table | None:
    """Take ``heading`` rows as headings, if they can be, and score them."""
    if not _adjoining(heading) or not all(_may_be_heading(row) for row in heading):
        return None
    columns = _columns(heading, merged)
    if len(columns) < 2 or not _rows_belong_together(heading, merged, columns):
        return None
    hits = sum(1 for column in columns if any(key in known for key in column.keys))
    if known and hits >= min(2, len(known)):
        score = 1000.0 * hits
    elif len(columns) >= 3:
        score = float(len({column.headings for column in columns}))
    else:
        return None
    # Of equal readings the one with fewer heading rows is plainer; deeper ones must earn it.
    score -= 0.5 * (len(heading) - 1)
    return Table(book, sheet, tuple(row.number for row in heading), columns, score, merged)


def _adjoining(rows: Sequence[Row]) -> bool:
    return bool(rows) and rows[-1].number - rows[0].number == len(rows) - 1


def _may_be_heading(row: Row) -> bool:
    """Tell whether a row holds short texts only: numbers and dates are data."""
    texts = [value for value in row.values if not is_blank(value)]
    if not texts:
        return False
    words = [value for value in texts if isinstance(value, str) and not _is_data(value)]
    return len(words) == len(texts) and all(len(word) <= _MAX_HEADING_LENGTH for word in words)


def _is_data(text: str) -> bool:
    return re.fullmatch(r"[\d\s.,/:%年月日-]+", nfkc(text)) is not None


def _columns(heading: Sequence[Row], merged: list[Area]) -> tuple[Column, ...]:
    width = max(len(row.values) for row in heading)
    near = [area for area in merged if heading[0].number <= area.top <= heading[-1].number]
    columns = []
    for index in range(max([width, *(area.right + 1 for area in near if area.right < 500)])):
        texts: dict[str, None] = {}
        for depth, row in enumerate(heading):
            text = _heading_at(heading, depth, index, near)
            if text and not (depth and row.number in _covered_rows(near, index, heading[0].number)):
                texts[text] = None
        if texts:
            columns.append(Column(index, tuple(texts)))
    return tuple(columns)


def _covered_rows(areas: list[Area], index: int, top: int) -> range:
    """Return the rows below ``top`` that one merged heading cell covers in this column."""
    for area in areas:
        if area.top == top and area.left <= index <= area.right:
            return range(top + 1, area.bottom + 1)
    return range(0)


def _heading_at(heading: Sequence[Row], depth: int, index: int, merged: list[Area]) -> str:
    """Return the text over a column in one heading row: its own, its merged cell's, or its group's."""
    row = heading[depth]
    own = _text_at(row, index)
    if own:
        return own
    for area in merged:
        if area.top <= row.number <= area.bottom and area.left <= index <= area.right:
            top = next((other for other in heading if other.number == area.top), None)
            return _text_at(top, area.left) if top is not None else ""
    below = heading[depth + 1] if depth + 1 < len(heading) else None
    if below is None or merged or not _text_at(below, index):
        return ""
    return _group_from_left(row, below, index)


def _group_from_left(row: Row, below: Row, index: int) -> str:
    """Carry a group heading to the right where text files have lost the merging."""
    for left in range(index - 1, -1, -1):
        if not _text_at(below, left):
            return ""
        text = _text_at(row, left)
        if text:
            return text
    return ""


def _text_at(row: Row | None, index: int) -> str:
    if row is None or index >= len(row.values) or is_blank(row.values[index]):
        return ""
    return re.sub(r"\s+", " ", str(row.values[index])).strip()


def _rows_belong_together(heading: Sequence[Row], merged: list[Area], columns: Sequence[Column]) -> bool:
    """Accept a lower heading row only under groups: merged cells above it, or gaps that it fills."""
    top, bottom = heading[0], heading[-1]
    starting = [area for area in merged if area.top == top.number]
    depths = {area.bottom for area in starting if area.bottom > area.top}
    if depths:
        return bottom.number == max(depths)
    if len(heading) == 1:
        return True
    if any(area.right > area.left for area in starting):
        return len(heading) == 2
    fills = sum(1 for c in columns if not _text_at(top, c.index) and _text_at(bottom, c.index))
    doubles = sum(1 for c in columns if _text_at(top, c.index) and _text_at(bottom, c.index))
    return len(heading) == 2 and fills >= 1 and doubles <= fills
