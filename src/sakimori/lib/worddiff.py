"""Tell two Japanese texts apart word by word: a word is a run of one script, a name in braces, or a sign."""

from __future__ import annotations

import re
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal, TypeVar

_WORD = re.compile(
    r"\{\{[^{}]*\}\}|\[\[[^\[\]]*\]\]|[一-龠々〆ヶ]+|[ァ-ヺー]+|[ぁ-ゖ]+|[A-Za-z]+|[0-9０-９]+(?:[.．][0-9０-９]+)*|\n|.",
)
T = TypeVar("T", bound=Hashable)


@dataclass(frozen=True)
class Piece:
    """A stretch of text that stayed, was taken out, or was put in."""

    kind: Literal["same", "removed", "added"]
    text: str


def words(text: str) -> list[str]:
    """Return the words of a text; joined they are the text again."""
    return _WORD.findall(text)


def compare(before: str, after: str) -> list[Piece]:
    """Return the pieces by which ``before`` becomes ``after``; at each place what goes stands before what comes."""
    old, new = words(before), words(after)
    found: list[Piece] = []
    for kind, i, j, m, n in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            found.append(Piece("same", "".join(old[i:j])))
            continue
        if j > i:
            found.append(Piece("removed", "".join(old[i:j])))
        if n > m:
            found.append(Piece("added", "".join(new[m:n])))
    return found


def moved(before: Sequence[T], after: Sequence[T]) -> set[T]:
    """Return the fewest members of both orders that must be moved to get from one to the other."""
    place = {key: index for index, key in enumerate(before)}
    common = [key for key in after if key in place]
    return set(common) - set(_longest_rising(common, [place[key] for key in common]))


def _longest_rising(keys: Sequence[T], places: Sequence[int]) -> list[T]:
    best: list[list[int]] = []  # for each key, the longest rising row of indices that ends with it
    for index, place in enumerate(places):
        fitting = [row for row, at in zip(best, places, strict=False) if at < place]
        best.append([*max(fitting, key=len, default=[]), index])
    return [keys[index] for index in max(best, key=len, default=[])]
