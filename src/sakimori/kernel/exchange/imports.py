"""Take a table into a register: upload, map, check, apply, undo. Each step is a command."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from django.db import IntegrityError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sakimori.kernel.identity import access
from sakimori.kernel.identity.actors import Actor, System
from sakimori.kernel.ledger import book
from sakimori.kernel.ledger.book import command
from sakimori.kernel.policy import policy
from sakimori.kernel.records.models import Record
from sakimori.lib.errors import Conflict, NotAllowed, Refused
from sakimori.lib.sheets import Table

from . import guessing, store, writing
from .columns import SHEETS, Col, Sheet
from .guessing import Guess, ScaleGuess
from .models import ImportBatch, ImportedRow
from .planning import Act, Plan, Planner, chunks
from .reading import Reader, context_for, open_tables, place, table_named
from .report import Report
from .telling import tell

REVERTED = book.declare("import.reverted", gettext_lazy("取込の取消による復元"))
State = ImportBatch.State
_SAMPLE = 30


@dataclass(frozen=True)
class Guessed:
    """What the wizard shows to be confirmed: tabs with a table, columns, scales, notes."""

    tabs: tuple[str, ...]
    tab: str
    heading_rows: tuple[int, ...]
    columns: tuple[Guess, ...]
    scales: tuple[ScaleGuess, ...]
    missing: tuple[Col, ...]

    @property
    def is_sure(self) -> bool:
        """Tell whether nothing needs a person's word."""
        placed = [guess for guess in self.columns if guess.field]
        certain = all(guess.is_sure for guess in placed) and all(scale.chosen for scale in self.scales)
        return certain and not self.missing

    @property
    def mapping(self) -> dict[str, str]:
        """Return letter → field as guessed."""
        return {guess.letter: guess.field for guess in self.columns if guess.field}

    @property
    def chosen_scales(self) -> dict[str, list[int]]:
        """Return the scales that are certain."""
        return {s.group: [s.chosen.low, s.chosen.high] for s in self.scales if s.chosen}


class ChangedSince(Refused):
    """Rows were changed after the import; ``records`` are they."""

    def __init__(self, message: str, records: Sequence[Record]) -> None:
        super().__init__(message, rule="exchange.changed_since")
        self.records = tuple(records)


def sheet_of(batch: ImportBatch) -> Sheet:
    """Return the declaration under which a file was uploaded."""
    return SHEETS[batch.sheet]


@command("import.uploaded", gettext_lazy("取込ファイルの受付"))
def upload(*, sheet: str, file: store.Upload, file_name: str, by: Actor) -> ImportBatch:
    """Take a file in, find its table and guess its columns.

    Refuses what is no table, with what to do instead; raises KeyError for an unknown sheet.
    """
    declared = SHEETS[sheet]
    _require(declared, by)
    stored = store.store(file, file_name)
    batch = ImportBatch(
        sheet=sheet, file_name=stored.file_name, sha256=stored.sha256, size=stored.size,
        owner=None if isinstance(by, System) else by,
    )  # fmt: skip
    guessed = guess(batch)
    batch.tab, batch.mapping, batch.scales = guessed.tab, guessed.mapping, guessed.chosen_scales
    if guessed.is_sure:
        batch.state = State.MAPPED
    batch.save()
    return batch


def guess(batch: ImportBatch, tab: str = "", mapping: Mapping[str, str] | None = None) -> Guessed:
    """Guess tab, columns and scales; a given tab or mapping (letter → field) is kept."""
    sheet = sheet_of(batch)
    with open_tables(batch, sheet) as tables:
        table = table_named(tables, tab)
        sample = list(islice(table.rows(), _SAMPLE))
        columns = guessing.guess_columns(sheet, table.columns, sample)
        chosen = mapping if mapping is not None else {g.letter: g.field for g in columns if g.field}
        scales = guessing.guess_scales(sheet, chosen, table.columns, table.rows())
        fields = set(chosen.values())
        missing = tuple(col for col in sheet.columns if col.required and col.field not in fields)
        names = tuple(other.name for other in tables)
        return Guessed(names, table.name, table.heading_rows, tuple(columns), tuple(scales), missing)


@command("import.mapped", gettext_lazy("列の対応の決定"))
def choose(
    batch: ImportBatch,
    *,
    tab: str,
    mapping: Mapping[str, str],
    scales: Mapping[str, Sequence[int]] | None = None,
    by: Actor,
) -> ImportBatch:
    """Say which column is which (letter → field) and on which scale levels stand (group → low, high)."""
    sheet = sheet_of(batch)
    _require(sheet, by)
    _require_state(batch, State.UPLOADED, State.MAPPED, State.CHECKED)
    with open_tables(batch, sheet) as tables:
        place(sheet, table_named(tables, tab).columns, mapping)
    batch.tab, batch.mapping = tab, dict(mapping)
    given = {group: [int(low), int(high)] for group, (low, high) in (scales or {}).items()}
    batch.scales = given
    if set(needed_scales(batch, sheet)) - set(given):  # else the file need not be read through for them
        batch.scales = {**guess(batch, tab, mapping).chosen_scales, **given}
    batch.state, batch.report, batch.counts, batch.digest = State.MAPPED, {}, {}, ""
    batch.save()
    return batch


