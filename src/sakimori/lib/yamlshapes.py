"""Turn type hints into readers of YAML nodes; the machinery behind ``strictyaml``."""

from __future__ import annotations

import dataclasses
import enum
import re
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from functools import cache
from typing import Any, Literal, NamedTuple, TypeVar, Union

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from sakimori.lib.errors import Refused

T = TypeVar("T")
# Reads a node of the named file whose first line is ``offset`` lines into that file.
Reader = Callable[[Node, str, int], T]

_TAG = "tag:yaml.org,2002:"
_NULL, _BOOL, _TEXT = f"{_TAG}null", f"{_TAG}bool", f"{_TAG}str"
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


def reader_for(hint: Any) -> Reader[Any]:
    """Return the reader of ``hint``; raises TypeError for hints that YAML cannot fill."""
    return _reader_for(hint)


@cache
def _reader_for(hint: Any) -> Reader[Any]:
    if hint in _SCALARS:
        return _SCALARS[hint]
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (Union, types.UnionType):
        return _union(arguments)
    if origin is Literal:
        return _choice(arguments)
    if origin in (tuple, list, set, frozenset, Sequence):
        return _sequence(origin, arguments)
    if origin in (dict, Mapping):
        return _mapping(arguments)
    if isinstance(hint, type):
        return _class_reader(hint)
    raise TypeError(f"strictyaml cannot read {hint!r}")


def place_of(node: Node, name: str, offset: int) -> Place:
    """Return the file and line of ``node``."""
    return Place(name, node.start_mark.line + 1 + offset)


def _class_reader(hint: type) -> Reader[Any]:
    if dataclasses.is_dataclass(hint) and not hasattr(hint, "parse"):
        return _dataclass(hint)
    if issubclass(hint, enum.Enum):
        return _enumeration(hint)
    parse = getattr(hint, "parse", None)
    if parse is not None:
        return _parsed(parse)
    raise TypeError(f"strictyaml cannot read {hint!r}")


def _describe(node: Node) -> str:
    if isinstance(node, MappingNode):
        return "項目の集まり（キー: 値）"
    if isinstance(node, SequenceNode):
        return "並び（- 値）"
    if node.tag == _NULL:
        return "空欄"
    text = str(node.value)
    return f"「{text if len(text) <= 40 else text[:39] + '…'}」"


def _misfit(node: Node, name: str, offset: int, wanted: str) -> MisfitError:
    sentence = f"{wanted}が必要ですが、{_describe(node)}が書かれています。"
    return MisfitError(sentence, place_of(node, name, offset))


def _text(node: Node, name: str, offset: int) -> str:
    """Read any scalar but a blank and a yes/no as it is written, so that 5.10 stays 5.10."""
    if not isinstance(node, ScalarNode) or node.tag == _NULL:
        raise _misfit(node, name, offset, "文字列")
    if node.tag == _BOOL:
        raise _misfit(node, name, offset, "文字列（引用符で囲む）")
    return str(node.value)


def _integer(node: Node, name: str, offset: int) -> int:
    """Read decimal digits only: YAML 1.1 would read 010 as 8 and 1:30 as 90."""
    if not isinstance(node, ScalarNode) or node.style or not _INTEGER.fullmatch(node.value):
        raise _misfit(node, name, offset, "整数")
    return int(node.value)


def _decimal(node: Node, name: str, offset: int) -> Decimal:
    if not isinstance(node, ScalarNode) or node.style or not _DECIMAL.fullmatch(node.value):
        raise _misfit(node, name, offset, "数値")
    try:
        return Decimal(node.value)
    except InvalidOperation:
        raise _misfit(node, name, offset, "数値") from None


def _float(node: Node, name: str, offset: int) -> float:
    return float(_decimal(node, name, offset))


def _boolean(node: Node, name: str, offset: int) -> bool:
    if node.tag != _BOOL or node.value not in ("true", "false"):
        raise _misfit(node, name, offset, "true か false")
    return bool(node.value == "true")


def _date(node: Node, name: str, offset: int) -> date:
    if isinstance(node, ScalarNode) and len(node.value) == 10:
        try:
            return date.fromisoformat(node.value)
        except ValueError:
            pass
    raise _misfit(node, name, offset, "日付（2026-04-01 の形）")


def _nothing(node: Node, name: str, offset: int) -> None:
    if node.tag != _NULL:
        raise _misfit(node, name, offset, "空欄")


def _anything(node: Node, name: str, offset: int) -> Any:
    """Read plain values: texts, whole numbers, decimals, yes/no, dates stay texts, lists and dicts."""
    if isinstance(node, MappingNode):
        return {key: _anything(value, name, offset) for key, value in _pairs(node, name, offset)}
    if isinstance(node, SequenceNode):
        return [_anything(item, name, offset) for item in node.value]
    if node.tag == _NULL:
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


_SCALARS: dict[Any, Reader[Any]] = {
    str: _text,
    int: _integer,
    float: _float,
    bool: _boolean,
    Decimal: _decimal,
    date: _date,
    type(None): _nothing,
    Any: _anything,
    object: _anything,
}


def _pairs(node: Node, name: str, offset: int) -> list[tuple[str, Node]]:
    """Return the pairs of a mapping with text keys; a key that stands twice is refused."""
    if not isinstance(node, MappingNode):
        raise _misfit(node, name, offset, "項目の集まり（キー: 値）")
    pairs: list[tuple[str, Node]] = []
    seen: set[str] = set()
    for key_node, value in node.value:
        if not isinstance(key_node, ScalarNode):
            raise _misfit(key_node, name, offset, "項目名")
        key = key_node.value
        if key in seen:
            raise MisfitError(f"項目「{key}」が二重に書かれています。", place_of(key_node, name, offset))
        seen.add(key)
        pairs.append((key, value))
    return pairs


