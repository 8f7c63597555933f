"""Turn type hints into readers of YAML nodes; the machinery behind ``strictyaml``."""

from __future__ import annotations

import dataclasses
import enum
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from functools import cache
from typing import Any, Literal, Union

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from sakimori.lib.errors import Refused
from sakimori.lib.yamlscalars import (
    NULL,
    SCALARS,
    MisfitError,
    Place,
    Reader,
    misfit,
    pairs_of,
    place_of,
    text_of,
)


def reader_for(hint: Any) -> Reader[Any]:
    """Return the reader of ``hint``; raises TypeError for hints that YAML cannot fill."""
    return _reader_for(hint)


@cache
def _reader_for(hint: Any) -> Reader[Any]:
    if hint in SCALARS:
        return SCALARS[hint]
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


def _class_reader(hint: type) -> Reader[Any]:
    if dataclasses.is_dataclass(hint) and not hasattr(hint, "parse"):
        return _dataclass(hint)
    if issubclass(hint, enum.Enum):
        return _enumeration(hint)
    parse = getattr(hint, "parse", None)
    if parse is not None:
        return _parsed(parse)
    raise TypeError(f"strictyaml cannot read {hint!r}")


def _choice(values: tuple[Any, ...]) -> Reader[Any]:
    by_text = {str(value): value for value in values}

    def read(node: Node, name: str, offset: int) -> Any:
        if isinstance(node, ScalarNode) and node.value in by_text:
            return by_text[node.value]
        raise misfit(node, name, offset, "、".join(by_text) + " のいずれか")

    return read


def _enumeration(hint: type[enum.Enum]) -> Reader[Any]:
    by_text = {str(member.value): member for member in hint}
    read_value = _choice(tuple(by_text))
    return lambda node, name, offset: by_text[read_value(node, name, offset)]


def _parsed(parse: Callable[[str], Any]) -> Reader[Any]:
    def read(node: Node, name: str, offset: int) -> Any:
        try:
            return parse(text_of(node, name, offset))
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
            raise misfit(node, name, offset, "並び（- 値）")
        item = reader_for(item_hint)
        return collect([item(child, name, offset) for child in node.value])

    return read


def _fixed(arguments: tuple[Any, ...]) -> Reader[Any]:
    def read(node: Node, name: str, offset: int) -> Any:
        if not isinstance(node, SequenceNode) or len(node.value) != len(arguments):
            raise misfit(node, name, offset, f"{len(arguments)}個の値の並び")
        pairs = zip(arguments, node.value, strict=True)
        return tuple(reader_for(hint)(child, name, offset) for hint, child in pairs)

    return read


def _mapping(arguments: tuple[Any, ...]) -> Reader[Any]:
    key_hint, value_hint = arguments
    if key_hint is not str:
        raise TypeError("strictyaml reads mappings with str keys only")

    def read(node: Node, name: str, offset: int) -> Any:
        item = reader_for(value_hint)
        return {key: item(value, name, offset) for key, value in pairs_of(node, name, offset)}

    return read


def _union(arguments: tuple[Any, ...]) -> Reader[Any]:
    """Try the hints in order; where only one takes this kind of node, its own error is the useful one."""
    optional = type(None) in arguments
    hints = tuple(hint for hint in arguments if hint is not type(None))

    def read(node: Node, name: str, offset: int) -> Any:
        if optional and node.tag == NULL and isinstance(node, ScalarNode):
            return None
        fitting = [hint for hint in hints if _takes(hint, node)] or list(hints)
        problems: list[MisfitError] = []
        for hint in fitting:
            try:
                return reader_for(hint)(node, name, offset)
            except MisfitError as problem:
                problems.append(problem)
        raise max(problems, key=lambda problem: problem.place.line)

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
    return origin is Literal or hint in SCALARS or hasattr(hint, "parse") or isinstance(hint, enum.EnumMeta)


def _dataclass(hint: type[Any]) -> Reader[Any]:
    hints = typing.get_type_hints(hint)
    fields = {_key(field): field for field in dataclasses.fields(hint) if field.init}
    places = [field.name for field in fields.values() if hints[field.name] is Place]
    known = {key: field for key, field in fields.items() if field.name not in places}
    required = [key for key, field in known.items() if _is_required(field)]

    def read(node: Node, name: str, offset: int) -> Any:
        values: dict[str, Any] = {}
        for key, value in pairs_of(node, name, offset):
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
