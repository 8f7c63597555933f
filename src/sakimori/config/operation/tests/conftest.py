"""Companies to run, back up and break: made once for the run, copied for each test."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from sakimori.config.operation import fingerprint
from tests.plugins.database import beside

from .installation import Installation

SITES = 8


@pytest.fixture(scope="session")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """A company on SQLite: to be copied, not to be changed."""
    installation = Installation(tmp_path_factory.mktemp("stock") / "var")
    installation.must("prepare")
    return _stocked(installation)


@pytest.fixture(scope="session")
def stock_on_postgres(
    tmp_path_factory: pytest.TempPathFactory, postgres_server: str, empty_company: tuple[str, Path]
) -> Installation:
    """The same on PostgreSQL."""
    template, source = empty_company
    _execute(postgres_server, f"CREATE DATABASE operation_stock TEMPLATE {template}")
    data = tmp_path_factory.mktemp("stock") / "var"
    shutil.copytree(source, data)
    return _stocked(Installation(data, beside(postgres_server, "operation_stock")))


@pytest.fixture
def company(stock: Installation, tmp_path: Path) -> Installation:
    """A company of the test's own on SQLite."""
    shutil.copytree(stock.data, tmp_path / "var")
    return Installation(tmp_path / "var")


@pytest.fixture
def backup(stock: Installation, tmp_path: Path) -> Path:
    """A backup of that company."""
    return Path(shutil.copy(stock.data.parent / "backup.tar", tmp_path))


@pytest.fixture(params=["sqlite", "postgresql"])
def copy(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[..., Installation]]:
    """Return a function that makes companies on either database: ``copy("a")``, ``copy("b", empty=True)``."""
    on_postgres = request.param == "postgresql"
    source: Installation = request.getfixturevalue("stock_on_postgres" if on_postgres else "stock")
    databases: list[str] = []

    def make(name: str, *, empty: bool = False) -> Installation:
        if not empty:
            shutil.copytree(source.data, tmp_path / name)
        if not on_postgres:
            return Installation(tmp_path / name)
        databases.append(f"operation_{name}")
        template = "template1" if empty else "operation_stock"
        _execute(source.database_url, f"CREATE DATABASE {databases[-1]} TEMPLATE {template}")
        return Installation(tmp_path / name, beside(source.database_url, databases[-1]))

    yield make
    for database in databases:
        _execute(source.database_url, f"DROP DATABASE {database} WITH (FORCE)")


def _stocked(installation: Installation) -> Installation:
    installation.open_sites(SITES)
    installation.must("backup", installation.data.parent / "backup.tar")
    fingerprint.remember(installation.data)
    return installation


def _execute(database_url: str, statement: str) -> None:
    with psycopg.connect(beside(database_url, "postgres"), autocommit=True) as connection:
        connection.execute(statement)
