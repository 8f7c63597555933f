"""Parameters of the articles: the numbers a regulation states, ``content/regulations/<regulation>/parameters.yaml``.

A parameter has a type, a default and values per preset; ``typed`` is the one place where a value from a
file, from the database or from a form becomes a value of that type.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from django.utils.translation import gettext as _

from sakimori.lib.dates import Cadence
from sakimori.lib.errors import Refused
from sakimori.lib.japanese import nfkc, parse_decimal, parse_int
from sakimori.lib.strictyaml import Place

from .shelf import Shelf

_MONTH_DAY = re.compile(r"(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")


@dataclass(frozen=True, kw_only=True)
class Option:
    """One value of a choice."""

    id: str
    label: str


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of a table; the first one names the row."""

    id: str
    title: str
    type: Literal["int", "decimal", "text", "month-day"] = "text"
    required: bool = True


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """One number, choice or table of an article, and where the software obeys it."""

    id: str
    title: str
    article: str
    type: Literal["int", "decimal", "bool", "text", "choice", "numbers", "duration", "table"]
    default: Any
    unit: str = ""
    help: str = ""
    enforced: str  # where the software obeys it
    approved_by: Literal["president", "committee"] = "committee"
    optional: bool = False  # None is a value: the article states none
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    choices: tuple[Option, ...] = ()
    columns: tuple[Column, ...] = ()
    presets: dict[str, Any] = field(default_factory=dict)
    requirements: tuple[str, ...] = ()
    place: Place = field(default=Place("content/regulations/none/parameters.yaml", 1), compare=False)

    @property
    def regulation(self) -> str:
        """Return the folder name of the regulation in which the article stands."""
        return self.place.file.split("/")[-2]

    def preset(self, name: str) -> Any:
        """Return the typed value under the preset ``name``; the default where the source says nothing."""
        return typed(self, self.presets.get(name, self.default))


@dataclass(frozen=True, kw_only=True)
class Preset:
    """A set of values by one source document."""

    id: str
    title: str
    description: str
    place: Place = field(default=Place("content", 1), compare=False)


def typed(parameter: Parameter, raw: Any) -> Any:
    """Return ``raw`` as a value of the parameter: int, Decimal, bool, str, tuple, Cadence, tuple of dicts.

    ``raw`` may come from YAML, from JSON or from a form. Raises Refused with a Japanese sentence.
    """
    if raw is None or raw == "":
        if parameter.optional:
            return None
        raise Refused(_("「%s」の値を入力してください。") % parameter.title, rule="policy.value")
    return _READERS[parameter.type](parameter, raw)


def plain(value: Any) -> Any:
    """Return a typed value as JSON can hold it; ``typed`` reads it back."""
    match value:
        case tuple() | list():
            return [plain(item) for item in value]
        case dict():
            return {key: plain(item) for key, item in value.items()}
        case Decimal() | Cadence():
            return str(value)
    return value


def _refuse(parameter: Parameter, sentence: str) -> Refused:
    return Refused(_("「%(p)s」: %(why)s") % {"p": parameter.title, "why": sentence}, rule="policy.value")


def _int(parameter: Parameter, raw: Any) -> int:
    try:
        number = parse_int(raw)
    except Refused as refused:
        raise _refuse(parameter, str(refused)) from None
    _within(parameter, Decimal(number))
    return number


def _decimal(parameter: Parameter, raw: Any) -> Decimal:
    try:
        number = parse_decimal(raw)
    except Refused as refused:
        raise _refuse(parameter, str(refused)) from None
    _within(parameter, number)
    return number


def _within(parameter: Parameter, number: Decimal) -> None:
    if parameter.minimum is not None and number < parameter.minimum:
        raise _refuse(parameter, _("%s以上の値にしてください。") % parameter.minimum)
    if parameter.maximum is not None and number > parameter.maximum:
        raise _refuse(parameter, _("%s以下の値にしてください。") % parameter.maximum)


def _bool(parameter: Parameter, raw: Any) -> bool:
    known = {True: True, False: False, "true": True, "false": False, "はい": True, "いいえ": False}
    if isinstance(raw, bool | str) and raw in known:
        return known[raw]
    raise _refuse(parameter, _("「はい」か「いいえ」で入力してください。"))


def _text(parameter: Parameter, raw: Any) -> str:
    if not isinstance(raw, str) or len(raw) > 2000:
        raise _refuse(parameter, _("2,000字以内の文字で入力してください。"))
    return raw.strip()


def _choice(parameter: Parameter, raw: Any) -> str:
    for option in parameter.choices:
        if raw in (option.id, option.label):
            return option.id
    labels = "、".join(option.label for option in parameter.choices)
    raise _refuse(parameter, _("%s のいずれかにしてください。") % labels)


