"""What every page's frame needs: side bar, person, roles. One context processor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject

from sakimori.kernel.identity import access
from sakimori.kernel.identity.models import Person

from . import navigation

Count = Callable[[Person], int]
_counts: dict[str, Count] = {}
_menu: list[navigation.Entry] = []


@dataclass(frozen=True)
class Line:
    """One line of the side bar as a page shows it."""

    title: str
    url: str
    icon: str
    current: bool
    count: int


@dataclass(frozen=True)
class Group:
    """One group of the side bar as a page shows it."""

    title: str
    lines: list[Line]


@dataclass(frozen=True)
class Frame:
    """The frame of a page for one person."""

    person: Person
    groups: list[Group]
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
        groups=[_group(group, person, path) for group in navigation.groups_for(person)],
        roles=[role.title for role in access.roles().values() if role.id in held],
        person_menu=[entry for entry in _menu if entry.open_to(person)],
        sign_out_url=_address("account_logout"),
    )


def _group(group: navigation.Group, person: Person, path: str) -> Group:
    lines = []
    for entry in group.entries:
        url = entry.url
        current = path == url if url == "/" else path.startswith(url)
        number = _counts[entry.url_name](person) if entry.url_name in _counts else 0
        lines.append(Line(str(entry.title), url, entry.icon, current, number))
    return Group(group.title, lines)


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
