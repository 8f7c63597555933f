"""Recognise the rows of a file in a register: by number, by key, or by being the very same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _

from sakimori.kernel.records.models import Record, RecordQuerySet
from sakimori.lib.errors import Refused

from .columns import NUMBER, Sheet
from .models import ImportBatch, ImportedRow
from .reading import Parsed

# SQLite takes 32,766 parameters a statement; a lookup by key needs one each.
_CHUNK = 5_000
_SHOWN = 5_000  # of a register a hundred times longer than the file, enough to see which


class Register:
    """The rows of a register that a file may concern, loaded in few queries."""

    def __init__(self, sheet: Sheet, rows: RecordQuerySet[Any], parsed: Sequence[Parsed]) -> None:
        self._sheet = sheet
        self._rows = rows
        self._found: dict[str, dict[object, Any]] = {}
        self._matched: set[int] = set()
        for name in sheet.keys:
            keys = {row.values.get(name) for row in parsed} - {None, ""}
            self._found[name] = self._load(name, sorted(keys, key=str))
        self._holders = {name: self._holders_of(name, parsed) for name in sheet.unique_fields()}
        keyless = [row for row in parsed if not self._key_of(row)]
        self._twins = self._load_twins(keyless)

    def match(self, parsed: Parsed) -> Any | None:
        """Return the row of the register that a row of the file means, None for a new one.

        Refuses a number that the register does not know.
        """
        key = self._key_of(parsed)
        if key is None:
            record = self._twin(parsed)
        else:
            record = self._found[key].get(parsed.values[key])
            if record is None and key == NUMBER:
                text = _(
                    "管理番号「%(number)s」は台帳にありません。新しい行として取り込む場合は、"
                    "管理番号を空欄にしてください。"
                )
                raise Refused(text % {"number": parsed.values[key]}, rule="exchange.number")
        if record is not None and record.pk in self._matched:
            text = _("同じ記録（%(number)s）を指す行が、ほかにもあります。どちらかを削除してください。")
            raise Refused(text % {"number": record.number}, rule="exchange.twice")
        if record is not None:
            self._matched.add(record.pk)
        return record

    def taken(self, record: Any) -> Iterator[tuple[str, object]]:
        """Yield the fields whose unique value belongs to another record, retired and hidden ones included."""
        for name, holders in self._holders.items():
            value = getattr(record, name)
            if holders.get(value, record.pk) != record.pk:
                yield name, value

    def notice(self, parsed: Parsed) -> None:
        """Remember that the file has this row, faulty as it is: it is not missing."""
        key = self._key_of(parsed)
        record = self._found[key].get(parsed.values[key]) if key else None
        if record is not None:
            self._matched.add(record.pk)

    def left(self) -> tuple[int, list[tuple[str, str]]]:
        """Return how many rows of the register the file does not have, and the first of them."""
        count = 0
        first: list[tuple[str, str]] = []
        for pk, number, label in self._rows.current().order_by("pk").values_list("pk", "number", "label"):
            if pk in self._matched:
                continue
            count += 1
            if len(first) < _SHOWN:
                first.append((number, label))
        return count, first

    def _key_of(self, parsed: Parsed) -> str | None:
        return next((name for name in self._sheet.keys if parsed.values.get(name) not in (None, "")), None)

    def _load(self, name: str, keys: Sequence[object]) -> dict[object, Any]:
        """Return the rows by key; where a retired row of an undone import has it, that row revives."""
        found: dict[object, Any] = {}
        undone = ImportedRow.objects.filter(
            batch__state=ImportBatch.State.UNDONE, batch__sheet=self._sheet.id, act=ImportedRow.Act.CREATED
        )
        revivable = self._rows.exclude(retired_at=None).filter(pk__in=undone.values("record_id"))
        for start in range(0, len(keys), _CHUNK):
            wanted = {f"{name}__in": keys[start : start + _CHUNK]}
            for rows in (revivable, self._rows.current()):
                found.update(
                    (getattr(record, name), record) for record in rows.filter(**wanted).order_by("pk")
                )
        return found

    def _holders_of(self, name: str, parsed: Sequence[Parsed]) -> dict[object, int]:
        values = sorted({row.values.get(name) for row in parsed} - {None, ""}, key=str)
        rows: Any = self._sheet.model._base_manager
        found: dict[object, int] = {}
        for start in range(0, len(values), _CHUNK):
            wanted = {f"{name}__in": values[start : start + _CHUNK]}
            found.update(rows.filter(**wanted).values_list(name, "pk"))
        return found

    def _load_twins(self, keyless: Sequence[Parsed]) -> dict[tuple[object, ...], list[Any]]:
        """Return the current rows by the values of the file's columns; needed for rows without a key only."""
        if not keyless:
            return {}
        self._compared = tuple(name for name in keyless[0].values if name not in self._sheet.keys)
        twins: dict[tuple[object, ...], list[Any]] = {}
        for record in self._rows.current().order_by("-pk").iterator(chunk_size=2000):
            twins.setdefault(self._print(record, self._compared), []).append(record)
        return twins

    def _twin(self, parsed: Parsed) -> Any | None:
        print_ = tuple(_comparable(parsed.values.get(name)) for name in self._compared)
        candidates = self._twins.get(print_, [])
        while candidates:
            record = candidates.pop()
            if record.pk not in self._matched:
                return record
        return None

    def _print(self, record: Any, names: Iterable[str]) -> tuple[object, ...]:
        fields = self._sheet.model._meta
        return tuple(_comparable(getattr(record, _attname(fields.get_field(n)))) for n in names)


def _attname(field: Any) -> str:
    return str(field.attname)


def _comparable(value: object) -> object:
    if isinstance(value, Record):
        return value.pk
    return None if value == "" else value
