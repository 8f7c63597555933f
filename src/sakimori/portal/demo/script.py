"""What content/demo says of the demonstration company, read strictly."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from django.conf import settings

from sakimori.lib import strictyaml

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class CompanyEntry:
    """The company."""

    name: str
    representative: str
    address: str
    business: str


@dataclass(frozen=True, kw_only=True)
class SiteEntry:
    """A place of work."""

    key: str
    name: str
    address: str


@dataclass(frozen=True, kw_only=True)
class UnitEntry:
    """A department with ``size`` people; its officer is missing where none is named."""

    code: str
    name: str
    site: str
    head: str
    size: int
    parent: str = ""
    officer: str = ""


@dataclass(frozen=True, kw_only=True)
class PersonEntry:
    """Somebody with a part in the story."""

    key: str
    name: str
    kana: str
    category: str = "employee"
    title: str = ""
    department: str = ""


@dataclass(frozen=True, kw_only=True)
class CompanyBook:
    """company.yaml."""

    company: CompanyEntry
    sites: tuple[SiteEntry, ...]
    departments: tuple[UnitEntry, ...]
    cast: tuple[PersonEntry, ...]
    families: tuple[tuple[str, str], ...]
    givens: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class FoundingEntry:
    """A role that stands before anybody could approve it."""

    person: str
    role: str


@dataclass(frozen=True, kw_only=True)
class AppointmentEntry:
    """A role given through an application; ``days`` ago it began, in ``until`` days it ends."""

    person: str
    role: str
    reason: str
    days: int | None = None
    until: int | None = None
    supervisor: str = ""
    supervision: str = ""


@dataclass(frozen=True, kw_only=True)
class RoleBook:
    """roles.yaml."""

    founding: tuple[FoundingEntry, ...]
    appointments: tuple[AppointmentEntry, ...]


@dataclass(frozen=True, kw_only=True)
class ScopeEntry:
    """The five views of the scope, and what lies outside."""

    business: str
    organization: str
    location: str
    assets: str
    technology: str
    exclusions: str
    systems: list[str]


@dataclass(frozen=True, kw_only=True)
class CircumstanceEntry:
    """A circumstance; undecided without a reason, an issue when one is stated."""

    category: str
    content: str
    issue: str = ""
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class PartyEntry:
    """An interested party."""

    name: str
    expectation: str
    answer: str
    binding: bool = False


@dataclass(frozen=True, kw_only=True)
class ParameterEntry:
    """A value of the regulations that the company chooses for itself."""

    parameter: str
    value: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class BeginningBook:
    """beginning.yaml."""

    scope: ScopeEntry
    circumstances: tuple[CircumstanceEntry, ...]
    parties: tuple[PartyEntry, ...]
    commitments: tuple[str, ...]
    parameters: tuple[ParameterEntry, ...]
    revision: ParameterEntry


@dataclass(frozen=True, kw_only=True)
class ExtentEntry:
    """Frequencies per year and losses in yen that go with one importance."""

    frequency: tuple[str, ...]
    loss: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class ActionEntry:
    """What may be done about a risk."""

    action: str
    basis: str
    option: str
    shared_with: str = ""


@dataclass(frozen=True, kw_only=True)
class RiskBook:
    """risks.yaml."""

    extents: tuple[ExtentEntry, ...]
    parties: tuple[str, ...]
    grounds: tuple[str, ...]
    existing: tuple[str, ...]
    rejections: tuple[str, ...]
    actions: tuple[ActionEntry, ...]
    results: tuple[str, ...]
    acceptance: str
    conclusion: str


def folder() -> Path:
    """Return where the story lies."""
    return Path(settings.CONTENT_DIR) / "demo"


@functools.cache
def read(name: str, shape: type[T]) -> T:
    """Return one file of the story; raise ContentError for whatever does not fit."""
    return strictyaml.load(folder() / name, shape, name=f"content/demo/{name}")
