"""Read the answers to a form: strictly, each problem as a sentence at its field.

Answers are kept as JSON: people, departments and records by number, days as ISO dates, amounts as whole yen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from sakimori.kernel.content.forms import Choice, Form, FormField
from sakimori.kernel.dossier.files import Upload
from sakimori.kernel.identity.models import Department, Person
from sakimori.kernel.records.models import Record
from sakimori.lib import clock
from sakimori.lib.dates import parse_date
from sakimori.lib.errors import Invalid, Refused
from sakimori.lib.japanese import is_blank, parse_decimal
from sakimori.lib.numerals import whole

from . import items, tables
from .registry import CHOICES

_LENGTHS = {"text": 200, "textarea": 4000}


@dataclass(frozen=True)
class NamedUpload:
    """A file that came with an answer."""

    name: str
    content: Upload


def clean(form: Form, raw: Mapping[str, Any], *, by: Person) -> dict[str, Any]:
    """Return the answers as they are kept; raise Invalid with a sentence per wrong field.

    Records are looked up among those that ``by`` may see. An answer that the form does not ask is a problem too.
    """
    form = items.live(form, by)
    problems: dict[str, object] = {}
    answers: dict[str, Any] = {}
    for unknown in set(raw) - {f.id for f in form.fields}:
        problems[unknown] = _("「%s」という項目は、この書式にありません。") % unknown
    for field in form.fields:
        if not is_asked(field, answers):
            continue
        try:
            answers[field.id] = _answer(field, raw.get(field.id), by)
        except Refused as refused:
            problems[field.id] = str(refused)
    if problems:
        raise Invalid(problems)
    return answers | items.summary(form, answers)


def is_asked(field: FormField, answers: Mapping[str, Any]) -> bool:
    """Tell whether the field is asked, given the answers before it."""
    if field.when is None:
        return True
    value = answers.get(field.when.field_)
    given = value if isinstance(value, list) else [value]
    return any(_word(item) in field.when.is_ for item in given)


def _word(value: Any) -> str:
    return {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)


def _answer(field: FormField, raw: Any, by: Person) -> Any:
    if field.type == "item":
        return items.answer(field, raw)
    if _is_empty(raw):
        if field.required:
            verb = (
                _("選択")
                if field.type in ("choice", "multi-choice", "person", "department", "record")
                else _("入力")
            )
            raise Refused(_("「%(label)s」を%(verb)sしてください。") % {"label": field.label, "verb": verb})
        return [] if field.type in ("multi-choice", "file") else None
    return _READERS[field.type](field, raw, by)


def _is_empty(raw: Any) -> bool:
    return is_blank(raw) or (isinstance(raw, list | tuple) and not any(not is_blank(item) for item in raw))


def _text(field: FormField, raw: Any, by: Person) -> str:
    text = str(raw).replace("\r\n", "\n").strip()
    longest = field.max_length or _LENGTHS[field.type]
    if len(text) > longest:
        facts = {"label": field.label, "max": longest, "now": len(text)}
        raise Refused(_("「%(label)s」は%(max)d字以内で入力してください（今は%(now)d字です）。") % facts)
    if field.type == "text" and "\n" in text:
        raise Refused(_("「%s」は1行で入力してください。") % field.label)
    return text


def _date(field: FormField, raw: Any, by: Person) -> str:
    try:
        day = raw if isinstance(raw, date) else parse_date(str(raw))
    except Refused as refused:
        raise Refused(_("「%(label)s」: %(why)s") % {"label": field.label, "why": refused}) from None
    if not field.future and day > clock.today():
        raise Refused(_("「%s」に未来の日は指定できません。") % field.label)
    if not field.past and day < clock.today():
        raise Refused(_("「%s」に過去の日は指定できません。") % field.label)
    return day.isoformat()


def _period(field: FormField, raw: Any, by: Person) -> list[str]:
    if not isinstance(raw, list | tuple) or len(raw) != 2 or any(is_blank(item) for item in raw):
        raise Refused(_("「%s」の開始日と終了日を入力してください。") % field.label)
    first, last = (_date(field, item, by) for item in raw)
    if last < first:
        raise Refused(_("「%s」の終了日は開始日以降にしてください。") % field.label)
    return [first, last]


def choices_of(field: FormField) -> tuple[Choice, ...]:
    """Return what can be chosen at the field today."""
    name = field.choices_from
    if not name:
        return field.choices
    return tuple(CHOICES[name]()) if name in CHOICES else tables.rows(name)


def _choice(field: FormField, raw: Any, by: Person) -> str:
    for choice in choices_of(field):
        if raw == choice.id:
            return choice.id
    raise Refused(_("「%s」は一覧から選択してください。") % field.label)


def _multi_choice(field: FormField, raw: Any, by: Person) -> list[str]:
    wanted = [raw] if isinstance(raw, str) else list(raw)
    known = [choice.id for choice in choices_of(field)]
    if any(item not in known for item in wanted):
        raise Refused(_("「%s」は一覧から選択してください。") % field.label)
    return [item for item in known if item in wanted]


def _decimal(field: FormField, raw: Any) -> Decimal:
    try:
        number = parse_decimal(raw)
    except Refused as refused:
        raise Refused(_("「%(label)s」: %(why)s") % {"label": field.label, "why": refused}) from None
    if field.minimum is not None and number < field.minimum:
        raise Refused(
            _("「%(label)s」は%(min)s以上にしてください。") % {"label": field.label, "min": field.minimum}
        )
    if field.maximum is not None and number > field.maximum:
        raise Refused(
            _("「%(label)s」は%(max)s以下にしてください。") % {"label": field.label, "max": field.maximum}
        )
    return number


def _number(field: FormField, raw: Any, by: Person) -> str:
    return f"{_decimal(field, raw).normalize():f}"


def _money(field: FormField, raw: Any, by: Person) -> int:
    amount = _decimal(field, raw)
    if amount != amount.to_integral_value() or amount < 0:
        raise Refused(_("「%s」は0以上の円単位の整数で入力してください。") % field.label)
    return int(amount)


def _person(field: FormField, raw: Any, by: Person) -> str:
    found = _look_up(Person.objects.visible_to(by), raw)
    if found is None or not found.is_active:
        raise Refused(_("「%s」は在籍している人から選択してください。") % field.label)
    return str(found.number)


def _department(field: FormField, raw: Any, by: Person) -> str:
    found = _look_up(Department.objects.visible_to(by).current(), raw)
    if found is None:
        raise Refused(_("「%s」は部署の一覧から選択してください。") % field.label)
    return str(found.number)


def _record(field: FormField, raw: Any, by: Person) -> str:
    found = _look_up(Record.objects.visible_to(by).current().filter(kind=field.kind), raw)
    if found is None:
        raise Refused(_("「%s」に、見ることのできる記録を番号で指定してください。") % field.label)
    return str(found.number)


def _look_up(rows: Any, raw: Any) -> Any:
    """Find a row given as an object, by its number or by its key."""
    if isinstance(raw, Record):
        return rows.filter(pk=raw.pk).first()
    if isinstance(raw, int):
        return rows.filter(pk=raw).first()
    text = str(raw).strip()
    return rows.filter(number=text).first() or (
        rows.filter(pk=key).first() if (key := whole(text)) is not None else None
    )


def _file(field: FormField, raw: Any, by: Person) -> list[str]:
    """Return the names of the files; the files themselves become evidence of the application."""
    given = raw if isinstance(raw, list | tuple) else [raw]
    if any(not isinstance(item, NamedUpload | str) for item in given):
        raise Refused(_("「%s」にファイルを添付してください。") % field.label)
    return [item.name if isinstance(item, NamedUpload) else item for item in given]


def _yes_no(field: FormField, raw: Any, by: Person) -> bool:
    known = {True: True, False: False, "yes": True, "no": False, "on": True, "true": True, "false": False}
    if isinstance(raw, bool | str) and raw in known:
        return known[raw]
    raise Refused(_("「%s」は「はい」か「いいえ」を選択してください。") % field.label)


_READERS: dict[str, Callable[[FormField, Any, Person], Any]] = {
    "text": _text,
    "textarea": _text,
    "date": _date,
    "period": _period,
    "choice": _choice,
    "multi-choice": _multi_choice,
    "number": _number,
    "money": _money,
    "person": _person,
    "department": _department,
    "record": _record,
    "file": _file,
    "yes-no": _yes_no,
}


def uploads(raw: Mapping[str, Any]) -> Iterable[NamedUpload]:
    """Yield the files among raw answers."""
    for value in raw.values():
        for item in value if isinstance(value, list | tuple) else [value]:
            if isinstance(item, NamedUpload):
                yield item
