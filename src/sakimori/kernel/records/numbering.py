"""Human numbers: AST-00012. Contiguous per prefix, handed out under a row lock."""

from __future__ import annotations

from django.apps import apps
from django.db import connection, transaction


def take(prefix: str, count: int) -> list[str]:
    """Return the next ``count`` numbers of ``prefix``; nobody else gets the same ones."""
    counters = apps.get_model("records", "Counter").objects
    with transaction.atomic():
        if connection.features.has_select_for_update:
            counters.get_or_create(prefix=prefix)
        row, _created = counters.select_for_update().get_or_create(prefix=prefix)
        first = row.last + 1
        row.last += count
        row.save(update_fields=["last"])
    return [f"{prefix}-{number:05d}" for number in range(first, first + count)]
