"""What every page's frame needs: side bar, person, roles. One context processor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from sakimori.kernel.identity import access
from sakimori.kernel.identity.models import Person

from . import navigation

Count = Callable[[Person], int]
FEW_LINES = 16
ALWAYS_OPEN = frozenset({"work"})
_counts: dict[str, Count] = {}
_menu: list[navigation.Entry] = []


@dataclass(frozen=True)
class Line:
    """One line of the side bar as a page shows it."""

    title: str
    url: str
    icon: str
    current: bool
    mark: str


@dataclass(frozen=True)
class Group:
    """One group of the side bar as a page shows it."""

    id: str
    title: str
    lines: list[Line]
    is_open: bool


@dataclass(frozen=True)
class Frame:
    """The frame of a page for one person."""

    person: Person
    lines: SafeString
    roles: list[str]
    person_menu: list[navigation.Entry]
    sign_out_url: str


def count(url_name: str, function: Count) -> None:
    """Show ``function(person)`` as a number beside the side bar's entry ``url_name``."""
    _counts[url_name] = function


def add_to_person_menu(entry: navigation.Entry) -> None:
    """Add a page to the menu under the person's name."""
    if all(known.url_name != entry.url_name for known in _menu):
        _menu.append(entry)


def frame_of(person: Person, path: str) -> Frame:
    """Return the frame of the page at ``path`` for ``person``."""
    held = person.roles() - {access.EMPLOYEE}
    return Frame(
        person=person,
        lines=lines_for(person, path),
        roles=[role.title for role in access.roles().values() if role.id in held],
        person_menu=[entry for entry in _menu if entry.open_to(person)],
        sign_out_url=_address("account_logout"),
    )


# What a line demands is a role, so people of the same roles see the same side bar: it is made once for them.
_groups: dict[object, list[navigation.Group]] = {}
_lines: dict[object, SafeString] = {}
KEPT = 500


def lines_for(person: Person, path: str) -> SafeString:
    """Return the groups and lines of the side bar as HTML."""
    who = (person.roles(), navigation.declared())
    if who not in _groups:
        _groups[who] = navigation.groups_for(person)
    groups = _groups[who]
    here = _current([entry for group in groups for entry in group.entries], path)
    key = (who, here.url if here else "", get_language())
    if key not in _lines:
        if len(_lines) > KEPT:
            _lines.clear()
        many = sum(len(group.entries) for group in groups) > FEW_LINES
        shown = {"groups": [_group(group, here, many) for group in groups]}
        _lines[key] = SafeString(render_to_string("shell/lines.html", shown))
    return _lines[key]


def _current(entries: list[navigation.Entry], path: str) -> navigation.Entry | None:
    """Return the line that leads to the page, or to the pages above it."""
    leading = [
        entry for entry in entries if entry.url == path or (entry.url != "/" and path.startswith(entry.url))
    ]
    return max(leading, key=lambda entry: len(entry.url), default=None)


def _group(group: navigation.Group, here: navigation.Entry | None, many: bool) -> Group:
    lines = [
        Line(str(entry.title), entry.url, entry.icon, entry is here, mark_of(entry.url_name))
        for entry in group.entries
    ]
    is_open = not many or group.id in ALWAYS_OPEN or here in group.entries
    return Group(group.id, str(group.title), lines, is_open)


def mark_of(url_name: str) -> str:
    """Return the id of the number beside a line, empty where none is shown."""
    return "count-" + url_name.replace(":", "-") if url_name in _counts else ""


def counts_for(person: Person) -> list[tuple[str, int]]:
    """Return the numbers beside the lines; asked for after the page, which need not wait for them."""
    return [(mark_of(name), function(person)) for name, function in _counts.items()]


def _address(url_name: str) -> str:
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""


def context(request: Any) -> dict[str, object]:
    """Give templates ``frame``; computed where a page really shows it."""
    person = getattr(request, "person", None)
    if person is None:
        return {"frame": None}
    return {"frame": SimpleLazyObject(lambda: frame_of(person, request.path))}
