"""Say the value of a parameter as people read it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from sakimori.kernel.content.parameters import Parameter
from sakimori.lib.dates import Cadence


def words(parameter: Parameter, value: Any) -> str:
    """Return a typed value in words: 6か月, はい, 10文字; a table is said row by row."""
    match value:
        case None:
            return _("定めなし")
        case bool():
            return _("はい") if value else _("いいえ")
        case Cadence():
            return value.label
        case tuple() if parameter.type == "table":
            return "\n".join("｜".join("" if c is None else str(c) for c in row.values()) for row in value)
        case tuple():
            return "、".join(f"{item}{parameter.unit}" for item in value)
    if parameter.type == "choice":
        return next((option.label for option in parameter.choices if option.id == value), str(value))
    return f"{value:,}{parameter.unit}" if isinstance(value, int) else f"{value}{parameter.unit}"


def names_of_rows(parameter: Parameter, value: Any) -> str:
    """Return the rows of a table by their names, in one line."""
    known = [column.id for column in parameter.columns]
    named = next((name for name in ("label", "title", "name") if name in known), known[0])
    return "、".join(str(row[named]) for row in value)
