"""A start is quick where nothing changed, and only there."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from sakimori.config.operation import data, fingerprint


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(fingerprint, "_ROOT", tmp_path)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    for name in ("src/sakimori/models.py", "content/roles.yaml", "src/sakimori/tests/test_models.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("一")
    with closing(sqlite3.connect(_folder(tmp_path) / data.DATABASE)) as database:
        database.execute("CREATE TABLE django_migrations (app, name)")
    fingerprint.remember(tmp_path / "var")
    return tmp_path


def _folder(root: Path) -> Path:
    (root / "var").mkdir(exist_ok=True)
    return root / "var"


def test_nothing_changed(root: Path) -> None:
    assert fingerprint.is_unchanged(root / "var")


@pytest.mark.parametrize("name", ["src/sakimori/models.py", "content/roles.yaml", "content/new.yaml"])
def test_a_changed_or_new_file_is_noticed(root: Path, name: str) -> None:
    (root / name).write_text("別の内容")
    assert not fingerprint.is_unchanged(root / "var")


def test_a_changed_test_does_not_matter(root: Path) -> None:
    (root / "src/sakimori/tests/test_models.py").write_text("別の内容")
    assert fingerprint.is_unchanged(root / "var")


def test_a_database_of_another_state_is_noticed(root: Path) -> None:
    with closing(sqlite3.connect(root / "var" / data.DATABASE)) as database:
        database.execute("INSERT INTO django_migrations VALUES ('ledger', '0001_initial')")
        database.commit()
    assert not fingerprint.is_unchanged(root / "var")


def test_a_missing_or_foreign_database_is_never_unchanged(root: Path) -> None:
    os.truncate(root / "var" / data.DATABASE, 0)
    with closing(sqlite3.connect(root / "var" / data.DATABASE)) as database:
        database.execute("CREATE TABLE django_migrations (app, name)")
        database.execute("INSERT INTO django_migrations VALUES ('other', '0001')")
        database.commit()
    assert not fingerprint.is_unchanged(root / "var")


def test_postgres_is_always_prepared(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql:///sakimori")
    assert not fingerprint.is_unchanged(root / "var")
