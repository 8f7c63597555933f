"""What a check found, in a form that a page shows and a table keeps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

# What is kept for the page; the counts are always of everything.
_KEPT_ROWS = 500
_KEPT_PROBLEMS = 5_000


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
        """Return what a JSON column keeps: all counts, the first rows of each list."""
        kept = Report(
            self.counts,
            self.new[:_KEPT_ROWS],
            self.changed[:_KEPT_ROWS],
            self.missing[:_KEPT_ROWS],
            self.recomputed[:_KEPT_ROWS],
            self.problems[:_KEPT_PROBLEMS],
            self.passed[:_KEPT_ROWS],
            self.notes,
        )
        return asdict(kept)

    @classmethod
    def from_plain(cls, kept: Mapping[str, Any]) -> Report:
        """Return the report that ``plain`` wrote; an empty one before the first check."""
        return cls(
            counts=dict(kept.get("counts", {})),
            new=_lines(kept.get("new", ())),
            changed=_lines(kept.get("changed", ())),
            missing=_lines(kept.get("missing", ())),
            recomputed=[Recomputed(**row) for row in kept.get("recomputed", ())],
            problems=[RowProblem(**row) for row in kept.get("problems", ())],
            passed=[(row, text, kind) for row, text, kind in kept.get("passed", ())],
            notes=list(kept.get("notes", ())),
        )


def _lines(rows: Any) -> list[RowLine]:
    return [
        RowLine(
            row["row"], row["number"], row["label"], tuple(FieldChange(**change) for change in row["changes"])
        )
        for row in rows
    ]
