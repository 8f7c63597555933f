"""Let go of what imports keep of a record that is erased: former values and the lines of their reports."""

from __future__ import annotations

from collections.abc import Sequence

from sakimori.kernel import hooks
from sakimori.kernel.records.models import Record

from . import store
from .models import ImportBatch, ImportedRow


@hooks.on("record_erased")
def forget(records: Sequence[Record], words: Sequence[str]) -> None:
    """Empty the report of every import that brought the record, its former values, and the file it came in."""
    rows = ImportedRow.objects.filter(record_id=records[0].pk)
    batches = ImportBatch.objects.filter(pk__in=rows.values("batch_id"))
    hashes = set(batches.values_list("sha256", flat=True))
    batches.update(report={})
    rows.update(before={})
    for sha256 in hashes:
        store.path_of(sha256).unlink(missing_ok=True)
