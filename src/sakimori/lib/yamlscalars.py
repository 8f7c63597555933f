"""Read single YAML values strictly: texts as written, decimal digits only, true or false, ISO days."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple, TypeVar

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

T = TypeVar("T")
# Reads a node of the named file whose first line is ``offset`` lines into that file.
Reader = Callable[[Node, str, int], T]

_TAG = "tag:yaml.org,2002:"
NULL, _BOOL, _TEXT = f"{_TAG}null", f"{_TAG}bool", f"{_TAG}str"
_INTEGER = re.compile(r"[+-]?(?:0|[1-9]\d{0,29})")
_DECIMAL = re.compile(r"[+-]?(?:0|[1-9]\d{0,29})(?:\.\d{1,30})?")


class Place(NamedTuple):
    """A line of a content file."""

    file: str
    line: int

    def __str__(self) -> str:
        """Return file:line."""
        return f"{self.file}:{self.line}"


class MisfitError(Exception):
    """A node that does not fit its hint."""

    def __init__(self, sentence: str, place: Place) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.place = place


def place_of(node: Node, name: str, offset: int) -> Place:
    """Return the file and line of ``node``."""
    return Place(name, node.start_mark.line + 1 + offset)


def _describe(node: Node) -> str:
    if isinstance(node, MappingNode):
        return "項目の集まり（キー: 値）"
    if isinstance(node, SequenceNode):
        return "並び（- 値）"
    if node.tag == NULL:
        return "空欄"
    text = str(node.value)
    return f"「{text if len(text) <= 40 else text[:39] + '…'}」"


def misfit(node: Node, name: str, offset: int, wanted: str) -> MisfitError:
    sentence = f"{wanted}が必要ですが、{_describe(node)}が書かれています。"
    return MisfitError(sentence, place_of(node, name, offset))


def text_of(node: Node, name: str, offset: int) -> str:
    """Read any scalar but a blank and a yes/no as it is written, so that 5.10 stays 5.10."""
    if not isinstance(node, ScalarNode) or node.tag == NULL:
        raise misfit(node, name, offset, "文字列")
    if node.tag == _BOOL:
        raise misfit(node, name, offset, "文字列（引用符で囲む）")
    return str(node.value)


def _integer(node: Node, name: str, offset: int) -> int:
    """Read decimal digits only: YAML 1.1 would read 010 as 8 and 1:30 as 90."""
    if not isinstance(node, ScalarNode) or node.style or not _INTEGER.fullmatch(node.value):
        raise misfit(node, name, offset, "整数")
    return int(node.value)


def _decimal(node: Node, name: str, offset: int) -> Decimal:
    if not isinstance(node, ScalarNode) or node.style or not _DECIMAL.fullmatch(node.value):
        raise misfit(node, name, offset, "数値")
    try:
        return Decimal(node.value)
    except InvalidOperation:
        raise misfit(node, name, offset, "数値") from None


def _float(node: Node, name: str, offset: int) -> float:
    return float(_decimal(node, name, offset))


def _boolean(node: Node, name: str, offset: int) -> bool:
    if node.tag != _BOOL or node.value not in ("true", "false"):
        raise misfit(node, name, offset, "true か false")
    return bool(node.value == "true")


def _date(node: Node, name: str, offset: int) -> date:
    if isinstance(node, ScalarNode) and len(node.value) == 10:
        try:
            return date.fromisoformat(node.value)
        except ValueError:
            pass
    raise misfit(node, name, offset, "日付（2026-04-01 の形）")


def _nothing(node: Node, name: str, offset: int) -> None:
    if node.tag != NULL:
        raise misfit(node, name, offset, "空欄")


def _anything(node: Node, name: str, offset: int) -> Any:
    """Read plain values: texts, whole numbers, decimals, yes/no, dates stay texts, lists and dicts."""
    if isinstance(node, MappingNode):
        return {key: _anything(value, name, offset) for key, value in pairs_of(node, name, offset)}
    if isinstance(node, SequenceNode):
        return [_anything(item, name, offset) for item in node.value]
    if node.tag == NULL:
        return None
    if node.tag == _BOOL and node.value in ("true", "false"):
        return node.value == "true"
    return _plain(node)


def _plain(node: Node) -> int | Decimal | str:
    """Read a scalar without a hint: a number when it is written as one and not quoted."""
    text = str(node.value)
    quoted = isinstance(node, ScalarNode) and bool(node.style)
    if not quoted and _INTEGER.fullmatch(text):
        return int(text)
    return Decimal(text) if not quoted and _DECIMAL.fullmatch(text) else text


SCALARS: dict[Any, Reader[Any]] = {
    str: text_of,
    int: _integer,
    float: _float,
    bool: _boolean,
    Decimal: _decimal,
    date: _date,
    type(None): _nothing,
    Any: _anything,
    object: _anything,
}


def pairs_of(node: Node, name: str, offset: int) -> list[tuple[str, Node]]:
    """Return the pairs of a mapping with text keys; a key that stands twice is refused."""
    if not isinstance(node, MappingNode):
        raise misfit(node, name, offset, "項目の集まり（キー: 値）")
    pairs: list[tuple[str, Node]] = []
    seen: set[str] = set()
    for key_node, value in node.value:
        if not isinstance(key_node, ScalarNode):
            raise misfit(key_node, name, offset, "項目名")
        key = key_node.value
        if key in seen:
            raise MisfitError(f"項目「{key}」が二重に書かれています。", place_of(key_node, name, offset))
        seen.add(key)
        pairs.append((key, value))
    return pairs
