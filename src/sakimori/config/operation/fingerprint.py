"""Tell whether anything changed since data and static files were last brought up to the code.

A start that finds nothing changed need not load Django twice. PostgreSQL is always prepared: another machine may have
migrated it.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from . import data

_ROOT = Path(__file__).resolve().parents[4]
_SEEN = ("src/sakimori", "content", "build/vendor/static", "build/static.stamp", "requirements/base.txt")


def is_unchanged(folder: Path) -> bool:
    """Tell whether the folder was prepared by exactly these files and holds the same migrations."""
    stamp = folder / data.PREPARED
    return not os.environ.get("DATABASE_URL") and stamp.exists() and stamp.read_text() == _state(folder)


def remember(folder: Path) -> None:
    """Note that the folder is prepared."""
    (folder / data.PREPARED).write_text(_state(folder))


def _state(folder: Path) -> str:
    digest = hashlib.sha256()
    for top in _SEEN:
        for path, state in _files(_ROOT / top):
            digest.update(f"{path} {state.st_size} {state.st_mtime_ns}\n".encode())
    for app, name in _migrations(folder / data.DATABASE):
        digest.update(f"{app}.{name}\n".encode())
    return digest.hexdigest()


def _files(top: Path) -> Iterator[tuple[str, os.stat_result]]:
    if not top.is_dir():
        if top.exists():
            yield str(top), top.stat()
        return
    for folder, folders, names in os.walk(top):
        folders[:] = sorted(name for name in folders if name not in {"__pycache__", "tests"})
        for name in sorted(names):
            path = os.path.join(folder, name)
            yield path, os.stat(path)


def _migrations(database: Path) -> list[tuple[str, str]]:
    if not database.exists():
        return []
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        try:
            return connection.execute("SELECT app, name FROM django_migrations ORDER BY app, name").fetchall()
        except sqlite3.DatabaseError:
            return []  # not prepared, or no database: preparing says which