@command("import.checked", gettext_lazy("取込前の確認"))
def dry_run(batch: ImportBatch, *, by: Actor) -> ImportBatch:
    """Compare the file with the register and change nothing; ``report(batch)`` tells the outcome."""
    sheet = sheet_of(batch)
    _require(sheet, by)
    _require_state(batch, State.UPLOADED, State.MAPPED, State.CHECKED)
    _require_scales(batch, sheet)
    plan, found = _examine(batch, sheet, by)
    batch.report, batch.counts = found.plain(), found.counts
    batch.digest = plan.digest() if found.is_clean else ""
    batch.state = State.CHECKED if found.is_clean else State.MAPPED
    batch.save()
    return batch


def report(batch: ImportBatch) -> Report:
    """Return what the last check found."""
    return Report.from_plain(batch.report)


@command("import.applied", gettext_lazy("取込の実行"))
def apply(batch: ImportBatch, *, by: Actor) -> ImportBatch:
    """Take all rows in, or none: one transaction, one ledger entry per created or changed row.

    Refuses a file with faults, and one whose difference is no longer what was checked.
    """
    sheet = sheet_of(batch)
    _require(sheet, by)
    _require_state(batch, State.CHECKED)
    _queue_behind_others(batch)
    plan, found = _examine(batch, sheet, by)
    if not found.is_clean or plan.digest() != batch.digest:
        raise Conflict(_("確認のあとで台帳が変更されました。もう一度確認してから取り込んでください。"))
    try:
        writing.carry_out(plan, batch, sheet, by=by)
    except IntegrityError:
        raise Refused(
            _("台帳にある別の記録と重複する値があるため取り込めません。番号や名称の重複を確かめてください。"),
            rule="exchange.unique",
        ) from None
    batch.state = State.APPLIED
    batch.save()
    return batch


@command("import.undone", gettext_lazy("取込の取消"))
def undo(batch: ImportBatch, *, reason: str, by: Actor) -> ImportBatch:
    """Take an import back: created rows are retired, changed rows get their former values.

    Raises ChangedSince, naming the rows, when any of them was changed after the import.
    """
    sheet = sheet_of(batch)
    _require(sheet, by)
    _require_state(batch, State.APPLIED)
    if not reason.strip():
        raise Refused(_("取消の理由を入力してください。"), rule="exchange.reason", field="reason")
    acts = list(batch.rows.exclude(act=Act.SAME).order_by("pk"))
    records = {}
    for part in chunks(acts, 1000):
        found = sheet.model._base_manager.filter(pk__in=[act.record_id for act in part])
        records.update({record.pk: record for record in found})
    writing.lock(list(records.values()))
    _refuse_changed(acts, records)
    writing.take_back(acts, records, sheet, reason=reason, verb=REVERTED, by=by)
    batch.state = State.UNDONE
    batch.save()
    return batch


def _examine(batch: ImportBatch, sheet: Sheet, by: Actor) -> tuple[Plan, Report]:
    with open_tables(batch, sheet) as tables, policy.reading():
        table: Table = table_named(tables, batch.tab)
        context = context_for(batch)
        reader = Reader(table, place(sheet, table.columns, batch.mapping), context)
        plan = Planner(sheet, reader, context, by).plan()
        return plan, tell(sheet, table, plan, reader.problems, batch.mapping)


def _require(sheet: Sheet, by: Actor) -> None:
    if not isinstance(by, System):
        access.require(by, sheet.right)


def _require_state(batch: ImportBatch, *states: ImportBatch.State) -> None:
    if batch.state in states:
        return
    if batch.state == State.MAPPED and states == (State.CHECKED,):
        text = _("先に取込前の確認を行い、すべての誤りを直してください。")
    else:
        text = _("この取込は「%(state)s」のため、この操作はできません。")
    raise NotAllowed(text % {"state": batch.get_state_display()}, rule="exchange.state")


def _require_scales(batch: ImportBatch, sheet: Sheet) -> None:
    fields = set(batch.mapping.values())
    for group, cols in needed_scales(batch, sheet).items():
        if group not in batch.scales:
            headings = "・".join(str(col.heading) for col in cols if col.field in fields)
            raise Refused(
                _("%(headings)sの段階（0～2、1～3、1～5 など）を値から決められません。選んでください。")
                % {"headings": headings},
                rule="exchange.scale",
                field=group,
            )


def needed_scales(batch: ImportBatch, sheet: Sheet) -> dict[str, list[Col]]:
    """Return the groups of levels that the chosen columns bring."""
    fields = set(batch.mapping.values())
    groups = sheet.level_groups.items()
    return {group: cols for group, cols in groups if any(col.field in fields for col in cols)}


def _queue_behind_others(batch: ImportBatch) -> None:
    """Let imports into one register follow each other: the second then sees the rows of the first."""
    batches = ImportBatch.objects.select_for_update(of=("self",)).filter(sheet=batch.sheet)
    list(batches.order_by("pk").values_list("pk"))


def _refuse_changed(acts: Sequence[ImportedRow], records: Mapping[int, Record]) -> None:
    touched = [records[act.record_id] for act in acts if records[act.record_id].revision != act.revision]
    if touched:
        shown = "、".join(f"{record.number} {record.label}" for record in touched[:10])
        text = _("取込のあとに変更された記録が%(count)d件あるため、取り消せません: %(shown)s%(more)s")
        values = {"count": len(touched), "shown": shown, "more": _(" ほか") if len(touched) > 10 else ""}
        raise ChangedSince(text % values, touched)
