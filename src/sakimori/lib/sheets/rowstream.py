"""Stream the rows of a worksheet part, fast.

Almost every row that Excel, LibreOffice and the usual libraries write has one plain form, which a
regular expression takes apart three to five times faster than the events of a parser. A row that is
written in any other form, and a file with prefixes or another encoding, goes through the parser.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import IO

from sakimori.lib.sheets.cells import Row, column_index
from sakimori.lib.sheets.sheetxml import Parser, SheetReader, Values, is_true, put

_CHUNK = 1 << 18
_MAX_ROW_BYTES = 64 * 1024 * 1024
_ROW_END = b"</row>"
_ATTRIBUTES = r'(?: [\w:]+="[^"<]*")*'
_ROW = re.compile(rf"\s*(?:<row{_ATTRIBUTES} ?/>\s*)*<row({_ATTRIBUTES}) ?>")
_CELL = re.compile(
    r'<c(?: r="([A-Z]+)\d+")?((?: (?!r=)[\w:]+="[^"<]*")*) ?(?:/>|>'
    r"(?:<f([^>/]*)(?:/>|>([^<]*)</f>))?"
    r"(?:<v>([^<]*)</v>|<v ?/>|<is><t(?: xml:space=\"preserve\")?(?:>([^<]*)</t>|/>)</is>)?</c>)"
)
_ATTRIBUTE = re.compile(r' ([\w:]+)="([^"]*)"')
_ENTITY = re.compile(r"&(?:#(\d{1,7})|#x([0-9A-Fa-f]{1,6})|(lt|gt|amp|quot|apos));|&")
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}
_UTF8 = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*encoding=[\"']utf-8[\"']|<\?xml(?![^>]*encoding)|<[a-z])", re.I
)


class RowStream:
    """The rows of one worksheet part, and what stands before them."""

    def __init__(self, values: Values) -> None:
        self._values = values
        self._exact = SheetReader(values)
        self._columns: dict[str, int] = {}
        self._shapes: dict[str, tuple[str, str]] = {}

    @property
    def hidden_columns(self) -> list[tuple[int, int]]:
        """Return the spans of hidden columns; known once the first row was read."""
        return self._exact.hidden_columns

    def rows(self, stream: IO[bytes]) -> Iterator[Row]:
        """Yield the rows in the order of the file; raises ValueError or ExpatError for broken XML."""
        head = self._read_head(stream)
        parser = self._exact.parser()
        position = _first_row(head)
        parser.feed(head[:position])
        if parser.prefixed or not _UTF8.match(head):
            parser.feed(head[position:])
            yield from self._exact_rows(stream, parser)
            return
        yield from self._fast_rows(stream, head[position:])

    def _read_head(self, stream: IO[bytes]) -> bytes:
        head = stream.read(_CHUNK)
        while _first_row(head) == len(head) and len(head) < _MAX_ROW_BYTES:
            chunk = stream.read(_CHUNK)
            if not chunk:
                break
            head += chunk
        return head

    def _exact_rows(self, stream: IO[bytes], parser: Parser) -> Iterator[Row]:
        while chunk := stream.read(_CHUNK):
            parser.feed(chunk)
            yield from self._taken()
        parser.feed(b"", last=True)
        yield from self._taken()

    def _taken(self) -> list[Row]:
        rows, self._exact.rows = self._exact.rows, []
        return rows

    def _fast_rows(self, stream: IO[bytes], tail: bytes) -> Iterator[Row]:
        while True:
            cut = tail.rfind(_ROW_END)
            if cut >= 0:
                block = tail[:cut].decode()
                tail = tail[cut + len(_ROW_END) :]
                for text in block.split("</row>"):
                    yield self._read_row(text)
            if len(tail) > _MAX_ROW_BYTES:
                raise ValueError("a row without end")
            chunk = stream.read(_CHUNK)
            if not chunk:
                return
            tail += chunk

    def _read_row(self, text: str) -> Row:
        opening = _ROW.match(text)
        if opening is None or "<!" in text:
            return self._read_exactly(text)
        cells = _CELL.findall(text, opening.end())
        if len(cells) != text.count("<c ") + text.count("<c>") + text.count("<c/"):
            return self._read_exactly(text)
        attributes = dict(_ATTRIBUTE.findall(opening[1]))
        number = int(attributes.get("r") or self._exact.number + 1)
        row = Row(number, [], hidden=is_true(attributes.get("hidden")))
        self._fill(row, cells)
        self._exact.number = number
        return row

    def _fill(self, row: Row, cells: list[tuple[str, ...]]) -> None:
        columns, shapes, read = self._columns, self._shapes, self._values.read
        column = -1
        for letters, rest, formula_attributes, formula, text, inline in cells:
            if letters:
                known = columns.get(letters)
                column = known if known is not None else self._learn_column(letters)
            else:
                column += 1
            content = text or inline
            if not content and not formula:
                continue
            kind, style = shapes.get(rest) or self._learn_shape(rest)
            value = read(kind, style, _plain(content) if "&" in content or "\r" in content else content)
            if formula or formula_attributes:
                value, calculated = self._values.read_formula(_plain(formula), value)
                put(row, column, value, calculated=calculated)
            elif column == len(row.values) and value is not None:
                row.values.append(value)
            else:
                put(row, column, value)

    def _learn_column(self, letters: str) -> int:
        return self._columns.setdefault(letters, column_index(letters))

    def _learn_shape(self, rest: str) -> tuple[str, str]:
        attributes = dict(_ATTRIBUTE.findall(rest))
        return self._shapes.setdefault(rest, (attributes.get("t", "n"), attributes.get("s", "")))

    def _read_exactly(self, text: str) -> Row:
        parser = self._exact.parser()
        parser.feed(f"<sheetData>{text}</row></sheetData>".encode(), last=True)
        return self._taken()[-1]


def _first_row(head: bytes) -> int:
    """Return where the first row begins, or the length when there is none yet."""
    match = re.search(rb"<row[\s>/]", head)
    return match.start() if match else len(head)


@functools.lru_cache(maxsize=8192)  # the words of a ledger repeat
def _plain(text: str) -> str:
    """Resolve the entities that XML itself knows, and line ends as XML reads them."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "&" not in text:
        return text
    return _ENTITY.sub(_resolve, text)


def _resolve(match: re.Match[str]) -> str:
    decimal, hexadecimal, name = match.groups()
    if name:
        return _NAMED[name]
    if decimal or hexadecimal:
        return chr(int(decimal) if decimal else int(hexadecimal, 16))
    raise ValueError("an entity that XML does not know")
