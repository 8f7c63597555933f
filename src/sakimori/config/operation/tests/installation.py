"""An installation in a folder of its own, driven from outside as its owner would."""

from __future__ import annotations

import os
import resource
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from sakimori.config.operation import data

ROOT = Path(__file__).parents[5]
OPERATION = "sakimori.config.operation"


_QUERIES = (
    "SELECT count(*) FROM identity_site",
    "SELECT count(*) FROM ledger_entry",
    "SELECT count(*) FROM records_record",
    "SELECT note FROM ledger_checkpoint ORDER BY size DESC LIMIT 1",
)


@dataclass(frozen=True)
class State:
    sites: int
    entries: int
    records: int
    head: str
    files: list[str]


@dataclass(frozen=True)
class Installation:
    data: Path
    database_url: str = ""
    port: int = 0

    @property
    def environment(self) -> dict[str, str]:
        dropped = {"DJANGO_SETTINGS_MODULE", "DATABASE_URL", "PORT", "SAKIMORI_DATA"}
        own = {key: value for key, value in os.environ.items() if key not in dropped}
        own |= {"SAKIMORI_DATA": str(self.data), "PYTHONPATH": str(ROOT / "src"), "PYTHONUTF8": "1"}
        own |= {"PORT": str(self.port)} if self.port else {}
        return own | ({"DATABASE_URL": self.database_url} if self.database_url else {})

    def command(self, module: str, *arguments: object) -> list[str]:
        return [sys.executable, "-m", f"{OPERATION}.{module}", *map(str, arguments)]

    def run(
        self, module: str, *arguments: object, largest_file: int | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run to the end; files beyond ``largest_file`` bytes cannot be written, as on a full disk."""
        limit = resource.RLIM_INFINITY if largest_file is None else largest_file
        return subprocess.run(
            self.command(module, *arguments),
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
        )

    def start(self, module: str, *arguments: object) -> subprocess.Popen[str]:
        return subprocess.Popen(
            self.command(module, *arguments),
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def must(self, module: str, *arguments: object) -> str:
        result = self.run(module, *arguments)
        assert result.returncode == 0, result.stdout
        return result.stdout

    def open_sites(self, count: int) -> State:
        self.must("tests.company", count)
        return self.state()

    def state(self) -> State:
        """Read what the company holds, past the product; a decided move is finished first, as any start does."""
        data.require_whole(self.data)
        with closing(self._connect()) as connection:
            numbers = [connection.execute(query).fetchone()[0] for query in _QUERIES]
        return State(*numbers, sorted(path.name for path in (self.data / "files").rglob("*.txt")))

    def _connect(self) -> sqlite3.Connection | psycopg.Connection[Any]:
        if self.database_url:
            return psycopg.connect(self.database_url)
        return sqlite3.connect(self.data / data.DATABASE)
