from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from tests.plugins.database import beside

from .installation import Installation


@pytest.fixture(params=["sqlite", "postgresql"])
def new_installation(
    request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Callable[[str], Installation]]:
    """Make empty installations on the database of the parameter."""
    databases: list[str] = []
    server = request.getfixturevalue("postgres_server") if request.param == "postgresql" else ""

    def make(name: str) -> Installation:
        if not server:
            return Installation(tmp_path / name)
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE operation_{name}")
        databases.append(f"operation_{name}")
        return Installation(tmp_path / name, beside(server, databases[-1]))

    yield make
    for database in databases:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {database} WITH (FORCE)")


@pytest.fixture
def sqlite(tmp_path: Path) -> Installation:
    """An empty installation on SQLite."""
    return Installation(tmp_path / "var")
