"""Kinds of cells that choose: one of a list, a level of a scale, a record of another register."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from sakimori.kernel.records.models import Record, RecordQuerySet
from sakimori.lib.errors import Refused
from sakimori.lib.japanese import fold, parse_int
from sakimori.lib.scales import Scale

from .context import Context
from .kinds import Plain, Text_, out_of_range, shown


class InFile(NamedTuple):
    """A row of the same file that is named by a key and does not exist yet."""

    key: str


@dataclass(frozen=True)
class Choice(Plain):
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
                _("「%(cell)s」は選べません。次のいずれかにしてください: %(known)s。")
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
class Level(Plain):
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
class Lookup(Plain):
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
            text = _(
                "「%(cell)s」という%(what)sはありません。先に登録するか、登録済みの名称に直してください。"
            )
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
