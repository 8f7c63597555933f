"""The company of the story and its people, each in a browser of his own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date

import pytest

from sakimori.domains.controls.rules.catalogue import install_shipped
from sakimori.kernel.identity.actors import SYSTEM
from sakimori.kernel.identity.models import Appointment, Department, Person
from sakimori.kernel.policy import policy
from tests.cast import Cast, make_cast

from .walker import Walker

LEDGER_DEPARTMENTS = ("購買部", "開発設計部", "経理部", "品質保証部", "経営企画部")


@dataclass
class Company:
    """The cast, and the walkers of those who take part."""

    cast: Cast
    walk: Callable[..., Walker]
    walkers: list[Walker] = field(default_factory=list)


@pytest.fixture
def company(transactional_db: None, live_server, visitor, axe, as_person) -> Iterator[Company]:
    """さくら精機 before its first assessment, with the departments that its ledger names."""
    cast = make_cast()
    policy.adopt_preset("industry-model", by=SYSTEM)
    for number, name in enumerate(LEDGER_DEPARTMENTS):
        Department.objects.create(code=f"X{number}", name=name, head=cast.ono, owner=cast.ono)
    for department in Department.objects.filter(head=None):
        department.head = department.owner = cast.eto
        department.save()
    Appointment.objects.create(person=cast.ono, role="committee_member", starts_on=date(2024, 4, 1))
    install_shipped()
    walkers: list[Walker] = []

    def walk(person: Person, *, phone: bool = False) -> Walker:
        walker = Walker(visitor(phone=phone), live_server.url, axe, phone)
        walkers.append(walker)
        return walker.enter(as_person(person))

    yield Company(cast, walk, walkers)
