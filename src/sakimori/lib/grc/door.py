"""The door for uploaded catalogues: which format is it, and is it safe to read?"""

from __future__ import annotations

import json
from typing import Any

import yaml

from sakimori.lib.errors import Refused
from sakimori.lib.grc import library, oscal
from sakimori.lib.grc.shape import Catalogue, refused

MAX_BYTES = 16 * 1024 * 1024
MAX_NESTING = 200
_CHOOSE = (
    "ライブラリYAML（urn・objects を持つもの）か、OSCALのJSON（catalog または profile）を選んでください。"
)


def read(content: bytes, name: str, *, locale: str = "ja") -> Catalogue:
    """Return what a file holds; ``name`` is what its owner calls it.

    Refuses with a sentence that names the place. ``locale``: the translation to prefer where there are several.
    """
    if not content.strip():
        raise refused(name, "空のファイルです。")
    if len(content) > MAX_BYTES:
        raise refused(name, f"{MAX_BYTES // 1024 // 1024} MB を超えるため開きません。")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise refused(name, "文字コードがUTF-8ではありません。UTF-8で保存し直してください。") from None
    data = _json(text, name) if text.lstrip()[:1] in "{[" else _yaml(text, name)
    if not isinstance(data, dict):
        raise refused(name, "最上位が表（キーと値）ではありません。" + _CHOOSE)
    if "catalog" in data or "profile" in data:
        return oscal.read(data, name)
    if "objects" in data and "urn" in data:
        return library.read(data, name, locale=locale)
    raise refused(name, "知らない形式です。" + _CHOOSE)


def _json(text: str, name: str) -> Any:
    if _nesting(text) > MAX_NESTING:
        raise refused(name, f"入れ子が深すぎます（{MAX_NESTING}段まで）。")
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise refused(f"{name} {error.lineno}行{error.colno}列", "JSONとして読めません。") from None


def _nesting(text: str) -> int:
    """Return how deep brackets nest; those within strings count too, which only makes the limit stricter."""
    depth = deepest = 0
    for character in text:
        if character in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif character in "]}":
            depth -= 1
    return deepest


_FAST: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_FAST):  # type: ignore[misc]
    """YAML without doubled keys: the second would hide the first."""

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        """Refuse a key that is stated twice."""
        seen = set()
        for key, _value in node.value:
            if key.value in seen if isinstance(key.value, str) else False:
                raise _Unwanted(key.start_mark, f"キー「{key.value}」が重複しています。")
            seen.add(key.value if isinstance(key.value, str) else id(key))
        return super().construct_mapping(node, deep)


class _Unwanted(yaml.YAMLError):
    """Something that the format allows and a catalogue never needs."""

    def __init__(self, mark: Any, sentence: str) -> None:
        super().__init__(sentence)
        self.problem_mark, self.sentence = mark, sentence


def _require_plain(text: str) -> None:
    """Refuse aliases (one line of them can stand for a billion) and deep nesting, before anything is built.

    The fast reader builds nested values by recursion in C: too deep a file would end the process.
    """
    depth = 0
    for event in yaml.parse(text, _FAST):
        if isinstance(event, yaml.AliasEvent):
            raise _Unwanted(event.start_mark, "別名（*）は使えません。展開してから保存してください。")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_NESTING:
                raise _Unwanted(event.start_mark, f"入れ子が深すぎます（{MAX_NESTING}段まで）。")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _yaml(text: str, name: str) -> Any:
    try:
        _require_plain(text)
        return yaml.load(text, _Loader)  # noqa: S506 - a subclass of the safe loader
    except _Unwanted as error:
        raise _at(name, error.problem_mark, error.sentence) from None
    except yaml.MarkedYAMLError as error:
        raise _at(
            name, error.problem_mark, "YAMLとして読めません。字下げと引用符を確かめてください。"
        ) from None
    except (yaml.YAMLError, ValueError):
        raise refused(name, "YAMLとして読めません。") from None


def _at(name: str, mark: Any, sentence: str) -> Refused:
    return refused(f"{name} {mark.line + 1}行{mark.column + 1}列" if mark else name, sentence)
