"""The organization as its chart shows it: seats, roles and departments with names, on a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sakimori.domains.organization.rules.charts import drawn
from sakimori.kernel.identity import access
from sakimori.kernel.identity.models import Person


@dataclass(frozen=True)
class Post:
    """A role with its holders, and how many are missing."""

    role: access.Role
    holders: tuple[Person, ...]

    @property
    def missing(self) -> int:
        """Return how many holders the book asks for beyond these."""
        return 0 if self.role.per_department else max(0, self.role.required - len(self.holders))


@dataclass
class Unit:
    """A department with its head, its security officers and the departments below."""

    name: str
    code: str
    head: Person | None
    officers: tuple[Person, ...]
    below: list[Unit] = field(default_factory=list)


@dataclass(frozen=True)
class Picture:
    """A whole chart."""

    seats: list[Post]
    audit: list[Post]
    roles: list[Post]
    units: list[Unit]

    @property
    def vacant(self) -> int:
        """Return how many posts and departments lack somebody."""
        posts = sum(1 for post in (*self.seats, *self.audit, *self.roles) if post.missing)
        return posts + sum(1 for unit in flat(self.units) if unit.head is None or not unit.officers)


def flat(units: list[Unit]) -> list[Unit]:
    """Return all units, each before those below it."""
    return [found for unit in units for found in (unit, *flat(unit.below))]


def picture(content: Mapping[str, Any]) -> Picture:
    """Return the chart kept as ``content``, numbers turned into people."""
    people = {row.number: row for row in Person.objects.filter(number__in=_numbers(content))}
    held = {**content["committee"], **content["roles"]}

    def post(role: access.Role) -> Post:
        return Post(role, tuple(people[number] for number in held.get(role.id, ()) if number in people))

    book = [
        r
        for r in access.roles().values()
        if r.id not in (access.EMPLOYEE, access.HEAD) and not r.per_department
    ]
    shown = [r for r in book if r.required or held.get(r.id)]
    audit = [r for r in shown if r.id.startswith("internal_audit")]
    return Picture(
        seats=[post(r) for r in shown if r.committee_seat],
        audit=[post(r) for r in audit],
        roles=[post(r) for r in shown if not r.committee_seat and r not in audit],
        units=_tree(content["departments"], people),
    )


def picture_on(day: date) -> Picture:
    """Return the chart as it stood on ``day``."""
    return picture(drawn(day))


def _numbers(content: Mapping[str, Any]) -> set[str]:
    groups = [*content["committee"].values(), *content["roles"].values()]
    groups += [[unit["head"], *unit["officers"]] for unit in content["departments"]]
    return {number for group in groups for number in group if number}


def _tree(rows: list[dict[str, Any]], people: Mapping[str, Person]) -> list[Unit]:
    units = {
        row["code"]: Unit(
            row["name"],
            row["code"],
            people.get(row["head"]),
            tuple(people[n] for n in row["officers"] if n in people),
        )
        for row in rows
    }
    top: list[Unit] = []
    for row in rows:
        above = units.get(row["parent"])
        (above.below if above is not None else top).append(units[row["code"]])
    return top
