"""Read a worksheet part by the events of expat: exact, flat in memory, no entity ever resolved."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import IO
from xml.parsers import expat

from sakimori.lib.sheets.cells import MAX_COLUMNS, Area, CellError, Formula, Row, column_index, unescape

_LAST_SERIAL = 2_958_466
# "=要確認" typed into a cell: a bare word that names nothing is a text, not a calculation.
_BARE_WORD = re.compile(r"[^\W\d]\w*")
_CELL_REFERENCE = re.compile(r"[A-Z]{1,3}\d{1,7}", re.IGNORECASE)
_MERGE = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')


class UnsafeXmlError(ValueError):
    """XML that declares a document type or entities."""


class Parser:
    """Feed of an expat parser that refuses document types and drops namespace prefixes."""

    def __init__(
        self,
        start: Callable[[str, dict[str, str]], None],
        end: Callable[[str], None],
        text: Callable[[str], None],
    ) -> None:
        self.prefixed = False
        self._expat = expat.ParserCreate()
        self._expat.buffer_text = True
        self._expat.StartElementHandler = self._first(start, end)
        self._expat.CharacterDataHandler = text
        self._expat.StartDoctypeDeclHandler = _refuse_doctype
        self._expat.EntityDeclHandler = _refuse_doctype

    def _first(
        self, start: Callable[[str, dict[str, str]], None], end: Callable[[str], None]
    ) -> Callable[[str, dict[str, str]], None]:
        """Learn from the root element whether names bear a prefix; most files have none."""

        def on_root(name: str, attributes: dict[str, str]) -> None:
            if ":" in name:
                self.prefixed = True
                self._expat.StartElementHandler = lambda n, a: start(n.rpartition(":")[2], a)
                self._expat.EndElementHandler = lambda n: end(n.rpartition(":")[2])
            else:
                self._expat.StartElementHandler = start
                self._expat.EndElementHandler = end
            start(name.rpartition(":")[2], attributes)

        return on_root

    def feed(self, chunk: bytes, *, last: bool = False) -> None:
        """Parse some more; raises expat.ExpatError for broken XML, UnsafeXmlError for a document type."""
        self._expat.Parse(chunk, last)


def _refuse_doctype(*_args: object) -> None:
    raise UnsafeXmlError("document type in a workbook part")


class Values:
    """Turns the texts of cells into values: the one place that knows types, styles and formulas."""

    def __init__(
        self, strings: list[str], date_styles: frozenset[str], defined: frozenset[str], epoch: date
    ) -> None:
        self._strings = strings
        self._date_styles = date_styles
        self._defined = defined
        self._epoch = datetime.combine(epoch, time())

    def read(self, kind: str, style: str, text: str) -> object:
        """Return the value of a cell of type ``kind`` without a formula."""
        if not text:
            return None
        if kind == "n":
            return self._number(style, text)
        if kind == "s":
            return self._strings[int(text)] or None
        return _READ[kind](text)

    def read_formula(self, body: str, value: object) -> tuple[object, bool]:
        """Return what a formula cell holds, and whether that was calculated."""
        if body and (value is None or value == CellError("#NAME?")) and self._names_nothing(body):
            return f"={body}", False
        if value is None:
            return (Formula(f"={body}") if body else None), False
        return value, True

    def _names_nothing(self, body: str) -> bool:
        """Tell a text typed after "=" (=要確認) from a calculation: a bare word that nothing is called."""
        return (
            _BARE_WORD.fullmatch(body) is not None
            and _CELL_REFERENCE.fullmatch(body) is None
            and body.casefold() not in self._defined
            and body.upper() not in ("TRUE", "FALSE")
        )

    def _number(self, style: str, text: str) -> object:
        number = int(text) if text.isdigit() and len(text) < 16 else float(text)
        if style in self._date_styles and 0 <= number < _LAST_SERIAL:
            # A time of day is a fraction of a day; whole seconds are what people typed.
            return self._epoch + timedelta(seconds=round(number * 86_400))
        return number


class SheetReader:
    """Turns the events of one worksheet into rows; understands every form that XML allows."""

    def __init__(self, values: Values) -> None:
        self.hidden_columns: list[tuple[int, int]] = []
        self.rows: list[Row] = []
        self._values = values
        self._row = Row(0, [])
        self._column = -1
        self._attributes: dict[str, str] = {}
        self._value: list[str] = []
        self._inline: list[str] = []
        self._formula: list[str] | None = None
        self._sink: list[str] | None = None
        self._phonetic = False

    def parser(self) -> Parser:
        """Return a parser that fills ``rows``."""
        return Parser(self._start, self._end, self._text)

    @property
    def number(self) -> int:
        """Return the number of the row read last."""
        return self._row.number

    @number.setter
    def number(self, number: int) -> None:
        self._row = Row(number, [])

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            self._start_cell(attributes)
        elif name == "v":
            self._sink = self._value
        elif name == "t":
            self._sink = None if self._phonetic else self._inline
        elif name == "f":
            self._formula = self._sink = []
        elif name == "rPh":
            self._phonetic = True
        elif name == "row":
            number = int(attributes.get("r") or self._row.number + 1)
            self._row = Row(number, [], hidden=is_true(attributes.get("hidden")))
            self._column = -1
        elif name == "col" and is_true(attributes.get("hidden")):
            self.hidden_columns.append((int(attributes["min"]) - 1, int(attributes["max"]) - 1))

    def _start_cell(self, attributes: dict[str, str]) -> None:
        reference = attributes.get("r", "").rstrip("0123456789")
        self._column = column_index(reference.upper()) if reference else self._column + 1
        self._attributes = attributes
        self._formula = None
        self._value, self._inline = [], []

    def _text(self, data: str) -> None:
        if self._sink is not None:
            self._sink.append(data)

    def _end(self, name: str) -> None:
        if name == "c":
            self._end_cell()
        elif name in ("v", "t", "f"):
            self._sink = None
        elif name == "rPh":
            self._phonetic = False
        elif name == "row":
            self.rows.append(self._row)

    def _end_cell(self) -> None:
        kind = self._attributes.get("t", "n")
        text = "".join(self._inline if kind == "inlineStr" else self._value)
        value = self._values.read(kind, self._attributes.get("s", ""), text)
        calculated = False
        if self._formula is not None:
            value, calculated = self._values.read_formula("".join(self._formula), value)
        put(self._row, self._column, value, calculated=calculated)


def is_true(text: str | None) -> bool:
    """Read a boolean attribute."""
    return text in ("1", "true")


def put(row: Row, column: int, value: object, *, calculated: bool = False) -> None:
    """Place a value in a row; blanks and strays far to the right are left out."""
    if value is None or not 0 <= column < MAX_COLUMNS:
        return
    values = row.values
    missing = column - len(values)
    if missing == 0:
        values.append(value)
    elif missing > 0:
        values.extend([None] * missing)
        values.append(value)
    else:
        values[column] = value
    if calculated:
        row.calculated.append(column)


def _iso(text: str) -> object:
    return datetime.fromisoformat(text)


_READ: dict[str, Callable[[str], object]] = {
    "inlineStr": unescape,
    "str": unescape,
    "b": lambda text: text == "1",
    "e": CellError,
    "d": _iso,
}


def merged_areas(stream: IO[bytes], limit: int = 100_000) -> list[Area]:
    """Return the merged ranges of a worksheet; they stand behind its rows, so this is a pass of its own."""
    areas: list[Area] = []
    tail = b""
    while chunk := stream.read(1 << 20):
        data = tail + chunk
        last = 0
        for match in _MERGE.finditer(data):
            left, top, right, bottom = match.groups()
            areas.append(
                Area(int(top), column_index(left.decode()), int(bottom), column_index(right.decode()))
            )
            last = match.end()
            if len(areas) >= limit:
                return areas
        tail = data[max(last, len(data) - 200) :]
    return areas
