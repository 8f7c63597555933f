"""The declaration of a sheet: which columns a register has in Excel, and how rows are recognised."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import FieldDoesNotExist

from sakimori.kernel.records.models import Record, RecordQuerySet
from sakimori.lib.japanese import heading_keys

from .choices import Level, Lookup
from .kinds import Kind, Text, Text_

NUMBER = "number"


@dataclass(frozen=True)
class Col:
    """One column: the field it fills, its heading, the synonyms under which others keep it.

    ``computed``: never stored from the file; the file's value is compared with the recomputed one, and a
    difference is reported. ``of_scale``: the comparison is left out when that group of levels was moved.
    ``required``: a blank cell is a fault, a missing column refuses the file.
    """

    field: str
    heading: Text_
    headings: tuple[str, ...] = ()
    kind: Kind = Text()
    required: bool = False
    computed: bool = False
    of_scale: str = ""
    width: float = 0
    help: Text_ = ""

    @property
    def keys(self) -> tuple[str, ...]:
        """Return the comparable forms of the heading and its synonyms, the heading first."""
        found: dict[str, None] = {}
        for text in (str(self.heading), *self.headings):
            found.update(dict.fromkeys(heading_keys(text)))
        return tuple(found)


@dataclass(frozen=True)
class Written:
    """One row that an import stored, or its undoing put back: what changed, from what to what."""

    record: Any
    changes: Mapping[str, tuple[object, object]]
    is_new: bool = False


@dataclass(frozen=True)
class Sheet:
    """How a register looks in Excel.

    ``key``: fields that recognise a row, tried in this order; the register's own number comes first by
    itself. ``complete(row)`` fills what follows from the values and raises Invalid by field. ``right``: the
    row of access.yaml for importing; it is also checked against every new and every changed row.
    ``verbs``: the ledger's verbs for a created and a changed row. ``new()`` gives a fresh row. ``after`` is told
    of every row stored, so that what follows from a change follows from an import as well.
    """

    id: str
    model: type[Record]
    columns: tuple[Col, ...]
    verbs: tuple[str, str]
    title: Text_ = ""
    key: tuple[str, ...] = ()
    right: str = "exchange.import"
    complete: Callable[[Any], None] | None = None
    new: Callable[[], Record] | None = None
    after: Callable[[list[Written]], None] | None = None
    notes: tuple[Text_, ...] = ()

    @functools.cached_property
    def all_columns(self) -> tuple[Col, ...]:
        """Return the columns with the number in front."""
        return (NUMBER_COLUMN, *self.columns)

    @functools.cached_property
    def by_field(self) -> dict[str, Col]:
        """Return the columns by field."""
        return {column.field: column for column in self.all_columns}

    @property
    def keys(self) -> tuple[str, ...]:
        """Return the fields that recognise a row."""
        return (NUMBER, *self.key)

    @property
    def heading_keys(self) -> frozenset[str]:
        """Return every heading key this sheet may bear."""
        return frozenset(key for column in self.all_columns for key in column.keys)

    @property
    def level_groups(self) -> dict[str, list[Col]]:
        """Return the columns of levels by group."""
        groups: dict[str, list[Col]] = {}
        for column in self.columns:
            if isinstance(column.kind, Level):
                groups.setdefault(column.kind.group, []).append(column)
        return groups

    def rows(self, viewer: Any) -> RecordQuerySet[Any]:
        """Return the rows that the person may know of."""
        rows: RecordQuerySet[Any] = self.model.objects.visible_to(viewer)
        return rows

    def make(self) -> Record:
        """Return a fresh row."""
        return self.new() if self.new else self.model()

    def unique_fields(self) -> list[str]:
        """Return the fields of columns that the database wants unique, the number left out."""
        return [c.field for c in self.columns if not c.computed and _is_unique(self.model, c.field)]


NUMBER_COLUMN = Col(NUMBER, "管理番号", ("システム番号", "登録番号"), width=14)
SHEETS: dict[str, Sheet] = {}


def declare(sheet: Sheet) -> Sheet:
    """Make a sheet known by its id; raise ValueError when it cannot work."""
    if SHEETS.get(sheet.id, sheet) is not sheet:
        raise ValueError(f"sheet {sheet.id!r} is declared twice")
    if len(sheet.by_field) != len(sheet.all_columns):
        raise ValueError(f"sheet {sheet.id!r} names a field twice")
    for name in sheet.by_field:
        try:
            sheet.model._meta.get_field(name)
        except FieldDoesNotExist:
            raise ValueError(f"sheet {sheet.id!r}: {sheet.model.__name__} has no field {name!r}") from None
    unknown = set(sheet.key) - set(sheet.by_field)
    if unknown:
        raise ValueError(f"sheet {sheet.id!r}: no column for key {unknown}")
    if any(isinstance(c.kind, Lookup) and c.kind.same_file for c in sheet.columns) and not sheet.key:
        raise ValueError(f"sheet {sheet.id!r}: rows of the same file are named by a key")
    SHEETS[sheet.id] = sheet
    return sheet


def _is_unique(model: type[Record], name: str) -> bool:
    return bool(getattr(model._meta.get_field(name), "unique", False))
