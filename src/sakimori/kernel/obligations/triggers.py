"""The database notes by itself which months' coverage no longer follows the occurrences.

Occurrences change in bulk, one at a time and by cascades; a note written by hand would be forgotten somewhere.
Notes are only appended, so that two writers of one month never wait for each other.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db.backends.base.base import BaseDatabaseWrapper

TABLE = "obligations_occurrence"
NOTES = "obligations_coveragestale"
WATCHED = (
    "obligation_id",
    "department_id",
    "due_on",
    "closed_on",
    "done_on",
    "state",
    "moved_from",
    "moved_on",
)
EVENTS = ("insert", "update", "delete")


def install(connection: BaseDatabaseWrapper) -> None:
    """Create the triggers."""
    with connection.cursor() as cursor:
        for statement in _postgres() if connection.vendor == "postgresql" else _sqlite():
            cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper) -> None:
    """Drop the triggers, as undoing the migration needs it."""
    suffix = f" ON {TABLE}" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        for event in EVENTS:
            cursor.execute(f"DROP TRIGGER IF EXISTS occurrence_{event}_noted{suffix}")


def _sqlite() -> Iterator[str]:
    sides = {"insert": ["NEW"], "update": ["OLD", "NEW"], "delete": ["OLD"]}
    for event in EVENTS:
        of = f" OF {', '.join(WATCHED)}" if event == "update" else ""
        notes = " ".join(f"{_sqlite_note(side)};" for side in sides[event])
        yield f"CREATE TRIGGER occurrence_{event}_noted AFTER {event.upper()}{of} ON {TABLE} BEGIN {notes} END"


def _sqlite_note(side: str) -> str:
    month = f"substr({side}.due_on, 1, 7) || '-01'"
    same = (
        f"obligation_id = {side}.obligation_id AND month = {month} AND department_id IS {side}.department_id"
    )
    return (
        f"INSERT INTO {NOTES} (obligation_id, department_id, month)"  # noqa: S608 - names of this file
        f" SELECT {side}.obligation_id, {side}.department_id, {month}"
        f" WHERE NOT EXISTS (SELECT 1 FROM {NOTES} WHERE {same})"
    )


def _postgres() -> Iterator[str]:
    for event, source in {"insert": "fresh", "delete": "stale"}.items():
        yield _postgres_function(event, f"SELECT * FROM {source}")  # noqa: S608 - names of this file
    columns = ", ".join(WATCHED)
    yield _postgres_function(
        "update",
        f"SELECT id, {columns} FROM stale EXCEPT SELECT id, {columns} FROM fresh UNION ALL"  # noqa: S608 - as above
        f" (SELECT id, {columns} FROM fresh EXCEPT SELECT id, {columns} FROM stale)",
    )
    tables = {"insert": "NEW TABLE AS fresh", "delete": "OLD TABLE AS stale"}
    for event in EVENTS:
        rows = tables.get(event, "OLD TABLE AS stale NEW TABLE AS fresh")
        yield (
            f"CREATE TRIGGER occurrence_{event}_noted AFTER {event.upper()} ON {TABLE} REFERENCING {rows}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION occurrence_{event}_noted()"
        )


def _postgres_function(event: str, rows: str) -> str:
    return (
        f"CREATE OR REPLACE FUNCTION occurrence_{event}_noted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"  # noqa: S608 - names of this file
        f" INSERT INTO {NOTES} (obligation_id, department_id, month)"
        f" SELECT DISTINCT obligation_id, department_id, date_trunc('month', due_on)::date FROM ({rows}) AS changed;"
        " RETURN NULL; END $$"
    )
