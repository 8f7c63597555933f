"""How an act becomes an entry: its body, its commitments, and how it is read again."""

from __future__ import annotations

import functools
import hashlib
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import FieldDoesNotExist
from django.db import models

from sakimori.kernel.identity.actors import Actor, System
from sakimori.kernel.records import bulk
from sakimori.kernel.records.models import Record
from sakimori.lib import canonical, clock

from .models import Entry, Opening

Changes = Mapping[str, tuple[object, object]]
ERASED = "（消去済み）"


@dataclass
class Prepared:
    """An entry and the openings that go with it, not stored yet."""

    entry: Entry
    openings: list[Opening]


@dataclass(frozen=True)
class Change:
    """One column from one value to another, as people read it."""

    field: str
    label: str
    before: object
    after: object


@dataclass(frozen=True)
class Line:
    """One entry as a page shows it."""

    entry_id: int
    at: datetime
    verb: str
    verb_label: str
    actor_label: str
    reason: str
    revision: int
    changes: tuple[Change, ...]
    facts: Mapping[str, object]


def of_command(
    verb: str, record: Record, kwargs: Mapping[str, object], *, by: Actor, request: str
) -> Prepared:
    """Prepare the entry of one command: changed columns, and the arguments that are no columns."""
    after = record.snapshot()
    before = record.loaded_values
    changes = {
        name: (before.get(name), value)
        for name, value in after.items()
        if before.get(name) != value and not (value in ("", None) and name not in before)
    }
    record.loaded_values = after
    known = set(after) | set(record.personal_fields)
    args = {
        name: _argument(value)
        for name, value in kwargs.items()
        if name not in {"by", "reason"} and name not in known and f"{name}_id" not in known
    }
    reason = str(kwargs.get("reason") or "")
    return prepare(verb, record, changes, by=by, reason=reason, args=args, request=request)


@functools.cache
def erasable(model: type[Record]) -> frozenset[str]:
    """Return the columns whose values may have to go one day: personal ones, and free text.

    They enter an entry as salted commitments, so that erasing salt and value leaves the tree as it was.
    """
    free = {field.attname for field in model.ledger_fields() if isinstance(field, models.TextField)}
    return frozenset({*model.personal_fields, *free})


def prepare(
    verb: str,
    record: Record,
    changes: Changes,
    *,
    by: Actor,
    reason: str,
    args: Mapping[str, object],
    request: str,
) -> Prepared:
    """Build body and commitments of one entry."""
    openings: list[Opening] = []
    pairs = {name: list(pair) for name, pair in changes.items()}
    for name in erasable(type(record)) & pairs.keys():
        pairs[name] = [_commit(openings, f"{name}/{i}", value) for i, value in enumerate(pairs[name])]
    at = clock.now()
    actor = None if isinstance(by, System) else by
    body = canonical.dumps(
        {
            "v": 1,
            "at": at,
            "verb": verb,
            "actor": str(by) if actor is None else actor.number,
            "kind": record.kind,
            "record": record.number,
            "revision": record.revision,
            "changes": pairs,
            "args": {name: value for name, value in args.items() if value not in (None, "")},
            "reason": reason,
            "request": request,
        }
    )
    leaf = hashlib.sha256(b"\0" + body.encode()).digest()
    entry = Entry(
        at=at, verb=verb, actor=actor, record_id=record.pk, number=record.number, body=body, leaf=leaf
    )
    for opening in openings:
        opening.entry = entry
    return Prepared(entry, openings)


def write(prepared: Prepared) -> None:
    """Store one entry."""
    write_many([prepared])


def write_many(prepared: list[Prepared]) -> None:
    """Store many entries in few statements."""
    entries = [p.entry for p in prepared]
    for entry, key in zip(entries, bulk.insert_rows(Entry, entries, 1000), strict=True):
        entry.pk = key
    _store_openings(prepared)


def _store_openings(prepared: list[Prepared]) -> None:
    openings = [opening for p in prepared for opening in p.openings]
    if not openings:
        return
    for opening in openings:
        opening.entry_id = opening.entry.pk
    bulk.insert_rows(Opening, openings, 1000)


def _commit(openings: list[Opening], path: str, value: object) -> object:
    if value in (None, ""):
        return value
    salt, text = secrets.token_bytes(16), canonical.dumps(value)
    openings.append(Opening(path=path, salt=salt, value=text))
    return {"commit": hashlib.sha256(salt + text.encode()).hexdigest()}


def _argument(value: object) -> object:
    if isinstance(value, Record):
        return value.number
    if isinstance(value, models.Model):
        return str(value.pk)
    if isinstance(value, list | tuple | set | models.QuerySet):
        return [_argument(item) for item in value]
    try:
        return canonical.plain(value)
    except TypeError:
        return str(value)


def changes_since(record: Record, revision: int) -> tuple[tuple[str, object, object], ...]:
    """Return (column label, from, to) of what was changed after ``revision``."""
    found = []
    for line in lines(record, str):
        if line.revision > revision:
            found += [(c.label, c.before, c.after) for c in line.changes]
    return tuple(found)


def lines(record: models.Model, label_of: Callable[[str], str]) -> list[Line]:
    """Return the entries of a record, newest first, with committed values opened where still possible."""
    rows = Entry.objects.filter(record_id=record.pk).select_related("actor").order_by("-id")
    rows = rows.prefetch_related("openings")
    return [_line(entry, record, label_of) for entry in rows]


def _line(entry: Entry, record: models.Model, label_of: Callable[[str], str]) -> Line:
    body = json.loads(entry.body)
    opened = {o.path: json.loads(o.value) for o in entry.openings.all()}
    changes = tuple(
        Change(
            name,
            _field_label(record, name),
            _opened(opened, f"{name}/0", before),
            _opened(opened, f"{name}/1", after),
        )
        for name, (before, after) in body["changes"].items()
    )
    actor = entry.actor.label if entry.actor else body["actor"]
    return Line(
        entry.pk, entry.at, entry.verb, label_of(entry.verb), actor,
        body["reason"], body["revision"], changes, body["args"],
    )  # fmt: skip


def _opened(opened: Mapping[str, object], path: str, value: object) -> object:
    if isinstance(value, dict) and set(value) == {"commit"}:
        return opened.get(path, ERASED)
    return value


def _field_label(record: models.Model, name: str) -> str:
    for candidate in (name, name.removesuffix("_id")):
        try:
            return str(getattr(record._meta.get_field(candidate), "verbose_name", candidate))
        except FieldDoesNotExist:
            continue
    return name
