"""The table of record kinds: where each is kept, by whom, how long and why, and who approves its filing.

``content/record-kinds.yaml`` holds the six things that the regulation wants settled per kind of record
(V20-063); a kind not in the table is kept by the rule ``other`` (REG-187).
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from django.apps import apps
from django.conf import settings

from sakimori.kernel.records.models import Record
from sakimori.lib import clock, strictyaml
from sakimori.lib.dates import Cadence, FiscalYear

OTHER = "other"


@dataclass(frozen=True, kw_only=True)
class RecordKind:
    """One kind of record and its six attributes (識別・保管・保護・検索・保管期間・廃棄)."""

    id: str
    title: str
    identification: str = "番号と種類"
    place: str
    protection: str = "閲覧権限と改ざん検知"
    retrieval: str = "全文検索と一覧"
    keeper: str  # role
    keep: Cadence | None = None  # None: for ever
    counted_from: str = "filing"  # or retirement, fiscal_year, or a date column of the register (left_on)
    basis: str  # the law, contract or rule behind the period (PRC-148, V20-061)
    disposal: str = "電子データの消去"
    approval: Literal["none", "committee", "president"] = "none"
    reading_logged: bool = False
    requirements: tuple[str, ...] = ()


@functools.cache
def table() -> dict[str, RecordKind]:
    """Return every kind by id, in the order of the file."""
    rows = strictyaml.load(Path(settings.CONTENT_DIR) / "record-kinds.yaml", tuple[RecordKind, ...])
    return {row.id: row for row in rows}


Usual = Callable[[], Cadence | None]


def _as_filed() -> Cadence | None:
    return table()[OTHER].keep


_usual: Usual = _as_filed


def usually_kept_by(source: Usual) -> Usual:
    """Let ``source`` say how long a record without a rule of its own is kept; the regulations stand above."""
    global _usual
    _usual = source
    return source


def usual() -> Cadence | None:
    """Return how long a record without a rule of its own is kept."""
    return _usual()


def kind_id(record: Record) -> str:
    """Return the kind by which a record is filed: its form's for a form, its register's otherwise."""
    return str(getattr(record, "form_id", "") or record.kind)


def kind_of(record: Record) -> RecordKind:
    """Return the rule by which a record is filed."""
    return table().get(kind_id(record)) or table()[OTHER]


def full(record: Record) -> Record:
    """Return the record as a row of its register, not just its anchor."""
    if type(record) is not Record:
        return record
    found: Record = apps.get_model(record.kind)._base_manager.get(pk=record.pk)
    return found


def keep_until(record: Record, usual: Usual = usual) -> date | None:
    """Return the last day on which the record must be kept; None while that is not settled.

    ``usual``: the period of records without a rule of their own, for who asks about many.
    """
    rule = kind_of(record)
    keep = usual() if rule.id == OTHER else rule.keep
    start = _start(record, rule.counted_from)
    return keep.after(start) if keep and start else None


def _start(record: Record, counted_from: str) -> date | None:
    match counted_from:
        case "filing":
            return record.effective_on
        case "fiscal_year":
            return FiscalYear.of(record.effective_on).end
        case "retirement":
            return record.retired_at.astimezone(clock.JAPAN).date() if record.retired_at else None
    day: date | None = getattr(record, counted_from)
    return day
