"""The catalogue of roles and the table of what one person may not combine."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from sakimori.domains.organization.rules.roles import UNAPPOINTED, existing_conflicts, vacancies
from sakimori.kernel.identity import access
from sakimori.kernel.identity.models import Appointment, Department, Person
from sakimori.lib import clock
from sakimori.registers.views.gate import PersonRequest, for_person


@dataclass(frozen=True)
class Entry:
    """One role of the book and who holds it."""

    role: access.Role
    wider: str
    appointed_by: str
    forbidden: tuple[str, ...]
    holders: tuple[Appointment, ...]
    heads: tuple[Department, ...]
    missing: int
    open_units: tuple[str, ...]


def entries() -> list[Entry]:
    """Return every role with duties, holders and vacancies (PRC-008, PRC-012, V20-069, OPS-008)."""
    today = clock.today()
    held: dict[str, list[Appointment]] = {}
    rows = (
        Appointment.objects.in_force(today)
        .select_related("person", "department")
        .order_by("role", "starts_on")
    )
    for row in rows:
        held.setdefault(row.role, []).append(row)
    heads = tuple(Department.objects.current().exclude(head=None).select_related("head").order_by("code"))
    gaps: dict[str, list[tuple[Department | None, int]]] = {}
    for role, unit, missing in vacancies(today):
        gaps.setdefault(role.id, []).append((unit, missing))
    return [
        Entry(
            role=role,
            wider=access.role_title(role.within) if role.within else "",
            appointed_by=access.role_title(role.appointed_by) if role.appointed_by else "",
            forbidden=_forbidden(role.id),
            holders=tuple(held.get(role.id, ())),
            heads=heads if role.id == access.HEAD else (),
            missing=sum(missing for _unit, missing in gaps.get(role.id, ())),
            open_units=tuple(unit.name for unit, _missing in gaps.get(role.id, ()) if unit is not None),
        )
        for role in access.roles().values()
        if role.id != access.EMPLOYEE
    ]


def _forbidden(role: str) -> tuple[str, ...]:
    wide = access.widened([role])
    return tuple(
        access.role_title(other)
        for row in access.role_book().incompatible
        if set(row.roles) & wide
        for other in row.roles
        if other not in wide
    )


@for_person
def catalogue(request: PersonRequest) -> HttpResponse:
    """Show what each role is for, who holds it, and where somebody is missing."""
    found = entries()
    context = {
        "entries": found,
        "vacant": sum(1 for entry in found if entry.missing),
        "held": sum(1 for entry in found if entry.holders or entry.heads),
        "may_appoint": access.may(request.person, "role.appoint"),
        "unappointed": UNAPPOINTED,
        "crumbs": [(_("役割と責任"), "")],
    }
    return render(request, "organization/roles.html", context)


@dataclass(frozen=True)
class Cell:
    """Where two roles meet: may they be combined, and who combines them."""

    pair: access.Incompatible | None
    people: tuple[Person, ...]
    is_same: bool

    @property
    def tone(self) -> str:
        """Return how the cell is coloured."""
        if self.pair is None:
            return "same" if self.is_same else "free"
        return "broken" if self.people else "never" if not self.pair.exception else "guarded"


def matrix() -> tuple[list[access.Role], list[tuple[access.Role, list[Cell]]]]:
    """Return roles × roles, as far as any pair of them is restricted (V20-145, OPS-010, PRC-015, REG-038)."""
    named = {name for row in access.role_book().incompatible for name in row.roles}
    roles = [role for role in access.roles().values() if role.id in named]
    people: dict[frozenset[str], list[Person]] = {}
    for person, pair, _row in existing_conflicts(clock.today()):
        people.setdefault(frozenset(pair.roles), []).append(person)
    pairs = {frozenset(row.roles): row for row in access.role_book().incompatible}

    def cell(one: access.Role, other: access.Role) -> Cell:
        key = frozenset((one.id, other.id))
        return Cell(pairs.get(key), tuple(people.get(key, ())), one == other)

    return roles, [(one, [cell(one, other) for other in roles]) for one in roles]


@for_person
def separation(request: PersonRequest) -> HttpResponse:
    """Show which roles exclude each other, who combines them, and how that is supervised."""
    roles, rows = matrix()
    context = {
        "roles": roles,
        "rows": rows,
        "conflicts": [
            (
                person,
                [access.role_title(name) for name in pair.roles],
                pair,
                row,
                row.supervisions.order_by("-pk").first(),
            )
            for person, pair, row in existing_conflicts(clock.today())
        ],
        "book": [
            ([access.role_title(name) for name in row.roles], row) for row in access.role_book().incompatible
        ],
        "crumbs": [(_("職務分離表"), "")],
    }
    return render(request, "organization/separation.html", context)
