"""The check that runs at every start: all content can be read, and what it points at exists."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error, register

from . import (
    catalogue,
    checklists,
    courses,
    duties,
    forms,
    parameters,
    regulations,
    standards,
    texts,
    threats,
)
from .shelf import Shelf

# Importing a module is what puts its shelves up.
MODULES = (
    catalogue,
    checklists,
    courses,
    duties,
    forms,
    parameters,
    regulations,
    standards,
    texts,
    threats,
)


@register()
def check(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Return one error per mistake, each with its file and line."""
    return [
        Error(sentence, obj=str(place), id="content.E001")
        for shelf in Shelf.every
        for place, sentence in shelf.problems()
    ]
