"""How each database keeps the index: SQLite an FTS5 table, PostgreSQL two tsvector columns with GIN.

No extension, no parser: tokens are made in Python, the database only looks them up. A hit by tokens may be
scattered over the text; the folded text itself is then compared. Who may find a record stands in the index as
tokens too: a word that everybody else's records hold costs nothing to him who may know of none of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, F, Func, QuerySet
from django.db.models.sql.compiler import SQLCompiler

from . import grams
from .models import Entry

Part = Literal["label", "text"]
Row = tuple[int, str, str, str]

_CREATE = {
    "sqlite": (
        "CREATE VIRTUAL TABLE search_index USING fts5"
        "(label, text, scope, detail=column, columnsize=0, tokenize='ascii')",
    ),
    "postgresql": (
        "ALTER TABLE search_entry ADD COLUMN label_tokens tsvector, ADD COLUMN text_tokens tsvector",
        "CREATE INDEX search_entry_label ON search_entry USING gin (label_tokens)",
        "CREATE INDEX search_entry_text ON search_entry USING gin (text_tokens)",
    ),
}
_DROP = {
    "sqlite": ("DROP TABLE IF EXISTS search_index",),
    "postgresql": ("ALTER TABLE search_entry DROP COLUMN label_tokens, DROP COLUMN text_tokens",),
}


def install(database: BaseDatabaseWrapper) -> None:
    """Create the index."""
    with database.cursor() as cursor:
        for statement in _CREATE[database.vendor]:
            cursor.execute(statement)


def remove(database: BaseDatabaseWrapper) -> None:
    """Drop the index."""
    with database.cursor() as cursor:
        for statement in _DROP[database.vendor]:
            cursor.execute(statement)


def write(rows: Sequence[Row]) -> None:
    """Store (record, folded label, folded text, scope), replacing what stood for these records."""
    if connection.vendor == "postgresql":
        _write_postgresql(rows)
    else:
        _write_sqlite(rows)


def renew(row: Row) -> None:
    """Store one row if anything of it changed. Every command comes here: one statement, where nothing did."""
    if connection.vendor == "postgresql" or not _holds(row):
        write([row])


def _holds(row: Row) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM search_entry WHERE record_id = %s AND label = %s AND text = %s AND scope = %s", row
        )
        return cursor.fetchone() is not None


def empty() -> None:
    """Forget everything."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DELETE FROM search_index")
        cursor.execute("DELETE FROM search_entry")


def _write_sqlite(rows: Sequence[Row]) -> None:
    lines = [
        (pk, " ".join(grams.tokens(label)), " ".join(grams.tokens(text)), " ".join(grams.scope_tokens(scope)))
        for pk, label, text, scope in rows
    ]
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT OR REPLACE INTO search_entry (record_id, label, text, scope) VALUES (%s, %s, %s, %s)",
            list(rows),
        )
        cursor.executemany(
            "INSERT OR REPLACE INTO search_index (rowid, label, text, scope) VALUES (%s, %s, %s, %s)", lines
        )


def _write_postgresql(rows: Sequence[Row]) -> None:
    labels, texts = [], []
    for _pk, label, text, scope in rows:
        labels.append(" ".join([*grams.tokens(label), *grams.scope_tokens(scope)]))
        texts.append(" ".join([*grams.tokens(text), *grams.scope_tokens(scope)]))
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO search_entry (record_id, label, text, scope, label_tokens, text_tokens)"
            " SELECT record_id, label, text, scope, array_to_tsvector(string_to_array(label_tokens, ' ')),"
            " array_to_tsvector(string_to_array(text_tokens, ' '))"
            " FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[])"
            " AS fresh (record_id, label, text, scope, label_tokens, text_tokens)"
            " ON CONFLICT (record_id) DO UPDATE SET label = excluded.label, text = excluded.text, scope = excluded.scope,"
            " label_tokens = excluded.label_tokens, text_tokens = excluded.text_tokens"
            " WHERE (search_entry.label, search_entry.text, search_entry.scope)"
            " IS DISTINCT FROM (excluded.label, excluded.text, excluded.scope)",
            [*(list(column) for column in zip(*rows, strict=True)), labels, texts],
        )


class HasTokens(Func):
    """True for entries whose label or text has every token of the terms, and one of the scopes."""

    def __init__(self, part: Part, terms: Sequence[str], since: int, scopes: Sequence[str] | None) -> None:
        super().__init__(F("record_id"), output_field=BooleanField())
        self.part, self.terms, self.since = part, tuple(terms), since
        self.scopes = None if scopes is None else tuple(scopes)

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        """Look the tokens up in the FTS5 table."""
        key, params = compiler.compile(self.get_source_expressions()[0])
        words = " AND ".join(self._tokens('"{}"', '"{}" *'))
        wanted = f"{{{self.part}}} : ({words})"
        if self.scopes is not None:
            scopes = " OR ".join(f'"{scope}"' for scope in self.scopes)
            wanted += f" AND {{scope}} : ({scopes})"
        inner = "SELECT rowid FROM search_index WHERE search_index MATCH %s AND rowid > %s"
        return f"{key} IN ({inner})", [*params, wanted, self.since]

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        """Look the tokens up in the tsvector column, which stands beside the key."""
        key, params = compiler.compile(self.get_source_expressions()[0])
        column = key.replace('"record_id"', f'"{self.part}_tokens"')
        wanted = " & ".join(self._tokens("'{}'", "'{}':*"))
        if self.scopes is not None:
            scopes = " | ".join(f"'{scope}'" for scope in self.scopes)
            wanted += f" & ({scopes})"
        return f"{column} @@ %s::tsquery", [*params, wanted]

    def _tokens(self, whole: str, prefix: str) -> list[str]:
        found: dict[str, None] = {}
        for term in self.terms:
            tokens, is_prefix = grams.wanted(term)
            found |= dict.fromkeys((prefix if is_prefix else whole).format(token) for token in tokens)
        return list(found)


def entries(
    part: Part, terms: Sequence[str], since: int = 0, scopes: Sequence[str] | None = None
) -> QuerySet[Entry]:
    """Return the entries of records later than ``since``, in one of the scopes, that match.

    Every token is looked up in the index, then every term in the folded text.
    """
    if scopes is not None and not scopes:
        return Entry.objects.none()
    found = Entry.objects.filter(HasTokens(part, terms, since, scopes))
    if since:
        found = found.filter(pk__gt=since)
    return holding(found, part, terms)


def holding(found: QuerySet[Entry], part: Part, terms: Sequence[str]) -> QuerySet[Entry]:
    """Keep the entries whose folded words hold every term."""
    for term in terms:
        found = found.filter(**{f"{part}__contains": term})
    return found
