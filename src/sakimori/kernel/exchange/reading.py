"""Read the rows of an uploaded table into values, collecting every fault with its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from sakimori.lib.errors import Refused
from sakimori.lib.japanese import is_blank
from sakimori.lib.scales import Scale
from sakimori.lib.sheets import Column, Row, Table, find_tables, open_book

from . import store
from .columns import Col, Sheet
from .context import Context
from .kinds import refuse_unreadable, shown
from .models import ImportBatch
from .report import RowProblem

_REMEMBERED = 2_000  # values per column


@dataclass(frozen=True)
class Placed:
    """A column of the file with the column of the sheet that it fills."""

    column: Column
    col: Col


@dataclass
class Parsed:
    """The values of one row: those to store, those only to compare, and the cells they came from."""

    row: int
    values: dict[str, object] = field(default_factory=dict)
    stated: dict[str, object] = field(default_factory=dict)
    cells: dict[str, object] = field(default_factory=dict)
    faulty: bool = False


@contextmanager
def open_tables(batch: ImportBatch, sheet: Sheet) -> Iterator[list[Table]]:
    """Open the uploaded file and find its tables, the likeliest first; refuses one that was erased since."""
    path = store.path_of(batch.sha256)
    if not path.exists():
        raise Refused(
            _("取込元のファイルは消去されています。もう一度ファイルを選んでください。"),
            rule="exchange.erased",
        )
    with open_book(path, batch.file_name) as book:
        yield find_tables(book, sheet.heading_keys)


def table_named(tables: Sequence[Table], tab: str) -> Table:
    """Return the table on the chosen tab, the likeliest one when none was chosen."""
    for table in tables:
        if table.name == tab or not tab:
            return table
    raise Refused(
        _("シート「%(tab)s」に表が見つかりません。シートを選び直してください。") % {"tab": tab},
        rule="exchange.tab",
        field="tab",
    )


def place(sheet: Sheet, columns: Sequence[Column], mapping: Mapping[str, str]) -> list[Placed]:
    """Join the file's columns with the sheet's by a mapping (letter → field); refuse one that cannot be."""
    by_letter = {column.letter: column for column in columns}
    fields = list(mapping.values())
    for letter, name in mapping.items():
        if letter not in by_letter or name not in sheet.by_field:
            text = _("列の対応（%(letter)s列 → %(field)s）が表に合いません。選び直してください。")
            raise Refused(text % {"letter": letter, "field": name}, rule="exchange.mapping")
        if fields.count(name) > 1:
            text = _("「%(heading)s」に2つ以上の列が対応付けられています。1つだけ選んでください。")
            raise Refused(text % {"heading": sheet.by_field[name].heading}, rule="exchange.mapping")
    missing = [str(col.heading) for col in sheet.columns if col.required and col.field not in fields]
    if missing:
        text = _("必須の列「%(headings)s」に対応する列がありません。列の対応を選んでください。")
        raise Refused(text % {"headings": "」「".join(missing)}, rule="exchange.required_column")
    return [Placed(by_letter[letter], sheet.by_field[name]) for letter, name in sorted(mapping.items())]


def context_for(batch: ImportBatch) -> Context:
    """Return the reading context with the scales that were chosen."""
    return Context({group: Scale(low, high) for group, (low, high) in batch.scales.items()})


class Reader:
    """Reads the rows of one table; ``problems`` grows while doing so."""

    def __init__(self, table: Table, placed: Sequence[Placed], context: Context) -> None:
        self.problems: list[RowProblem] = []
        self._table = table
        self._placed = placed
        self._context = context
        # Words, levels and days repeat from row to row; a cell that was read well once need not be read again.
        self._read_before: list[dict[tuple[type, object], object]] = [{} for _column in placed]

    def rows(self) -> Iterator[Parsed]:
        """Yield every row of data."""
        for row in self._table.rows():
            yield self._parse(row)

    def _parse(self, row: Row) -> Parsed:
        parsed = Parsed(row.number)
        width = len(row.values)
        for placed, before in zip(self._placed, self._read_before, strict=True):
            index, col = placed.column.index, placed.col
            cell = row.values[index] if index < width else None
            target = parsed.stated if col.computed else parsed.values
            parsed.cells[col.field] = cell
            try:
                target[col.field] = before[type(cell), cell]
            except KeyError:
                try:
                    target[col.field] = value = self._read(cell, col)
                except Refused as refused:
                    self._complain(parsed, placed, str(refused))
                else:
                    if len(before) < _REMEMBERED:
                        before[type(cell), cell] = value
        return parsed

    def _read(self, cell: object, col: Col) -> object:
        if is_blank(cell):
            if col.required:
                text = _("%(heading)sが空欄です。記入してください。") % {"heading": col.heading}
                raise Refused(text, rule="exchange.required")
            return col.kind.blank
        refuse_unreadable(cell)
        return col.kind.read(cell, self._context)

    def _complain(self, parsed: Parsed, placed: Placed, sentence: str) -> None:
        parsed.faulty = True
        self.problems.append(
            RowProblem(
                self._table.name,
                parsed.row,
                placed.column.letter,
                placed.column.heading,
                _short(parsed.cells.get(placed.col.field)),
                sentence,
                placed.col.field,
            )
        )

    def refuse(self, parsed: Parsed, name: str, sentence: str) -> None:
        """Add a fault of the row, at the column of ``name`` where the file has one."""
        for placed in self._placed:
            if placed.col.field == name:
                self._complain(parsed, placed, sentence)
                return
        parsed.faulty = True
        self.problems.append(RowProblem(self._table.name, parsed.row, "", "", "", sentence, name))


def _short(cell: object) -> str:
    text = "" if is_blank(cell) else shown(cell)
    return text if len(text) <= 80 else f"{text[:79]}…"
