"""An .xlsx or .xlsm workbook, read part by part as a stream."""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import IO
from xml.parsers import expat

from sakimori.lib.errors import Refused
from sakimori.lib.sheets.cells import Area, Row, letter, unescape
from sakimori.lib.sheets.door import broken
from sakimori.lib.sheets.rowstream import RowStream
from sakimori.lib.sheets.sheetxml import Parser, UnsafeXmlError, Values, merged_areas

_CHUNK = 1 << 16
_MAX_STRINGS_BYTES = 200 * 1024 * 1024
# Built-in number formats that show a day (14-17, 22), also the Japanese ones (27-36, 50-58).
_DAY_FORMATS = frozenset({14, 15, 16, 17, 22, *range(27, 37), *range(50, 59)})
_FORMAT_NOISE = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|_.|\*.')
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    expat.ExpatError,
    UnsafeXmlError,
    EOFError,
    KeyError,
    ValueError,
    IndexError,
    OverflowError,
    OSError,
    NotImplementedError,
)


@dataclass(frozen=True)
class SheetInfo:
    """A sheet of a workbook: the name on its tab, whether it is hidden, and its part."""

    name: str
    hidden: bool
    part: str


class Workbook:
    """A workbook open for reading; every damage is refused with one sentence."""

    kind = "xlsx"

    def __init__(self, path: Path, name: str, notes: tuple[str, ...] = ()) -> None:
        self.name = name
        self.path = path
        self.notes = list(notes)
        with self._guard():
            self._archive = zipfile.ZipFile(path)
            relations = self._relations()
            self.sheets, defined, epoch = self._read_workbook(relations)
            date_styles = self._read_styles()
            self._values = Values(self._read_strings(relations), date_styles, defined, epoch)
        if not self.sheets:
            raise Refused(f"「{name}」にシートがありません。", rule="sheets.file")

    def close(self) -> None:
        """Close the file."""
        self._archive.close()

    def rows(self, sheet: SheetInfo) -> Iterator[Row]:
        """Yield the rows that the file holds of ``sheet``, with their real numbers."""
        with self._guard(), self._archive.open(sheet.part) as stream:
            yield from self._reader().rows(stream)

    def merged(self, sheet: SheetInfo) -> list[Area]:
        """Return the merged ranges of ``sheet``."""
        with self._guard(), self._archive.open(sheet.part) as stream:
            return merged_areas(stream)

    def hidden_columns(self, sheet: SheetInfo) -> list[str]:
        """Return the letters of the hidden columns (as ranges where they are many)."""
        reader = self._reader()
        with self._guard(), self._archive.open(sheet.part) as stream:
            for _ in reader.rows(stream):
                break
        spans = reader.hidden_columns
        return [letter(a) if a == b else f"{letter(a)}～{letter(b)}" for a, b in spans]

    def _reader(self) -> RowStream:
        return RowStream(self._values)

    @contextmanager
    def _guard(self) -> Iterator[None]:
        try:
            yield
        except _BROKEN:
            raise broken(self.name) from None

    def _parse(
        self,
        part: str,
        start: Callable[[str, dict[str, str]], None],
        end: Callable[[str], None] = lambda name: None,
        text: Callable[[str], None] = lambda data: None,
    ) -> None:
        parser = Parser(start, end, text)
        with self._archive.open(part) as stream:
            _pump(stream, parser)

    def _relations(self) -> dict[str, tuple[str, str]]:
        """Return relation id → (kind, part) of the workbook."""
        found: dict[str, tuple[str, str]] = {}

        def start(name: str, attributes: dict[str, str]) -> None:
            if name == "Relationship":
                target = posixpath.normpath(posixpath.join("/xl", attributes["Target"])).lstrip("/")
                found[attributes["Id"]] = (attributes["Type"].rpartition("/")[2], target)

        self._parse("xl/_rels/workbook.xml.rels", start)
        return found

    def _read_workbook(
        self, relations: dict[str, tuple[str, str]]
    ) -> tuple[list[SheetInfo], frozenset[str], date]:
        sheets: list[SheetInfo] = []
        names: set[str] = set()
        epochs = [date(1899, 12, 30)]

        def start(name: str, attributes: dict[str, str]) -> None:
            if name == "sheet":
                relation = next((v for k, v in attributes.items() if k.rpartition(":")[2] == "id"), "")
                kind, part = relations[relation]
                if kind == "worksheet":
                    hidden = attributes.get("state", "visible") != "visible"
                    sheets.append(SheetInfo(attributes["name"], hidden, part))
            elif name == "definedName":
                names.add(attributes.get("name", "").casefold())
            elif name == "workbookPr" and attributes.get("date1904") in ("1", "true"):
                epochs.append(date(1904, 1, 1))

        self._parse("xl/workbook.xml", start)
        return sheets, frozenset(names), epochs[-1]

    def _read_styles(self) -> frozenset[str]:
        """Return the style numbers whose format shows a day."""
        formats: dict[int, str] = {}
        styles: list[int] = []
        inside = [False]

        def start(name: str, attributes: dict[str, str]) -> None:
            if name == "numFmt":
                formats[int(attributes["numFmtId"])] = attributes.get("formatCode", "")
            elif name == "cellXfs":
                inside[0] = True
            elif name == "xf" and inside[0]:
                styles.append(int(attributes.get("numFmtId", "0")))

        def end(name: str) -> None:
            if name == "cellXfs":
                inside[0] = False

        if "xl/styles.xml" in self._archive.namelist():
            self._parse("xl/styles.xml", start, end)
        return frozenset(str(i) for i, n in enumerate(styles) if _shows_day(n, formats.get(n)))

    def _read_strings(self, relations: dict[str, tuple[str, str]]) -> list[str]:
        """Return the shared strings, without the reading aids (ふりがな) that Excel keeps beside them."""
        part = next((part for kind, part in relations.values() if kind == "sharedStrings"), "")
        if not part or part not in self._archive.namelist():
            return []
        if self._archive.getinfo(part).file_size > _MAX_STRINGS_BYTES:
            raise Refused(
                f"「{self.name}」の文字数が多すぎます。シートごとに別のブックに分けてください。",
                rule="sheets.file",
            )
        collector = _Strings()
        self._parse(part, collector.start, collector.end, collector.text)
        return collector.strings


class _Strings:
    """Collects the shared strings."""

    def __init__(self) -> None:
        self.strings: list[str] = []
        self._pieces: list[str] = []
        self._in_text = False
        self._phonetic = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "si":
            self._pieces = []
        elif name == "rPh":
            self._phonetic = True
        elif name == "t":
            self._in_text = not self._phonetic

    def end(self, name: str) -> None:
        if name == "si":
            self.strings.append(unescape("".join(self._pieces)))
        elif name == "rPh":
            self._phonetic = False
        elif name == "t":
            self._in_text = False

    def text(self, data: str) -> None:
        if self._in_text:
            self._pieces.append(data)


def _pump(stream: IO[bytes], parser: Parser) -> None:
    while chunk := stream.read(_CHUNK):
        parser.feed(chunk)
    parser.feed(b"", last=True)


def _shows_day(number: int, code: str | None) -> bool:
    if code is None:
        return number in _DAY_FORMATS
    bare = _FORMAT_NOISE.sub("", code).lower()
    return (
        "y" in bare or "e" in bare.replace("general", "").replace("e+", "") or ("m" in bare and "d" in bare)
    )
