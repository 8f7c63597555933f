"""Guess which column of a file is which, and on which scale its levels stand; ask when unsure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from sakimori.lib.errors import Refused
from sakimori.lib.japanese import is_blank, nfkc, parse_int
from sakimori.lib.scales import CIA_SCALES, Scale
from sakimori.lib.sheets import Column, Row

from .columns import Col, Sheet

# Below this a likeness is left to the person.
SURE = 0.9
_LEAST = 0.72
_SAMPLES = 3
_SPAN = re.compile(r"(\d)\s*[~〜～\-‐－―–]\s*(\d)")
# A scale must hold this share of the cells: a few are wrong in every real file.
_SHARE = 0.9


@dataclass(frozen=True)
class Guess:
    """What a column of the file probably is; ``field`` is empty when nothing fits."""

    letter: str
    heading: str
    field: str
    confidence: float
    samples: tuple[str, ...] = ()

    @property
    def is_sure(self) -> bool:
        """Tell whether a person need not look."""
        return self.confidence >= SURE


@dataclass(frozen=True)
class ScaleGuess:
    """The scales that a group of levels may stand on; ``chosen`` is None when a person must say."""

    group: str
    headings: tuple[str, ...]
    candidates: tuple[Scale, ...]
    chosen: Scale | None


def guess_columns(sheet: Sheet, columns: Sequence[Column], sample: Sequence[Row]) -> list[Guess]:
    """Return a guess per column of the file, each field at most once, the best likeness first."""
    scored = sorted(
        (
            (score, -column.index, -position, column, col)
            for column in columns
            for position, col in enumerate(sheet.all_columns)
            if (score := _likeness(column, col)) >= _LEAST
        ),
        key=lambda entry: entry[:3],
        reverse=True,
    )
    taken: dict[int, tuple[Col, float]] = {}
    used: set[str] = set()
    for score, _index, _position, column, col in scored:
        if column.index not in taken and col.field not in used:
            taken[column.index] = (col, score)
            used.add(col.field)
    return [_guess(column, taken.get(column.index), sample) for column in columns]


def _guess(column: Column, found: tuple[Col, float] | None, sample: Sequence[Row]) -> Guess:
    cells = [row.values[column.index] for row in sample if column.index < len(row.values)]
    shown = tuple(str(cell)[:40] for cell in cells if not is_blank(cell))[:_SAMPLES]
    if found is None:
        return Guess(column.letter, column.heading, "", 0.0, shown)
    return Guess(column.letter, column.heading, found[0].field, found[1], shown)


def _likeness(column: Column, col: Col) -> float:
    """Return 1 for the same heading, 0.9 and more for a synonym, less for a likeness."""
    for place, key in enumerate(column.keys):
        if key in col.keys:
            synonym = 0.02 if col.keys.index(key) else 0.0
            return 1.0 - 0.01 * place - synonym
    return max((0.85 * _ratio(mine, yours) for mine in column.keys for yours in col.keys), default=0.0)


def _ratio(one: str, other: str) -> float:
    if min(len(one), len(other)) < 3:
        return 0.0
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def guess_scales(
    sheet: Sheet, mapping: Mapping[str, str], columns: Sequence[Column], rows: Iterable[Row]
) -> list[ScaleGuess]:
    """Return the scale of every group of levels that the mapping (letter → field) brings."""
    placed = {mapping[column.letter]: column for column in columns if column.letter in mapping}
    groups = {
        group: [placed[col.field] for col in cols if col.field in placed]
        for group, cols in sheet.level_groups.items()
    }
    groups = {group: cols for group, cols in groups.items() if cols}
    counts: dict[str, Counter[int]] = {group: Counter() for group in groups}
    for row in rows:
        for group, cols in groups.items():
            counts[group].update(_levels(row, cols))
    return [_choose(group, cols, counts[group]) for group, cols in groups.items()]


def _levels(row: Row, columns: Sequence[Column]) -> Iterable[int]:
    for column in columns:
        cell = row.values[column.index] if column.index < len(row.values) else None
        if is_blank(cell):
            continue
        try:
            yield parse_int(cell)
        except Refused:
            continue


def _choose(group: str, columns: Sequence[Column], counts: Counter[int]) -> ScaleGuess:
    headings = tuple(column.heading for column in columns)
    said = {
        Scale(int(low), int(high)) for h in headings for low, high in _SPAN.findall(nfkc(h)) if low < high
    }
    if len(said) == 1:
        scale = said.pop()
        return ScaleGuess(group, headings, (scale,), scale)
    total = sum(counts.values())
    # A level met in more than stray cells must lie on the scale.
    common = {level for level, count in counts.items() if count > total * (1 - _SHARE) / 2}
    fitting = tuple(scale for scale in CIA_SCALES if total and all(map(scale.holds, common)))
    ends = tuple(scale for scale in fitting if scale.low in common or scale.high in common)
    sure = fitting[0] if len(fitting) == 1 and ends else None
    return ScaleGuess(group, headings, fitting or CIA_SCALES, sure)
