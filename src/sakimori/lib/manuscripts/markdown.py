"""Markdown to lines: headings, paragraphs, lists with their marks, tables by rows."""

from __future__ import annotations

import re
from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token

from sakimori.lib.errors import Refused

from .lines import Line

# A line broken in the middle of a sentence: what follows begins neither with a mark nor after a full stop.
_CONTINUED = re.compile(r"(?<![。）)])\n(?![(（①-⑳0-9０-９第・一二三四五六七八九十]|[ア-ンa-z][\s　.)）])")


def read_markdown(data: bytes) -> tuple[list[Line], list[str]]:
    """Return the lines of a Markdown file. Raises Refused for another encoding than UTF-8."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused(
            "UTF-8 の文書ではありません。UTF-8 で保存してください。", rule="manuscripts.encoding"
        ) from None
    tokens = MarkdownIt("commonmark", {"html": False}).enable("table").parse(text)
    return list(_lines(tokens)), []


def _lines(tokens: list[Token]) -> Iterator[Line]:  # noqa: C901, PLR0912 - one case per kind of token
    heading, marks, row = 0, list[list[int | str]](), list[str]()
    first_of_item = in_cell = False
    for token in tokens:
        place = f"{token.map[0] + 1}行目" if token.map else ""
        match token.type:
            case "heading_open":
                heading = int(token.tag[1])
            case "heading_close":
                heading = 0
            case "ordered_list_open":
                marks.append([int(token.attrGet("start") or 1)])
            case "bullet_list_open":
                marks.append(["・"])
            case "ordered_list_close" | "bullet_list_close":
                marks.pop()
            case "list_item_open":
                first_of_item = True
            case "th_open" | "td_open" | "th_close" | "td_close":
                in_cell = token.type.endswith("open")
            case "tr_open":
                row = []
            case "tr_close":
                yield Line("｜".join(row), "表", cells=tuple(row))
            case "inline" if in_cell:
                row.append(_plain(token))
            case "inline":
                yield from _inline(token, place, heading, marks, first_of_item)
                first_of_item = False
            case "fence" | "code_block":
                yield from (Line(line, place) for line in token.content.splitlines() if line.strip())


def _inline(
    token: Token, place: str, heading: int, marks: list[list[int | str]], first: bool
) -> Iterator[Line]:
    mark = ""
    if marks and first:
        count = marks[-1][0]
        mark = count if isinstance(count, str) else (f"({count})" if len(marks) == 1 else f"{count})")
        if isinstance(count, int):
            marks[-1][0] = count + 1
    for piece in _plain(token).split("\n"):
        if piece.strip():
            yield Line(piece.strip(), place, str(mark), heading)
            mark = ""


def _plain(token: Token) -> str:
    """Return the words without emphasis and links."""
    found = []
    for child in token.children or []:
        found.append("\n" if child.type in ("softbreak", "hardbreak") else child.content)
    return _CONTINUED.sub("", "".join(found))
