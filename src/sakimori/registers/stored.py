"""Values as the ledger stored them, in words: labels of choices, names of records, titles of the keys of JSON."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import models
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from sakimori.kernel.identity.models import Person
from sakimori.kernel.records.models import Record

from . import values, words
from .base import Text, field_of, of_kind

_NUMBER = re.compile(r"[A-Z]{2,6}-[A-Z0-9-]*\d")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_DEPTH = 3


@dataclass(frozen=True)
class Reader:
    """Reads the stored values of one kind of record for one person."""

    model: type[Record]
    terms: Mapping[str, Text]
    labels: Mapping[str, Mapping[str, str]]  # column or key → stored value → words
    names: values.Names
    numbered: Mapping[str, SafeString]

    def shown(self, name: str, stored: object) -> SafeString:
        """Return what ``name`` holds, in words."""
        column = field_of(self.model, name)
        if stored in (None, ""):
            return values.html(None)
        if is_record(column):
            return values.html(self.names.get(stored, stored) if isinstance(stored, int) else stored)
        if isinstance(stored, dict | list):
            return self._inside(name, stored, 0)
        return self._word(name, column, stored)

    def _word(self, name: str, column: models.Field[Any, Any] | None, stored: object) -> SafeString:
        known = self.labels.get(name, {}).get(str(stored))
        if known is not None:
            return values.html(known)
        if isinstance(stored, str) and stored in self.numbered:
            return self.numbered[stored]
        read = _parsed(column, stored)
        return values.html(values.words(column, read) if column is not None else read)

    def _inside(self, name: str, stored: object, depth: int) -> SafeString:
        if isinstance(stored, list):
            if any(isinstance(item, dict) for item in stored):
                return values.html(_("%s件の明細") % len(stored))
            parts = [self._inside(name, item, depth) for item in stored]
            return format_html_join("、", "{}", ((part,) for part in parts)) or values.html(None)
        if isinstance(stored, dict) and depth < _DEPTH:
            rows = ((self.term(key), self._inside(key, item, depth + 1)) for key, item in stored.items())
            return format_html_join("、", "{}: {}", rows) if depth else _listed(rows)
        return self._word(name, field_of(self.model, name), stored)

    def term(self, key: str) -> str:
        """Return the title of a key of a JSON value."""
        return str(self.terms[key]) if key in self.terms else words.parameter(self.model, key)


def _listed(rows: Iterable[tuple[str, SafeString]]) -> SafeString:
    lines = format_html_join("", "<li>{}: {}</li>", rows)
    return format_html('<ul class="stored">{}</ul>', lines)


def reader(row: Record, names: Iterable[str], stored: Iterable[object], person: Person) -> Reader:
    """Return a reader for values found under ``names``; the names of other records come in two queries."""
    model, declared = type(row), of_kind(row.kind)
    found = list(stored)
    wanted = {*names, *(key for value in found for key in _keys(value))}
    offered = declared.choices if declared else {}
    labels = {name: {str(v): str(text) for v, text in offered[name]()} for name in wanted & offered.keys()}
    labels["audience"] = {name: str(text) for name, text in words.AUDIENCES.items()}
    return Reader(
        model,
        declared.terms if declared else {},
        labels,
        values.names_of({value for value in found if type(value) is int}, person),
        _numbered({text for value in found for text in _texts(value)}, person),
    )


def _keys(value: object) -> Iterable[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from _keys(item)


def _texts(value: object) -> Iterable[str]:
    """Return the texts inside a value that may be numbers of records."""
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _texts(item)


def _numbered(numbers: set[str], person: Person) -> dict[str, SafeString]:
    if not numbers:
        return {}
    rows = Record.objects.filter(number__in=numbers).visible_to(person).values_list("number", "pk", "label")
    return {number: values.record_link(pk, label) for number, pk, label in rows}


def is_record(column: models.Field[Any, Any] | None) -> bool:
    """Tell whether a column holds another record."""
    target = column.related_model if column is not None else None
    return isinstance(target, type) and issubclass(target, Record)


def _parsed(column: models.Field[Any, Any] | None, stored: object) -> object:
    if not isinstance(stored, str):
        return stored
    try:
        if isinstance(column, models.DateTimeField):
            return datetime.fromisoformat(stored)
        if isinstance(column, models.DateField) or _DAY.fullmatch(stored):
            return date.fromisoformat(stored)
    except ValueError:
        return stored
    return stored
