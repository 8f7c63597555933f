"""Word's automatic numbers: what its lists print, counted as Word counts."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from docx.oxml.ns import qn

_KANJI = "〇一二三四五六七八九"
_AIUEO = "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲン"
_IROHA = "イロハニホヘトチリヌルヲワカヨタレソツネナラムウヰノオクヤマケフコエテアサキユメミシヱヒモセス"
_ROMAN = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
_PLACE = re.compile(r"%([1-9])")


def kanji(number: int) -> str:
    """Return 一, 十, 二十三; up to 九十九."""
    tens, ones = divmod(number, 10)
    if number > 99:
        return str(number)
    head = "" if tens == 0 else "十" if tens == 1 else f"{_KANJI[tens]}十"
    return head + (_KANJI[ones] if ones else "") or _KANJI[0]


def _roman(number: int) -> str:
    found = ""
    for value, sign in _ROMAN:
        while number >= value:
            found, number = found + sign, number - value
    return found


def _letter(number: int) -> str:
    return chr(ord("a") + (number - 1) % 26)


_FORMATS: dict[str, Callable[[int], str]] = {
    "decimal": str,
    "decimalFullWidth": str,
    "decimalZero": lambda n: f"{n:02}",
    "japaneseCounting": kanji,
    "japaneseDigitalTenThousand": kanji,
    "ideographDigital": kanji,
    "chineseCounting": kanji,
    "aiueo": lambda n: _AIUEO[(n - 1) % len(_AIUEO)],
    "aiueoFullWidth": lambda n: _AIUEO[(n - 1) % len(_AIUEO)],
    "iroha": lambda n: _IROHA[(n - 1) % len(_IROHA)],
    "irohaFullWidth": lambda n: _IROHA[(n - 1) % len(_IROHA)],
    "decimalEnclosedCircle": lambda n: chr(0x245F + n) if n <= 20 else f"({n})",
    "decimalEnclosedParen": lambda n: f"({n})",
    "lowerLetter": _letter,
    "upperLetter": lambda n: _letter(n).upper(),
    "lowerRoman": _roman,
    "upperRoman": lambda n: _roman(n).upper(),
    "bullet": lambda _n: "・",
    "none": lambda _n: "",
}


class Numbering:
    """The lists of one file, with their counters."""

    def __init__(self, part: Any) -> None:
        self.levels: dict[str, dict[int, Any]] = {}  # of an abstract list
        self.lists: dict[str, tuple[str, dict[int, int]]] = {}  # list → abstract list, restarts
        self.counters: dict[str, dict[int, int]] = {}
        self.begun: set[str] = set()
        if part is not None:
            self._read(part.element)

    def _read(self, root: Any) -> None:
        for abstract in root.iterchildren(qn("w:abstractNum")):
            levels = {int(level.get(qn("w:ilvl"))): level for level in abstract.iterchildren(qn("w:lvl"))}
            self.levels[abstract.get(qn("w:abstractNumId"))] = levels
        for one in root.iterchildren(qn("w:num")):
            restarts = {
                int(override.get(qn("w:ilvl"))): int(start.get(qn("w:val")))
                for override in one.iterchildren(qn("w:lvlOverride"))
                for start in override.iterchildren(qn("w:startOverride"))
            }
            abstract_id = _value(one, "w:abstractNumId")
            self.lists[one.get(qn("w:numId"))] = (abstract_id, restarts)

    def mark(self, list_id: str, depth: int) -> str:
        """Count one paragraph of a list and return what Word prints before it."""
        abstract_id, restarts = self.lists.get(list_id, ("", {}))
        level = self.levels.get(abstract_id, {}).get(depth)
        if level is None:
            return ""
        counters = self.counters.setdefault(abstract_id, {})
        if list_id not in self.begun:
            self.begun.add(list_id)
            for place, start in restarts.items():
                counters[place] = start - 1
        counters[depth] = counters.get(depth, self._start(abstract_id, depth) - 1) + 1
        for deeper in [place for place in counters if place > depth]:
            del counters[deeper]
        return self._printed(abstract_id, level, counters)

    def _printed(self, abstract_id: str, level: Any, counters: dict[int, int]) -> str:
        text = _value(level, "w:lvlText")
        if _value(level, "w:numFmt") == "bullet":
            return "・"
        legal = level.find(qn("w:isLgl")) is not None

        def number(found: re.Match[str]) -> str:
            place = int(found[1]) - 1
            of = self.levels[abstract_id].get(place)
            style = "decimal" if legal or of is None else _value(of, "w:numFmt") or "decimal"
            count = counters.get(place, self._start(abstract_id, place))
            return _FORMATS.get(style, str)(count)

        return _PLACE.sub(number, text)

    def _start(self, abstract_id: str, depth: int) -> int:
        level = self.levels[abstract_id].get(depth)
        return int(_value(level, "w:start") or 1) if level is not None else 1


def _value(element: Any, name: str) -> str:
    child = element.find(qn(name))
    return str(child.get(qn("w:val")) or "") if child is not None else ""
