"""Who may read and do what: roles.yaml and access.yaml, the tables behind the one gate.

A grant names roles three ways: ``all`` (every row), ``department`` (rows of the departments for which the
role is held, and those below), ``own`` (rows of which the person is the owner). ``never`` takes a grant away:
who administers the accounts of the product sees no content (V20-170).
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext as _

from sakimori.kernel.records.models import Reach
from sakimori.lib import strictyaml
from sakimori.lib.errors import NotAllowed

if TYPE_CHECKING:
    from sakimori.kernel.records.models import Record

    from .models import Person

EMPLOYEE = "employee"
HEAD = "department_head"
Holdings = tuple[tuple[str, int | None], ...]


@dataclass(frozen=True, kw_only=True)
class Role:
    """One role of the regulations, its duties, and what it cannot be combined with."""

    id: str
    title: str
    aliases: tuple[str, ...] = ()
    duties: tuple[str, ...] = ()
    within: str = ""  # the wider role whose tasks it shares
    per_department: bool = False
    required: int = 0  # how many holders the company (or each department) needs
    appointed_by: str = ""
    department: str = ""  # code of the only department whose members may hold it
    officers_only: bool = False
    needs_supervisor: bool = False
    mfa: bool = False
    committee_seat: str = ""
    article: str = ""
    requirements: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Incompatible:
    """Two roles that one person may hold only under a recorded supervision."""

    roles: tuple[str, ...]
    reason: str
    exception: bool = True  # False: not even under supervision
    requirements: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class RoleBook:
    """The whole of roles.yaml."""

    roles: tuple[Role, ...]
    incompatible: tuple[Incompatible, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Grant:
    """Roles that reach every row, the rows of their departments, or their own rows."""

    all: tuple[str, ...] = ()
    department: tuple[str, ...] = ()
    own: tuple[str, ...] = ()
    never: tuple[str, ...] = ()  # roles that lose the grant whatever else they hold
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class AccessTable:
    """The whole of access.yaml: readers per audience, doers per right."""

    audiences: dict[str, Grant] = field(default_factory=dict)
    rights: dict[str, Grant] = field(default_factory=dict)


def _content(name: str) -> Path:
    return Path(settings.CONTENT_DIR) / name


@functools.cache
def role_book() -> RoleBook:
    """Return the roles and their incompatible pairs."""
    return strictyaml.load(_content("roles.yaml"), RoleBook)


@functools.cache
def roles() -> dict[str, Role]:
    """Return every role by id, in the order of the file."""
    return {role.id: role for role in role_book().roles}


@functools.cache
def table() -> AccessTable:
    """Return the access matrix."""
    return strictyaml.load(_content("access.yaml"), AccessTable)


def role_title(role: str) -> str:
    """Return the Japanese name of a role; the id itself for one no longer in the book."""
    return roles()[role].title if role in roles() else role


@functools.cache
def roles_within(role: str) -> frozenset[str]:
    """Return the role and all roles that count as it (a network administrator is a system administrator)."""
    found = {role}
    while True:
        more = {r.id for r in roles().values() if r.within in found} - found
        if not more:
            return frozenset(found)
        found |= more


def widened(held: Iterable[str]) -> frozenset[str]:
    """Return the roles with the wider ones they count as."""
    found = set(held)
    for role in list(found):
        while role in roles() and (role := roles()[role].within):
            found.add(role)
    return frozenset(found)


def reach_of(person_id: int, holdings: Holdings, below: Callable[[frozenset[int]], tuple[int, ...]]) -> Reach:
    """Return how far a person with these holdings reads; ``below`` adds the departments underneath."""
    held = widened(role for role, _department in holdings)
    audiences = {name: one for name, one in table().audiences.items() if not held & set(one.never)}
    return Reach(
        everywhere=frozenset(name for name, grant in audiences.items() if held & set(grant.all)),
        in_departments=frozenset(name for name, grant in audiences.items() if held & set(grant.department)),
        own=frozenset(name for name, grant in audiences.items() if held & set(grant.own)),
        departments=below(frozenset(d for _role, d in holdings if d is not None)),
        person_id=person_id,
    )


def may(
    person: Person, right: str, record: Record | None = None, *, department_id: int | None = None
) -> bool:
    """Tell whether the person may do ``right`` with the record, or in the department.

    Without both, tells whether he may do it anywhere. Raises KeyError for an unknown right.
    """
    grant = table().rights[right]
    held = person.roles()
    if held & set(grant.never):
        return False
    if held & set(grant.all):
        return True
    anywhere = record is None and department_id is None
    if record is not None:
        department_id = record.department_id
        if held & set(grant.own) and record.owner_id == person.pk:
            return True
    elif held & set(grant.own) and anywhere:
        return True
    if not held & set(grant.department):
        return False
    return anywhere or department_id in _departments_for(person, grant.department)


def _departments_for(person: Person, wanted: tuple[str, ...]) -> tuple[int, ...]:
    within = frozenset().union(*(roles_within(role) for role in wanted))
    places = frozenset(d for role, d in person.holdings() if role in within and d is not None)
    return person.departments_below(places)


def require(
    person: Person, right: str, record: Record | None = None, *, department_id: int | None = None
) -> None:
    """Raise NotAllowed unless the person may do ``right``, naming who may."""
    if may(person, right, record, department_id=department_id):
        return
    grant = table().rights[right]
    names = [role_title(role) for role in (*grant.all, *grant.department)]
    if grant.own:
        names.append(_("本人（責任者）"))
    text = _("この操作の権限がありません。できるのは%(who)sです。") % {"who": "・".join(names)}
    raise NotAllowed(text, rule=f"access.{right}")
