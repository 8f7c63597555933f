"""A few people and records for the tests of this package and of those above it."""

from __future__ import annotations

from datetime import date

from sakimori.kernel.identity.models import Appointment, Department, Person, Site


def department(code: str = "SLS", name: str = "営業部") -> Department:
    return Department.objects.create(code=code, name=name)


def person(name: str, place: Department | None = None, *roles: str, **more: object) -> Person:
    made = Person.objects.create(name=name, department=place, **more)
    for role in roles:
        Appointment.objects.create(person=made, role=role, starts_on=date(2020, 4, 1))
    return made


def row(owner: Person | None = None, place: Department | None = None, **more: object) -> Site:
    """Any register row will do; a site has a free text and a name."""
    values = {"name": "本社", "address": "東京都千代田区1-1", "audience": "departmental"} | more
    return Site.objects.create(owner=owner, department=place, **values)
