"""The library YAML of the largest open GRC tool: frameworks, reference controls and mapping sets.

A node may lack a number or a name; URNs may carry capitals and other letters, and are compared without case.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sakimori.lib.grc.shape import (
    Catalogue,
    Correspondence,
    Framework,
    Node,
    in_order,
    is_clause,
    one_line,
    refused,
    with_single_refs,
)

_TAKEN = {
    "framework", "frameworks", "reference_controls", "requirement_mapping_set", "requirement_mapping_sets",
}  # fmt: skip
_TITLES = {
    "threats": "脅威", "risk_matrix": "リスクマトリクス", "risk_matrices": "リスクマトリクス",
    "metric_definitions": "指標",
}  # fmt: skip
_RELATIONS = {"equal": "equal", "subset": "merged", "superset": "split", "intersect": "partial"}
Data = dict[str, Any]


def read(data: Data, name: str, *, locale: str = "ja") -> Catalogue:
    """Return the content of one library; refuse what is wrong with the place in the file."""
    objects = _mapping(data, "objects", name)
    remarks: list[str] = []
    publisher = _text(data, "provider", name) or _text(data, "packager", name)
    frameworks = []
    for place, raw in _several(objects, "framework", name):
        frameworks.append(_framework(raw, place, locale, publisher, remarks))
    references = _reference_controls(data, objects, name, locale, publisher, remarks)
    if references is not None:
        frameworks.append(references)
    correspondences = tuple(_correspondences(objects, name))
    if not frameworks and not correspondences:
        raise refused(f"{name} objects", "規格（framework）、参考管理策、対応表のどれもありません。")
    return Catalogue(
        format="library",
        name=_named(data, name, locale) or name,
        frameworks=tuple(frameworks),
        correspondences=correspondences,
        left_out=tuple(_left_out(objects)),
        remarks=tuple(remarks),
    )


def _left_out(objects: Data) -> Iterator[tuple[str, int]]:
    for key, value in objects.items():
        if key not in _TAKEN:
            yield _TITLES.get(key, key), len(value) if isinstance(value, list) else 1


def _framework(raw: Data, place: str, locale: str, publisher: str, remarks: list[str]) -> Framework:
    urn = _urn(raw, "urn", place, required=True)
    name = _named(raw, place, locale) or urn
    family = f"{_text(raw, 'ref_id', place)} {_text(raw, 'name', place)}"
    nodes = [
        _node(item, spot, locale, family) for spot, item in _list_of_mappings(raw, "requirement_nodes", place)
    ]
    if not nodes:
        raise refused(place, "requirement_nodes がありません。")
    ordered, notes = with_single_refs(in_order(nodes))
    remarks.extend(notes)
    return Framework(
        id=urn,
        name=one_line(name, 300),
        ref=_text(raw, "ref_id", place) or urn.rpartition(":")[2],
        version=_text(raw, "version", place),
        publisher=publisher,
        nodes=ordered,
    )


def _node(raw: Data, place: str, locale: str, family: str) -> Node:
    urn = _urn(raw, "urn", place, required=True)
    ref = one_line(_text(raw, "ref_id", place), 180) or urn.rpartition(":")[2][:180]
    text = _translated(raw, "description", place, locale)
    assessable = raw.get("assessable", False)
    if not isinstance(assessable, bool):
        raise refused(place, "assessable は true か false です。")
    return Node(
        id=urn,
        ref=ref,
        name=one_line(_named(raw, place, locale), 300) or one_line(text) or ref,
        parent=_urn(raw, "parent_urn", place),
        gloss=_gloss(raw, place, locale, text),
        assessable=assessable,
        clause=assessable and is_clause(family, ref),
        attributes=_attributes(raw, place),
        place=place,
    )


def _gloss(raw: Data, place: str, locale: str, text: str) -> str:
    note = _translated(raw, "annotation", place, locale)
    return "\n\n".join(part for part in (text, note) if part)


def _attributes(raw: Data, place: str) -> dict[str, object]:
    groups = raw.get("implementation_groups") or []
    if not isinstance(groups, list) or not all(isinstance(group, str | int | float) for group in groups):
        raise refused(place, "implementation_groups は文字の並びです。")
    return {"implementation_groups": [str(group) for group in groups]} if groups else {}


def _reference_controls(
    data: Data, objects: Data, name: str, locale: str, publisher: str, remarks: list[str]
) -> Framework | None:
    """Return the library's own list of measures as a standard beside its frameworks."""
    nodes = []
    for place, raw in _list_of_mappings(objects, "reference_controls", f"{name} objects"):
        urn = _urn(raw, "urn", place, required=True)
        ref = one_line(_text(raw, "ref_id", place), 180) or urn.rpartition(":")[2][:180]
        text = _translated(raw, "description", place, locale)
        facts = {key: [_text(raw, key, place)] for key in ("category", "csf_function") if raw.get(key)}
        title = one_line(_named(raw, place, locale), 300) or one_line(text) or ref
        nodes.append(Node(id=urn, ref=ref, name=title, gloss=text, attributes=dict(facts), place=place))
    if not nodes:
        return None
    ordered, notes = with_single_refs(in_order(nodes))
    remarks.extend(notes)
    return Framework(
        id=_urn(data, "urn", name, required=True) + "#reference_controls",
        name=one_line(_named(data, name, locale) or name, 280) + "（参考管理策）",
        ref=_text(data, "ref_id", name) + " 参考管理策",
        version=_text(data, "version", name),
        publisher=publisher,
        nodes=ordered,
    )


