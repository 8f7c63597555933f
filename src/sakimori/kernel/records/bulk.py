"""Insert many register rows at once: Django's bulk_create refuses multi-table rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection, models, transaction

from . import numbering
from .models import Record


def insert(rows: Sequence[Record], batch: int = 500) -> None:
    """Store new ``rows`` of one register in few statements; numbers are given out in one go.

    Raises ValueError when the rows are of different registers.
    """
    if not rows:
        return
    model = type(rows[0])
    if any(type(row) is not model for row in rows):
        raise ValueError("rows of one register only")
    unnumbered = [row for row in rows if not row.number]
    numbers = iter(numbering.take(model.number_prefix, len(unnumbered)) if unnumbered else ())
    with transaction.atomic():
        for row in rows:
            row.prepare(number="" if row.number else next(numbers))
        _insert(model, rows, batch)


def _insert(model: type[Record], rows: Sequence[Record], batch: int) -> None:
    for row, key in zip(rows, insert_rows(Record, rows, batch), strict=True):
        row.pk = row.id = key
        row.record_ptr_id = key  # type: ignore[attr-defined]
        row._state.adding = False
        row._state.db = connection.alias
    own = list(model._meta.local_concrete_fields)
    with connection.cursor() as cursor:
        cursor.executemany(f"{_into(model, own)} ({_marks(own)})", [_cells(own, row) for row in rows])


def insert_rows(table: type[models.Model], rows: Sequence[models.Model], batch: int = 500) -> list[int]:
    """Store the columns of ``table`` for every object and return the new keys in the same order.

    The objects need the columns as attributes and may be of a class below ``table``. Several times faster
    than bulk_create, which resolves every single cell as if it might be an expression.
    """
    fields = [field for field in table._meta.local_concrete_fields if not field.primary_key]
    key = connection.ops.quote_name(str(table._meta.pk and table._meta.pk.column))
    # SQLite allows 32,766 parameters a statement; keep well below whatever the number of columns.
    size = max(1, min(batch, 20_000 // len(fields)))
    keys: list[int] = []
    with connection.cursor() as cursor:
        for start in range(0, len(rows), size):
            part = rows[start : start + size]
            marks = ", ".join([f"({_marks(fields)})"] * len(part))
            cells = [cell for row in part for cell in _cells(fields, row)]
            cursor.execute(f"{_into(table, fields)} {marks} RETURNING {key}", cells)
            keys += [found for (found,) in cursor.fetchall()]
    return keys


def _into(table: type[models.Model], fields: Sequence[models.Field[Any, Any]]) -> str:
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in fields)
    return f"INSERT INTO {quote(table._meta.db_table)} ({columns}) VALUES"


def _marks(fields: Sequence[object]) -> str:
    return ", ".join(["%s"] * len(fields))


def _cells(fields: Sequence[models.Field[Any, Any]], row: models.Model) -> list[Any]:
    """Return what the database stores; values that are stored as they are need no preparing."""
    values = row.__dict__
    return [
        value
        if type(value := values.get(field.attname)) is _AS_IT_IS.get(type(field)) or _is_null(field, value)
        else field.get_db_prep_save(field.pre_save(row, True), connection)
        for field in fields
    ]


def _is_null(field: models.Field[Any, Any], value: object) -> bool:
    return value is None and field.null and type(field).pre_save is models.Field.pre_save


_AS_IT_IS: dict[type, type] = {
    models.CharField: str,
    models.TextField: str,
    models.IntegerField: int,
    models.PositiveIntegerField: int,
    models.PositiveSmallIntegerField: int,
    models.BooleanField: bool,
    models.ForeignKey: int,
}
