"""The side bar: groups in a fixed order, one entry per register and per page that asks for one."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sakimori.kernel.identity import access
from sakimori.kernel.identity.models import Person

from .base import Register, Text, registry

Opens = Callable[[Person], bool]
GROUPS: dict[str, tuple[Text, str]] = {
    "work": (_("仕事"), "home"),
    "risk": (_("リスクと管理策"), "shield-half"),
    "assets": (_("情報資産"), "database"),
    "organization": (_("組織と人"), "sitemap"),
    "documents": (_("文書と規程"), "book-2"),
    "operations": (_("運用"), "activity"),
    "improvement": (_("監査と改善"), "clipboard-check"),
    "evidence": (_("証跡"), "fingerprint"),
    "other": (_("その他"), "table"),
    "settings": (_("設定"), "settings"),
}


@dataclass(frozen=True)
class Entry:
    """One line of the side bar; ``opens`` may ask for roles and reach, not for the person."""

    title: Text
    url_name: str
    icon: str
    group: str
    order: int = 100
    right: str = ""
    args: tuple[str, ...] = ()
    opens: Opens | None = None

    @property
    def url(self) -> str:
        """Return the address."""
        return _address(self.url_name, self.args)

    def open_to(self, person: Person) -> bool:
        """Tell whether the person is shown this line."""
        if self.opens is not None and not self.opens(person):
            return False
        return not self.right or access.may(person, self.right)


@functools.cache
def _address(url_name: str, args: tuple[str, ...]) -> str:
    return reverse(url_name, args=args)


@dataclass(frozen=True)
class Group:
    """One group of the side bar as a page shows it."""

    id: str
    title: Text
    icon: str
    entries: tuple[Entry, ...]


_entries: dict[str, Entry] = {}


def add(entry: Entry) -> Entry:
    """Add a page to the side bar; raise ValueError for an unknown group."""
    if entry.group not in GROUPS:
        raise ValueError(f"unknown group {entry.group!r}")
    _entries[f"{entry.url_name}/{'/'.join(entry.args)}"] = entry
    return entry


def declared() -> tuple[int, ...]:
    """Return what tells one set of lines from another."""
    return (len(_entries), *map(id, registry.values()))


def added() -> list[Entry]:
    """Return the pages that asked for a line."""
    return list(_entries.values())


def groups_for(person: Person) -> list[Group]:
    """Return the groups and entries that this person is shown."""
    entries = sorted(
        (e for e in (*_entries.values(), *map(_of_register, registry.values())) if e.open_to(person)),
        key=lambda entry: entry.order,
    )
    found = []
    for key, (title, icon) in GROUPS.items():
        mine = tuple(entry for entry in entries if entry.group == key)
        if mine:
            found.append(Group(key, title, icon, mine))
    return found


def _of_register(register: type[Register]) -> Entry:
    return Entry(
        register.name(),
        "registers:list",
        register.icon,
        register.group if register.group in GROUPS else "other",
        register.order,
        args=(register.slug,),
        opens=register.opens_for,
    )
