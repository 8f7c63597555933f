"""Whose step it is: the holders of a role, the head above, and the deputies who may stand in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from sakimori.kernel.identity import access
from sakimori.kernel.identity.models import Department, Deputy, Person, PersonQuerySet
from sakimori.lib import clock

from .models import Step


@dataclass(frozen=True)
class Desk:
    """Where a step lies: with the holders of a role, for a department or the company, or with one person."""

    role: str = ""
    department: Department | None = None
    person: Person | None = None

    @property
    def label(self) -> str:
        """Return how people call it: 部門長（営業部）, or a name."""
        if self.person is not None:
            return self.person.name
        title = access.role_title(self.role)
        return f"{title}（{self.department.name}）" if self.department else title

    def holders(self) -> PersonQuerySet:
        """Return who holds it today."""
        if self.person is not None:
            return Person.objects.active().filter(pk=self.person.pk)
        found: PersonQuerySet = Person.objects.holding(self.role, department=self.department)
        return found


def desk_of(step: Step) -> Desk:
    """Return where the step lies."""
    department = Department.objects.get(pk=step.department_id) if step.department_id else None
    return Desk(step.role, department, step.person)


def deputies_of(principals: Iterable[int], on: date | None = None) -> Iterator[Deputy]:
    """Yield the appointments of deputies in force for these people."""
    yield from _in_force(on).filter(principal_id__in=list(principals)).select_related("deputy", "principal")


def principals_of(person: Person, on: date | None = None) -> list[Person]:
    """Return the people for whom this one stands in."""
    found = _in_force(on).filter(deputy=person).select_related("principal")
    return [row.principal for row in found if row.principal.is_active]


def _in_force(on: date | None) -> QuerySet[Deputy]:
    day = on or clock.today()
    return Deputy.objects.current().filter(starts_on__lte=day, ends_on__gte=day)


def department_of(person: Person) -> Department | None:
    """Return the person's department."""
    return Department.objects.filter(pk=person.department_id).first() if person.department_id else None


def upwards(department: Department | None) -> Iterator[Department]:
    """Yield the department and those above it."""
    seen: set[int] = set()
    while department is not None and department.pk not in seen:
        seen.add(department.pk)
        yield department
        department = department.parent


def superior(person: Person) -> Person | None:
    """Return the nearest head above the person who is not himself."""
    for department in upwards(department_of(person)):
        head = department.head
        if head is not None and head.pk != person.pk and head.is_active:
            return head
    return None


def is_below(person: Person, other: Person) -> bool:
    """Tell whether ``other`` heads the person's department or one above it."""
    if person.pk == other.pk:
        return False
    return any(department.head_id == other.pk for department in upwards(department_of(person)))


def held_by(person: Person) -> Q:
    """Return the condition for steps that lie with the person: by name, or by the roles he holds today."""
    mine = Q(person=person)
    for role, department_id in person.holdings():
        place = Q() if department_id is None else Q(department=None) | Q(department_id=department_id)
        mine |= Q(role__in=access.widened([role])) & place
    return mine
