"""What verification says: one Japanese sentence per fault, and the whole as a report."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sakimori.lib import clock

from .models import Leaf


class Fault(StrEnum):
    """Kinds of faults."""

    ALTERED = "altered"
    COLUMNS = "columns"
    MISSING = "missing"
    INSERTED = "inserted"
    REPEATED = "repeated"
    REORDERED = "reordered"
    UNSEALED = "unsealed"
    HEAD = "head"
    SIGNATURE = "signature"
    TILE = "tile"
    OPENING = "opening"
    TRIGGER = "trigger"


_SENTENCES = {
    Fault.ALTERED: gettext_lazy("%(entry)sが書き換えられています。"),
    Fault.COLUMNS: gettext_lazy("%(entry)sの検索用の列（%(detail)s）が本文と食い違っています。"),
    Fault.MISSING: gettext_lazy("%(entry)sが失われています。"),
    Fault.INSERTED: gettext_lazy("%(entry)sは後から差し込まれたものです。"),
    Fault.REPEATED: gettext_lazy("%(entry)sは以前の証跡の繰り返しです。"),
    Fault.REORDERED: gettext_lazy("%(entry)sの順序が入れ替えられています。"),
    Fault.UNSEALED: gettext_lazy("%(entry)sは封印の待ち行列から外されています。"),
    Fault.HEAD: gettext_lazy("%(detail)s"),
    Fault.SIGNATURE: gettext_lazy("%(detail)s"),
    Fault.TILE: gettext_lazy(
        "木の控え（%(detail)s）が壊れています。証跡そのものは無事です。ledger_rebuild で作り直してください。"
    ),
    Fault.OPENING: gettext_lazy("%(entry)sの秘匿値（%(detail)s）が書き換えられています。"),
    Fault.TRIGGER: gettext_lazy(
        "追記専用の保護（%(detail)s）が外されています。migrate をやり直してください。"
    ),
}


@dataclass(frozen=True)
class Problem:
    """One fault; ``index`` is the entry's place in the tree, counted from 0."""

    index: int
    fault: Fault
    detail: str = ""
    entry: str = ""

    def order(self) -> tuple[int, bool]:
        """Sort by place; at one place the entry before the head that it breaks."""
        return self.index, self.fault is Fault.HEAD

    def __str__(self) -> str:
        return str(_SENTENCES[self.fault]) % {"entry": self.entry, "detail": self.detail}


@dataclass
class Report:
    """What a verification found."""

    entries: int = 0
    pending: int = 0
    heads: int = 0
    openings: int = 0
    problems: list[Problem] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Tell whether nothing was found."""
        return not self.problems

    @property
    def first(self) -> Problem | None:
        """Return the fault of the earliest entry."""
        return min(self.problems, key=Problem.order, default=None)


def name_entry(index: int, *, lost: bool = False) -> str:
    """Name an entry by number, day and record; a lost one by what stood before it."""
    number = _("証跡 No.%(number)s") % {"number": f"{index + 1:,}"}
    if not lost:
        return number + _facts(_body_at(index))
    before = _facts(_body_at(index - 1)).strip("（）")
    return number + (_("（%(before)s の次）") % {"before": before} if before else "")


def name_unplaced(entry_id: int, body: str) -> str:
    """Name an entry that has no place in the tree yet."""
    return _("封印前の証跡 #%(id)s") % {"id": entry_id} + _facts(body)


def _facts(body: str) -> str:
    try:
        held = json.loads(body)
        at = datetime.fromisoformat(held["at"]).astimezone(clock.JAPAN)
        return f"（{at:%Y-%m-%d %H:%M}・{held['record']}・{held['verb']}）"
    except (ValueError, KeyError, TypeError):
        return ""


def _body_at(index: int) -> str:
    return Leaf.objects.filter(index=index).values_list("entry__body", flat=True).first() or ""


def describe(problems: list[Problem]) -> list[Problem]:
    """Return the problems in order, each that concerns one entry with that entry named."""
    general = {Fault.HEAD, Fault.SIGNATURE, Fault.TILE, Fault.TRIGGER}
    return [
        p
        if p.fault in general
        else Problem(p.index, p.fault, p.detail, name_entry(p.index, lost=p.fault is Fault.MISSING))
        for p in sorted(problems, key=Problem.order)
    ]
