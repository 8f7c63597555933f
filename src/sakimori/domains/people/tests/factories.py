"""Rows for the contract tests: one function per register."""

from datetime import date

from sakimori.domains.people.models import Agreement
from sakimori.kernel.identity.models import Person


def make_person(number: int) -> Person:
    """Return an employee."""
    return Person.objects.create(
        name=f"従業者{number}", kana="ジュウギョウシャ", employee_number=f"X{number:04}",
        email=f"x{number}@sakura-seiki.example", joined_on=date(2025, 4, 1),
    )  # fmt: skip


def make_agreement(number: int) -> Agreement:
    """Return a confidentiality agreement."""
    person = make_person(number)
    return Agreement.objects.create(
        person=person, owner=person, agreement_kind=Agreement.Kind.NDA, text_version="2", signed_on=date(2025, 4, 1),
        protection=True, survival=True, survives_years=3,
    )  # fmt: skip
