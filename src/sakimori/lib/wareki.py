"""Read and write dates in the forms of Japanese ledgers: western years, eras, Excel serials."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from decimal import Decimal

from sakimori.lib.errors import Refused
from sakimori.lib.japanese import nfkc

# Name, letter, first day; the last day is the eve of the next era.
_ERAS: tuple[tuple[str, str, date], ...] = (
    ("令和", "R", date(2019, 5, 1)),
    ("平成", "H", date(1989, 1, 8)),
    ("昭和", "S", date(1926, 12, 25)),
    ("大正", "T", date(1912, 7, 30)),
    ("明治", "M", date(1868, 1, 25)),
)
_BY_NAME = {key: era for era in _ERAS for key in era[:2]}

_EXCEL_EPOCH = date(1899, 12, 30)
# Below this (1927) a bare number in a date column is a count or a year, not a date.
_FIRST_SERIAL = 10_000
_LAST_SERIAL = 2_958_465

_ERA = r"(?P<era>明治|大正|昭和|平成|令和|[MTSHR])\.?(?P<year>元|\d{1,2})"
_MONTH_DAY = r"(?P<month>\d{1,2})[月/.-](?P<day>\d{1,2})日?"
_TAIL = r"(?:\([月火水木金土日](?:曜日?)?\))?(?:T?\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
_WAREKI = re.compile(rf"{_ERA}[年/.-]{_MONTH_DAY}{_TAIL}", re.IGNORECASE)
_WESTERN = re.compile(rf"(?P<year>\d{{4}})[年/.-]{_MONTH_DAY}{_TAIL}", re.IGNORECASE)
_COMPACT = re.compile(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})")
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
_ERA_YEAR = re.compile(rf"{_ERA}年?度?", re.IGNORECASE)
_WESTERN_YEAR = re.compile(r"(?:FY)?(?P<year>\d{4})年?度?", re.IGNORECASE)

_FORMS = "2026/4/10、2026年4月10日、令和8年4月10日"


def format_wareki(day: date) -> str:
    """Write ``day`` as 令和8年4月10日; the first year of an era is 元年."""
    name, _, year = _era_of(day)
    return f"{name}{'元' if year == 1 else year}年{day.month}月{day.day}日"


def format_wareki_short(day: date) -> str:
    """Write ``day`` as R8.4.10."""
    _, letter, year = _era_of(day)
    return f"{letter}{year}.{day.month}.{day.day}"


def parse_date(value: object) -> date:
    """Read a date as ledgers write it, or refuse with a sentence that says what to write.

    Understood: date and datetime cells, Excel serials (1900 system), 2024/1/1, 2024-01-01,
    2024.1.1, 2024年1月1日, 20240101, 令和6年1月1日, R6.1.1, 元年, full-width digits, a weekday
    in brackets, a time of day (dropped).
    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        return _from_number(value)
    if not isinstance(value, str):
        raise _refused(f"「{value}」は日付ではありません。{_FORMS} のように記入してください。")
    text = re.sub(r"\s+", "", nfkc(value)).replace("−", "-").replace("‐", "-")
    for pattern, read in _READERS:
        match = pattern.fullmatch(text)
        if match:
            return read(match, value.strip())
    raise _refused(_not_understood(value.strip(), text))


def parse_year(text: str) -> int:
    """Read the western year from 2026年, 2026年度, FY2026, 平成31年, 令和元年度 or R8."""
    compact = re.sub(r"\s+", "", nfkc(text))
    western = _WESTERN_YEAR.fullmatch(compact)
    if western:
        return int(western["year"])
    match = _ERA_YEAR.fullmatch(compact)
    if match is None:
        raise _refused(f"「{text}」は年ではありません。2026年、令和8年 のように記入してください。")
    return _western_year(match)


def _era_of(day: date) -> tuple[str, str, int]:
    for name, letter, first in _ERAS:
        if day >= first:
            return name, letter, day.year - first.year + 1
    raise _refused(f"{day:%Y/%m/%d} は明治より前の日付のため和暦で表せません。")


def _western_year(match: re.Match[str]) -> int:
    year = 1 if match["year"] == "元" else int(match["year"])
    era = _BY_NAME[match["era"].upper()]
    if year == 0:
        raise _refused(f"「{match[0]}」は存在しない年です。元年から数えて記入してください。")
    return era[2].year + year - 1


def _build(year: int, match: re.Match[str], shown: str) -> date:
    try:
        return date(year, int(match["month"]), int(match["day"]))
    except ValueError:
        raise _refused(f"「{shown}」は存在しない日付です。年月日を確かめてください。") from None


def _from_western(match: re.Match[str], shown: str) -> date:
    return _build(int(match["year"]), match, shown)


def _from_wareki(match: re.Match[str], shown: str) -> date:
    day = _build(_western_year(match), match, shown)
    name = _BY_NAME[match["era"].upper()][0]
    if day < _ERAS[-1][2] or _era_of(day)[0] != name:
        hint = f"{format_wareki(day)}（{day:%Y/%m/%d}）" if day >= _ERAS[-1][2] else f"{day:%Y/%m/%d}"
        raise _refused(f"「{shown}」は{name}にない日付です。{hint} ではありませんか。")
    return day


def _from_serial_text(match: re.Match[str], shown: str) -> date:
    return _from_number(float(match[0]))


def _from_number(value: float | Decimal) -> date:
    """Read an Excel serial or a number typed as YYYYMMDD."""
    if value != value or abs(value) == float("inf"):
        raise _refused(f"「{value}」は日付ではありません。{_FORMS} のように記入してください。")
    whole = int(value)
    compact = _COMPACT.fullmatch(str(whole))
    if compact and value == whole:
        return _from_western(compact, str(whole))
    if not _FIRST_SERIAL <= whole <= _LAST_SERIAL:
        raise _refused(f"「{value}」は日付ではなく数値です。{_FORMS} のように記入してください。")
    return _EXCEL_EPOCH + timedelta(days=whole)


def _not_understood(shown: str, text: str) -> str:
    short = shown if len(shown) <= 40 else f"{shown[:39]}…"
    write = f"{_FORMS} のように"
    if re.fullmatch(r"\d{2}[年/.-]\d{1,2}[月/.-]\d{1,2}日?", text):
        return f"「{short}」は年が2桁のため読み取れません。西暦4桁か和暦で {write}記入してください。"
    if re.fullmatch(r"\d{1,2}[/.-]\d{1,2}[/.-]\d{4}", text):
        return f"「{short}」は月と日の順が分かりません。年・月・日の順に {write}記入してください。"
    if re.fullmatch(rf"(?:\d{{4}}|{_ERA})[年/.-](?:\d{{1,2}}月?)?", text, re.IGNORECASE):
        return f"「{short}」は日まで書かれていません。{write}年月日を記入してください。"
    return f"「{short}」は日付として読み取れません。{write}記入してください。"


def _refused(sentence: str) -> Refused:
    return Refused(sentence, rule="dates.unreadable")


_READERS = (
    (_WESTERN, _from_western),
    (_WAREKI, _from_wareki),
    (_COMPACT, _from_western),
    (_SERIAL, _from_serial_text),
)
