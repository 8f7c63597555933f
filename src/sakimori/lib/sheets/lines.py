"""Tell the lines of a table apart: rows of data, section lines, footnotes, totals, repeated headings."""

from __future__ import annotations

import re
from datetime import date

from sakimori.lib.japanese import heading_key, is_blank, nfkc
from sakimori.lib.sheets.cells import Area, Row

_SECTION = re.compile(r"[<≪《【\[〔■●◆▼▲○◎].*|-{3,}.*|.*[>≫》】\]〕]")
_FOOTNOTE = re.compile(r"[※*注](?!文).*|\((?:注|※).*|以上")
_TOTALS = frozenset({"合計", "小計", "総計", "計", "総合計", "平均"})


class Filler:
    """Carries the value of a cell merged over several rows down to each of them."""

    def __init__(self, merged: list[Area], after: int) -> None:
        self._areas = sorted(area for area in merged if area.bottom > area.top and area.bottom > after)
        self._next = 0
        self._open: list[tuple[Area, object]] = []

    def down(self, row: Row) -> None:
        """Fill the row's cells that are covered by a merged cell begun above it."""
        if self._open:
            self._open = [(area, value) for area, value in self._open if area.bottom >= row.number]
            for area, value in self._open:
                _put(row.values, area.left, value)
        while self._next < len(self._areas) and self._areas[self._next].top <= row.number:
            area = self._areas[self._next]
            self._next += 1
            if area.top == row.number and area.left < len(row.values):
                self._open.append((area, row.values[area.left]))


def _put(values: list[object], index: int, value: object) -> None:
    if is_blank(value):
        return
    if index >= len(values):
        values.extend([None] * (index + 1 - len(values)))
    if is_blank(values[index]):
        values[index] = value


def line_kind(row: Row, filled: list[tuple[int, object]], heading: dict[int, str], merged: list[Area]) -> str:
    """Tell a section line, a footnote, a total or a repeated heading from a row of data ("")."""
    index, first = filled[0]
    if not isinstance(first, str):
        return ""
    text = nfkc(first).strip()
    if len(filled) == 1:
        if _FOOTNOTE.fullmatch(text):
            return "footnote"
        wide = any(a.top == row.number and a.left == index and a.right - a.left >= 2 for a in merged)
        return "section" if wide or _SECTION.fullmatch(text) else ""
    if heading_key(first) in _TOTALS and not any(isinstance(v, (str, date)) for _, v in filled[1:]):
        return "total"
    if len(filled) >= 3 and all(heading_key(str(v)) == heading.get(i) for i, v in filled):
        return "heading"
    return ""
