"""What a row's page says about the row itself: its fields by section, its state, what may be done with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from sakimori.kernel.identity import access
from sakimori.kernel.identity.models import Person
from sakimori.kernel.records.models import Record

from . import rules, values
from .base import Action, Register, Section, actions_of, field_of, form_fields, sections_of
from .listing import Shown, columns_of

META = ("owner", "department", "effective_on", "recorded_at", "keep_until")


@dataclass(frozen=True)
class Fact:
    """One line of a row's page."""

    label: str
    value: SafeString
    wide: bool


def facts(declared: type[Register], row: Any, person: Person) -> list[tuple[Section, list[Fact]]]:
    """Return the row's fields by section, names of other records in one query."""
    sections = _sections(declared)
    wanted = [name for section in sections for name in section.fields] + list(META)
    names = values.names_of(_keys(row, wanted), person)
    return [(section, [_fact(declared, row, name, names) for name in section.fields]) for section in sections]


def meta(row: Record, person: Person) -> list[Fact]:
    """Return what every record has: who answers for it, since when, how long it is kept."""
    names = values.names_of(_keys(row, META), person)
    found = []
    for name in META:
        column = field_of(type(row), name)
        assert column is not None  # columns of the anchor
        found.append(Fact(str(column.verbose_name), values.html(values.of_field(column, row, names)), False))
    return found


def _sections(declared: type[Register]) -> list[Section]:
    if declared.detail:
        loose = tuple(item for item in declared.detail if isinstance(item, str))
        named = [item for item in declared.detail if isinstance(item, Section)]
        return [Section("", loose), *named] if loose else named
    sections = list(sections_of(declared))
    known = {*form_fields(declared), *META, "number", "label"}
    rest = tuple(name for name in columns_of(declared) if name not in known)
    return [*sections, Section(_("その他の項目"), rest)] if rest else sections


def _keys(row: Record, names: Any) -> set[int]:
    columns = (field_of(type(row), name) for name in names)
    found = {getattr(row, c.attname) for c in columns if c is not None and c.is_relation}
    return {key for key in found if isinstance(key, int)}


def _fact(declared: type[Register], row: Any, name: str, names: values.Names) -> Fact:
    column = field_of(declared.model, name)
    shown: Shown | None = columns_of(declared).get(name)
    if column is not None and name in declared.choices and not _is_toned(declared, name):
        value, label = _worded(declared, name, getattr(row, column.attname)), str(column.verbose_name)
    elif shown is not None:
        value, label = shown.value(row, names), shown.label
    elif column is not None:
        value, label = values.of_field(column, row, names), str(column.verbose_name)
    else:
        value, label = getattr(row, name), name
    return Fact(label, values.html(value), isinstance(column, models.TextField))


def _worded(declared: type[Register], name: str, stored: object) -> object:
    known = dict(declared.choices[name]())
    if isinstance(stored, list):
        return [known.get(item, item) for item in stored]
    return known.get(stored, stored)


def _is_toned(declared: type[Register], name: str) -> bool:
    return any(tones.field == name for tones in declared.tones)


@dataclass(frozen=True)
class Offer:
    """A command offered on a row's page."""

    verb: str
    title: str
    icon: str
    primary: bool
    danger: bool


def offers(declared: type[Register], row: Any, person: Person) -> list[Offer]:
    """Return the commands that the person may call on the row in its present state."""
    found = []
    for action in all_actions(declared):
        verb = action.command.verb  # type: ignore[attr-defined]
        if (not verb.right or access.may(person, verb.right, row)) and allowed(declared, action, row, person):
            found.append(Offer(verb.name, str(verb.label), action.icon, action.primary, action.danger))
    return found


def allowed(declared: type[Register], action: Action, row: Any, person: Person) -> bool:
    """Tell whether the row's state allows the action."""
    if action.command in (rules.retire, rules.restore):
        return declared.may(person, "retire", row) and (row.retired_at is None) == (
            action.command is rules.retire
        )
    if row.retired_at is not None and action.allowed_when is None:
        return False
    return action.allowed_when is None or bool(action.allowed_when(row))


RETIRE = Action(rules.retire, icon="ban", danger=True)
RESTORE = Action(rules.restore, icon="rotate")


def all_actions(declared: type[Register]) -> tuple[Action, ...]:
    """Return the declared actions, and withdrawal for registers without a rule of their own for it."""
    own = actions_of(declared)
    return (*own, RETIRE, RESTORE) if declared.withdrawable else own


def action_of(declared: type[Register], verb: str) -> Action | None:
    """Return the action that calls ``verb``."""
    return next((a for a in all_actions(declared) if a.command.verb.name == verb), None)  # type: ignore[attr-defined]
