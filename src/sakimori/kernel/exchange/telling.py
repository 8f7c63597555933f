"""Turn a plan into the report that people read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sakimori.kernel.records.models import Record
from sakimori.lib.sheets import Table

from .choices import Lookup
from .columns import Col, Sheet
from .kinds import shown
from .planning import Act, Plan, Planned
from .report import KEPT, FieldChange, Recomputed, Report, RowLine, RowProblem


def tell(
    sheet: Sheet, table: Table, plan: Plan, problems: Sequence[RowProblem], mapping: Mapping[str, str]
) -> Report:
    """Return the report of a plan."""
    letters = {name: letter for letter, name in mapping.items()}
    labels = _Labels(sheet)
    changed = plan.of(Act.CHANGED, Act.REVIVED)
    report = Report(
        new=[_line(planned) for planned in plan.of(Act.CREATED)[:KEPT]],
        changed=[_line(planned, labels.changes(planned)) for planned in changed[:KEPT]],
        missing=[RowLine(0, number, label) for number, label in plan.missing],
        recomputed=[
            Recomputed(
                stated.row,
                letters[stated.field],
                str(sheet.by_field[stated.field].heading),
                shown(stated.stated),
                "" if stated.computed is None else shown(stated.computed),
            )
            for stated in plan.stated[:KEPT]
        ],
        problems=sorted(problems, key=lambda problem: (problem.row, problem.column)),
        passed=[(passed.row, passed.text[:100], passed.kind) for passed in table.passed],
        notes=list(table.notes),
    )
    report.counts = {
        "rows": plan.read,
        "new": len(plan.of(Act.CREATED)),
        "changed": len(changed),
        "same": len(plan.of(Act.SAME)),
        "missing": plan.missing_count,
        "recomputed": len(plan.stated),
        "problems": len(problems),
        "faulty": len({problem.row for problem in problems}),
    }
    return report


def _line(planned: Planned, changes: tuple[FieldChange, ...] = ()) -> RowLine:
    record: Record = planned.record
    return RowLine(planned.row, record.number, record.title()[:200], changes)


class _Labels:
    """Shows stored values as people know them."""

    def __init__(self, sheet: Sheet) -> None:
        self._columns = {f.attname: f for f in sheet.model._meta.concrete_fields}
        self._by_field = sheet.by_field
        self._records: dict[int, str] = {}

    def changes(self, planned: Planned) -> tuple[FieldChange, ...]:
        """Return the changes of a row."""
        found = []
        for name, (before, after) in planned.changes.items():
            column = self._columns[name]
            col = self._by_field.get(column.name)
            heading = str(col.heading if col else column.verbose_name)
            found.append(
                FieldChange(
                    column.name, heading, self._show(before, column, col), self._show(after, column, col)
                )
            )
        for name, word in planned.links.items():
            found.append(FieldChange(name, str(self._by_field[name].heading), "", word))
        return tuple(found)

    def _show(self, value: Any, column: Any, col: Col | None) -> str:
        if value in (None, ""):
            return ""
        if column.is_relation:
            return self._label(value)
        if col is None or isinstance(col.kind, Lookup):
            return shown(value)
        cell = col.kind.show(value)
        return "" if cell is None else shown(cell)

    def _label(self, pk: int) -> str:
        if pk not in self._records:
            label = Record.objects.filter(pk=pk).values_list("label", flat=True).first()
            self._records[pk] = label or f"#{pk}"
        return self._records[pk]
