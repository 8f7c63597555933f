"""Read YAML into frozen dataclasses by their type hints; whatever does not fit is an error with its place.

A key is the field's name; a trailing underscore is dropped (``from_`` reads ``from``), and
``field(metadata={"key": "…"})`` names any other. A field of type ``Place`` is filled with the
file and line of its mapping. A class with a classmethod ``parse(text)`` reads from a text.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TypeVar

import yaml
from yaml.nodes import MappingNode, Node, SequenceNode

from sakimori.lib.errors import Refused
from sakimori.lib.yamlscalars import MisfitError, Place, Reader
from sakimori.lib.yamlshapes import reader_for

__all__ = ["ContentError", "Place", "load", "load_front_matter", "loads"]

T = TypeVar("T")

_FRONT_MATTER = re.compile(r"\A---[ \t]*\r?\n(.*?)^---[ \t]*\r?\n?", re.DOTALL | re.MULTILINE)


_MAX_DEPTH = 100


class _NestingError(Exception):
    """Nesting beyond ``_MAX_DEPTH``."""


class _Loader(yaml.CSafeLoader):
    """Count the nesting while composing: the C composer recurses, and deep nesting ends the process."""

    depth = 0

    def descend_resolver(self, current_node: Node | None, current_index: object) -> None:
        """Enter a node."""
        self.depth += 1
        if self.depth > _MAX_DEPTH:
            raise _NestingError

    def ascend_resolver(self) -> None:
        """Leave a node."""
        self.depth -= 1


class ContentError(Refused):
    """A content file that cannot be read as declared; ``place`` is its file and line."""

    def __init__(self, message: str, place: Place) -> None:
        super().__init__(f"{place}: {message}", rule="content.form")
        self.place = place
        self.sentence = message


def load(path: Path, shape: type[T], *, name: str | None = None) -> T:
    """Read ``path`` as ``shape``: a dataclass, ``tuple[Dataclass, …]``, ``dict[str, Dataclass]`` …

    ``name`` is what errors call the file, its path otherwise.
    """
    source = name or str(path)
    return loads(_read(path, source), shape, name=source)


def loads(text: str, shape: type[T], *, name: str = "YAML", first_line: int = 1) -> T:
    """Read YAML text as ``shape``; ``first_line`` is the line of the file on which it begins."""
    root = _compose(text, name, first_line)
    reader: Reader[T] = reader_for(shape)
    try:
        return reader(root, name, first_line - 1)
    except MisfitError as misfit:
        raise ContentError(misfit.sentence, misfit.place) from None


def load_front_matter(path: Path, shape: type[T], *, name: str | None = None) -> tuple[T, str]:
    """Read a Markdown file that begins with YAML between ``---`` lines; return the data and the body."""
    source = name or str(path)
    text = _read(path, source)
    match = _FRONT_MATTER.match(text)
    if match is None:
        raise ContentError("先頭に --- で囲んだ見出し項目がありません。", Place(source, 1))
    return loads(match[1], shape, name=source, first_line=2), text[match.end() :]


def _read(path: Path, source: str) -> str:
    top = Place(source, 1)
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise ContentError("UTF-8 の文書ではありません。UTF-8 で保存してください。", top) from None
    except OSError as error:
        raise ContentError(f"読み込めません（{error.strerror}）。", top) from None


def _compose(text: str, name: str, first_line: int) -> Node:
    """Parse to nodes, which still know their lines; refuse what is no YAML, several documents, aliases."""
    try:
        root = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + first_line if mark else first_line
        raise ContentError(f"YAML として読めません（{error.problem}）。", Place(name, line)) from None
    except yaml.YAMLError as error:
        raise ContentError(f"YAML として読めません（{error}）。", Place(name, first_line)) from None
    except _NestingError:
        raise ContentError("入れ子が深すぎて読めません。", Place(name, first_line)) from None
    if root is None:
        raise ContentError("中身がありません。", Place(name, first_line))
    if "&" in text:
        _refuse_aliases(root, name, first_line)
    return root


def _refuse_aliases(root: Node, name: str, first_line: int) -> None:
    """Refuse a node met twice: a few aliases of aliases unfold into more than a machine can hold."""
    seen: set[int] = set()
    waiting: list[Node] = [root]
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            place = Place(name, node.start_mark.line + first_line)
            raise ContentError("アンカーの参照（*名前）は使えません。内容を書き写してください。", place)
        seen.add(id(node))
        if isinstance(node, SequenceNode):
            waiting.extend(node.value)
        elif isinstance(node, MappingNode):
            waiting.extend(child for pair in node.value for child in pair)
