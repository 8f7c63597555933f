"""What a paper consists of. One description, so that the PDF and the Word file cannot say different things."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from django.utils.translation import gettext as _

from sakimori.lib import clock

BLANK = "—"


@dataclass(frozen=True)
class Signature:
    """One box of the approval block: 作成, 評価 or 承認, by whom and when; blank while nobody signed."""

    role: str
    name: str = ""
    on: date | None = None
    acting: bool = False  # signed by a deputy


@dataclass(frozen=True, kw_only=True)
class House:
    """What every paper of the company carries."""

    company: str
    number: str
    title: str
    version: str = ""
    issued_on: date | None = None
    classification: str = ""
    department: str = ""
    form: str = ""  # 様式番号
    signatures: tuple[Signature, ...] = ()
    ledger_head: str = ""  # see ledger.latest_head
    draft: bool = False  # marked across each page until approved
    obsolete: bool = False  # marked across each page of an edition that was withdrawn
    copy: str = ""  # 配付番号 of a numbered copy


@dataclass(frozen=True)
class Heading:
    """A heading, level 1 to 3."""

    text: str
    level: int = 1


@dataclass(frozen=True)
class Text:
    """A paragraph; line breaks stay."""

    text: str


@dataclass(frozen=True)
class Clause:
    """A paragraph or an item of an article: its mark hangs before it, each depth stands further in."""

    mark: str
    text: str
    depth: int = 0


@dataclass(frozen=True)
class Note:
    """A remark in small type."""

    text: str


@dataclass(frozen=True)
class Facts:
    """Labels with their values, in one or two columns."""

    rows: tuple[tuple[str, object], ...]
    columns: Literal[1, 2] = 1


@dataclass(frozen=True)
class Column:
    """A table column; ``width`` is its share of the page."""

    title: str
    width: float = 1
    align: Literal["left", "center", "right"] = "left"


@dataclass(frozen=True)
class Table:
    """A table whose headings repeat on each page."""

    columns: tuple[Column, ...]
    rows: Sequence[Sequence[object]]
    bold_rows: frozenset[int] = frozenset()  # section lines inside the table
    empty: str = ""  # said in place of the rows when there are none


@dataclass(frozen=True)
class Label:
    """One label to cut out: the class in large type, and what bears it."""

    mark: str
    name: str
    number: str
    note: str = ""


@dataclass(frozen=True)
class Labels:
    """Labels in two columns, with lines to cut along."""

    labels: tuple[Label, ...]


@dataclass(frozen=True)
class NewPage:
    """What follows begins on a new page."""


Block = Heading | Text | Clause | Note | Facts | Table | Labels | NewPage


@dataclass(frozen=True, kw_only=True)
class Paper:
    """One document: the house form and what it says."""

    house: House
    blocks: tuple[Block, ...]
    landscape: bool = False
    size: Literal["a4", "a3"] = "a4"
    cover: bool = False
    revisions: tuple[tuple[str, date | None, str], ...] = field(default=())  # 版, 日付, 内容


def said(value: object) -> str:
    """Return a value as a paper says it: 令和 dates are the reader's to choose, blanks are shown as blanks."""
    if value is None or value == "":
        return BLANK
    if isinstance(value, bool):
        return _("はい") if value else _("いいえ")
    if isinstance(value, datetime):
        return f"{value.astimezone(clock.JAPAN):%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return f"{value:%Y年}{value.month}月{value.day}日"
    if isinstance(value, int | Decimal):
        return f"{value:,}"
    if isinstance(value, list | tuple | set | frozenset):
        return "、".join(said(item) for item in value) or BLANK
    return str(value)


def said_rows(rows: Iterable[Sequence[object]]) -> list[list[str]]:
    """Return the rows of a table as they are printed."""
    return [[said(cell) for cell in row] for row in rows]
