"""The database's own refusal to rewrite the ledger, on SQLite and on PostgreSQL.

Entries, leaves and checkpoints are append-only for everyone who comes through SQL, the product included. The
same place holds the trigger that queues every new entry for sealing.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db.backends.base.base import BaseDatabaseWrapper

APPEND_ONLY = {"ledger_entry": ("id",), "ledger_leaf": ("index", "entry_id"), "ledger_checkpoint": ("size",)}
REFUSAL = "証跡台帳は追記専用です"

_POSTGRES_FUNCTIONS = """
CREATE OR REPLACE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '証跡台帳は追記専用です: % %', TG_OP, TG_TABLE_NAME; END $$;
CREATE OR REPLACE FUNCTION ledger_queue() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN INSERT INTO ledger_pending (entry_id) SELECT id FROM fresh; RETURN NULL; END $$;
"""


def install(connection: BaseDatabaseWrapper) -> None:
    """Create the triggers."""
    with connection.cursor() as cursor:
        for statement in _statements(connection.vendor):
            cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper) -> None:
    """Drop the triggers, as undoing the migration needs it."""
    with connection.cursor() as cursor:
        for name, table in expected(connection.vendor):
            suffix = f" ON {table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{suffix}")


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """Return the names of triggers that somebody dropped or switched off."""
    queries = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')",
    }
    with connection.cursor() as cursor:
        cursor.execute(queries[connection.vendor])
        present = {name for (name,) in cursor.fetchall()}
    return [name for name, _ in expected(connection.vendor) if name not in present]


def expected(vendor: str) -> list[tuple[str, str]]:
    """Return (trigger, table) of every trigger that must exist."""
    kinds = ("update", "delete", "replace") if vendor == "sqlite" else ("change", "truncate")
    guards = [(f"{table}_no_{kind}", table) for table in APPEND_ONLY for kind in kinds]
    return [*guards, ("ledger_entry_queue", "ledger_entry")]


def _statements(vendor: str) -> Iterator[str]:
    if vendor == "postgresql":
        yield _POSTGRES_FUNCTIONS
        for table in APPEND_ONLY:
            yield (
                f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table}"
                " FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()"
            )
            yield (
                f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}"
                " FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()"
            )
        yield (
            "CREATE TRIGGER ledger_entry_queue AFTER INSERT ON ledger_entry REFERENCING NEW TABLE AS fresh"
            " FOR EACH STATEMENT EXECUTE FUNCTION ledger_queue()"
        )
        return
    for table, keys in APPEND_ONLY.items():
        for kind in ("update", "delete"):
            yield (
                f"CREATE TRIGGER {table}_no_{kind} BEFORE {kind.upper()} ON {table}"
                f" BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
            )
        # INSERT OR REPLACE removes the old row without asking the triggers above.
        taken = " OR ".join(f'"{key}" = NEW."{key}"' for key in keys)
        found = f"EXISTS (SELECT 1 FROM {table} WHERE {taken})"  # noqa: S608 - names of this file
        yield (
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN {found}"
            f" BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        )
    yield (
        "CREATE TRIGGER ledger_entry_queue AFTER INSERT ON ledger_entry"
        " BEGIN INSERT INTO ledger_pending (entry_id) VALUES (NEW.id); END"
    )
