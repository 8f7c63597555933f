"""A small company for the ledger's tests: a site whose name changes, and a key of its own."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection, transaction

from sakimori.kernel.identity.actors import SYSTEM, Actor
from sakimori.kernel.identity.models import Person, Site
from sakimori.kernel.ledger import book, seal, triggers

MOVED = book.declare("test.moved", "移転")


@book.command("test.renamed", "改名")
def rename_person(person: Person, *, by: Actor, **names: str) -> Person:
    for name, value in names.items():
        setattr(person, name, value)
    person.save()
    return person


@pytest.fixture(autouse=True)
def own_folders(settings, tmp_path):
    """Give each test a data folder of its own, hence a key, and no folder for heads."""
    settings.DATA_DIR = tmp_path / "var"
    settings.HEADS_DIR = ""


@pytest.fixture
def site(db) -> Site:
    site = Site(name="本社")
    site.save()
    return site


@pytest.fixture
def person(db) -> Person:
    person = Person(name="山田 花子", kana="ヤマダ ハナコ", email="hanako@example.jp")
    person.save()
    return person


@pytest.fixture
def rename() -> Callable[..., Person]:
    """Return a command that changes a person's names."""
    return rename_person


@pytest.fixture
def write(site) -> Callable[..., None]:
    """Return a function that writes entries about the site."""

    def write(count: int = 1, *, by=SYSTEM) -> None:
        drafts = [
            book.Draft(MOVED, site, {"name": (f"本社{number}", f"本社{number + 1}")}, f"移転 {number}")
            for number in range(count)
        ]
        with transaction.atomic():
            book.append_many(drafts, by=by)

    return write


@pytest.fixture
def sealed(write) -> Callable[[], int]:
    """Fill a ledger of 40 entries under four heads."""
    for count in (1, 6, 13, 20):
        write(count)
        seal.seal()
    return 40


@pytest.fixture
def tamper(db) -> Callable[..., None]:
    """Return a function that runs SQL as an administrator who lifts the protection and puts it back."""

    def tamper(*statements: str | tuple[str, list[object]]) -> None:
        connection.check_constraints()  # what is deferred would stand in the way of the tampering
        triggers.remove(connection)
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(*([statement] if isinstance(statement, str) else statement))
        triggers.install(connection)

    return tamper
