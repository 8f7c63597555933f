"""A record's history as people read it: names instead of keys, words instead of stored values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.safestring import SafeString

from sakimori.kernel.identity.models import Person
from sakimori.kernel.ledger import book
from sakimori.kernel.ledger.entries import Line
from sakimori.kernel.records.models import Record

from . import stored, values, words
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
    return _readable(row, every if limit is None else every[:limit], person)


def of_entry(row: Record, person: Person, entry_id: int) -> ReadableLine | None:
    """Return one act of the row's history."""
    lines = [line for line in book.history(row) if line.entry_id == entry_id]
    return next(iter(_readable(row, lines, person)), None)


def _readable(row: Record, lines: Sequence[Line], person: Person) -> list[ReadableLine]:
    names = {change.field for line in lines for change in line.changes} | {n for x in lines for n in x.facts}
    found = [value for line in lines for value in _values(row, line)]
    reader = stored.reader(row, names, found, person)
    return [_line(row, line, reader) for line in lines]


def _values(row: Record, line: Line) -> Iterator[object]:
    """Return what the names of other records are looked up for: keys, and values that hold numbers."""
    for change in line.changes:
        is_key = stored.is_record(field_of(type(row), change.field))
        for value in (change.before, change.after):
            if is_key or not isinstance(value, int):
                yield value
    yield from line.facts.values()


def _line(row: Record, line: Line, reader: stored.Reader) -> ReadableLine:
    is_first = line.revision == 0  # every command on an existing row raises it
    changes = tuple(
        ReadableChange(
            change.label, reader.shown(change.field, change.before), reader.shown(change.field, change.after)
        )
        for change in line.changes
        if change.field != "number" and not (is_first and change.after in (None, "", False, [], {}))
    )
    facts = [(name, value) for name, value in line.facts.items() if value != row.number]
    return ReadableLine(
        line.entry_id,
        line.at,
        line.verb,
        line.verb_label,
        line.actor_label,
        line.reason,
        changes,
        tuple(_fact(reader, name, value) for name, value in facts if words.fact(reader.model, name, value)),
        is_first,
    )


def _fact(reader: stored.Reader, name: str, value: object) -> tuple[str, str]:
    """Return an argument of the command in words."""
    label, told = words.fact(reader.model, name, value) or (name, value)
    return label, values.plain(reader.shown(name, told)) or values.BLANK


def changes_since(row: Record, revision: int) -> tuple[tuple[str, object, object], ...]:
    """Return (column, from, to) of what was changed after ``revision``."""
    lines = [line for line in book.history(row) if line.revision > revision]
    return tuple((change.label, change.before, change.after) for line in lines for change in line.changes)
