"""What passes between the readers and the splitter."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """One paragraph of a file: its automatic mark, its words, where it stands, and what it is."""

    text: str
    place: str  # 12段落目
    mark: str = ""
    heading: int = 0  # level of a heading style; 0 for running text
    cells: tuple[str, ...] = ()  # a row of a table

    @property
    def whole(self) -> str:
        """Return mark and words as they are printed."""
        return f"{self.mark}　{self.text}" if self.mark else self.text


@dataclass(frozen=True)
class Written:
    """One article as it was found: the number and place in the file, and its text in our notation."""

    number: str
    chapter: str
    title: str
    text: str
    place: str


@dataclass(frozen=True)
class Manuscript:
    """What was found: the title, the articles, what lies in no article, and what a person should look at."""

    title: str
    articles: tuple[Written, ...]
    left_over: tuple[Line, ...] = ()
    remarks: tuple[str, ...] = ()
