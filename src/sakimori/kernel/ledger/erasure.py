"""Erase what may be erased: the openings of committed values. Entries, leaves and proofs stay as they are."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Q

from sakimori.kernel.records.models import Record

from .models import Opening


def erase_openings(record: Record, fields: Collection[str] | None = None) -> int:
    """Make the committed values about the record unreadable for good; return how many there were.

    Only those of ``fields`` where these are given.
    """
    found = Opening.objects.filter(entry__record_id=record.pk)
    if fields is not None:
        named = Q(pk__in=[])
        for name in fields:
            named |= Q(path__startswith=f"{name}/")
        found = found.filter(named)
    erased, _per_model = found.delete()
    return erased
