"""One list of one register: search, filters, order, page, cells. Used by page, export and API alike.

The number of queries does not depend on the number of rows: one for the rows, one for the names of
whatever they point at, one for the count, which stops counting where nobody reads on.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.functional import cached_property
from django.utils.html import escape
from django.utils.safestring import SafeString

from sakimori.kernel.identity.models import Person
from sakimori.kernel.records.models import Record
from sakimori.kernel.search import search
from sakimori.lib import japanese
from sakimori.lib.numerals import whole

from . import filters, values
from .base import Column, Register, field_of, label_of
from .inputs import clean_params

SIZES = (50, 20, 100, 200)
COUNTED = 1_000  # beyond this the page says "or more": counting on would cost more than it tells
DEEPEST = 10_000  # rows that paging reaches; further down one narrows, sorts or exports


@dataclass(frozen=True, eq=False)
class Shown:
    """A column as the list shows it."""

    name: str
    label: str
    value: Callable[[Any, values.Names], object]
    order: str  # field to order by, "" where the list cannot be sorted by it
    align: str
    default: bool
    relation: str  # attribute that holds the other record's key

    @functools.cached_property
    def label_html(self) -> str:
        """Return the label as it stands in an attribute."""
        return escape(self.label)


_columns: dict[type[Register], dict[str, Shown]] = {}


def columns_of(register: type[Register]) -> dict[str, Shown]:
    """Return every column of the register by name."""
    if register not in _columns:
        chosen = set(register.default_columns)
        every = (item if isinstance(item, Column) else Column(item) for item in register.columns)
        _columns[register] = {column.field: _shown(register, column, chosen) for column in every}
    return _columns[register]


def _shown(register: type[Register], column: Column, chosen: set[str]) -> Shown:
    field = field_of(register.model, column.field)
    relation = field.attname if field is not None and field.is_relation and column.render is None else ""
    numeric = isinstance(field, models.IntegerField | models.DecimalField | models.FloatField)
    return Shown(
        name=column.field,
        label=str(column.label or label_of(register.model, column.field)),
        value=_value(register, column, field),
        order=_order(register.model, column, field),
        align={"right": "end", "left": ""}.get(column.align, column.align)
        or ("end" if numeric and not relation else ""),
        default=column.field in chosen if chosen else column.default,
        relation=relation,
    )


def _value(
    register: type[Register], column: Column, field: models.Field[Any, Any] | None
) -> Callable[[Any, values.Names], object]:
    tones = next((t.tones for t in register.tones if t.field == column.field), None)
    render = column.render
    if field is not None and tones is not None:
        return lambda row, names: _toned(field, row, tones, render)
    if render is not None:
        return lambda row, names: render(row)
    if field is None:
        return lambda row, names: getattr(row, column.field)
    if field.is_relation or field.choices:
        return lambda row, names: values.of_field(field, row, names)
    stored = field.attname
    if column.field in register.choices and isinstance(field, models.CharField):
        offered = register.choices[column.field]
        return lambda row, names: dict(offered()).get(getattr(row, stored), getattr(row, stored))
    return lambda row, names: getattr(row, stored)


def _toned(
    field: models.Field[Any, Any], row: models.Model, tones: Any, render: Callable[[Any], object] | None
) -> object:
    stored = getattr(row, field.attname)
    if stored in (None, ""):
        return None
    return values.Badge(render(row) if render else values.words(field, stored), tones.get(stored, "gray"))


def _order(model: type[Record], column: Column, field: models.Field[Any, Any] | None) -> str:
    if column.sort is False:
        return ""
    if isinstance(column.sort, str):
        return column.sort
    if column.field == "number":
        return "pk"  # numbers are given out in order, and the key of the table is the cheapest index
    if field is None or field.is_relation:
        return ""
    return field.name if column.sort or is_indexed(model, field.name) else ""


def is_indexed(model: type[Record], name: str) -> bool:
    """Tell whether the register's own table has an index that begins with ``name``."""
    try:
        field = model._meta.get_field(name)
    except FieldDoesNotExist:
        return False
    if getattr(field, "db_index", False) or getattr(field, "unique", False):
        return True
    first = {i.fields[0].lstrip("-") for i in model._meta.indexes if i.fields}
    return name in first


