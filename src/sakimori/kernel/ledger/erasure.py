"""Erase what may be erased: the openings of committed values. Entries, leaves and proofs stay as they are."""

from __future__ import annotations

from sakimori.kernel.records.models import Record

from .models import Opening


def erase_openings(record: Record) -> int:
    """Make every committed value about the record unreadable for good; return how many there were."""
    erased, _per_model = Opening.objects.filter(entry__record_id=record.pk).delete()
    return erased
