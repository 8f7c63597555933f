"""The declaration a domain writes, and the registry of all of them."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sakimori.kernel.identity import access
from sakimori.kernel.identity.models import Person
from sakimori.kernel.records.models import Record, RecordQuerySet

Text = str | Promise
Command = Callable[..., Record]
Allowed = Callable[[Any], bool]
Choices = Sequence[tuple[Any, Any]]


@dataclass(frozen=True)
class Column:
    """One column of a list.

    ``render`` turns the row into what is shown (text, a Badge, a date …); without it the field's value is.
    ``sort`` names the indexed field to sort by, ``False`` forbids sorting, ``None`` decides by the index.
    """

    field: str
    label: Text = ""
    render: Callable[[Any], object] | None = None
    sort: str | bool | None = None
    align: str = ""
    default: bool = True


@dataclass(frozen=True)
class Filter:
    """One way to narrow a list.

    Without ``apply`` the kind follows from the field: choices, yes/no, relation, or a range of dates.
    With ``apply(rows, value)`` the filter is the domain's own and offers ``choices``.
    """

    field: str
    label: Text = ""
    choices: tuple[tuple[str, Text], ...] = ()
    apply: Callable[[Any, str], Any] | None = None


@dataclass(frozen=True)
class Section:
    """A group of form fields under one heading."""

    title: Text
    fields: tuple[str, ...]
    help: Text = ""


@dataclass(frozen=True)
class Action:
    """A command offered on the page of a row; shown only where ``allowed_when(row)`` holds.

    The command's keyword parameters become a small form by their annotations. ``choices`` offers values
    for a parameter, ``labels`` names parameters that are no columns. A command that creates another
    record takes the row by a keyword annotated with the register's model.
    """

    command: Command
    allowed_when: Allowed | None = None
    choices: Mapping[str, Callable[[], Choices]] = field(default_factory=dict)
    labels: Mapping[str, Text] = field(default_factory=dict)
    icon: str = "player-play"
    primary: bool = False
    danger: bool = False
    bulk: bool = False
    help: Text = ""


@dataclass(frozen=True)
class Tones:
    """Colour of each value of a choice; the text always stands beside the colour."""

    field: str
    tones: Mapping[str, str]


class Register:
    """One register (台帳). Attributes are data; behaviour belongs in the domain's ``rules.py``.

    Rights are rows of content/access.yaml. Without ``right_change`` the register is read-only; without
    ``right_add`` and ``right_retire`` the right to change covers them. ``add`` and ``change`` name the
    domain's own commands: ``add(*, by, **values)`` and ``change(row, *, by, reason, **changed_values)``.
    """

    model: ClassVar[type[Record]]
    slug: ClassVar[str]
    title: ClassVar[Text] = ""
    explanation: ClassVar[Text] = ""
    group: ClassVar[str] = "other"
    icon: ClassVar[str] = "table"
    order: ClassVar[int] = 100

    columns: ClassVar[tuple[str | Column, ...]]
    default_columns: ClassVar[tuple[str, ...]] = ()
    default_sort: ClassVar[str] = "number"
    filters: ClassVar[tuple[str | Filter, ...]] = ()
    search: ClassVar[tuple[str, ...]] = ()
    tones: ClassVar[tuple[Tones, ...]] = ()

    form: ClassVar[tuple[str | Section, ...]] = ()
    help: ClassVar[Mapping[str, Text]] = {}
    choices: ClassVar[Mapping[str, Callable[[], Choices]]] = {}  # words of codes, of the regulations' scales
    terms: ClassVar[Mapping[str, Text]] = {}  # titles of the keys inside JSON columns, for the history
    detail: ClassVar[tuple[str | Section, ...]] = ()  # what a row's page shows; the form's sections if empty
    actions: ClassVar[tuple[Command | Action, ...]] = ()
    panels: ClassVar[tuple[str, ...]] = ()
    sheet: ClassVar[Any] = None
    withdrawable: ClassVar[bool] = False  # offer the general retire and restore
    few_rows: ClassVar[bool] = False  # offered whole in a select rather than by typing

    right_view: ClassVar[str] = ""  # beside the gate on rows: who may open the register at all
    right_add: ClassVar[str] = ""
    right_change: ClassVar[str] = ""
    right_retire: ClassVar[str] = ""
    add: ClassVar[Command | None] = None
    change: ClassVar[Command | None] = None
    detail_url: ClassVar[str] = ""  # name of the domain's own page of a row; gets pk
    requirements: ClassVar[tuple[str, ...]] = ()

    @classmethod
    def rows(cls, person: Person) -> RecordQuerySet[Any]:
        """Return what the person may know of; the only way the kit reads rows."""
        rows: RecordQuerySet[Any] = cls.model.objects.visible_to(person)
        return rows

    @classmethod
    def name(cls) -> str:
        """Return the name shown to people."""
        return str(cls.title or cls.model._meta.verbose_name)

    @classmethod
    def right_for(cls, act: str) -> str:
        """Return the right for "view", "add", "change" or "retire"; empty where there is none."""
        own: str = getattr(cls, f"right_{act}")
        return own or (cls.right_change if act != "view" else "")

    @classmethod
    def may(cls, person: Person, act: str, row: Record | None = None) -> bool:
        """Tell whether the person may do ``act``, with ``row`` or anywhere."""
        if act == "view":
            return cls.opens_for(person)
        right = cls.right_for(act)
        return bool(right) and bool(cls.form or act == "retire") and access.may(person, right, row)

    @classmethod
    def opens_for(cls, person: Person) -> bool:
        """Tell whether the register concerns the person at all (rows are still gated one by one)."""
        if cls.right_view and not access.may(person, cls.right_view):
            return False
        reach, audience = person.reach(), cls.model.default_audience
        return audience in reach.everywhere | reach.in_departments | reach.own


registry: dict[str, type[Register]] = {}


def register(declared: type[Register]) -> type[Register]:
    """Make a register known under its slug; raise ValueError for a slug used twice."""
    known = registry.get(declared.slug)
    if known is not None and known.__qualname__ != declared.__qualname__:
        raise ValueError(f"duplicate register {declared.slug!r}")
    registry[declared.slug] = declared
    of_kind.cache_clear()
    return declared


@functools.cache
def of_kind(kind: str) -> type[Register] | None:
    """Return the register whose rows have ``kind`` ("assets.asset"), if one was declared."""
    for declared in registry.values():
        if declared.model._meta.label_lower == kind:
            return declared
    return None


def field_of(model: type[models.Model], name: str) -> models.Field[Any, Any] | None:
    """Return the model's column ``name``, or None for a property or an unknown name."""
    for candidate in model._meta.concrete_fields:
        if name in (candidate.name, candidate.attname):
            return candidate
    return None


def label_of(model: type[models.Model], name: str) -> str:
    """Return the Japanese name of a field or property."""
    found = field_of(model, name)
    if found is not None:
        return str(found.verbose_name)
    described = getattr(getattr(model, name, None), "short_description", "")
    return str(described or _("（名称なし）"))


def sections_of(declared: type[Register]) -> tuple[Section, ...]:
    """Return the form's sections; loose field names gather in one without a heading."""
    loose = tuple(item for item in declared.form if isinstance(item, str))
    named = tuple(item for item in declared.form if isinstance(item, Section))
    return ((Section("", loose),) if loose else ()) + named


def form_fields(declared: type[Register]) -> tuple[str, ...]:
    """Return every field of the form in order."""
    return tuple(name for section in sections_of(declared) for name in section.fields)


def actions_of(declared: type[Register]) -> tuple[Action, ...]:
    """Return the declared actions, plain commands wrapped."""
    return tuple(item if isinstance(item, Action) else Action(item) for item in declared.actions)
