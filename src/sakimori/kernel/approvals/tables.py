"""Choices that are the rows of a table in the regulations: a field names the parameter in ``choices_from``."""

from __future__ import annotations

from sakimori.kernel.content.forms import Choice
from sakimori.kernel.content.parameters import PARAMETERS
from sakimori.kernel.policy import policy


def is_table(name: str) -> bool:
    """Tell whether ``name`` is a parameter whose value is a table."""
    return name in PARAMETERS and PARAMETERS[name].type == "table"


def rows(name: str) -> tuple[Choice, ...]:
    """Return a choice for every row of the table in force today, known by its first column."""
    first = PARAMETERS[name].columns[0].id
    found = policy.value(name)
    return tuple(Choice(id=str(row[first]), label=str(row.get("label", row[first]))) for row in found)