def _numbers(parameter: Parameter, raw: Any) -> tuple[int, ...]:
    items = re.split(r"[,、\s]+", nfkc(raw).strip()) if isinstance(raw, str) else raw
    if not isinstance(items, list | tuple) or not items:
        raise _refuse(parameter, _("整数をコンマで区切って入力してください（例: 30, 7, 1）。"))
    return tuple(_int(parameter, item) for item in items)


def _duration(parameter: Parameter, raw: Any) -> Cadence:
    try:
        return raw if isinstance(raw, Cadence) else Cadence.parse(str(raw))
    except Refused as refused:
        raise _refuse(parameter, str(refused)) from None


def _table(parameter: Parameter, raw: Any) -> tuple[dict[str, Any], ...]:
    rows = _lines(parameter, raw) if isinstance(raw, str) else raw
    if not isinstance(rows, Sequence) or not rows or not all(isinstance(row, Mapping) for row in rows):
        raise _refuse(parameter, _("1行以上の表にしてください。"))
    found = tuple(_row(parameter, row, number) for number, row in enumerate(rows, 1))
    key = parameter.columns[0]
    keys = [row[key.id] for row in found]
    for twice in {k for k in keys if keys.count(k) > 1}:
        raise _refuse(parameter, _("%(c)s「%(v)s」が二重にあります。") % {"c": key.title, "v": twice})
    return found


def _lines(parameter: Parameter, text: str) -> list[dict[str, str]]:
    """Read a table as a form gives it: one row a line, cells separated by ``|``."""
    rows = []
    for line in filter(None, (line.strip() for line in text.splitlines())):
        cells = [cell.strip() for cell in line.split("|")]
        if len(cells) > len(parameter.columns):
            raise _refuse(parameter, _("「%s」の区切り（|）が多すぎます。") % line)
        rows.append(dict(zip((c.id for c in parameter.columns), cells, strict=False)))
    return rows


def _row(parameter: Parameter, row: Mapping[str, Any], number: int) -> dict[str, Any]:
    if unknown := set(row) - {column.id for column in parameter.columns}:
        raise _refuse(parameter, _("「%s」という列はありません。") % min(unknown))
    return {column.id: _cell(parameter, column, row.get(column.id), number) for column in parameter.columns}


def _cell(parameter: Parameter, column: Column, raw: Any, number: int) -> Any:
    where = _("%(n)d行目の%(c)s") % {"n": number, "c": column.title}
    if raw is None or raw == "":
        if column.required:
            raise _refuse(parameter, _("%s を入力してください。") % where)
        return None
    try:
        return _CELLS[column.type](raw)
    except Refused as refused:
        raise _refuse(parameter, f"{where}: {refused}") from None


def _month_day(raw: Any) -> str:
    if isinstance(raw, str) and _MONTH_DAY.fullmatch(raw):
        return raw
    raise Refused(_("月日を 12-29 の形で入力してください。"))


_CELLS: dict[str, Callable[[Any], Any]] = {
    "int": parse_int,
    "decimal": parse_decimal,
    "month-day": _month_day,
    "text": lambda raw: str(raw).strip(),
}
_READERS: dict[str, Callable[[Parameter, Any], Any]] = {
    "int": _int,
    "decimal": _decimal,
    "bool": _bool,
    "text": _text,
    "choice": _choice,
    "numbers": _numbers,
    "duration": _duration,
    "table": _table,
}


def _problems(pieces: Mapping[str, Any]) -> Iterable[tuple[Place, str]]:
    for parameter in pieces.values():
        if (parameter.type == "choice") != bool(parameter.choices):
            yield parameter.place, _("choices は choice のパラメータに必要で、他の型には書けません。")
        if (parameter.type == "table") != bool(parameter.columns):
            yield parameter.place, _("columns は table のパラメータに必要で、他の型には書けません。")
        for name in parameter.presets:
            if name not in PRESETS:
                yield parameter.place, _("プリセット「%s」は presets.yaml にありません。") % name
        for raw in (parameter.default, *parameter.presets.values()):
            try:
                typed(parameter, raw)
            except Refused as refused:
                yield parameter.place, str(refused)


PRESETS: Shelf[Preset] = Shelf(
    "プリセット",
    "regulations/presets.yaml",
    tuple[Preset, ...],
    of_file=lambda rows: rows,
    named_by_file=False,
)
PARAMETERS: Shelf[Parameter] = Shelf(
    "パラメータ", "regulations/*/parameters.yaml", tuple[Parameter, ...],
    of_file=lambda rows: rows, named_by_file=False, check=_problems,
)  # fmt: skip
