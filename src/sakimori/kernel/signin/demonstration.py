"""One-click sign-in of the demonstration company: a card per role. Only where SAKIMORI_DEMO is set."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.models import User

from sakimori.kernel.identity import access
from sakimori.kernel.identity.actors import INSTALLER
from sakimori.kernel.identity.models import Person

from . import accounts
from .models import Account

# In the order in which a visitor meets them; a role whose only holder stands on an earlier card is left out.
ROLES = (
    "security_office", "president", "committee_chair", "department_head", "security_officer", "employee",
    "system_security_officer", "server_administrator", "internal_audit_manager", "internal_auditor",
    "external_auditor", "hr", "education_manager", "platform_administrator",
)  # fmt: skip


@dataclass(frozen=True)
class Card:
    """One person to sign in as."""

    person_id: int
    initials: str
    name: str
    role: str
    lines: tuple[str, ...]
    tone: int  # colour of the face, 0 to 5


def cards() -> list[Card]:
    """Return one card per role that somebody holds; each person once."""
    found: list[Card] = []
    shown: set[int] = set()
    for role in ROLES:
        if role not in access.roles():
            continue
        person = _holder(role, shown)
        if person is not None:
            shown.add(person.pk)
            found.append(_card(person, role, len(found) % 6))
    return found


def _holder(role: str, shown: set[int]) -> Person | None:
    people = Person.objects.holding(role).exclude(pk__in=shown)
    if role == access.EMPLOYEE:  # somebody who is nothing else
        people = people.filter(appointments=None, heads=None, category=Person.Category.EMPLOYEE)
    return people.order_by("pk").first()


def _card(person: Person, role: str, tone: int) -> Card:
    title = access.roles()[role].title
    where = person.department.label if person.department else ""
    duties = access.roles()[role].duties
    return Card(
        person_id=person.pk,
        initials=person.name[:1],
        name=person.name,
        role=title,
        lines=(where or person.job_title, "・".join(duties[:3])),
        tone=tone,
    )


def people() -> list[int]:
    """Return who may be signed in as."""
    return [card.person_id for card in cards()]


def user_of(person: Person) -> User:
    """Return the user behind a person, opening an account without password where there is none."""
    if not Account.objects.filter(person=person).exists():
        accounts.open_account(person, temporary=None, by=INSTALLER)
        person = Person.objects.get(pk=person.pk)
    assert person.user is not None
    user: User = person.user
    return user
