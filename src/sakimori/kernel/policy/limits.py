"""Limits that packages below this one obey."""

from __future__ import annotations

from sakimori.kernel.dossier import files, kinds
from sakimori.lib.dates import Cadence

from . import policy


@files.limited_by
def evidence_bytes() -> int:
    """Return how large an evidence file may be."""
    return int(policy.value("evidence.megabytes")) * files.MEGABYTE


@kinds.usually_kept_by
def usual_retention() -> Cadence | None:
    """Return how long a record is kept for which the table of kinds has no rule of its own (REG-187)."""
    usual: Cadence | None = policy.value("records.retention")
    return usual
