"""OSCAL catalogues and profiles in JSON: in. A profile is read together with the catalogue it names where that is known."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from sakimori.lib.grc.shape import (
    Catalogue,
    Framework,
    Node,
    in_order,
    is_clause,
    one_line,
    refused,
    with_single_refs,
)

Data = dict[str, Any]
_INSERT = re.compile(r"\{\{\s*insert:\s*param,\s*([^}\s]+)\s*\}\}")


def read(data: Data, name: str) -> Catalogue:
    """Return the content of an OSCAL catalogue, or what a profile selects; refuse what is wrong with its place."""
    kind = "catalog" if "catalog" in data else "profile"
    place = f"{name} {kind}"
    body = _mapping(data, kind, name)
    metadata = _mapping(body, "metadata", place)
    title = _text(metadata, "title", f"{place}.metadata") or name
    parts = _profile_nodes(body, place) if kind == "profile" else _catalog_nodes(body, place, title)
    nodes, remarks = with_single_refs(in_order(list(parts)))
    if not any(node.assessable for node in nodes):
        raise refused(place, "管理策（controls）がありません。")
    framework = Framework(
        id=f"oscal:{_text(body, 'uuid', place) or title}".casefold(),
        name=one_line(title, 300),
        ref=one_line(title, 60),
        version=_text(metadata, "version", f"{place}.metadata"),
        publisher=_publisher(metadata, place),
        nodes=nodes,
    )
    if kind == "profile":
        remarks += (
            "プロファイルは選ばれた管理策の番号だけを持ちます。標題は元のカタログを取り込むと分かります。",
        )
    return Catalogue(format=f"oscal-{kind}", name=framework.name, frameworks=(framework,), remarks=remarks)


def _publisher(metadata: Data, place: str) -> str:
    for spot, party in _list(metadata, "parties", f"{place}.metadata"):
        if party.get("name"):
            return one_line(_text(party, "name", spot), 200)
    return ""


# --- catalogue ------------------------------------------------------------------------------------------------------


def _catalog_nodes(body: Data, place: str, title: str) -> Iterator[Node]:
    """Yield groups and controls without recursion: a file may nest deeper than the language allows."""
    waiting = list(reversed(_members(body, place, "")))
    while waiting:
        kind, spot, raw, parent = waiting.pop()
        node = _control(raw, spot, parent, title) if kind == "control" else _group(raw, spot, parent)
        yield node
        waiting.extend(reversed(_members(raw, spot, node.id)))


def _members(raw: Data, place: str, parent: str) -> list[tuple[str, str, Data, str]]:
    groups = [("group", spot, row, parent) for spot, row in _list(raw, "groups", place)]
    return groups + [("control", spot, row, parent) for spot, row in _list(raw, "controls", place)]


def _group(raw: Data, place: str, parent: str) -> Node:
    title = _text(raw, "title", place)
    identity = _text(raw, "id", place) or f"group:{place}"
    return Node(
        id=identity, ref=_label(raw, place) or (identity if raw.get("id") else one_line(title, 60)),
        name=one_line(title, 300) or identity, parent=parent, gloss=_prose(raw, place), assessable=False,
        place=place,
    )  # fmt: skip


def _control(raw: Data, place: str, parent: str, title: str) -> Node:
    identity = _text(raw, "id", place)
    if not identity:
        raise refused(place, "管理策の id がありません。")
    ref = _label(raw, place) or identity
    attributes: dict[str, object] = {"class": [_text(raw, "class", place)]} if raw.get("class") else {}
    return Node(
        id=identity, ref=ref, name=one_line(_text(raw, "title", place), 300) or ref, parent=parent,
        gloss=_prose(raw, place), clause=is_clause(title, ref), attributes=attributes, place=place,
        assessable=not _withdrawn(raw, place),
    )  # fmt: skip


def _withdrawn(raw: Data, place: str) -> bool:
    props = _list(raw, "props", place)
    return any(prop.get("name") == "status" and prop.get("value") == "withdrawn" for _spot, prop in props)


def _label(raw: Data, place: str) -> str:
    """Return the number people use: the label without a class where there is one, or any."""
    labels = [prop for _spot, prop in _list(raw, "props", place) if prop.get("name") == "label"]
    plain = [prop for prop in labels if not prop.get("class")]
    return one_line(_text((plain or labels)[0], "value", place), 180) if labels else ""


def _prose(raw: Data, place: str) -> str:
    """Return the statement's text with its items, parameters shown as what they stand for."""
    labels = {str(param.get("id")): _parameter(param, spot) for spot, param in _list(raw, "params", place)}
    lines: list[str] = []
    parts = [
        (0, spot, part)
        for spot, part in _list(raw, "parts", place)
        if part.get("name") in ("statement", "overview")
    ]
    waiting = list(reversed(parts))
    while waiting:
        depth, spot, part = waiting.pop()
        prose = _INSERT.sub(lambda match: f"［{labels.get(match[1], match[1])}］", _text(part, "prose", spot))
        mark = _label(part, spot)
        if prose:
            lines.append("　" * min(depth, 6) + (f"{mark} " if mark else "") + prose)
        inner = [(depth + 1, place_, row) for place_, row in _list(part, "parts", spot)]
        waiting.extend(reversed(inner))
    return "\n".join(lines)


def _parameter(param: Data, place: str) -> str:
    return one_line(_text(param, "label", place), 80) or str(param.get("id", ""))


# --- profile --------------------------------------------------------------------------------------------------------


def _profile_nodes(body: Data, place: str) -> Iterator[Node]:
    seen: set[str] = set()
    for spot, imported in _list(body, "imports", place):
        for where, chosen in _list(imported, "include-controls", spot):
            ids = chosen.get("with-ids", [])
            if not isinstance(ids, list):
                raise refused(f"{where}.with-ids", "一覧ではありません。")
            for number, identity in enumerate(ids, start=1):
                if not isinstance(identity, str) or not identity:
                    raise refused(f"{where}.with-ids {number}件目", "管理策の id は文字です。")
                if identity not in seen:
                    seen.add(identity)
                    yield Node(
                        id=identity, ref=identity, name=identity, place=f"{where}.with-ids {number}件目"
                    )
        if "include-all" in imported:
            raise refused(
                f"{spot}.include-all",
                "元のカタログがないと展開できません。カタログのJSONを取り込んでください。",
            )


# --- reading values -------------------------------------------------------------------------------------------------


def _mapping(data: Data, key: str, place: str) -> Data:
    value = data.get(key)
    if not isinstance(value, dict):
        raise refused(f"{place}.{key}", "キーと値の組ではありません。")
    return value


def _list(data: Data, key: str, place: str) -> list[tuple[str, Data]]:
    rows = data.get(key)
    if rows is None:
        return []
    if not isinstance(rows, list):
        raise refused(f"{place}.{key}", "一覧ではありません。")
    found = []
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, dict):
            raise refused(f"{place}.{key} {number}件目", "キーと値の組ではありません。")
        found.append((f"{place}.{key} {number}件目", row))
    return found


def _text(data: Data, key: str, place: str) -> str:
    value = data.get(key)
    if value is None:
        return ""
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        raise refused(f"{place}.{key}", "文字ではありません。")
    return str(value).strip()
