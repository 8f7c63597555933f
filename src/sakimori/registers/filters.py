"""Filters of a list: what the address says, what it does to the rows, what the page offers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import models
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from sakimori.kernel.identity.models import Department, Person
from sakimori.kernel.records.models import Record, RecordQuerySet

from .base import Filter, Register, field_of, label_of, of_kind

NONE = "none"
# The two relations that every record has point at the anchor; this is what they mean.
ROLES_OF_RECORD: dict[str, type[Record]] = {"owner": Person, "department": Department}
Params = MultiValueDict[str, str]
Rows = RecordQuerySet[Any]


@dataclass
class Offered:
    """One filter as the page shows it."""

    name: str
    label: str
    kind: str  # choices | typed | dates
    options: tuple[tuple[str, str], ...] = ()
    value: str = ""
    until: str = ""
    hint: str = ""

    @property
    def active(self) -> bool:
        """Tell whether the filter narrows the list now."""
        return bool(self.value or self.until)

    @property
    def summary(self) -> str:
        """Return the filter and its value in words."""
        if self.kind == "dates":
            return f"{self.label}: {self.value or ''}〜{self.until or ''}"
        return f"{self.label}: {dict(self.options).get(self.value, self.value)}"


def declared_filters(register: type[Register]) -> tuple[Filter, ...]:
    """Return the register's filters, plain names wrapped."""
    return tuple(item if isinstance(item, Filter) else Filter(item) for item in register.filters)


def target_of(register: type[Register], name: str) -> type[Record] | None:
    """Return the register rows a relation leads to; owner and department lead to people and departments."""
    column = field_of(register.model, name)
    if column is None or not column.is_relation:
        return None
    target = column.related_model
    if target is Record and column.name in ROLES_OF_RECORD:
        return ROLES_OF_RECORD[column.name]
    return target if isinstance(target, type) and issubclass(target, Record) else None


def is_few(model: type[Record]) -> bool:
    """Tell whether all rows of a register can be offered in a select."""
    declared = of_kind(model._meta.label_lower)
    return declared is not None and declared.few_rows


def read(register: type[Register], params: Params, person: Person) -> list[Offered]:
    """Return the register's filters with their options and what the address asks for."""
    found = [_read_one(register, item, params) for item in declared_filters(register)]
    _offer_records(register, found, person)
    return found


def _read_one(register: type[Register], item: Filter, params: Params) -> Offered:
    label = str(item.label or label_of(register.model, item.field))
    column = field_of(register.model, item.field)
    name = item.field
    if item.choices:
        options = tuple((value, str(words)) for value, words in item.choices)
        return Offered(name, label, "choices", options, params.get(name, ""))
    assert column is not None  # inspection.py refuses it at the start
    if isinstance(column, models.DateField):
        return Offered(name, label, "dates", (), _day(params, f"{name}_from"), _day(params, f"{name}_until"))
    options = _options(register, column)
    if column.is_relation or not options:
        hint = _("数値") if isinstance(column, models.IntegerField) else _("一部でも可")
        return Offered(name, label, "typed", (), params.get(name, "").strip(), hint=hint)
    if column.null or (column.blank and isinstance(column, models.CharField)):
        options += ((NONE, _("（未設定）")),)
    return Offered(name, label, "choices", options, params.get(name, ""))


def _options(register: type[Register], column: models.Field[Any, Any]) -> tuple[tuple[str, str], ...]:
    if isinstance(column, models.BooleanField):
        return (("true", _("はい")), ("false", _("いいえ")))
    offered = register.choices[column.name]() if column.name in register.choices else column.flatchoices
    return tuple((str(value), str(words)) for value, words in offered)


def _day(params: Params, name: str) -> str:
    try:
        return date.fromisoformat(params.get(name, "")).isoformat()
    except ValueError:
        return ""


def _offer_records(register: type[Register], found: list[Offered], person: Person) -> None:
    """Fill the options of relations to small registers, all in one query."""
    small = {}
    for offered in found:
        target = target_of(register, offered.name) if offered.kind == "typed" else None
        if target is not None and is_few(target):
            small[offered.name] = target._meta.label_lower
    if not small:
        return
    rows = Record.objects.filter(kind__in=set(small.values())).visible_to(person).current()
    by_kind: dict[str, list[tuple[str, str]]] = {}
    # Sorted here: asked to order by number, SQLite would walk through the numbers of all registers.
    for pk, kind, label in sorted(rows.values_list("pk", "kind", "label")):
        by_kind.setdefault(kind, []).append((str(pk), label))
    for offered in found:
        if offered.name in small:
            offered.kind = "choices"
            options = tuple(by_kind.get(small[offered.name], ()))
            offered.options = (*options, (NONE, _("（未設定）")))


def narrow(register: type[Register], rows: Rows, offered: list[Offered]) -> Rows:
    """Apply what the address asks for; a value that is not offered finds nothing."""
    own = {item.field: item for item in declared_filters(register)}
    for one in offered:
        if not one.active:
            continue
        apply = own[one.name].apply
        rows = apply(rows, one.value) if apply else _narrow_field(register, rows, one)
    return rows


def _narrow_field(register: type[Register], rows: Rows, one: Offered) -> Rows:
    column = field_of(register.model, one.name)
    if one.kind == "dates":
        bounds = {f"{one.name}__gte": one.value, f"{one.name}__lte": one.until}
        return rows.filter(**{name: day for name, day in bounds.items() if day})
    if one.value == NONE:
        blank = models.Q(**{f"{one.name}__isnull": True})
        return rows.filter(
            blank | models.Q(**{one.name: ""}) if isinstance(column, models.CharField) else blank
        )
    if one.kind == "typed":
        return rows.filter(**_typed(column, one)) if column is not None else rows.none()
    if one.value not in dict(one.options):
        return rows.none()
    return rows.filter(
        **{one.name: one.value == "true" if isinstance(column, models.BooleanField) else one.value}
    )


def _typed(column: models.Field[Any, Any], one: Offered) -> dict[str, str | int]:
    """Return what a typed value asks for: another record by key or name, a number, a part of a text."""
    if column.is_relation:
        return {f"{one.name}_id" if _is_key(one.value) else f"{one.name}__label__icontains": one.value}
    if isinstance(column, models.IntegerField):
        return {one.name: int(one.value) if _is_key(one.value) and len(one.value) < 10 else -1}
    return {f"{one.name}__icontains": one.value}


def _is_key(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 16
