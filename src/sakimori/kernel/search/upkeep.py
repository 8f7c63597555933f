"""Keep the index equal to the records: one look per command, few statements per import."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

from django.apps import apps
from django.db import transaction
from django.db.models import CharField, F, Q, Value
from django.db.models.functions import Cast, Coalesce, Concat

from sakimori.kernel import hooks
from sakimori.kernel.dossier import kinds
from sakimori.kernel.records.models import Record

from . import grams, store

BATCH = 1000


@hooks.on("record_changed")
def refresh(record: Record) -> None:
    """Index a record anew, if its words changed."""
    store.renew(_row(kinds.full(record)))


@hooks.on("records_imported")
def refresh_many(records: Sequence[Record]) -> None:
    """Index many records at once."""
    _write(_row(kinds.full(record)) for record in records)


@hooks.on("record_erased")
def forget(records: Sequence[Record], words: Sequence[str]) -> None:
    """Index anew what bore an erased name."""
    refresh_many(records)


def rebuild() -> int:
    """Index everything anew; return how many records there are. Searches meanwhile see the old or the new."""
    count = 0
    with transaction.atomic():
        store.empty()
        for model in registers():
            count += _write(_row(record) for record in model._base_manager.iterator(chunk_size=BATCH))
    return count


def heal() -> int:
    """Index what no command and no import announced, new rows and moved ones; return how many that were."""
    count = 0
    key = (Coalesce(Cast(name, CharField()), Value("")) for name in ("department_id", "owner_id"))
    scope = Concat(
        F("audience"), *(part for each in key for part in (Value("/"), each)), output_field=CharField()
    )
    for model in registers():
        rows = model._base_manager.annotate(readable_by=scope)
        missing = rows.filter(Q(search_entry=None) | ~Q(search_entry__scope=F("readable_by")))
        with transaction.atomic():
            count += _write(_row(record) for record in list(missing))
    return count


def registers() -> list[type[Record]]:
    """Return every register's model."""
    return [model for model in apps.get_models() if issubclass(model, Record) and model is not Record]


def _row(record: Record) -> store.Row:
    label = grams.folded(f"{record.number}\n{record.label}")
    text = label + grams.folded(record.search_text())
    return (record.pk, label, text, f"{record.audience}/{record.department_id or ''}/{record.owner_id or ''}")


def _write(rows: Iterable[store.Row]) -> int:
    count, waiting = 0, iter(rows)
    while batch := list(islice(waiting, BATCH)):
        store.write(batch)
        count += len(batch)
    return count
