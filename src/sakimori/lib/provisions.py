"""The text of an article: paragraphs (項), items (号) and their parts, with parameters and references in them.

Blank lines part paragraphs; ``- `` begins an item, two more blanks before it a part of the item above.
``{{name}}`` stands for a parameter's value, ``[[regulation/article]]`` for another article. Numbers are never written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from sakimori.lib.errors import Refused

DEPTH = 3
_ITEM = re.compile(r"^( *)- +(.*)$")
_TOKEN = re.compile(r"\{\{\s*([A-Za-z0-9_.-]+)\s*\}\}|\[\[\s*([A-Za-z0-9_./-]+)\s*\]\]")
_LEFT_OVER = re.compile(r"\{\{|\}\}|\[\[|\]\]")
_KATAKANA = "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワ"


@dataclass(frozen=True)
class Item:
    """One item (号), or a part of one."""

    text: str
    items: tuple[Item, ...] = ()


@dataclass(frozen=True)
class Paragraph:
    """One paragraph (項) with its items."""

    text: str
    items: tuple[Item, ...] = ()


@dataclass(frozen=True)
class Run:
    """A stretch of text: plain words, the name of a parameter, or the address of an article."""

    kind: Literal["text", "parameter", "article"]
    text: str


@dataclass
class _Open:
    text: str
    indent: int
    items: list[_Open]

    def item(self) -> Item:
        return Item(self.text, tuple(child.item() for child in self.items))


def read(text: str) -> tuple[Paragraph, ...]:
    """Return the paragraphs of an article. Raises Refused, naming the line, for what cannot be read."""
    paragraphs: list[_Open] = []
    stack: list[_Open] = []  # the paragraph, then the items open below it
    after_blank = True
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
        if not line.strip():
            after_blank = True
            continue
        found = _ITEM.match(line.expandtabs(2))
        if found:
            stack = _add_item(stack, len(found[1]), found[2].strip(), number)
        elif after_blank or not stack:
            stack = [_Open(line.strip(), -1, [])]
            paragraphs.append(stack[0])
        else:
            stack[-1].text += line.strip()
        after_blank = False
    _refuse_left_overs(text)
    return tuple(Paragraph(p.text, p.item().items) for p in paragraphs)


def _add_item(stack: list[_Open], indent: int, text: str, number: int) -> list[_Open]:
    if not stack:
        raise Refused(f"{number}行目: 号（- ）の前に、項の文を書いてください。", rule="provisions.item")
    while stack[-1].indent >= indent:
        stack = stack[:-1]
    if len(stack) > DEPTH:
        raise Refused(f"{number}行目: 号の細分は{DEPTH}段までにしてください。", rule="provisions.depth")
    item = _Open(text, indent, [])
    stack[-1].items.append(item)
    return [*stack, item]


def _refuse_left_overs(text: str) -> None:
    for number, line in enumerate(text.split("\n"), 1):
        if _LEFT_OVER.search(_TOKEN.sub("", line)):
            raise Refused(
                f"{number}行目: {{{{パラメータ}}}} か [[規程/条]] の括弧が閉じていません。",
                rule="provisions.token",
            )


def runs(text: str) -> Iterator[Run]:
    """Yield the stretches of a sentence in order."""
    end = 0
    for found in _TOKEN.finditer(text):
        if found.start() > end:
            yield Run("text", text[end : found.start()])
        yield Run("parameter", found[1]) if found[1] else Run("article", found[2])
        end = found.end()
    if end < len(text):
        yield Run("text", text[end:])


def parameters(text: str) -> list[str]:
    """Return the names of the parameters in a text, each once, in order."""
    return list(dict.fromkeys(found[1] for found in _TOKEN.finditer(text) if found[1]))


def references(text: str) -> list[str]:
    """Return the addresses of the articles in a text, each once, in order."""
    return list(dict.fromkeys(found[2] for found in _TOKEN.finditer(text) if found[2]))


def words(text: str) -> str:
    """Return a text without the names in it: what a reader would search."""
    return _TOKEN.sub("", text)


def mark(depth: int, number: int) -> str:
    """Return the mark of an item: (1) at the first depth, ア below it, (ア) below that."""
    if depth == 1:
        return f"({number})"
    kana = _KATAKANA[(number - 1) % len(_KATAKANA)]
    return kana if depth == 2 else f"({kana})"
