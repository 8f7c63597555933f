"""Check stored entries by themselves, in plain tuples: body against leaf hash, columns against body.

Everything here works on one range of the tree and can run in a process of its own.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from django.db import connection

from sakimori.kernel.identity.models import Person
from sakimori.lib import merkle

from .report import Fault, Problem

Row = Sequence[Any]

# Moments as text: a million datetime objects would take longer than hashing the entries.
_MOMENT = {
    "sqlite": "CAST(e.at AS TEXT)",
    "postgresql": "to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')",
}
_COLUMNS = "e.id, {moment}, e.verb, e.actor_id, p.number, e.number, e.body, e.leaf"
_ACTOR = "LEFT JOIN records_record AS p ON p.id = e.actor_id"
_PLACED = f"""
    SELECT l."index", {_COLUMNS} FROM ledger_leaf AS l
    LEFT JOIN ledger_entry AS e ON e.id = l.entry_id AND e.id BETWEEN %s AND %s {_ACTOR}
    WHERE l."index" >= %s AND l."index" < %s ORDER BY l."index"
"""  # noqa: S608 - constants of this file
# Naming the ids in advance spares PostgreSQL a walk over all entries for each range.
_IDS = 'SELECT MIN(entry_id), MAX(entry_id) FROM ledger_leaf WHERE "index" >= %s AND "index" < %s'
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
    ids = _fetch(_IDS, [begin, end])[0]
    rows = _fetch(_PLACED, [*ids, begin, end])
    if len(rows) != end - begin:
        rows = _with_gaps(rows, begin, end)
    leaves = [_LOST if row[7] is None else sha256(b"\0" + row[7].encode()).digest() for row in rows]
    found = (_check(row, leaf) for row, leaf in zip(rows, leaves, strict=True))
    return Checked(b"".join(leaves), [problem for problem in found if problem is not None])


def check_waiting() -> tuple[int, list[tuple[int, str, Problem]]]:
    """Check the entries that wait for their seal; return their count and (entry id, body, problem) of faults."""
    rows = _fetch(_WAITING, [])
    found = ((row, _check(row, sha256(b"\0" + row[7].encode()).digest())) for row in rows)
    return len(rows), [(row[1], row[7], problem) for row, problem in found if problem is not None]


def _fetch(query: str, values: Sequence[int | None]) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(query.format(moment=_MOMENT[connection.vendor]), values)
        return list(cursor.fetchall())


def _check(row: Row, leaf: bytes) -> Problem | None:
    index, entry_id, at, verb, actor_id, actor, number, body, stored = row
    if entry_id is None:
        return Problem(index, Fault.MISSING)
    if leaf != (stored if type(stored) is bytes else bytes(stored)):
        return Problem(index, Fault.ALTERED)
    moment = f"{at[:10]}T{at[11:].removesuffix('.000000')}Z"
    if (
        _says(body, "at", moment)
        and _says(body, "record", number)
        and _says(body, "verb", verb)
        and (body.startswith(f'{{"actor":"{actor}",') if actor_id is not None else _acted_by_system(body))
    ):
        return None
    return _compare(index, body, {"at": moment, "record": number, "verb": verb, "actor": actor})


def _says(body: str, key: str, value: str) -> bool:
    """Tell whether the body has this key once at any depth, with this value: far quicker than parsing it.

    Quotes within texts are escaped, so that no text can pass for a key.
    """
    return f'"{key}":"{value}"' in body and body.count(f'"{key}":"') == 1


def _acted_by_system(body: str) -> bool:
    return body.startswith('{"actor":"') and not body.startswith(f'{{"actor":"{Person.number_prefix}-')


def _compare(index: int, body: str, columns: dict[str, str | None]) -> Problem | None:
    """Compare the columns with the parsed body: what the quick look could not settle."""
    if columns["actor"] is None and _acted_by_system(body):
        del columns["actor"]
    try:
        held = json.loads(body)
        wrong = [key for key, value in columns.items() if held[key] != value]
    except (ValueError, KeyError, TypeError):
        return Problem(index, Fault.ALTERED)
    return Problem(index, Fault.COLUMNS, ", ".join(wrong)) if wrong else None


def _with_gaps(rows: Sequence[Row], begin: int, end: int) -> list[Row]:
    """Put an empty row where the tree's numbering has a hole."""
    found = {row[0]: row for row in rows}
    return [found.get(index, (index, *[None] * 8)) for index in range(begin, end)]
