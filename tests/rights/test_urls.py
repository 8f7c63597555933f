"""Who gets what from every address of the product, as table.py says."""

from __future__ import annotations

import copy
import logging
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from sakimori.kernel.identity.models import Person
from sakimori.lib import clock
from sakimori.registers import tokens
from tests.cast import Cast

from .table import TABLE
from .world import ROLES, World, make_world

JSON = {"content_type": "application/json"}


def newest_entry() -> int:
    """Return the newest entry of the ledger: every change of a record writes one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(id) FROM ledger_entry")
        return int(cursor.fetchone()[0] or 0)


def token_of(person: Person) -> str:
    """Return a token with which a program may write on the person's behalf."""
    until = clock.today() + timedelta(days=7)
    return tokens.issue(person, name="集計", scope="write", expires_on=until)[1]


def addresses(patterns: list[Any] | None = None, space: str = "") -> Iterator[str]:
    """Yield the name of every address, with its namespace."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            yield from addresses(
                pattern.url_patterns, space + (f"{pattern.namespace}:" if pattern.namespace else "")
            )
        elif isinstance(pattern, URLPattern):
            yield f"{space}{pattern.name or pattern.pattern}"


def test_every_address_stands_in_the_table() -> None:
    assert sorted(set(addresses())) == sorted(TABLE)


@pytest.fixture
def world(cast: Cast) -> World:
    return make_world(cast)


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Hundreds of refusals are what is wanted here; do not print them."""
    logging.disable(logging.ERROR)
    yield
    logging.disable(logging.NOTSET)


# The sign-in, and the basic policy that the company shows to everybody (REG-023).
OPEN = ("account_login", "documents:public")


def test_nobody_meets_an_accident_and_strangers_get_nothing() -> None:
    """500 has no letter; who is not signed in reads and writes only the pages of the entrance."""
    for name, (reading, writing) in TABLE.items():
        assert len(reading) == len(writing) == len(ROLES), name
        assert set(reading + writing) <= set("ow>-nx?L"), name
        assert reading[0] in "L>nx" or name in OPEN, name
        assert writing[0] in "L>nx" or name in OPEN, name


@pytest.mark.parametrize("role", ROLES)
def test_everybody_gets_exactly_what_the_table_says(role: str, world: World, as_person: Callable) -> None:
    person = ROLES[role](world.cast)
    client = as_person(person) if person else Client()
    if person:
        client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {token_of(person)}"
    column = list(ROLES).index(role)
    wrong = []
    for name, (reading, writing) in TABLE.items():
        got = (answer(client, "get", name, world), answer(client, "post", name, world))
        for method, expected, found in zip(("GET", "POST"), (reading, writing), got, strict=True):
            if found != expected[column]:
                wrong.append(f"{method} {name}: {found} instead of {expected[column]}")
    assert not wrong, f"{role}:\n" + "\n".join(wrong)


def answer(client: Client, method: str, name: str, world: World) -> str:
    """Return the letter for what the address answers; whatever it did is undone."""
    cookies = copy.deepcopy(client.cookies)
    if name == "api:change" and method == "post":
        method = "patch"
    with transaction.atomic():
        before = newest_entry()
        address = reverse(name, kwargs=world.arguments(name))
        response = getattr(client, method)(address, **(JSON if name.startswith("api:") else {}))
        if response.streaming:
            b"".join(response.streaming_content)
        written = newest_entry() != before
        transaction.set_rollback(True)
    client.cookies = cookies
    return "w" if written and method != "get" else letter(response)


def letter(response: Any) -> str:
    """Return how the answer stands in the table."""
    code = response.status_code
    if code in (301, 302) and response["Location"].startswith("/signin/?"):
        return "L"
    return {
        200: "o", 302: ">", 400: "?", 401: "L", 403: "-", 404: "n", 405: "x", 409: "?", 422: "?",
    }.get(code, f"{code}")  # fmt: skip
