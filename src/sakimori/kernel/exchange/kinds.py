"""Kinds of cells: how a cell becomes a value of a row, and a value a cell again.

``read`` raises Refused with the sentence that the person who filled the cell needs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from sakimori.lib.dates import parse_date
from sakimori.lib.errors import Refused
from sakimori.lib.japanese import fold, nfkc, parse_decimal, parse_int
from sakimori.lib.sheets import CellError, Formula

if TYPE_CHECKING:
    from .context import Context

Text_ = str | Promise

_YES = frozenset(
    map(fold, ("有", "有り", "あり", "○", "〇", "◯", "はい", "yes", "y", "true", "1", "✓", "✔", "レ", "該当"))
)
_NO = frozenset(
    map(fold, ("無", "無し", "なし", "×", "✕", "いいえ", "no", "n", "false", "0", "-", "―", "ー", "非該当"))
)


class Kind(Protocol):
    """How the cells of one column are read and written."""

    @property
    def blank(self) -> object:
        """Return the value of an empty cell."""

    def read(self, cell: object, context: Context) -> object:
        """Return the value of a cell that is not empty."""

    def show(self, value: Any) -> object:
        """Return the cell of a value."""

    def path(self, field: str) -> str:
        """Return the lookup that yields the value for ``show``."""

    def offered(self) -> Sequence[str]:
        """Return the words offered in the cell's list, if any."""


def refuse_unreadable(cell: object) -> None:
    """Refuse the cells that hold no value: errors, and formulas nobody calculated."""
    if isinstance(cell, Formula):
        raise Refused(
            _("計算結果のない数式が入力されています。Excel で開いて保存し直すか、値を直接入力してください。"),
            rule="exchange.formula",
        )
    if isinstance(cell, CellError):
        text = _("%(code)s というエラーになっています。値を直してください。") % {"code": cell.code}
        raise Refused(text, rule="exchange.cell_error")


@dataclass(frozen=True)
class Plain:
    """What most kinds share."""

    @property
    def blank(self) -> object:
        return None

    def show(self, value: Any) -> object:
        return value

    def path(self, field: str) -> str:
        return field

    def offered(self) -> Sequence[str]:
        return ()


@dataclass(frozen=True)
class Text(Plain):
    """A text; numbers and dates typed into its cells are read as they are shown."""

    longest: int = 0
    multiline: bool = False

    @property
    def blank(self) -> object:
        """Return the empty text."""
        return ""

    def read(self, cell: object, context: Context) -> object:
        """Return the text without blanks around it."""
        text = shown(cell)
        text = text.strip() if self.multiline else " ".join(text.split("\n")).strip()
        if self.longest and len(text) > self.longest:
            values = {"count": len(text), "longest": self.longest}
            raise Refused(
                _("%(count)d文字あります。%(longest)d文字以内に短くしてください。") % values,
                rule="exchange.length",
            )
        return text


@dataclass(frozen=True)
class Code(Text):
    """A number or code: full-width digits count as plain ones."""

    def read(self, cell: object, context: Context) -> object:
        """Return the code in plain characters without blanks."""
        return super().read("".join(nfkc(shown(cell)).split()), context)


@dataclass(frozen=True)
class Whole(Plain):
    """A whole number, within limits where given."""

    low: int | None = None
    high: int | None = None

    def read(self, cell: object, context: Context) -> object:
        """Return the number."""
        number = parse_int(cell)
        if (self.low is not None and number < self.low) or (self.high is not None and number > self.high):
            raise out_of_range(cell, self.low, self.high)
        return number


@dataclass(frozen=True)
class Amount(Plain):
    """A decimal number."""

    def read(self, cell: object, context: Context) -> object:
        """Return the number."""
        return parse_decimal(cell)


@dataclass(frozen=True)
class Day(Plain):
    """A date in any form that Japanese ledgers use."""

    def read(self, cell: object, context: Context) -> object:
        """Return the date."""
        return parse_date(cell)


@dataclass(frozen=True)
class YesNo(Plain):
    """有 or blank; ``unknown`` is what a blank cell means."""

    unknown: bool | None = False

    @property
    def blank(self) -> object:
        """Return what a blank cell means."""
        return self.unknown

    def read(self, cell: object, context: Context) -> object:
        """Return whether the cell says yes."""
        if isinstance(cell, bool):
            return cell
        word = fold(shown(cell))
        if word in _YES:
            return True
        if word in _NO:
            return False
        raise Refused(
            _("「%(cell)s」は有無として読み取れません。「有」か「無」を記入してください。")
            % {"cell": shown(cell)},
            rule="exchange.choice",
        )

    def show(self, value: Any) -> object:
        """Return 有, 無 or a blank."""
        if value is None or (value is False and self.unknown is False):
            return None
        return "有" if value else "無"

    def offered(self) -> Sequence[str]:
        """Offer both words."""
        return ("有", "無")


def shown(cell: object) -> str:
    """Return the text that the cell shows, as far as its value tells."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, datetime):
        return f"{cell:%Y/%m/%d}" if cell.time() == cell.min.time() else f"{cell:%Y/%m/%d %H:%M}"
    if isinstance(cell, date):
        return f"{cell:%Y/%m/%d}"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, Formula):
        return cell.text
    if isinstance(cell, CellError):
        return cell.code
    return str(Decimal(str(cell)).normalize()) if isinstance(cell, float) else str(cell)


def out_of_range(cell: object, low: int | None, high: int | None) -> Refused:
    """Return the refusal of a number outside its limits."""
    span = f"{'' if low is None else low}～{'' if high is None else high}"
    return Refused(
        _("「%(cell)s」は %(span)s の範囲にありません。") % {"cell": shown(cell), "span": span},
        rule="exchange.range",
    )