def _correspondences(objects: Data, name: str) -> Iterator[Correspondence]:
    for place, raw in _several(objects, "requirement_mapping_set", name):
        ends = [_urn(raw, f"{end}_framework_urn", place, required=True) for end in ("source", "target")]
        for spot, row in _list_of_mappings(raw, "requirement_mappings", place):
            stated = _text(row, "relationship", spot)
            if stated not in _RELATIONS and stated != "not_related":
                raise refused(spot, f"relationship「{stated}」は知らない関係です。")
            source = _urn(row, "source_requirement_urn", spot, required=True)
            target = _urn(row, "target_requirement_urn", spot, required=True)
            if stated != "not_related":
                yield Correspondence(
                    source_framework=ends[0], source=source, target_framework=ends[1], target=target,
                    relation=_RELATIONS[stated], note=one_line(_text(row, "annotation", spot), 300),
                )  # fmt: skip


# --- reading values -------------------------------------------------------------------------------------------------


def _several(objects: Data, key: str, name: str) -> Iterator[tuple[str, Data]]:
    """Yield the objects under ``key`` (one of them, as older files have it) and its plural."""
    if objects.get(key) is not None:
        yield f"{name} objects.{key}", _mapping(objects, key, f"{name} objects")
    plural = key + "s"
    yield from _list_of_mappings(objects, plural, f"{name} objects")


def _list_of_mappings(data: Data, key: str, place: str) -> Iterator[tuple[str, Data]]:
    rows = data.get(key)
    if rows is None:
        return
    if not isinstance(rows, list):
        raise refused(f"{place}.{key}", "一覧（- で始まる並び）ではありません。")
    for number, row in enumerate(rows, start=1):
        spot = f"{place}.{key} {number}件目"
        if not isinstance(row, dict):
            raise refused(spot, "キーと値の組ではありません。")
        yield spot, row


def _mapping(data: Data, key: str, place: str) -> Data:
    value = data.get(key)
    if not isinstance(value, dict):
        raise refused(f"{place}.{key}", "キーと値の組ではありません。")
    return value


def _text(data: Data, key: str, place: str) -> str:
    value = data.get(key)
    if value is None:
        return ""
    if isinstance(value, bool | list | dict):
        raise refused(f"{place}.{key}", "文字ではありません。")
    return str(value).strip()


def _urn(data: Data, key: str, place: str, *, required: bool = False) -> str:
    value = data.get(key)
    if value is None and not required:
        return ""
    if not isinstance(value, str) or not value.strip():
        raise refused(f"{place}.{key}", "識別子（urn）がありません。")
    return value.strip().casefold()


def _translated(data: Data, key: str, place: str, locale: str) -> str:
    """Return a text in the preferred language where the file has it."""
    translations = data.get("translations")
    if translations is not None and not isinstance(translations, dict):
        raise refused(f"{place}.translations", "キーと値の組ではありません。")
    chosen = (translations or {}).get(locale)
    if isinstance(chosen, dict) and (found := _text(chosen, key, f"{place}.translations.{locale}")):
        return found
    return _text(data, key, place)


def _named(data: Data, place: str, locale: str) -> str:
    return _translated(data, "name", place, locale)
