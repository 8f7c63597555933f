"""Compare a file with a register: which rows are new, which change, which stay, and what is wrong."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from operator import itemgetter
from typing import Any

from django.db import models
from django.db.models.base import ModelState
from django.utils.translation import gettext as _

from sakimori.kernel.identity import access
from sakimori.kernel.identity.actors import Actor, System
from sakimori.kernel.records.models import RecordQuerySet
from sakimori.lib.errors import Invalid, Refused
from sakimori.lib.japanese import fold

from .choices import InFile, Lookup
from .columns import NUMBER, Col, Sheet
from .context import Context
from .kinds import shown
from .matching import Register
from .models import ImportedRow
from .reading import Parsed, Reader

Act = ImportedRow.Act
_EMPTY = (None, "")
Changes = dict[str, tuple[object, object]]


@dataclass
class Planned:
    """One row of the file and what would become of it."""

    row: int
    act: Act
    record: Any
    changes: Changes = field(default_factory=dict)
    # Fields that point at rows which this very file brings, by their folded key.
    links: dict[str, str] = field(default_factory=dict)


@dataclass
class Stated:
    """A value of the file that differs from the recomputed one."""

    row: int
    field: str
    stated: object
    computed: object


@dataclass
class Plan:
    """All rows of a file against the register."""

    rows: list[Planned] = field(default_factory=list)
    stated: list[Stated] = field(default_factory=list)
    missing: list[tuple[str, str]] = field(default_factory=list)  # number, label
    missing_count: int = 0
    read: int = 0

    def of(self, *acts: Act) -> list[Planned]:
        """Return the rows with one of these outcomes."""
        return [planned for planned in self.rows if planned.act in acts]

    def digest(self) -> str:
        """Return what identifies this difference: a check and its application must agree on it."""
        digest = sha256()
        for planned in self.rows:
            changes = sorted(planned.changes.items())
            told = (planned.row, planned.act.value, planned.record.number, changes, planned.links)
            digest.update(repr(told).encode())
        return digest.hexdigest()


class Planner:
    """Makes the plan of one file; the reader's problems grow with what only the register can tell."""

    def __init__(self, sheet: Sheet, reader: Reader, context: Context, by: Actor) -> None:
        self._sheet = sheet
        self._reader = reader
        self._context = context
        self._by = by
        self._names = [f.attname for f in sheet.model.ledger_fields()]
        self._values = itemgetter(*self._names)  # of the row's own dictionary, where all its columns lie
        self._pattern: Any = sheet.make()
        self._mutable = [n for n, value in self._pattern.__dict__.items() if isinstance(value, dict | list)]
        self._defaults = _defaults(sheet)

    def plan(self) -> Plan:
        """Read everything, then compare row by row."""
        parsed = list(self._reader.rows())
        self._refuse_repeats(parsed)
        register = Register(self._sheet, self._rows(), parsed)
        own = self._own_keys(parsed)
        plan = Plan(read=len(parsed))
        # Let go of each row's cells once it was compared: a file may have a hundred thousand.
        parsed.reverse()
        while parsed:
            row = parsed.pop()
            if row.faulty:
                register.notice(row)
                continue
            planned = self._compare(row, register, own, plan)
            if not row.faulty:
                plan.rows.append(planned)
        plan.missing_count, plan.missing = register.left()
        return plan

    def _fresh(self) -> Any:
        """Return a fresh row; a copy of the first costs a tenth of making one from nothing."""
        pattern = self._pattern
        row = pattern.__class__.__new__(pattern.__class__)
        row.__dict__.update(pattern.__dict__)
        row._state = ModelState()
        row._state.fields_cache = dict(pattern._state.fields_cache)
        for name in self._mutable:
            setattr(row, name, copy.deepcopy(getattr(pattern, name)))
        return row

    def _rows(self) -> RecordQuerySet[Any]:
        if isinstance(self._by, System):
            everything: RecordQuerySet[Any] = self._sheet.model.objects.all()
            return everything
        return self._sheet.rows(self._by)

    def _refuse_repeats(self, parsed: Sequence[Parsed]) -> None:
        """Refuse a number, key or unique value that stands in two rows of the file."""
        for name in dict.fromkeys((*self._sheet.keys, *self._sheet.unique_fields())):
            first: dict[object, int] = {}
            for row in parsed:
                value = row.values.get(name)
                if value in (None, "") or isinstance(value, InFile):
                    continue
                earlier = first.setdefault(value, row.row)
                if earlier != row.row:
                    text = _("「%(value)s」は%(row)d行目と重複しています。番号や名称を直してください。")
                    self._reader.refuse(row, name, text % {"value": shown(value), "row": earlier})

    def _own_keys(self, parsed: Iterable[Parsed]) -> set[str]:
        """Return the folded keys by which rows of this file name each other."""
        if not self._sheet.key:
            return set()
        return {fold(str(row.values.get(self._sheet.key[-1]) or "")) for row in parsed} - {""}

    def _compare(self, parsed: Parsed, register: Register, own: set[str], plan: Plan) -> Planned:
        try:
            record = register.match(parsed)
        except Refused as refused:
            self._reader.refuse(parsed, NUMBER, str(refused))
            return Planned(parsed.row, Act.SAME, None)
        revived = record is not None and record.retired_at is not None
        act = Act.CREATED if record is None else Act.REVIVED if revived else Act.CHANGED
        row = self._fresh() if record is None else record
        planned = Planned(parsed.row, act, row)
        before = () if record is None else self._values(row.__dict__)
        self._assign(parsed, planned, own)
        for name, value in register.taken(row):
            text = _("「%(value)s」は既に別の記録で使われています。ほかの値にしてください。")
            self._reader.refuse(parsed, name, text % {"value": shown(value)})
        self._complete(parsed, planned)
        if parsed.faulty:
            return planned
        if revived:
            row.retired_at = None
        after = self._values(row.__dict__)
        if record is None:
            pairs = zip(self._names, after, strict=True)
            planned.changes = {name: (None, value) for name, value in pairs if value not in _EMPTY}
        else:
            triples = zip(self._names, before, after, strict=True)
            planned.changes = {name: (old, new) for name, old, new in triples if old != new}
        if record is not None and not planned.changes and not planned.links:
            planned.act = Act.SAME
        self._state(parsed, row, plan)
        return planned

    def _assign(self, parsed: Parsed, planned: Planned, own: set[str]) -> None:
        for name, value in parsed.values.items():
            if name == NUMBER:
                continue
            if isinstance(value, InFile):
                if value.key in own:
                    planned.links[name] = value.key
                    continue
                kind = self._sheet.by_field[name].kind
                assert isinstance(kind, Lookup)
                self._reader.refuse(parsed, name, str(kind.unknown(parsed.cells[name], own)))
                continue
            setattr(planned.record, name, self._defaults.get(name, value) if value in (None, "") else value)

    def _complete(self, parsed: Parsed, planned: Planned) -> None:
        """Let the domain fill and judge the row, and the gate say whether this person may write it."""
        if self._sheet.complete is not None and not parsed.faulty:
            try:
                self._sheet.complete(planned.record)
            except Invalid as invalid:
                for name, sentence in invalid.problems.items():
                    self._reader.refuse(parsed, name, str(sentence))
            except Refused as refused:
                self._reader.refuse(parsed, refused.field, str(refused))
        if not isinstance(self._by, System) and not access.may(self._by, self._sheet.right, planned.record):
            self._reader.refuse(parsed, "department", _("この部署の行を取り込む権限がありません。"))

    def _state(self, parsed: Parsed, record: Any, plan: Plan) -> None:
        """Note where the file states another value than the register computes."""
        for name, stated in parsed.stated.items():
            col = self._sheet.by_field[name]
            computed = getattr(record, name)
            if stated in (None, "") or stated == computed or self._moved(col):
                continue
            plan.stated.append(Stated(parsed.row, name, stated, computed))

    def _moved(self, col: Col) -> bool:
        return col.of_scale in self._context.moved


def _defaults(sheet: Sheet) -> dict[str, object]:
    """Return what a blank cell means for columns that the table does not allow to be empty."""
    found: dict[str, object] = {}
    for name in sheet.by_field:
        column = sheet.model._meta.get_field(name)
        if not isinstance(column, models.Field) or column.null or not column.has_default():
            continue
        if not column.blank or not isinstance(column, models.CharField | models.TextField):
            found[name] = column.get_default()
    return found


def chunks(items: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    """Yield slices of at most ``size``."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
