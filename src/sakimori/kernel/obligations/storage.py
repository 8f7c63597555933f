"""Store thousands of planned rows at once, each slot once; model instances would cost five times as much."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any, NamedTuple

from django.db import connection, models, transaction

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
    count, waiting = 0, iter(rows)
    while batch := list(islice(waiting, BATCH)):
        with transaction.atomic():
            _insert(batch)
        count += len(batch)
    return count


def _insert(batch: Sequence[Planned]) -> None:
    fields = [f for f in Occurrence._meta.concrete_fields if f.attname in Planned._fields]
    order = dict(zip(Planned._fields, zip(*batch, strict=True), strict=True))
    values = [[*map(_adapter(field), order[field.attname])] for field in fields]
    quote = connection.ops.quote_name
    table = quote(Occurrence._meta.db_table)
    start = f"INSERT INTO {table} ({', '.join(quote(field.attname) for field in fields)})"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            arrays = ", ".join(f"%s::{_array_type(field)}" for field in fields)
            rows = f"SELECT * FROM unnest({arrays})"  # noqa: S608 - names come from the model
            cursor.execute(f"{start} {rows} ON CONFLICT DO NOTHING", values)
        else:
            marks = ", ".join(["%s"] * len(fields))
            lines = list(zip(*values, strict=True))
            cursor.executemany(f"{start} VALUES ({marks}) ON CONFLICT DO NOTHING", lines)


def _adapter(field: models.Field[Any, Any]) -> Callable[[Any], Any]:
    """Return what makes the database's value of a Python one; the same few days come again and again."""
    if isinstance(field, models.DateTimeField):
        return functools.cache(connection.ops.adapt_datetimefield_value)
    if isinstance(field, models.DateField):
        return functools.cache(connection.ops.adapt_datefield_value)
    return lambda value: value


def _array_type(field: models.Field[Any, Any]) -> str:
    return f"{field.db_type(connection)}[]"
