"""Kinds of cells: how a cell becomes a value of a row, and a value a cell again.

``read`` raises Refused with the sentence that the person who filled the cell needs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from sakimori.kernel.records.models import Record, RecordQuerySet
from sakimori.lib.dates import parse_date
from sakimori.lib.errors import Refused
from sakimori.lib.japanese import fold, nfkc, parse_decimal, parse_int
from sakimori.lib.scales import Scale
from sakimori.lib.sheets import CellError, Formula

if TYPE_CHECKING:
    from .context import Context

Text_ = str | Promise

_YES = frozenset(map(fold, ("有", "有り", "あり", "○", "〇", "◯", "はい", "yes", "y", "true", "1", "✓", "✔", "レ", "該当")))
_NO = frozenset(
    map(fold, ("無", "無し", "なし", "×", "✕", "いいえ", "no", "n", "false", "0", "-", "―", "ー", "非該当"))
)


class InFile(NamedTuple):
    """A row of the same file that is named by a key and does not exist yet."""

    key: str


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
class _Plain:
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
class Text(_Plain):
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
                _("%(count)d文字あります。%(longest)d文字以内に短くしてください。") % values, rule="exchange.length"
            )
        return text


@dataclass(frozen=True)
class Code(Text):
    """A number or code: full-width digits count as plain ones."""

    def read(self, cell: object, context: Context) -> object:
        """Return the code in plain characters without blanks."""
        return super().read("".join(nfkc(shown(cell)).split()), context)


@dataclass(frozen=True)
class Whole(_Plain):
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
class Amount(_Plain):
    """A decimal number."""

    def read(self, cell: object, context: Context) -> object:
        """Return the number."""
        return parse_decimal(cell)


@dataclass(frozen=True)
class Day(_Plain):
    """A date in any form that Japanese ledgers use."""

    def read(self, cell: object, context: Context) -> object:
        """Return the date."""
        return parse_date(cell)


@dataclass(frozen=True)
class YesNo(_Plain):
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
            _("「%(cell)s」は有無として読み取れません。「有」か「無」を記入してください。") % {"cell": shown(cell)},
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


@dataclass(frozen=True)
class Choice(_Plain):
    """One of the choices (value, label) of a field; ``also`` maps further words to values."""

    choices: Sequence[tuple[str, Text_]] | Callable[[], Sequence[tuple[str, Text_]]]
    also: Mapping[str, str] = field(default_factory=dict)

    @property
    def blank(self) -> object:
        """Return the empty choice."""
        return ""

    def pairs(self) -> list[tuple[str, str]]:
        """Return the choices in force."""
        rows = self.choices() if callable(self.choices) else self.choices
        return [(str(value), str(label)) for value, label in rows if value != ""]

    def read(self, cell: object, context: Context) -> object:
        """Return the value whose label, value or synonym the cell bears."""
        words: dict[str, str] = context.once(self, self._words)
        value = words.get(fold(shown(cell)))
        if value is None:
            known = "、".join(label for _value, label in self.pairs())
            raise Refused(
                _("「%(cell)s」は選べません。次のいずれかにしてください: %(known)s")
                % {"cell": shown(cell), "known": known},
                rule="exchange.choice",
            )
        return value

    def _words(self) -> dict[str, str]:
        words = {fold(word): value for word, value in self.also.items()}
        for value, label in self.pairs():
            words[fold(value)] = value
            words[fold(label)] = value
        return words

    def show(self, value: Any) -> object:
        """Return the label."""
        return dict(self.pairs()).get(value, value) or None

    def offered(self) -> Sequence[str]:
        """Offer the labels."""
        return tuple(label for _value, label in self.pairs())


@dataclass(frozen=True)
class Level(_Plain):
    """A level of a scale; all levels of one ``group`` in a file follow one scale, found from their values."""

    group: str
    target: Callable[[], Scale]

    def read(self, cell: object, context: Context) -> object:
        """Return the level, moved from the file's scale to the register's."""
        number = parse_int(cell)
        target = context.once(self, self.target)
        source = context.scales.get(self.group, target)
        if not source.holds(number):
            raise out_of_range(cell, source.low, source.high)
        if source == target:
            return number
        context.moved.add(self.group)
        return source.moved_to(target, number)


@dataclass(frozen=True)
class Lookup(_Plain):
    """A record of another register, found by the words that people know it by.

    ``rows`` yields the records to choose from, ``words`` the words of one of them. With ``same_file`` a
    row of the file itself may be named, whose key (the sheet's last one) is the word.
    """

    what: Text_
    rows: Callable[[], RecordQuerySet[Any]]
    words: Callable[[Any], Iterable[str]] = lambda record: (record.label, record.number)
    same_file: bool = False

    def read(self, cell: object, context: Context) -> object:
        """Return the record; refuse an unknown and an ambiguous word."""
        known: dict[str, Record | None] = context.once(self, self._known)
        word = fold(shown(cell))
        if word in known:
            record = known[word]
            if record is not None:
                return record
            text = _("「%(cell)s」に当たる%(what)sが複数あります。番号で指定してください。")
            raise Refused(text % {"cell": shown(cell), "what": self.what}, rule="exchange.ambiguous")
        if self.same_file:
            return InFile(word)
        raise self.unknown(cell, known)

    def unknown(self, cell: object, known: Iterable[str]) -> Refused:
        """Return the refusal of a word that names nothing."""
        close = get_close_matches(fold(shown(cell)), list(known), n=1, cutoff=0.75)
        values = {"cell": shown(cell), "what": self.what, "close": close[0] if close else ""}
        if close:
            text = _("「%(cell)s」という%(what)sはありません。「%(close)s」ではありませんか。")
        else:
            text = _("「%(cell)s」という%(what)sはありません。先に登録するか、登録済みの名称に直してください。")
        return Refused(text % values, rule="exchange.unknown")

    def _known(self) -> dict[str, Record | None]:
        known: dict[str, Record | None] = {}
        for record in self.rows():
            for word in {fold(word) for word in self.words(record) if word}:
                known[word] = None if word in known else record
        return known

    def path(self, field: str) -> str:
        """Return the label of the record."""
        return f"{field}__label"


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
