"""Check stored entries by themselves, in plain tuples: body against leaf hash, columns against body.

Everything here works on one range of the tree and can run in a process of its own.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC
from hashlib import sha256
from typing import Any

from django.db import connection

from sakimori.kernel.identity.models import Person
from sakimori.lib import merkle

from .report import Fault, Problem

Row = Sequence[Any]

# SQLite's moments are text; cast, because parsing a million of them would take longer than hashing.
_MOMENT = {"sqlite": "CAST(e.at AS TEXT)", "postgresql": "e.at"}
_COLUMNS = "e.id, {moment}, e.verb, e.actor_id, p.number, e.number, e.body, e.leaf"
_ACTOR = "LEFT JOIN records_record AS p ON p.id = e.actor_id"
_PLACED = f"""
    SELECT l."index", {_COLUMNS} FROM ledger_leaf AS l
    LEFT JOIN ledger_entry AS e ON e.id = l.entry_id {_ACTOR}
    WHERE l."index" >= %s AND l."index" < %s ORDER BY l."index"
"""  # noqa: S608 - constants of this file
_WAITING = f"""
    SELECT 0, {_COLUMNS} FROM ledger_pending AS w JOIN ledger_entry AS e ON e.id = w.entry_id {_ACTOR}
    ORDER BY e.id
"""  # noqa: S608 - constants of this file
_LOST = b"\0" * merkle.HASH_SIZE


@dataclass
class Checked:
    """The outcome for one range: its leaf hashes as the bodies give them, and what is wrong with rows."""

    leaves: bytes
    problems: list[Problem] = field(default_factory=list)


def check_range(begin: int, end: int) -> Checked:
    """Check the entries at places [begin, end) of the tree."""
    rows = _fetch(_PLACED, [begin, end])
    if len(rows) != end - begin:
        rows = _with_gaps(rows, begin, end)
    leaves = [_LOST if row[7] is None else sha256(b"\0" + row[7].encode()).digest() for row in rows]
    problems = []
    for row, leaf, body in zip(rows, leaves, _bodies([row[7] for row in rows]), strict=True):
        problem = _check(row, leaf, body)
        if problem is not None:
            problems.append(problem)
    return Checked(b"".join(leaves), problems)


def check_waiting() -> tuple[int, list[tuple[int, str, Problem]]]:
    """Check the entries that wait for their seal; return their count and (entry id, body, problem) of faults."""
    rows = _fetch(_WAITING, [])
    faults = []
    for row, body in zip(rows, _bodies([row[7] for row in rows]), strict=True):
        problem = _check(row, sha256(b"\0" + row[7].encode()).digest(), body)
        if problem is not None:
            faults.append((row[1], row[7], problem))
    return len(rows), faults


def _fetch(query: str, values: list[int]) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(query.format(moment=_MOMENT[connection.vendor]), values)
        return list(cursor.fetchall())


def _check(row: Row, leaf: bytes, body: Mapping[str, Any] | None) -> Problem | None:
    index, entry_id, at, verb, actor_id, actor, number, _, stored = row
    if entry_id is None:
        return Problem(index, Fault.MISSING)
    if leaf != (stored if type(stored) is bytes else bytes(stored)):
        return Problem(index, Fault.ALTERED)
    if body is None:
        return Problem(index, Fault.ALTERED)
    moment = f"{at[:10]}T{at[11:]}Z" if type(at) is str else f"{at.astimezone(UTC).isoformat()[:-6]}Z"
    get = body.get
    if actor_id is None and not str(get("actor")).startswith(f"{Person.number_prefix}-"):
        actor = get("actor")
    if get("verb") == verb and get("record") == number and get("at") == moment and get("actor") == actor:
        return None
    columns = {"verb": verb, "record": number, "at": moment, "actor": actor}
    return Problem(index, Fault.COLUMNS, ", ".join(k for k, v in columns.items() if get(k) != v))


def _bodies(texts: Sequence[str | None]) -> Iterable[Mapping[str, Any] | None]:
    """Parse all bodies in one go, one by one only where a damaged one is among them."""
    try:
        parsed: list[Any] = json.loads(f"[{','.join(text or 'null' for text in texts)}]")
    except ValueError:
        parsed = []
    return parsed if len(parsed) == len(texts) else [_body(text) for text in texts]


def _body(text: str | None) -> Mapping[str, Any] | None:
    try:
        parsed = json.loads(text or "null")
    except ValueError:
        return None
    return parsed if isinstance(parsed, dict) else None


def _with_gaps(rows: Sequence[Row], begin: int, end: int) -> list[Row]:
    """Put an empty row where the tree's numbering has a hole."""
    found = {row[0]: row for row in rows}
    return [found.get(index, (index, *[None] * 8)) for index in range(begin, end)]
