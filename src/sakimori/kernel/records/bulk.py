"""Insert many register rows at once: Django's bulk_create refuses multi-table rows."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection, models, transaction

from . import numbering
from .models import Record

_PARENT = [f.attname for f in Record._meta.concrete_fields if f.attname != "id"]


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
    parents = [Record(**{name: getattr(row, name) for name in _PARENT}) for row in rows]
    Record.objects.bulk_create(parents, batch_size=batch)
    own = list(model._meta.local_concrete_fields)
    for row, parent in zip(rows, parents, strict=True):
        row.pk = row.id = parent.pk
        row.record_ptr_id = parent.pk  # type: ignore[attr-defined]
        row._state.adding = False
        row._state.db = connection.alias
    # SQLite allows 32,766 parameters a statement; keep well below whatever the number of columns.
    size = max(1, min(batch, 20_000 // max(1, len(own))))
    query: models.QuerySet[Record] = model._base_manager.all()  # type: ignore[assignment]
    for start in range(0, len(rows), size):
        query._insert(list(rows[start : start + size]), fields=own, using=connection.alias)  # type: ignore[attr-defined]
