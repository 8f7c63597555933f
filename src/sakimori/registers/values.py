"""How a value is shown: one place for dates, numbers, choices, blanks and names."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from html import escape as escape_text
from html import unescape as html_unescape
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.html import format_html, strip_tags
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from sakimori.kernel.identity.models import Person
from sakimori.kernel.records.models import Record
from sakimori.lib.clock import JAPAN

BLANK = "—"
_BLANK_HTML = SafeString('<span class="blank">—</span>')
TONES = frozenset({"green", "blue", "yellow", "orange", "red", "gray", "purple"})


@dataclass(frozen=True)
class Badge:
    """A state: its words, and the colour that goes with them."""

    text: object
    tone: str = "gray"

    def __str__(self) -> str:
        return str(self.text)


Names = Mapping[int, str]


def names_of(ids: Iterable[int], person: Person) -> Names:
    """Return the labels of the records the person may know of, in one query."""
    wanted = set(ids)
    if not wanted:
        return {}
    return dict(Record.objects.filter(pk__in=wanted).visible_to(person).values_list("pk", "label"))


def text(value: object) -> str:
    """Return a value as people write it; a blank stays a visible blank."""
    if value is None or value == "":
        return BLANK
    if isinstance(value, bool):
        return _("はい") if value else _("いいえ")
    if isinstance(value, datetime):
        return value.astimezone(JAPAN).strftime("%Y/%m/%d %H:%M")
    if isinstance(value, date):
        return value.strftime("%Y/%m/%d")
    if isinstance(value, int | Decimal):
        return f"{value:,}"
    if isinstance(value, list | tuple):
        return "、".join(text(item) for item in value) or BLANK
    return str(value)


def html(value: object) -> SafeString:
    """Return a value as HTML; what a domain marked safe stays as it is."""
    if type(value) is str:  # most cells are plain texts
        return SafeString(escape_text(value)) if value else _BLANK_HTML
    if isinstance(value, SafeString):
        return value
    if value is None:
        return _BLANK_HTML
    if isinstance(value, Badge):
        return badge(value.text, value.tone)
    if isinstance(value, Record):
        return record_link(value.pk, value.label)
    return SafeString(escape_text(text(value)))


def badge(words: object, tone: str = "gray") -> SafeString:
    """Return a state as coloured words."""
    return format_html('<span class="state state-{}">{}</span>', tone if tone in TONES else "gray", words)


def record_link(pk: int, label: str) -> SafeString:
    """Return a link to a record of any register."""
    return SafeString(f'<a href="{record_url(pk)}">{escape_text(label)}</a>')


def record_url(pk: int) -> str:
    """Return the address that leads to a record whatever its register."""
    return _record_address().replace("/0/", f"/{pk}/")


@functools.cache
def _record_address() -> str:
    return reverse("registers:record", args=[0])


def of_field(column: models.Field[Any, Any], row: models.Model, names: Names) -> object:
    """Return what a row's column shows: names for relations, words for choices."""
    value = getattr(row, column.attname)
    if column.is_relation:
        if value is None:
            return None
        known = names.get(value)
        return _("（非公開）") if known is None else record_link(value, known)
    return words(column, value)


def words(column: models.Field[Any, Any], value: object) -> object:
    """Return a stored value in the words of its choices; a year is no quantity and takes no comma."""
    if column.name == "fiscal_year" and value is not None:
        return _("%s年度") % value
    if column.choices and value not in (None, ""):
        return dict(column.flatchoices).get(value, value)
    return value


def plain(value: object) -> str:
    """Return a shown value as text without its markup; a blank as an empty text."""
    if value is None or value == "":
        return ""
    shown = strip_tags(value) if isinstance(value, SafeString) else text(value)
    return "" if shown == BLANK else html_unescape(shown)
