"""Limits that packages below this one obey."""

from __future__ import annotations

from sakimori.kernel.dossier import files

from . import policy


@files.limited_by
def evidence_bytes() -> int:
    """Return how large an evidence file may be."""
    return int(policy.value("evidence.megabytes")) * files.MEGABYTE