def _choice(values: tuple[Any, ...]) -> Reader[Any]:
    by_text = {str(value): value for value in values}

    def read(node: Node, name: str, offset: int) -> Any:
        if isinstance(node, ScalarNode) and node.value in by_text:
            return by_text[node.value]
        raise _misfit(node, name, offset, "、".join(by_text) + " のいずれか")

    return read


def _enumeration(hint: type[enum.Enum]) -> Reader[Any]:
    by_text = {str(member.value): member for member in hint}
    read_value = _choice(tuple(by_text))
    return lambda node, name, offset: by_text[read_value(node, name, offset)]


def _parsed(parse: Callable[[str], Any]) -> Reader[Any]:
    def read(node: Node, name: str, offset: int) -> Any:
        try:
            return parse(_text(node, name, offset))
        except Refused as refused:
            raise MisfitError(str(refused), place_of(node, name, offset)) from None

    return read


def _sequence(origin: Any, arguments: tuple[Any, ...]) -> Reader[Any]:
    collect = tuple if origin is Sequence else origin
    if origin is tuple and not (len(arguments) == 2 and arguments[1] is Ellipsis):
        return _fixed(arguments)
    item_hint = arguments[0]

    def read(node: Node, name: str, offset: int) -> Any:
        if not isinstance(node, SequenceNode):
            raise _misfit(node, name, offset, "並び（- 値）")
        item = reader_for(item_hint)
        return collect([item(child, name, offset) for child in node.value])

    return read


def _fixed(arguments: tuple[Any, ...]) -> Reader[Any]:
    def read(node: Node, name: str, offset: int) -> Any:
        if not isinstance(node, SequenceNode) or len(node.value) != len(arguments):
            raise _misfit(node, name, offset, f"{len(arguments)}個の値の並び")
        pairs = zip(arguments, node.value, strict=True)
        return tuple(reader_for(hint)(child, name, offset) for hint, child in pairs)

    return read


def _mapping(arguments: tuple[Any, ...]) -> Reader[Any]:
    key_hint, value_hint = arguments
    if key_hint is not str:
        raise TypeError("strictyaml reads mappings with str keys only")

    def read(node: Node, name: str, offset: int) -> Any:
        item = reader_for(value_hint)
        return {key: item(value, name, offset) for key, value in _pairs(node, name, offset)}

    return read


def _union(arguments: tuple[Any, ...]) -> Reader[Any]:
    """Try the hints in order; where only one takes this kind of node, its own error is the useful one."""
    optional = type(None) in arguments
    hints = tuple(hint for hint in arguments if hint is not type(None))

    def read(node: Node, name: str, offset: int) -> Any:
        if optional and node.tag == _NULL and isinstance(node, ScalarNode):
            return None
        fitting = [hint for hint in hints if _takes(hint, node)] or list(hints)
        problems: list[MisfitError] = []
        for hint in fitting:
            try:
                return reader_for(hint)(node, name, offset)
            except MisfitError as misfit:
                problems.append(misfit)
        raise max(problems, key=lambda misfit: misfit.place.line)

    return read


def _takes(hint: Any, node: Node) -> bool:
    origin = typing.get_origin(hint)
    if hint in (Any, object):
        return True
    if isinstance(node, MappingNode):
        is_class = dataclasses.is_dataclass(hint) and not hasattr(hint, "parse")
        return origin in (dict, Mapping) or is_class
    if isinstance(node, SequenceNode):
        return origin in (tuple, list, set, frozenset, Sequence)
    return origin is Literal or hint in _SCALARS or hasattr(hint, "parse") or isinstance(hint, enum.EnumMeta)


def _dataclass(hint: type[Any]) -> Reader[Any]:
    hints = typing.get_type_hints(hint)
    fields = {_key(field): field for field in dataclasses.fields(hint) if field.init}
    places = [field.name for field in fields.values() if hints[field.name] is Place]
    known = {key: field for key, field in fields.items() if field.name not in places}
    required = [key for key, field in known.items() if _is_required(field)]

    def read(node: Node, name: str, offset: int) -> Any:
        values: dict[str, Any] = {}
        for key, value in _pairs(node, name, offset):
            field = known.get(key)
            if field is None:
                raise MisfitError(_unknown(key, known), place_of(value, name, offset))
            values[field.name] = reader_for(hints[field.name])(value, name, offset)
        for key in required:
            if known[key].name not in values:
                raise MisfitError(f"必須の項目「{key}」がありません。", place_of(node, name, offset))
        for field_name in places:
            values[field_name] = place_of(node, name, offset)
        try:
            return hint(**values)
        except (Refused, ValueError) as error:
            raise MisfitError(str(error), place_of(node, name, offset)) from None

    return read


def _key(field: dataclasses.Field[Any]) -> str:
    return str(field.metadata.get("key", field.name.rstrip("_")))


def _is_required(field: dataclasses.Field[Any]) -> bool:
    return field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING


def _unknown(key: str, known: Mapping[str, object]) -> str:
    close = get_close_matches(key, known, n=1)
    hint = f"「{close[0]}」の誤りではありませんか。" if close else f"使える項目: {'、'.join(known)}。"
    return f"「{key}」という項目はありません。{hint}"
