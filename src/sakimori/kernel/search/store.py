"""How each database keeps the index: SQLite an FTS5 table, PostgreSQL two tsvector columns with GIN.

No extension, no parser: tokens are made in Python, the database only looks them up. A hit by tokens may be
scattered over the text; the folded text itself is then compared.
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
Row = tuple[int, str, str]

_CREATE = {
    "sqlite": (
        "CREATE VIRTUAL TABLE search_index USING fts5"
        "(label, text, detail=column, columnsize=0, tokenize='ascii')",
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
    """Store (record, folded label, folded text), replacing what stood for these records."""
    if connection.vendor == "postgresql":
        _write_postgresql(rows)
    else:
        _write_sqlite(rows)


def empty() -> None:
    """Forget everything."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DELETE FROM search_index")
        cursor.execute("DELETE FROM search_entry")


def _write_sqlite(rows: Sequence[Row]) -> None:
    lines = [(pk, " ".join(grams.tokens(label)), " ".join(grams.tokens(text))) for pk, label, text in rows]
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT OR REPLACE INTO search_entry (record_id, label, text) VALUES (%s, %s, %s)", list(rows)
        )
        cursor.executemany(
            "INSERT OR REPLACE INTO search_index (rowid, label, text) VALUES (%s, %s, %s)", lines
        )


def _write_postgresql(rows: Sequence[Row]) -> None:
    labels = [" ".join(grams.tokens(label)) for _pk, label, _text in rows]
    texts = [" ".join(grams.tokens(text)) for _pk, _label, text in rows]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO search_entry (record_id, label, text, label_tokens, text_tokens)"
            " SELECT record_id, label, text, array_to_tsvector(string_to_array(label_tokens, ' ')),"
            " array_to_tsvector(string_to_array(text_tokens, ' '))"
            " FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[])"
            " AS fresh (record_id, label, text, label_tokens, text_tokens)"
            " ON CONFLICT (record_id) DO UPDATE SET label = excluded.label, text = excluded.text,"
            " label_tokens = excluded.label_tokens, text_tokens = excluded.text_tokens",
            [*(list(column) for column in zip(*rows, strict=True)), labels, texts],
        )


class HasTokens(Func):
    """True for entries whose label or text has every token of the terms; answered by the index."""

    def __init__(self, part: Part, terms: Sequence[str], since: int) -> None:
        super().__init__(F("record_id"), output_field=BooleanField())
        self.part, self.terms, self.since = part, tuple(terms), since

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        """Look the tokens up in the FTS5 table."""
        key, params = compiler.compile(self.get_source_expressions()[0])
        wanted = " AND ".join(self._tokens('"{}"', '"{}" *'))
        inner = "SELECT rowid FROM search_index WHERE search_index MATCH %s AND rowid > %s"
        return f"{key} IN ({inner})", [*params, f"{{{self.part}}} : ({wanted})", self.since]

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        """Look the tokens up in the tsvector column, which stands beside the key."""
        key, params = compiler.compile(self.get_source_expressions()[0])
        column = key.replace('"record_id"', f'"{self.part}_tokens"')
        wanted = " & ".join(self._tokens("'{}'", "'{}':*"))
        return f"{column} @@ %s::tsquery", [*params, wanted]

    def _tokens(self, whole: str, prefix: str) -> list[str]:
        found: dict[str, None] = {}
        for term in self.terms:
            tokens, is_prefix = grams.wanted(term)
            found |= dict.fromkeys((prefix if is_prefix else whole).format(token) for token in tokens)
        return list(found)


def entries(part: Part, terms: Sequence[str], since: int = 0) -> QuerySet[Entry]:
    """Return the entries of records later than ``since`` that match.

    Every token is looked up in the index, then every term in the folded text.
    """
    found = Entry.objects.filter(HasTokens(part, terms, since))
    if since:
        found = found.filter(pk__gt=since)
    for term in terms:
        found = found.filter(**{f"{part}__contains": term})
    return found
