"""Write a register to Excel so that the same file can be imported again unchanged."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sakimori.kernel.identity import access
from sakimori.kernel.identity.actors import Actor, System
from sakimori.kernel.ledger import book
from sakimori.kernel.records.models import RecordQuerySet
from sakimori.lib.errors import NotAllowed
from sakimori.lib.sheets import OutColumn, column_index, fill_layout, write_table

from .choices import Level
from .columns import Col, Sheet
from .imports import sheet_of
from .models import ImportBatch
from .reading import open_tables, table_named
from .report import Report

EXPORTED = book.declare("register.exported", gettext_lazy("台帳の書き出し"))
RIGHT = "exchange.export"
_CHUNK = 2_000


def export(rows: RecordQuerySet[Any], sheet: Sheet, target: Path | IO[bytes], *, by: Actor) -> int:
    """Write ``rows`` (already gated by ``visible_to``) to ``target``; return how many there were.

    Memory stays flat however many rows there are. The export is noted in the ledger.
    """
    _require(by)
    count = write_table(
        target, columns_of(sheet), _cells(rows, sheet), sheet=_title(sheet), notes=_notes(sheet)
    )
    _note(sheet, count, by)
    return count


def template(sheet: Sheet, target: Path | IO[bytes]) -> None:
    """Write an empty table with headings, lists of choices and instructions."""
    write_table(target, columns_of(sheet), (), sheet=_title(sheet), notes=_notes(sheet))


def export_layout(batch: ImportBatch, target: Path, *, by: Actor) -> int:
    """Write the register into a copy of the file it came from, each record in its original row.

    Records added since follow below the last row. Refuses a batch that is not applied.
    """
    _require(by)
    if batch.state != ImportBatch.State.APPLIED:
        raise NotAllowed(_("取り込みが済んだファイルだけを元の様式で書き出せます。"), rule="exchange.state")
    sheet = sheet_of(batch)
    numbers = dict(batch.rows.values_list("record_id", "row"))
    rows = sheet.model.objects.all() if isinstance(by, System) else sheet.rows(by)
    places = [(column_index(letter), sheet.by_field[name]) for letter, name in sorted(batch.mapping.items())]
    kept: dict[int, dict[int, object]] = {}
    added: list[dict[int, object]] = []
    for pk, *values in _values(rows.current(), [col for _index, col in places]):
        cells = {i: col.kind.show(v) for (i, col), v in zip(places, values, strict=True)}
        if pk in numbers:
            kept[numbers[pk]] = cells
        else:
            added.append(cells)
    with open_tables(batch, sheet) as tables:
        fill_layout(target, table_named(tables, batch.tab), kept, added)
    _note(sheet, len(kept) + len(added), by)
    return len(kept) + len(added)


def difference(report: Report, target: IO[bytes]) -> int:
    """Write everything a check found, one line per row, changed column or fault; return how many lines."""
    columns = [
        OutColumn(_("区分"), 16), OutColumn(_("行"), 8), OutColumn(_("記録"), 16), OutColumn(_("見出し"), 40),
        OutColumn(_("項目"), 20), OutColumn(_("今の値・ファイルの値"), 30), OutColumn(_("取込後の値"), 30),
        OutColumn(_("直し方"), 60),
    ]  # fmt: skip
    return write_table(target, columns, _difference(report), sheet=_("差分"))


def _difference(report: Report) -> Iterator[tuple[object, ...]]:
    for fault in report.problems:
        yield _("誤り"), fault.row, "", "", fault.heading, fault.value, "", fault.sentence
    for line in report.changed:
        for change in line.changes:
            yield (
                _("変更"), line.row, line.number, line.label, change.heading, change.before, change.after, "",
            )  # fmt: skip
    for line in report.new:
        yield _("追加"), line.row, line.number, line.label, "", "", "", ""
    for one in report.recomputed:
        yield _("計算し直す値"), one.row, "", "", one.heading, one.stated, one.computed, ""
    for line in report.missing:
        yield _("ファイルにない行"), "", line.number, line.label, "", "", "", ""


def columns_of(sheet: Sheet) -> list[OutColumn]:
    """Return the headings; levels say their scale, so that the file is understood when it comes back."""
    return [OutColumn(_heading(col), col.width, tuple(col.kind.offered())) for col in sheet.all_columns]


def _heading(col: Col) -> str:
    if not isinstance(col.kind, Level):
        return str(col.heading)
    scale = col.kind.target()
    return f"{col.heading}（{scale.low}～{scale.high}）"


def _cells(rows: RecordQuerySet[Any], sheet: Sheet) -> Iterator[list[object]]:
    shows = [col.kind.show for col in sheet.all_columns]
    for _pk, *values in _values(rows, list(sheet.all_columns)):
        yield [show(value) for show, value in zip(shows, values, strict=True)]


def _values(rows: RecordQuerySet[Any], columns: list[Col]) -> Iterator[tuple[Any, ...]]:
    paths = [col.kind.path(col.field) for col in columns]
    return rows.order_by("number").values_list("pk", *paths).iterator(chunk_size=_CHUNK)


def _title(sheet: Sheet) -> str:
    return str(sheet.title or sheet.model._meta.verbose_name)


def _notes(sheet: Sheet) -> list[str]:
    lines = [
        _("「%(title)s」の取込様式") % {"title": _title(sheet)},
        _("管理番号のある行は更新、空欄の行は追加になります。管理番号は変更しないでください。"),
        *(str(note) for note in sheet.notes),
    ]
    lines += [f"{col.heading}: {col.help}" for col in sheet.columns if col.help]
    required = "、".join(str(col.heading) for col in sheet.columns if col.required)
    return [*lines, _("必須の列: %(columns)s") % {"columns": required}] if required else lines


def _require(by: Actor) -> None:
    if not isinstance(by, System):
        access.require(by, RIGHT)


def _note(sheet: Sheet, count: int, by: Actor) -> None:
    if not isinstance(by, System):
        book.note(EXPORTED, by, by=by, sheet=sheet.id, rows=count)
