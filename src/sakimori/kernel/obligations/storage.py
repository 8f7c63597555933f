"""Store thousands of planned rows at once, each slot once; model instances would cost five times as much."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import connection, models, transaction

from sakimori.lib.pieces import batched

from .models import Occurrence

BATCH = 5000


class Planned(NamedTuple):
    """One occurrence to be stored: the columns that a new one has, by their names in the table."""

    obligation_id: int
    slot: str
    target_id: int | None
    role: str
    department_id: int | None
    assignee_id: int | None
    nominal_on: date
    opens_on: date
    due_on: date
    due_at: datetime | None
    contact_at: datetime
    state: str = Occurrence.State.OPEN.value
    reason: str = ""


def store(rows: Iterable[Planned]) -> int:
    """Insert new occurrences, skipping slots that stand already; return how many were handed in."""
    count = 0
    for batch in batched(rows, BATCH):
        with transaction.atomic():
            _insert(batch)
        count += len(batch)
    return count


def _insert(batch: Sequence[Planned]) -> None:
    fields = [f for f in Occurrence._meta.concrete_fields if f.attname in Planned._fields]
    order = dict(zip(Planned._fields, zip(*batch, strict=True), strict=True))
    lines = zip(*(map(_adapter(field), order[field.attname]) for field in fields), strict=True)
    names = [connection.ops.quote_name(field.attname) for field in fields]
    columns = ", ".join(names)
    start = f"INSERT INTO {connection.ops.quote_name(Occurrence._meta.db_table)} ({columns})"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # One text is read faster than thirteen arrays are written.
            types = ", ".join(f"{n} {f.db_type(connection)}" for n, f in zip(names, fields, strict=True))
            rows = f"SELECT {columns} FROM json_to_recordset(%s::json) AS fresh ({types})"  # noqa: S608 - the model's names
            keys = [field.attname for field in fields]
            text = json.dumps([dict(zip(keys, line, strict=True)) for line in lines], default=str)
            cursor.execute(f"{start} {rows} ON CONFLICT DO NOTHING", [text])
        else:
            marks = ", ".join(["%s"] * len(fields))
            cursor.executemany(f"{start} VALUES ({marks}) ON CONFLICT DO NOTHING", list(lines))


def _adapter(field: models.Field[Any, Any]) -> Callable[[Any], Any]:
    """Return what makes the database's value of a Python one; the same few days come again and again."""
    if connection.vendor == "postgresql":
        return functools.cache(lambda day: day and str(day)) if isinstance(field, models.DateField) else _same
    if isinstance(field, models.DateTimeField):
        return functools.cache(connection.ops.adapt_datetimefield_value)
    if isinstance(field, models.DateField):
        return functools.cache(connection.ops.adapt_datefield_value)
    return _same


def _same(value: Any) -> Any:
    return value
