"""A record's history as people read it: names instead of keys, words instead of stored values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import models
from django.utils.safestring import SafeString

from sakimori.kernel.identity.models import Person
from sakimori.kernel.ledger import book
from sakimori.kernel.ledger.entries import Line
from sakimori.kernel.records.models import Record

from . import values, words
from .base import field_of


@dataclass(frozen=True)
class ReadableChange:
    """One column from one value to another."""

    label: str
    before: SafeString
    after: SafeString


@dataclass(frozen=True)
class ReadableLine:
    """One act on a record."""

    entry_id: int
    at: datetime
    verb: str
    title: str
    actor: str
    reason: str
    changes: tuple[ReadableChange, ...]
    facts: tuple[tuple[str, str], ...]
    is_first: bool


def of(row: Record, person: Person, limit: int | None = None) -> list[ReadableLine]:
    """Return the row's history, newest first, at most ``limit`` acts."""
    every = book.history(row)
    lines = every if limit is None else every[:limit]
    names = values.names_of(_keys(type(row), lines), person)
    return [_readable(row, line, names) for line in lines]


def _keys(model: type[Record], lines: Iterable[Line]) -> set[int]:
    found = set()
    for line in lines:
        for change in line.changes:
            if _is_record(field_of(model, change.field)):
                found |= {value for value in (change.before, change.after) if isinstance(value, int)}
    return found


def _is_record(column: models.Field[Any, Any] | None) -> bool:
    target = column.related_model if column is not None else None
    return isinstance(target, type) and issubclass(target, Record)


def _readable(row: Record, line: Line, names: values.Names) -> ReadableLine:
    model, own_number = type(row), row.number
    is_first = line.revision == 0  # every command on an existing row raises it
    changes = tuple(
        ReadableChange(
            change.label,
            shown(field_of(model, change.field), change.before, names),
            shown(field_of(model, change.field), change.after, names),
        )
        for change in line.changes
        if change.field != "number" and not (is_first and change.after in (None, "", False))
    )
    told = (words.fact(model, name, value) for name, value in line.facts.items() if value != own_number)
    facts = tuple((label, values.text(value)) for label, value in filter(None, told))
    return ReadableLine(
        line.entry_id,
        line.at,
        line.verb,
        line.verb_label,
        line.actor_label,
        line.reason,
        changes,
        facts,
        is_first,
    )


def shown(column: models.Field[Any, Any] | None, stored: object, names: values.Names) -> SafeString:
    """Return a value as the ledger stored it, in words."""
    if stored in (None, "") or column is None:
        return values.html(stored)
    if _is_record(column):
        return values.html(names.get(stored) if isinstance(stored, int) else stored)
    return values.html(values.words(column, _parsed(column, stored)))


def _parsed(column: models.Field[Any, Any], stored: object) -> object:
    if not isinstance(stored, str):
        return stored
    try:
        if isinstance(column, models.DateTimeField):
            return datetime.fromisoformat(stored)
        if isinstance(column, models.DateField):
            return date.fromisoformat(stored)
    except ValueError:
        return stored
    return stored


def changes_since(row: Record, revision: int) -> tuple[tuple[str, object, object], ...]:
    """Return (column, from, to) of what was changed after ``revision``."""
    lines = [line for line in book.history(row) if line.revision > revision]
    return tuple((change.label, change.before, change.after) for line in lines for change in line.changes)
