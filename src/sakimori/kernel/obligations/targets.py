"""Fan-out: the named lists for whose every member a duty is due."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from sakimori.kernel.identity.models import Department, Person, Site
from sakimori.kernel.records.models import Record

Lister = Callable[[date], "QuerySet[Record]"]
FAN_OUTS: dict[str, Lister] = {}


@dataclass(frozen=True, slots=True)
class Target:
    """One member of a list, and the department whose people answer for it."""

    pk: int | None
    kind: str = ""
    department: int | None = None


COMPANY = Target(None)


def fan_out(name: str) -> Callable[[Callable[[date], QuerySet[Record]]], Callable[[date], QuerySet[Record]]]:
    """Register the decorated function, day → records, as list ``name``; raise ValueError for a name taken."""

    def register(lister: Callable[[date], QuerySet[Record]]) -> Callable[[date], QuerySet[Record]]:
        known = FAN_OUTS.get(name)
        if known and known.__qualname__ != lister.__qualname__:
            raise ValueError(f"fan-out {name!r} is declared twice")
        FAN_OUTS[name] = lister
        return lister

    return register


def members(name: str, day: date) -> list[Target]:
    """Return the members of a list on ``day``; without a name, the company as a whole.

    Raises KeyError for an unknown list.
    """
    if not name:
        return [COMPANY]
    rows = FAN_OUTS[name](day).order_by("pk").values_list("pk", "kind", "department_id")
    return [Target(pk, kind, pk if kind == DEPARTMENT else where) for pk, kind, where in rows]


DEPARTMENT = Department._meta.label_lower
PERSON = Person._meta.label_lower


@fan_out("department")
def departments(day: date) -> QuerySet[Department]:
    """Return the departments within the scope."""
    return Department.objects.current().filter(Q(in_scope=True) | Q(in_scope=None))


@fan_out("person")
def people(day: date) -> QuerySet[Person]:
    """Return everyone who works for the company."""
    return Person.objects.active(day).exclude(category=Person.Category.EXTERNAL)


@fan_out("site")
def sites(day: date) -> QuerySet[Site]:
    """Return the sites within the scope."""
    return Site.objects.current().filter(Q(in_scope=True) | Q(in_scope=None))
