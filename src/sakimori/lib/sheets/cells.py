"""What a cell may hold beside text, number, yes/no, date: an error, or a formula nobody calculated."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple

# Cells further right are stray clicks; a register has no 500 columns.
MAX_COLUMNS = 500


class CellError(NamedTuple):
    """An error value such as #N/A or #REF!."""

    code: str


class Formula(NamedTuple):
    """A formula without a calculated value in the file."""

    text: str


@dataclass(slots=True)
class Row:
    """A row of a sheet: its number as Excel shows it, and its values from column A on."""

    number: int
    values: list[object]
    hidden: bool = False
    # Column indexes whose value was calculated by a formula and read from the file.
    calculated: list[int] = field(default_factory=list)


class Area(NamedTuple):
    """A merged range; rows from 1, columns from 0, all inclusive."""

    top: int
    left: int
    bottom: int
    right: int


# Excel keeps characters that XML cannot hold, and texts that look like this, as _x000D_.
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


def unescape(text: str) -> str:
    """Return ``text`` without Excel's own escapes; a carriage return becomes a line break."""
    if "_x" not in text:
        return text
    plain = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)
    return plain.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "replace").decode("utf-8")


def letter(index: int) -> str:
    """Return the column letter of an index from 0: 0 is A, 26 is AA."""
    text = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        text = chr(65 + rest) + text
    return text


def column_index(letters: str) -> int:
    """Return the index from 0 of a column letter."""
    index = 0
    for character in letters:
        index = index * 26 + ord(character) - 64
    return index - 1
