"""What a check found, in a form that a page shows and a table keeps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple, dataclass, field
from typing import Any

# What is kept to be shown and taken away; the counts are always of everything.
KEPT = 100_000


@dataclass(frozen=True)
class RowProblem:
    """One cell (or row) that cannot be taken in: where, what stands there, and what to do."""

    sheet: str
    row: int
    column: str
    heading: str
    value: str
    sentence: str
    field: str = ""

    def __str__(self) -> str:
        """Return the place and the sentence in one line."""
        place = f"{self.sheet} {self.row}行目"
        if self.column:
            place += f" {self.column}列「{self.heading}」"
        return f"{place}: {self.sentence}"


@dataclass(frozen=True)
class FieldChange:
    """One column from one value to another, as people read it."""

    field: str
    heading: str
    before: str
    after: str


@dataclass(frozen=True)
class RowLine:
    """A row that would be created or changed."""

    row: int
    number: str
    label: str
    changes: tuple[FieldChange, ...] = ()


@dataclass(frozen=True)
class Recomputed:
    """A value that the file states and the register computes otherwise: told, not refused."""

    row: int
    column: str
    heading: str
    stated: str
    computed: str


@dataclass
class Report:
    """The difference between a file and a register, and every fault of the file."""

    counts: dict[str, int] = field(default_factory=dict)
    new: list[RowLine] = field(default_factory=list)
    changed: list[RowLine] = field(default_factory=list)
    missing: list[RowLine] = field(default_factory=list)
    recomputed: list[Recomputed] = field(default_factory=list)
    problems: list[RowProblem] = field(default_factory=list)
    passed: list[tuple[int, str, str]] = field(default_factory=list)  # row, text, kind
    notes: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        """Tell whether everything can be taken in."""
        return not self.counts.get("problems")

    def plain(self) -> dict[str, Any]:
        """Return what a JSON column keeps: all counts, and the rows of each list in a form that takes little."""
        return {
            "counts": self.counts,
            "new": [_plain(line) for line in self.new[:KEPT]],
            "changed": [_plain(line) for line in self.changed[:KEPT]],
            "missing": [_plain(line) for line in self.missing[:KEPT]],
            "recomputed": [astuple(row) for row in self.recomputed[:KEPT]],
            "problems": [astuple(row) for row in self.problems[:KEPT]],
            "passed": self.passed[:KEPT],
            "notes": self.notes,
        }

    @classmethod
    def from_plain(cls, kept: Mapping[str, Any]) -> Report:
        """Return the report that ``plain`` wrote; an empty one before the first check."""
        return cls(
            counts=dict(kept.get("counts", {})),
            new=_lines(kept.get("new", ())),
            changed=_lines(kept.get("changed", ())),
            missing=_lines(kept.get("missing", ())),
            recomputed=[Recomputed(*row) for row in kept.get("recomputed", ())],
            problems=[RowProblem(*row) for row in kept.get("problems", ())],
            passed=[(row, text, kind) for row, text, kind in kept.get("passed", ())],
            notes=list(kept.get("notes", ())),
        )


def _lines(rows: Any) -> list[RowLine]:
    return [
        RowLine(row, number, label, tuple(FieldChange(*change) for change in changes))
        for row, number, label, *changes in rows
    ]


def _plain(line: RowLine) -> list[object]:
    return [line.row, line.number, line.label, *(astuple(change) for change in line.changes)]