class Listing:
    """What one person sees of one register at one address."""

    def __init__(self, register: type[Register], person: Person, params: filters.Params) -> None:
        self.register = register
        self.person = person
        self.params = params = clean_params(params)
        self.text = params.get("q", "").strip()
        self.retired = params.get("retired") == "1"
        self.filters = filters.read(register, params, person)
        self.size = next((s for s in SIZES if str(s) == params.get("size")), SIZES[0])
        self.page = self._page()

    def _page(self) -> int:
        given = self.params.get("page", "1")
        number = whole(given) or 1
        return min(max(number, 1), self.deepest)

    counted = COUNTED

    @property
    def deepest(self) -> int:
        """Return the last page that paging reaches."""
        return DEEPEST // self.size

    @cached_property
    def columns(self) -> list[Shown]:
        """Return the columns to show: those the address names, else the default ones."""
        known = columns_of(self.register)
        asked = [known[name] for name in self.params.getlist("col") if name in known]
        return asked or [column for column in known.values() if column.default]

    @cached_property
    def sort(self) -> tuple[Shown | None, bool]:
        """Return the column to sort by and whether downwards."""
        asked = self.params.get("sort", "") or self.register.default_sort
        column = columns_of(self.register).get(asked.lstrip("-"))
        return (column if column and column.order else None), asked.startswith("-")

    @cached_property
    def found(self) -> filters.Rows:
        """Return the rows that match, in order, neither cut nor read yet."""
        rows = self.register.rows(self.person)
        if not self.retired:
            rows = rows.current()
        rows = filters.narrow(self.register, rows, self.filters)
        if self.text:
            rows = self._matching(rows)
        column, down = self.sort
        order = column.order if column else "pk"
        sign = "-" if down else ""
        return rows.order_by(f"{sign}pk") if order == "pk" else rows.order_by(f"{sign}{order}", f"{sign}pk")

    def _matching(self, rows: filters.Rows) -> filters.Rows:
        """Keep the rows with the words searched for: by the index where the register says what is in it."""
        if self.register.model.search_text is not Record.search_text:
            return search.match(rows, self.text)
        wanted = models.Q()
        for form in {self.text, japanese.nfkc(self.text)}:
            for name in ("label", "number", *self.register.search):
                wanted |= models.Q(**{f"{name}__icontains": form})
        return rows.filter(wanted)

    @cached_property
    def rows(self) -> list[Any]:
        """Return the rows of this page; one more than shown is read to know whether another page follows."""
        start = (self.page - 1) * self.size
        return list(self.found[start : start + self.size + 1])

    @property
    def shown(self) -> list[Any]:
        """Return the rows of this page."""
        return self.rows[: self.size]

    @property
    def has_next(self) -> bool:
        """Tell whether another page follows."""
        return len(self.rows) > self.size and self.page < self.deepest

    @cached_property
    def total(self) -> int:
        """Return how many rows match, at most one more than ``COUNTED``."""
        return self.found.order_by()[: COUNTED + 1].count()

    @property
    def is_narrowed(self) -> bool:
        """Tell whether search or a filter hides rows."""
        return bool(self.text) or any(one.active for one in self.filters)

    def names(self, rows: Sequence[Any]) -> values.Names:
        """Return the names of the records these rows point at."""
        attributes = [column.relation for column in self.columns if column.relation]
        ids = {getattr(row, name) for row in rows for name in attributes}
        return values.names_of(ids - {None}, self.person)

    @cached_property
    def cells(self) -> list[tuple[Any, list[tuple[Shown, SafeString]]]]:
        """Return each row of the page with its cells as HTML."""
        names = self.names(self.shown)
        html = values.html
        return [(row, [(c, html(c.value(row, names))) for c in self.columns]) for row in self.shown]

    def export(self, batch: int = 1_000) -> Iterator[list[object]]:
        """Yield the shown columns of every matching row as plain values, in flat memory."""
        pending: list[Any] = []
        for row in self.found.iterator(chunk_size=batch):
            pending.append(row)
            if len(pending) == batch:
                yield from self._plain(pending)
                pending = []
        yield from self._plain(pending)

    def _plain(self, rows: list[Any]) -> Iterator[list[object]]:
        names = self.names(rows)
        for row in rows:
            yield [
                names.get(getattr(row, c.relation)) if c.relation else c.value(row, names)
                for c in self.columns
            ]
