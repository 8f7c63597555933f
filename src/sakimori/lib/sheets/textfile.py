"""A CSV or tab-separated file: its encoding and separator are found out, never asked."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath

from sakimori.lib.errors import Refused
from sakimori.lib.sheets.cells import MAX_COLUMNS, Area, Row

# Control characters that no table holds: what has them is not text.
_BINARY = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_SAMPLE = 64 * 1024
_ENCODINGS = {"utf-8": "UTF-8", "utf-16": "UTF-16", "cp932": "Shift_JIS（CP932）"}


@dataclass(frozen=True)
class TextSheet:
    """The one sheet of a text file, named like the file."""

    name: str
    hidden: bool = False


class TextFile:
    """A CSV file open for reading, with the interface of a workbook."""

    kind = "csv"

    def __init__(self, path: Path, name: str) -> None:
        self.name = name
        self.path = path
        self.encoding = _encoding_of(path, name)
        with path.open("r", encoding=self._codec, newline="") as file:
            sample = file.read(_SAMPLE)
        if _BINARY.search(sample):
            raise _not_text(name)
        self.separator = _separator_of(sample)
        self.notes = [f"文字コードは {_ENCODINGS[self.encoding]} として読みました。"]
        self.sheets = [TextSheet(PurePath(name).stem)]

    @property
    def _codec(self) -> str:
        return "utf-8-sig" if self.encoding == "utf-8" else self.encoding

    def close(self) -> None:
        """Do nothing: the file is open only while its rows are read."""

    def rows(self, sheet: TextSheet) -> Iterator[Row]:
        """Yield the records, numbered as Excel shows them when it opens the file."""
        with self.path.open("r", encoding=self._codec, newline="") as file:
            records = csv.reader(file, delimiter=self.separator, strict=True)
            try:
                for number, record in enumerate(records, start=1):
                    yield Row(number, [_cell(text) for text in record[:MAX_COLUMNS]])
            except (csv.Error, UnicodeError):
                raise Refused(
                    f"「{self.name}」の {records.line_num} 行目を CSV として読めません。"
                    '引用符（"）の閉じ忘れがないか確かめてください。',
                    rule="sheets.file",
                ) from None

    def merged(self, sheet: TextSheet) -> list[Area]:
        """Return nothing: text has no merged cells."""
        return []

    def hidden_columns(self, sheet: TextSheet) -> list[str]:
        """Return nothing: text hides no columns."""
        return []


def _cell(text: str) -> str | None:
    """Return the text; an apostrophe that only keeps a spreadsheet from calculating is no part of it."""
    if text[:1] == "'" and text[1:2] in ("=", "+", "-", "@", "\t", "\r"):
        return text[1:]
    return text or None


def _encoding_of(path: Path, name: str) -> str:
    """Find the encoding by reading all of it: BOM, then UTF-8, then CP932 (Shift_JIS with ①髙㈱)."""
    with path.open("rb") as file:
        head = file.read(2)
    if head in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16" if _decodes(path, "utf-16") else _refuse_text(name)
    for encoding in ("utf-8", "cp932"):
        if _decodes(path, encoding):
            return encoding
    return _refuse_text(name)


def _decodes(path: Path, encoding: str) -> bool:
    try:
        with path.open("r", encoding=encoding, newline="") as file:
            while file.read(1 << 20):
                pass
    except UnicodeError:
        return False
    return True


def _refuse_text(name: str) -> str:
    raise _not_text(name)


def _not_text(name: str) -> Refused:
    return Refused(
        f"「{name}」は表として読めません。Excel ブック（.xlsx）か、UTF-8 または Shift_JIS の CSV で用意してください。",
        rule="sheets.file",
    )


def _separator_of(sample: str) -> str:
    """Choose the separator that most first records agree on."""
    best, most = ",", 0
    for separator in (",", "\t", ";"):
        records = csv.reader(io.StringIO(sample), delimiter=separator)
        try:
            widths = [len(record) for _, record in zip(range(20), records, strict=False)]
        except csv.Error:
            continue
        if sum(widths) - len(widths) > most:
            best, most = separator, sum(widths) - len(widths)
    return best
