"""System checks: a wrong declaration stops the server with a sentence, not the user with an error."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.core.checks import CheckMessage, Error
from django.db import models
from django.urls import NoReverseMatch, reverse

from sakimori.kernel.identity import access
from sakimori.kernel.records.models import Record

from . import navigation, panels
from .base import Column, Filter, Register, actions_of, field_of, form_fields, registry
from .listing import is_indexed

_REQUIREMENT = re.compile(r"(REG|SYS|OPS|JPM|V20|PRC)-\d{3}")
_SLUG = re.compile(r"[a-z][a-z0-9-]*")


def check_registers(app_configs: object = None, **kwargs: Any) -> list[CheckMessage]:
    """Return an error for everything in a declaration that could not work."""
    found = [error for declared in registry.values() for error in problems_of(declared)]
    return [*found, *_lines()]


def _lines() -> Iterator[Error]:
    """Refuse lines of the side bar that lead nowhere."""
    for entry in navigation.added():
        try:
            reverse(entry.url_name, args=entry.args)
        except NoReverseMatch:
            yield Error(f"side bar: {entry.url_name!r} ({entry.title}) leads nowhere", id="registers.E080")
        if entry.right and entry.right not in access.table().rights:
            yield Error(
                f"side bar: {entry.url_name!r}: right {entry.right!r} is unknown", id="registers.E081"
            )


def problems_of(declared: type[Register]) -> list[CheckMessage]:
    """Return the errors of one declaration."""
    if not (isinstance(getattr(declared, "model", None), type) and issubclass(declared.model, Record)):
        return [_error(declared, "E001", "model is not a Record; register rows derive from records.Record")]
    steps = (_identity, _page, _columns, _filters, _search, _form, _rights, _actions, _panels)
    return [error for step in steps for error in step(declared)]


def _error(declared: type[Register], number: str, text: str, hint: str = "") -> Error:
    return Error(
        f"{declared.__module__}.{declared.__name__}: {text}", hint=hint or None, id=f"registers.{number}"
    )


def _identity(declared: type[Register]) -> Iterator[Error]:
    if not _SLUG.fullmatch(declared.slug):
        yield _error(declared, "E002", f"slug {declared.slug!r} is not of a-z, 0-9 and -")
    if declared.group not in navigation.GROUPS:
        known = ", ".join(navigation.GROUPS)
        yield _error(declared, "E003", f"unknown group {declared.group!r}", f"one of {known}")
    if not declared.requirements:
        yield _error(
            declared, "E004", "no requirement ids", 'say what it is for: requirements = ("V20-013",)'
        )
    for number in declared.requirements:
        if not _REQUIREMENT.fullmatch(number):
            yield _error(declared, "E007", f"requirements: {number!r} is not an id like V20-013")
    if declared.model.default_audience not in access.table().audiences:
        yield _error(declared, "E005", f"unknown audience {declared.model.default_audience!r}")


def _page(declared: type[Register]) -> Iterator[Error]:
    if declared.detail_url:
        try:
            reverse(declared.detail_url, args=[1])
        except NoReverseMatch:
            yield _error(declared, "E006", f"detail_url {declared.detail_url!r} leads nowhere with a pk")


def _columns(declared: type[Register]) -> Iterator[Error]:
    names = []
    for item in declared.columns:
        column = item if isinstance(item, Column) else Column(item)
        names.append(column.field)
        if column.render is None and not _readable(declared.model, column.field):
            yield _error(declared, "E010", f"columns: no field {column.field!r}", _nearby(declared.model))
        if isinstance(column.sort, str) and not _sortable(declared.model, column.sort):
            yield _error(declared, "E011", f"columns: {column.field!r} sorts by {column.sort!r}, not indexed")
    for name in declared.default_columns:
        if name not in names:
            yield _error(declared, "E012", f"default_columns: {name!r} is not among the columns")
    if declared.default_sort.lstrip("-") not in names:
        yield _error(declared, "E013", f"default_sort: {declared.default_sort!r} is not among the columns")


def _readable(model: type[Record], name: str) -> bool:
    return field_of(model, name) is not None or hasattr(model, name)


def _sortable(model: type[Record], name: str) -> bool:
    return name == "pk" or is_indexed(model, name)


def _nearby(model: type[Record]) -> str:
    return "known: " + ", ".join(f.name for f in model._meta.concrete_fields)


def _filters(declared: type[Register]) -> Iterator[Error]:
    for item in declared.filters:
        one = item if isinstance(item, Filter) else Filter(item)
        if one.apply is not None:
            if not one.choices or not (one.label or field_of(declared.model, one.field)):
                yield _error(
                    declared, "E020", f"filters: {one.field!r} applies itself and needs label and choices"
                )
            continue
        column = field_of(declared.model, one.field)
        if column is None:
            yield _error(declared, "E021", f"filters: no field {one.field!r}", _nearby(declared.model))
        elif not (column.is_relation or one.choices or _cheap(declared.model, column)):
            yield _error(
                declared, "E022", f"filters: {one.field!r} has no index", "add db_index=True or Meta.indexes"
            )


def _cheap(model: type[Record], column: models.Field[Any, Any]) -> bool:
    """Tell whether a list can be narrowed by the column: few values need no index, texts and dates do."""
    return bool(column.choices) or isinstance(column, models.BooleanField) or is_indexed(model, column.name)


def _search(declared: type[Register]) -> Iterator[Error]:
    for name in declared.search:
        column = field_of(declared.model, name)
        if not isinstance(column, models.CharField | models.TextField):
            yield _error(declared, "E030", f"search: {name!r} is not a text field")


def _form(declared: type[Register]) -> Iterator[Error]:
    seen: set[str] = set()
    for name in form_fields(declared):
        column = field_of(declared.model, name)
        if column is None or not column.editable:
            yield _error(declared, "E040", f"form: {name!r} cannot be edited", _nearby(declared.model))
        if name in seen:
            yield _error(declared, "E041", f"form: {name!r} stands there twice")
        seen.add(name)
    for name in declared.help:
        if name not in seen:
            yield _error(declared, "E042", f"help: {name!r} is not in the form")
    if declared.form and not declared.right_for("change"):
        yield _error(declared, "E043", "a form without right_change", "name a right of content/access.yaml")


def _rights(declared: type[Register]) -> Iterator[Error]:
    for act in ("view", "add", "change", "retire"):
        right = getattr(declared, f"right_{act}")
        if right and right not in access.table().rights:
            yield _error(declared, "E050", f"right_{act}: {right!r} is not in content/access.yaml")


def _parameters(declared: type[Register]) -> Iterator[Error]:
    """Refuse commands whose parameters cannot become a form, and choices for unknown ones."""
    for action in actions_of(declared):
        verb = getattr(action.command, "verb", None)
        if verb is None:
            continue
        try:
            known = set(verb.parameters)
        except NameError as error:
            yield _error(declared, "E062", f"{verb.name}: annotation of a parameter cannot be read: {error}")
            continue
        for name in {*action.choices, *action.labels} - known:
            yield _error(declared, "E063", f"{verb.name}: no parameter {name!r}")


def _panels(declared: type[Register]) -> Iterator[Error]:
    for name in declared.panels:
        if name not in panels.names():
            yield _error(
                declared, "E070", f"panels: no panel {name!r}", "known: " + ", ".join(sorted(panels.names()))
            )


def _actions(declared: type[Register]) -> Iterator[Error]:
    commands = [action.command for action in actions_of(declared)]
    commands += [command for command in (declared.add, declared.change) if command is not None]
    yield from _parameters(declared)
    for command in commands:
        verb = getattr(command, "verb", None)
        if verb is None:
            yield _error(declared, "E060", f"{command.__name__} is not a @command of the ledger")
        elif verb.right and verb.right not in access.table().rights:
            yield _error(declared, "E061", f"{command.__name__}: right {verb.right!r} is not in access.yaml")
