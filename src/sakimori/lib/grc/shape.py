"""What any catalogue is made of, whatever format it came in."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from sakimori.lib.errors import Refused

MAX_NODES = 20_000
MAX_DEPTH = 40
MAX_ID = 500


@dataclass(frozen=True, kw_only=True)
class Node:
    """One heading or control. ``id`` is the file's own; ``ref`` is what people call it, once per framework."""

    id: str
    ref: str
    name: str
    parent: str = ""
    gloss: str = ""
    assessable: bool = True
    clause: bool = False  # a requirement of the management system: never excluded
    attributes: dict[str, object] = field(default_factory=dict)
    place: str = ""  # where in the file it stands, for messages


@dataclass(frozen=True, kw_only=True)
class Framework:
    """One standard: nodes in the order of the document, parents first."""

    id: str
    name: str
    ref: str = ""
    version: str = ""
    publisher: str = ""
    nodes: tuple[Node, ...] = ()

    @property
    def controls(self) -> int:
        """Return how many nodes a statement must speak of."""
        return sum(node.assessable for node in self.nodes)


@dataclass(frozen=True, kw_only=True)
class Correspondence:
    """One node answers to another: ``equal``, ``partial``, ``merged`` or ``split``."""

    source_framework: str
    source: str
    target_framework: str
    target: str
    relation: str = "partial"
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    """One file: its frameworks, its correspondences, and what of it is left where it is."""

    format: str
    name: str
    frameworks: tuple[Framework, ...] = ()
    correspondences: tuple[Correspondence, ...] = ()
    left_out: tuple[tuple[str, int], ...] = ()  # kinds of objects not taken over, with their number
    remarks: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.name


def refused(place: str, sentence: str) -> Refused:
    """Return the refusal of a catalogue, naming the place."""
    return Refused(f"{place}: {sentence}" if place else sentence, rule="grc.file")


def in_order(nodes: Sequence[Node]) -> tuple[Node, ...]:
    """Return the nodes with every parent before its children, otherwise in the order of the file.

    Refuses ids used twice, parents that are missing, cycles, and trees too deep or too large to be a standard.
    """
    if len(nodes) > MAX_NODES:
        raise refused("", f"項目が{len(nodes):,}件あります。取り込めるのは{MAX_NODES:,}件までです。")
    known: dict[str, Node] = {}
    for node in nodes:
        if len(node.id) > MAX_ID:
            raise refused(node.place, f"識別子が長すぎます（{MAX_ID}文字まで）。")
        if node.id in known:
            raise refused(node.place, f"識別子「{node.id}」が {known[node.id].place} と重複しています。")
        known[node.id] = node
    children: dict[str, list[Node]] = {}
    for node in nodes:
        if node.parent and node.parent not in known:
            raise refused(node.place, f"上位項目「{node.parent}」がファイルにありません。")
        children.setdefault(node.parent, []).append(node)
    ordered = tuple(_walk(children))
    if len(ordered) < len(nodes):
        reached = {node.id for node in ordered}
        lost = next(node for node in nodes if node.id not in reached)
        raise refused(lost.place, f"上位項目をたどると「{lost.id}」自身に戻ります（循環）。")
    return ordered


def _walk(children: dict[str, list[Node]]) -> Iterator[Node]:
    stack = [(node, 1) for node in reversed(children.get("", []))]
    while stack:
        node, depth = stack.pop()
        if depth > MAX_DEPTH:
            raise refused(node.place, f"階層が深すぎます（{MAX_DEPTH}段まで）。")
        yield node
        stack.extend((child, depth + 1) for child in reversed(children.get(node.id, [])))


def with_single_refs(nodes: Iterable[Node]) -> tuple[tuple[Node, ...], tuple[str, ...]]:
    """Return the nodes with numbers that occur once each, and a remark for those that had to be completed."""
    every = tuple(nodes)
    counted = Counter(node.ref for node in every)
    twice = sorted(ref for ref, count in counted.items() if count > 1)
    if not twice:
        return every, ()
    taken: set[str] = {ref for ref, count in counted.items() if count == 1}
    found = []
    for node in every:
        ref, number = node.ref, 1
        while counted[node.ref] > 1 and ref in taken:
            number += 1
            ref = f"{node.ref} ({number})"
        taken.add(ref)
        found.append(replace(node, ref=ref))
    shown = "、".join(twice[:5]) + (" ほか" if len(twice) > 5 else "")
    return tuple(found), (f"同じ項番が複数ある{len(twice)}種類の項番に通し番号を付けました（{shown}）。",)


def one_line(text: str, limit: int = 120) -> str:
    """Return the text as a title: one line, cut at a word's end."""
    line = re.sub(r"\s+", " ", text).strip()
    if len(line) <= limit:
        return line
    cut = line[: limit - 1]
    space = cut.rfind(" ")
    return (cut[:space] if space > limit // 2 else cut) + "…"


# Requirements of the management system itself (箇条4〜10), in whatever catalogue of that family.
_MANAGEMENT_SYSTEM = re.compile(
    r"\b(?:ISO|IEC|JIS)\b.*\b(?:27001|27701|9001|22301|20000-1|42001)\b", re.IGNORECASE
)
_CLAUSE = re.compile(r"(?:[4-9]|10)(?:\.[0-9a-z]+)*", re.IGNORECASE)


def is_clause(framework_name: str, ref: str) -> bool:
    """Tell whether a node is a requirement that no statement may exclude, by the name of its standard."""
    return bool(_MANAGEMENT_SYSTEM.search(framework_name) and _CLAUSE.fullmatch(ref))
