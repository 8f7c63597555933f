"""Lines to articles: by 条, by numbers such as 1.2.3, or by headings; paragraphs and items in our notation."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from sakimori.lib.errors import Refused

from .lines import Line, Manuscript, Written

_NUMBER = r"[0-9]+|[一二三四五六七八九十百]+"
_ARTICLE = re.compile(rf"第\s*({_NUMBER})\s*条(?:の({_NUMBER}))?[\s　]*(.*)$", re.DOTALL)
_CHAPTER = re.compile(rf"第\s*(?:{_NUMBER})\s*[章編節][\s　]*(.*)$")
_APPENDIX = re.compile(r"(附\s*則|付\s*則|別表|別紙)[\s　]*(.*)$")
_BRACED = re.compile(r"[(（【]([^()（）【】]{1,60})[)）】][\s　]*(.*)$", re.DOTALL)
_DECIMAL = re.compile(
    r"([0-9]+(?:\.[0-9]+)*)\.?(?:[\s　]+|(?=[^\s0-9.,、年月日時分名回件%％か]))(.+)$", re.DOTALL
)
_MARKS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("paren", re.compile(r"[(（](?:[0-9]{1,2})[)）][\s　]*(.*)$", re.DOTALL)),
    ("circle", re.compile(r"[①-⑳][\s　]*(.*)$", re.DOTALL)),
    ("kanji-paren", re.compile(r"[(（][一二三四五六七八九十]{1,3}[)）][\s　]*(.*)$", re.DOTALL)),
    ("kanji", re.compile(r"[一二三四五六七八九十]{1,3}[\s　、.．]+(.*)$", re.DOTALL)),
    ("kana-paren", re.compile(r"[(（][ア-ン][)）][\s　]*(.*)$", re.DOTALL)),
    ("kana", re.compile(r"[ア-ン][\s　、.．)）]+(.*)$", re.DOTALL)),
    ("letter", re.compile(r"[(（]?[a-z][)）.．][\s　]*(.*)$", re.DOTALL)),
    ("closed", re.compile(r"[0-9]{1,2}[)）][\s　]*(.*)$", re.DOTALL)),
    ("bullet", re.compile(r"[・●○■□◆◇※•–-][\s　]*(.*)$", re.DOTALL)),
)
_PARAGRAPH = re.compile(r"([0-9]{1,2})[\s　.．、]+(.*)$", re.DOTALL)
_DIGITS = {0xFF10 + digit: str(digit) for digit in range(10)} | {ord("．"): "."}
_LONGEST_TITLE = 40
_DEEPEST = 3
Mode = Literal["jo", "decimal", "heading"]


@dataclass
class _Article:
    number: str
    chapter: str
    title: str
    place: str
    lines: list[str] = field(default_factory=list)
    stack: list[str] = field(default_factory=list)  # the kinds of marks now open

    def paragraph(self, text: str) -> None:
        self.stack = []
        self.lines += ["", _plain(text)] if self.lines else [_plain(text)]

    def item(self, kind: str, text: str) -> None:
        if not self.lines:  # an item without a sentence before it is a paragraph
            self.paragraph(text)
            return
        if kind in self.stack:
            del self.stack[self.stack.index(kind) + 1 :]
        else:
            self.stack.append(kind)
        depth = min(len(self.stack), _DEEPEST)
        self.lines.append(f"{'  ' * (depth - 1)}- {_plain(text)}")

    def written(self) -> Written:
        text = "\n".join(self.lines).strip() or self.title
        return Written(self.number, self.chapter, self.title, text, self.place)


def split(lines: Sequence[Line], remarks: Sequence[str] = ()) -> Manuscript:
    """Return the articles found. Raises Refused when there is nothing by which to tell articles apart."""
    mode = _mode(lines)
    splitter = _Splitter(mode, _depth(lines))
    for place, line in enumerate(lines):
        splitter.take(line, lines[place + 1] if place + 1 < len(lines) else None)
    return splitter.manuscript(remarks)


def _mode(lines: Sequence[Line]) -> Mode:
    if sum(1 for line in lines if _ARTICLE.match(_folded(line)) and not _mentions(line)) >= 1:
        return "jo"
    if sum(1 for line in lines if _DECIMAL.match(_folded(line)) and not line.cells) >= 2:
        return "decimal"
    if any(line.heading for line in lines):
        return "heading"
    text = "条（第1条）、番号（1.2）、見出しのどれも見つかりません。条に番号を付けるか、原本のまま登録してください。"
    raise Refused(text, rule="manuscripts.no_articles")


def _depth(lines: Sequence[Line]) -> int:
    """Return at which depth of 1.2.3 the articles stand: the second where there is one."""
    found = [_DECIMAL.match(_folded(line)) for line in lines if not line.cells]
    return 2 if any(match and "." in match[1] for match in found) else 1


def _folded(line: Line) -> str:
    """Return the line with narrow digits; every other sign stays as the company wrote it."""
    return line.whole.translate(_DIGITS).strip()


def _mentions(line: Line) -> bool:
    """Tell a sentence that begins with 第3条に… from the head of an article."""
    found = _ARTICLE.match(_folded(line))
    return found is not None and bool(re.match(r"[にのをがはでと、,及第各]", found[3]))


class _Splitter:
    """Where the reading of one file stands."""

    def __init__(self, mode: Mode, depth: int) -> None:
        self.mode, self.depth = mode, depth
        self.title = self.chapter = self.waiting = ""
        self.articles: list[_Article] = []
        self.left_over: list[Line] = []
        self.remarks: list[str] = []

    def take(self, line: Line, following: Line | None) -> None:
        if line.cells:
            self._table(line)
        elif self._chapter(line) or self._announced(line, following):
            return
        elif not self._head(line):
            self._body(line)

    def _chapter(self, line: Line) -> bool:
        found = _CHAPTER.match(_folded(line))
        if found is None:
            return False
        self.chapter = found[1].strip()
        return True

    def _announced(self, line: Line, following: Line | None) -> bool:
        """Keep 「（目的）」 on a line of its own for the 条 that follows it."""
        found = _BRACED.match(_folded(line))
        if self.mode != "jo" or found is None or found[2] or following is None:
            return False
        if not _ARTICLE.match(_folded(following)):
            return False
        self.waiting = found[1].strip()
        return True

    def _head(self, line: Line) -> bool:
        text = _folded(line)
        if (appendix := _APPENDIX.match(text)) and len(text) <= _LONGEST_TITLE:
            self._open("", f"{appendix[1]} {appendix[2]}".strip(), line)
            return True
        return {"jo": self._jo, "decimal": self._decimal, "heading": self._heading}[self.mode](line, text)

    def _jo(self, line: Line, text: str) -> bool:
        found = _ARTICLE.match(text)
        if found is None or _mentions(line):
            return False
        number = f"第{found[1]}条" + (f"の{found[2]}" if found[2] else "")
        title, rest = self.waiting, found[3].strip()
        self.waiting = ""
        if not title and (braced := _BRACED.match(rest)):
            title, rest = braced[1].strip(), braced[2].strip()
        if not title and rest and len(rest) <= _LONGEST_TITLE and not rest.endswith("。"):
            title, rest = rest, ""
        self._open(number, title or number, line)
        if rest:
            self._paragraph_or_first(rest)
        return True

    def _paragraph_or_first(self, text: str) -> None:
        found = _PARAGRAPH.match(text)
        self.articles[-1].paragraph(found[2] if found and found[1] == "1" else text)

    def _decimal(self, line: Line, text: str) -> bool:
        found = _DECIMAL.match(text)
        if found is None:
            return False
        depth, rest = found[1].count(".") + 1, found[2].strip()
        short = len(rest) <= _LONGEST_TITLE and not rest.endswith("。")
        if depth < self.depth:
            self.chapter = rest
        elif depth == self.depth:
            self._open(found[1], rest if short else found[1], line)
            if not short:
                self.articles[-1].paragraph(rest)
        elif not self.articles:
            return False
        elif depth == self.depth + 1:
            self.articles[-1].paragraph(rest)
        else:
            self.articles[-1].item(f"decimal{depth}", rest)
        return True

    def _heading(self, line: Line, text: str) -> bool:
        if not line.heading:
            return False
        if line.heading == 1 and not self.title and not self.articles:
            self.title = text
        else:
            self._open("", text[:120], line)
        return True

    def _open(self, number: str, title: str, line: Line) -> None:
        known = self.articles[-1].chapter if self.articles else ""
        last = next((a.chapter for a in reversed(self.articles) if a.chapter), known)
        chapter = self.chapter if self.chapter != last else ""
        self.articles.append(_Article(number, chapter, title[:120], line.place))

    def _table(self, line: Line) -> None:
        if not self.articles:
            self.left_over.append(line)
            return
        article = self.articles[-1]
        if not article.lines:
            article.paragraph("次の表のとおりとする。")
        article.item("row", line.text)
        remark = f"{line.place}: 表を「{article.title}」の号に直しました。確かめてください。"
        if remark not in self.remarks:
            self.remarks.append(remark)

    def _body(self, line: Line) -> None:
        text = _folded(line)
        if not self.articles:
            if not self.title:
                self.title = text[:120]
            else:
                self.left_over.append(line)
            return
        article = self.articles[-1]
        for kind, pattern in _MARKS:
            if found := pattern.match(text):
                article.item(kind, found[1])
                return
        found = _PARAGRAPH.match(text)
        article.paragraph(found[2] if found and self.mode == "jo" else text)

    def manuscript(self, remarks: Sequence[str]) -> Manuscript:
        articles = tuple(article.written() for article in self.articles)
        return Manuscript(self.title, articles, tuple(self.left_over), (*remarks, *self.remarks))


def _plain(text: str) -> str:
    """Return the words, without what our notation would read as a name."""
    words = re.sub(r"\s*\n\s*", "", text).strip()
    return words.replace("{{", "｛｛").replace("}}", "｝｝").replace("[[", "［［").replace("]]", "］］")
