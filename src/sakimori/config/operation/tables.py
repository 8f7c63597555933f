"""All rows of a PostgreSQL database through COPY, in and out: no client program and no matching version is needed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.db import connection
from psycopg import Cursor, sql

_BOOKKEEPING = "django_migrations"  # written by migrate
_CHUNK = 1 << 20

_TABLES = """
    SELECT table_name, array_agg(column_name::text ORDER BY ordinal_position)
    FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
    WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' AND is_generated = 'NEVER'
    GROUP BY table_name ORDER BY table_name
"""
_SEQUENCES = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = current_schema()"


def copy_out(folder: Path) -> dict[str, Any]:
    """Write one file per table, all of one moment; return {tables: {name: columns}, sequences: {name: last value}}."""
    with connection.cursor() as wrapper:
        cursor: Cursor[Any] = wrapper.cursor
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        tables = {
            name: columns for name, columns in cursor.execute(_TABLES).fetchall() if name != _BOOKKEEPING
        }
        sequences = dict(cursor.execute(_SEQUENCES).fetchall())
        for name, columns in tables.items():
            with (
                (folder / f"{name}.copy").open("wb") as file,
                cursor.copy(_copy("TO STDOUT", name, columns)) as rows,
            ):
                for block in rows:
                    file.write(block)
    return {"tables": tables, "sequences": sequences}


def copy_in(folder: Path, tables: dict[str, list[str]], sequences: dict[str, int | None]) -> None:
    """Replace all rows by those of the files, inside the caller's transaction.

    The product's own triggers rest meanwhile: they would queue the ledger's old entries for a second sealing and
    refuse to make room. Foreign keys are checked before this returns.
    """
    with connection.cursor() as wrapper:
        cursor: Cursor[Any] = wrapper.cursor
        present = [name for name, _ in cursor.execute(_TABLES).fetchall() if name != _BOOKKEEPING]
        _triggers(cursor, "DISABLE", present)
        for name in present:  # rows that the migrations themselves wrote
            cursor.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(name)))
        for name, columns in tables.items():
            _fill(cursor, folder / f"{name}.copy", name, columns)
        for name, value in sequences.items():
            if value is not None:
                cursor.execute("SELECT setval(%s::regclass, %s)", [f'"{name}"', value])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        _triggers(cursor, "ENABLE", present)


def _fill(cursor: Cursor[Any], path: Path, name: str, columns: list[str]) -> None:
    with path.open("rb") as file, cursor.copy(_copy("FROM STDIN", name, columns)) as rows:
        while block := file.read(_CHUNK):
            rows.write(block)


def _copy(direction: str, table: str, columns: list[str]) -> sql.Composed:
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    return sql.SQL("COPY {} ({}) {}").format(sql.Identifier(table), names, sql.SQL(direction))


def _triggers(cursor: Cursor[Any], what: str, tables: list[str]) -> None:
    for name in tables:
        statement = sql.SQL("ALTER TABLE {} {} TRIGGER USER")
        cursor.execute(statement.format(sql.Identifier(name), sql.SQL(what)))
