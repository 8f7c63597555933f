"""Companies to be struck by accidents: a migrated database and a data folder of the test's own."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.plugins.database import ROOT, beside, environment
from tests.plugins.quick_database import migrated_copy

from . import REPETITIONS

Play = Callable[..., list[dict[str, Any]]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("faults")


@pytest.fixture(params=["sqlite", "postgresql"])
def play(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Play]:
    """Return a function that plays an accident of ``stage`` on a new company and returns what was told."""
    data = tmp_path / "var"
    if request.param == "sqlite":
        request.getfixturevalue("django_db_setup")
        data.mkdir()
        shutil.copy(migrated_copy(), data / "sakimori.sqlite3")
        yield _player(environment("", data), tmp_path)
        return
    server = request.getfixturevalue("postgres_server")
    template, source = request.getfixturevalue("empty_company")
    shutil.copytree(source, data)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE struck TEMPLATE {template}")
        yield _player(environment(beside(server, "struck"), data), tmp_path)
        connection.execute("DROP DATABASE struck WITH (FORCE)")


def _player(surroundings: dict[str, str], folder: Path) -> Play:
    surroundings = {key: value for key, value in surroundings.items() if key != "DATABASE_URL" or value}

    def play(accident: str, *, repetitions: int = REPETITIONS, rows: int = 0) -> list[dict[str, Any]]:
        command = [sys.executable, "-m", "tests.faults.stage", accident, str(repetitions), "20", str(rows)]
        log = folder / "stage.log"
        with log.open("w") as errors:
            done = subprocess.run(
                command, env=surroundings, cwd=ROOT, stdout=subprocess.PIPE, stderr=errors, text=True
            )
        assert done.returncode == 0, log.read_text()[-3000:]
        told = [json.loads(line) for line in done.stdout.splitlines()]
        print(*told, sep="\n")
        return told

    return play
