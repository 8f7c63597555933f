"""What the tests of applications share: test forms, a moment, a second office member and two committee members."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest

from sakimori.kernel.approvals import approvals
from sakimori.kernel.approvals.approvals import Application
from sakimori.kernel.identity.models import Appointment, Deputy, Person
from sakimori.lib import clock
from tests.cast import Cast

from . import forms

MONDAY = date(2026, 6, 1)


@pytest.fixture(autouse=True)
def _in_june(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    forms.put_up(monkeypatch)
    with clock.at(MONDAY):
        yield


@pytest.fixture
def appoint() -> Callable[..., Appointment]:
    def give(person: Person, role: str, **facts: Any) -> Appointment:
        person.forget_roles()
        return Appointment.objects.create(person=person, role=role, starts_on=date(2020, 4, 1), **facts)

    return give


@pytest.fixture
def stand_in() -> Callable[[Person, Person], Deputy]:
    def give(principal: Person, deputy: Person) -> Deputy:
        return Deputy.objects.create(
            principal=principal,
            deputy=deputy,
            starts_on=date(2026, 5, 1),
            ends_on=date(2026, 6, 30),
            reason="出張",
        )

    return give


@pytest.fixture
def members(cast: Cast, appoint: Callable[..., Appointment]) -> tuple[Person, Person]:
    """Two committee members: the heads of sales and production."""
    appoint(cast.eto, "committee_member")
    appoint(cast.ono, "committee_member")
    return cast.eto, cast.ono


@pytest.fixture
def trip(cast: Cast) -> Application:
    """Kato's application, waiting for the head of sales."""
    return approvals.submit("trip", {"purpose": "客先での実演"}, by=cast.kato)
