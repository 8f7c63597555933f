"""Panels of a row's page. Mechanisms and domains register theirs; a tab is read only when it is opened."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from sakimori.kernel.identity.models import Person

from .base import Register, Text

OVERVIEW = "overview"
TABS: dict[str, Text] = {
    OVERVIEW: _("概要"),
    "evidence": _("証跡・関連"),
    "procedures": _("手続・義務"),
    "comments": _("コメント"),
    "history": _("履歴"),
}


@dataclass(frozen=True)
class Panel:
    """One card on a row's page."""

    title: Text
    template: str
    context: Mapping[str, Any] = field(default_factory=dict)
    url: str = ""  # where the panel's own act leads
    action: Text = ""


Build = Callable[[Any, Person], Panel | None]


@dataclass(frozen=True)
class Declared:
    """A panel that rows' pages may show."""

    name: str
    build: Build
    tab: str
    order: int
    kinds: frozenset[str]


_declared: dict[str, Declared] = {}


def register(
    name: str, build: Build, *, tab: str = OVERVIEW, order: int = 100, kinds: tuple[str, ...] = ()
) -> None:
    """Show ``build(row, person)`` on the pages of rows of ``kinds``, or of every register.

    Raises ValueError for an unknown tab or a name used twice.
    """
    if tab not in TABS:
        raise ValueError(f"unknown tab {tab!r}")
    if name in _declared and _declared[name].build.__qualname__ != build.__qualname__:
        raise ValueError(f"duplicate panel {name!r}")
    _declared[name] = Declared(name, build, tab, order, frozenset(kinds))


def names() -> frozenset[str]:
    """Return the names of all panels."""
    return frozenset(_declared)


def of_register(register: type[Register]) -> list[Declared]:
    """Return the panels of a register's rows in order: those it names, else all that fit."""
    kind = register.model._meta.label_lower
    fitting = [p for p in _declared.values() if not p.kinds or kind in p.kinds]
    if register.panels:
        fitting = [p for p in fitting if p.name in register.panels]
    return sorted(fitting, key=lambda panel: panel.order)


def tabs_of(register: type[Register]) -> list[str]:
    """Return the tabs that a row's page has."""
    used = {OVERVIEW, "history"} | {panel.tab for panel in of_register(register)}
    return [tab for tab in TABS if tab in used]


def build(register: type[Register], tab: str, row: Any, person: Person) -> list[Panel]:
    """Return the panels of one tab for one row."""
    made = (panel.build(row, person) for panel in of_register(register) if panel.tab == tab)
    return [panel for panel in made if panel is not None]
