"""Reuse the migrated, empty SQLite database of an earlier run: migrating takes seven seconds, copying a tenth of one.

The copy bears a hash of the migrations, of what they import and of the locked libraries, so that a changed one is
migrated anew. Migrating from nothing is proved by the tests of config.operation.
"""

from __future__ import annotations

import ast
import hashlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

ROOT = Path(__file__).parents[2]
_FOLDER = ROOT / "build" / "test-database"
_KEPT = 3


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """Do not migrate where a copy of the result will be loaded."""
    if connection.vendor == "sqlite" and migrated_copy().exists():
        connection.settings_dict["TEST"]["MIGRATE"] = False


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Load the copy into the database of the run, or make the copy of what was migrated."""
    if connection.vendor != "sqlite":
        return
    with django_db_blocker.unblock():
        connection.ensure_connection()
        if connection.settings_dict["TEST"]["MIGRATE"]:
            _keep(connection.connection)
        else:
            with closing(sqlite3.connect(f"file:{migrated_copy()}?mode=ro", uri=True)) as kept:
                kept.backup(connection.connection)


def _keep(migrated: sqlite3.Connection) -> None:
    _FOLDER.mkdir(parents=True, exist_ok=True)
    draft = _FOLDER / f"{os.getpid()}.draft"
    with closing(sqlite3.connect(draft)) as copy:
        migrated.backup(copy)
    draft.replace(migrated_copy())
    copies = sorted(_FOLDER.glob("*.sqlite3"), key=lambda path: path.stat().st_mtime)
    for old in copies[:-_KEPT]:
        old.unlink(missing_ok=True)


def migrated_copy() -> Path:
    """Return where the copy for the present migrations lies."""
    digest = hashlib.sha256((ROOT / "requirements" / "base.txt").read_bytes())
    for path in sorted(
        set(_migrations()) | {path for migration in _migrations() for path in _imported(migration)}
    ):
        digest.update(f"{path}\n".encode() + path.read_bytes())
    return _FOLDER / f"{digest.hexdigest()[:16]}.sqlite3"


def _migrations() -> Iterator[Path]:
    return (ROOT / "src" / "sakimori").rglob("migrations/0*.py")


def _imported(migration: Path) -> Iterator[Path]:
    """Yield the product's own modules that a migration runs; models are only named by it."""
    for node in ast.walk(ast.parse(migration.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sakimori."):
            for alias in node.names:
                path = ROOT / "src" / Path(*f"{node.module}.{alias.name}".split(".")).with_suffix(".py")
                if path.exists():
                    yield path
