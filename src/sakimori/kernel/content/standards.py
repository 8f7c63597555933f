"""Standards and the crosswalks between them, ``content/standards/``: numbers, short titles, our own sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from sakimori.lib.strictyaml import Place

from .shelf import Shelf


@dataclass(frozen=True, kw_only=True)
class Node:
    """One clause, area, objective or control."""

    ref: str
    kind: str
    title: str
    gloss: str = ""
    parent: str = ""
    excludable: bool | None = None  # None: by its kind
    attributes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    place: Place = field(default=Place("content", 1), compare=False)

    @property
    def may_be_excluded(self) -> bool:
        """Tell whether a statement may declare it not applicable; clauses never (V20-001)."""
        return (
            self.kind == "control" if self.excludable is None else self.excludable and self.kind != "clause"
        )


@dataclass(frozen=True, kw_only=True)
class Attribute:
    """A way to sort controls, with its values by id."""

    id: str
    title: str
    values: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Standard:
    """One edition of a standard as a flat list of nodes, parents first."""

    id: str
    key: str
    title: str
    short: str
    edition: int | None = None
    publisher: str = ""
    note: str = ""
    counts: dict[str, int] = field(default_factory=dict)
    attributes: tuple[Attribute, ...] = ()
    nodes: tuple[Node, ...] = ()
    place: Place = field(default=Place("content", 1), compare=False)


@dataclass(frozen=True, kw_only=True)
class Correspondence:
    """Controls of one standard and what became of them in the other."""

    from_: tuple[str, ...]
    to: tuple[str, ...]
    relation: str
    note: str = ""
    place: Place = field(default=Place("content", 1), compare=False)


@dataclass(frozen=True, kw_only=True)
class Crosswalk:
    """Which control of one standard answers to which of another."""

    id: str
    from_standard: str
    to_standard: str
    source: str
    rows: tuple[Correspondence, ...]
    place: Place = field(default=Place("content", 1), compare=False)


def _of_standards(pieces: Mapping[str, Any]) -> Iterable[tuple[Place, str]]:
    for standard in pieces.values():
        seen: set[str] = set()
        for node in standard.nodes:
            if node.ref in seen:
                yield node.place, _("番号「%s」が二重に使われています。") % node.ref
            if node.parent and node.parent not in seen:
                yield node.place, _("上位の番号「%s」が、これより前にありません。") % node.parent
            seen.add(node.ref)
        counted = Counter(node.kind for node in standard.nodes)
        for kind, count in standard.counts.items():
            if counted[kind] != count:
                facts = {"k": kind, "n": count, "f": counted[kind]}
                yield standard.place, _("%(k)s は %(n)d 件のはずですが %(f)d 件です。") % facts


def _of_crosswalks(pieces: Mapping[str, Any]) -> Iterable[tuple[Place, str]]:
    known = {standard.id: {node.ref for node in standard.nodes} for standard in STANDARDS}
    for walk in pieces.values():
        for name in {walk.from_standard, walk.to_standard} - set(known):
            yield walk.place, _("規格「%s」はありません。") % name
        for row in walk.rows:
            missing = set(row.from_) - known.get(walk.from_standard, set())
            missing |= set(row.to) - known.get(walk.to_standard, set())
            for ref in sorted(missing):
                yield row.place, _("番号「%s」は規格にありません。") % ref


STANDARDS: Shelf[Standard] = Shelf(
    "規格", "standards/*.yaml", Standard, omit="crosswalk-", check=_of_standards
)
CROSSWALKS: Shelf[Crosswalk] = Shelf("対応表", "standards/crosswalk-*.yaml", Crosswalk, check=_of_crosswalks)
