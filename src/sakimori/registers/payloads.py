"""Rows, registers and refusals as the API writes and reads them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from ninja import Schema

from sakimori.kernel.identity.models import Person

from . import details, values
from .base import Register, field_of, form_fields
from .listing import columns_of


class RowOut(Schema):
    """One row."""

    id: int
    number: str
    label: str
    revision: int
    retired: bool
    values: dict[str, Any]


class PageOut(Schema):
    """One page of a list; ``more`` tells whether another follows."""

    items: list[RowOut]
    total: int
    total_is_exact: bool
    page: int
    more: bool


class RegisterOut(Schema):
    """One register: what can be read, written and done."""

    slug: str
    title: str
    columns: list[str]
    fields: list[str]
    filters: list[str]
    actions: list[str]
    may_add: bool


class HistoryOut(Schema):
    """One act on a row."""

    id: int
    at: datetime
    verb: str
    title: str
    actor: str
    reason: str
    changes: list[dict[str, str]]


class NewIn(Schema):
    """Values of a new row, by field name; other records by number."""

    values: dict[str, Any]


class ChangeIn(Schema):
    """Changed values, and the revision they were made from."""

    revision: int
    values: dict[str, Any]
    reason: str = ""


class ActIn(Schema):
    """Parameters of a command, and the revision it was decided on."""

    revision: int
    values: dict[str, Any] = {}


class RefusalOut(Schema):
    """Why something was refused, and by which rule."""

    message: str
    rule: str = ""
    problems: dict[str, str] = {}
    changes: list[dict[str, Any]] = []


def described(declared: type[Register], person: Person) -> RegisterOut:
    return RegisterOut(
        slug=declared.slug,
        title=declared.name(),
        columns=list(columns_of(declared)),
        fields=list(form_fields(declared)),
        filters=[item if isinstance(item, str) else item.field for item in declared.filters],
        actions=[a.command.verb.name for a in details.all_actions(declared)],  # type: ignore[attr-defined]
        may_add=declared.may(person, "add"),
    )


def full(declared: type[Register], row: Any, person: Person) -> RowOut:
    wanted = list(dict.fromkeys((*columns_of(declared), *form_fields(declared), *details.META)))
    keys = {
        getattr(row, c.attname) for n in wanted if (c := field_of(type(row), n)) is not None and c.is_relation
    }
    names = values.names_of(keys - {None}, person)
    return row_out(declared, row, names, wanted)


def row_out(declared: type[Register], row: Any, names: values.Names, wanted: list[str]) -> RowOut:
    shown = columns_of(declared)
    found: dict[str, Any] = {}
    for name in wanted:
        column = field_of(declared.model, name)
        if column is None:
            found[name] = values.plain(shown[name].value(row, names))
        elif column.is_relation:
            key = getattr(row, column.attname)
            found[name] = None if key is None else {"id": key, "label": names.get(key)}
        else:
            found[name] = _jsonable(getattr(row, column.attname))
    return RowOut(
        id=row.pk, number=row.number, label=row.label, revision=row.revision,
        retired=row.retired_at is not None, values=found,
    )  # fmt: skip


def _jsonable(value: object) -> object:
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value
