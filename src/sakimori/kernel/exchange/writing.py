"""Carry a plan out in one transaction: rows, ledger entries and the memory for undoing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from sakimori.kernel import hooks
from sakimori.kernel.identity.actors import Actor
from sakimori.kernel.ledger import book
from sakimori.kernel.records import bulk
from sakimori.kernel.records.models import Record
from sakimori.lib import canonical, clock
from sakimori.lib.errors import Conflict, Refused
from sakimori.lib.japanese import fold

from .columns import Sheet, Written
from .models import ImportBatch, ImportedRow
from .planning import Act, Plan, Planned, chunks

_CHUNK = 1_000


def carry_out(plan: Plan, batch: ImportBatch, sheet: Sheet, *, by: Actor) -> None:
    """Write every row of the plan; the caller holds the transaction."""
    created, changed = plan.of(Act.CREATED), plan.of(Act.CHANGED, Act.REVIVED)
    lock(changed_records := [planned.record for planned in changed])
    bulk.insert([planned.record for planned in created])
    _join(plan, sheet)
    for planned in created:
        planned.changes = _first_values(planned.record)
    touched = {name for planned in changed for name in planned.changes}
    rewrite(sheet.model, changed_records, touched)
    new_verb, changed_verb = sheet.verbs
    drafts = [book.Draft(new_verb, p.record, p.changes, reason=batch.number) for p in created]
    drafts += [book.Draft(changed_verb, p.record, p.changes, reason=batch.number) for p in changed]
    book.append_many(drafts, by=by)
    bulk.insert_rows(ImportedRow, [_remember(batch, planned) for planned in plan.rows], _CHUNK)
    records = [planned.record for planned in (*created, *changed)]
    if sheet.after is not None:
        sheet.after(
            [Written(p.record, p.changes, is_new=True) for p in created]
            + [Written(p.record, p.changes) for p in changed]
        )
    hooks.call("records_imported", records=records)


def lock(records: Sequence[Record]) -> None:
    """Lock rows until the end of the transaction; raise Conflict when somebody changed one since it was read."""
    for part in chunks(records, _CHUNK):
        held = {record.pk: record for record in part}
        rows = Record.objects.select_for_update().filter(pk__in=held).order_by("pk")
        for pk, revision in rows.values_list("pk", "revision"):
            if held[pk].revision != revision:
                text = _("%(record)s は他の人が先に変更しました。もう一度確認からやり直してください。")
                raise Conflict(text % {"record": held[pk].label})


def rewrite(model: type[Record], records: Sequence[Any], names: Iterable[str]) -> None:
    """Store changed columns of many rows, with label and a raised revision."""
    if not records:
        return
    for record in records:
        record.revision += 1
        record.prepare()
    _update(model, records, {*names, "revision", "label"})


def _update(model: type[Record], records: Sequence[Any], names: Iterable[str]) -> None:
    """Send one prepared UPDATE per table; Django's bulk_update writes a CASE per cell and takes ten times as long."""
    wanted = set(names)
    quote: Any = connection.ops.quote_name
    for table in (Record, model):
        own = [f for f in table._meta.local_concrete_fields if f.attname in wanted and not f.primary_key]
        if not own:
            continue
        key: Any = table._meta.pk
        setters = ", ".join(f"{quote(column.column)} = %s" for column in own)
        statement = f"UPDATE {quote(table._meta.db_table)} SET {setters} WHERE {quote(key.column)} = %s"  # noqa: S608
        with connection.cursor() as cursor:
            cursor.executemany(
                statement,
                [
                    [*(f.get_db_prep_save(getattr(r, f.attname), connection) for f in own), r.pk]
                    for r in records
                ],
            )


def _join(plan: Plan, sheet: Sheet) -> None:
    """Point rows at other rows of the same file, now that all of them exist."""
    linked = [planned for planned in plan.rows if planned.links]
    if not linked:
        return
    key = sheet.key[-1]
    by_key = {fold(str(getattr(planned.record, key))): planned.record for planned in plan.rows}
    fresh: list[Any] = []
    for planned in linked:
        for name, word in planned.links.items():
            target = by_key[word]
            if target is planned.record:
                text = _("%(row)d行目が自分自身を指しています。直してください。") % {"row": planned.row}
                raise Refused(text, rule="exchange.self")
            before = getattr(planned.record, f"{name}_id")
            setattr(planned.record, name, target)
            planned.changes[f"{name}_id"] = (before, target.pk)
        if planned.act is Act.CREATED:
            fresh.append(planned.record)
    if fresh:
        _update(sheet.model, fresh, {f"{name}_id" for planned in linked for name in planned.links})


def _first_values(record: Record) -> dict[str, tuple[object, object]]:
    return {name: (None, value) for name, value in record.snapshot().items() if value not in (None, "")}


def _remember(batch: ImportBatch, planned: Planned) -> ImportedRow:
    before = {}
    if planned.act in (Act.CHANGED, Act.REVIVED):
        before = {name: canonical.plain(pair[0]) for name, pair in planned.changes.items()}
    return ImportedRow(
        batch=batch,
        record_id=planned.record.pk,
        row=planned.row,
        act=planned.act,
        before=before,
        revision=planned.record.revision,
    )


def put_back(record: Any, before: dict[str, Any]) -> dict[str, tuple[object, object]]:
    """Give a row its former values; return the changes."""
    changes: dict[str, tuple[object, object]] = {}
    columns: dict[str, Any] = {f.attname: f for f in type(record)._meta.concrete_fields}
    for name, plain in before.items():
        column = columns[name]
        value = column.target_field.to_python(plain) if column.is_relation else column.to_python(plain)
        changes[name] = (getattr(record, name), value)
        setattr(record, name, value)
    return changes


def take_back(
    acts: Sequence[ImportedRow],
    records: dict[int, Any],
    sheet: Sheet,
    *,
    reason: str,
    verb: str,
    by: Actor,
) -> None:
    """Retire what an import created and put back what it changed; the caller holds the transaction."""
    now = clock.now()
    drafts: list[book.Draft] = []
    touched = {"retired_at"}
    for act in acts:
        record = records[act.record_id]
        if act.act == Act.CREATED:
            changes: dict[str, tuple[object, object]] = {"retired_at": (record.retired_at, now)}
            record.retired_at = now
        else:
            changes = put_back(record, act.before)
        touched |= set(changes)
        drafts.append(book.Draft(verb, record, changes, reason=reason))
    rewrite(sheet.model, list(records.values()), touched)
    book.append_many(drafts, by=by)
    if sheet.after is not None:
        sheet.after([Written(draft.record, draft.changes) for draft in drafts])
    hooks.call("records_imported", records=list(records.values()))
