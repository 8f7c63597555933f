"""Two people changed one row: what I typed beside what stands there now, to be chosen per field."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.db import models
from django.utils.datastructures import MultiValueDict
from django.utils.safestring import SafeString

from sakimori.kernel.identity.models import Person
from sakimori.kernel.ledger import book
from sakimori.kernel.records.models import Record

from . import values
from .base import Register, field_of, form_fields

PICK = "pick."
_OWN = ("csrfmiddlewaretoken", "revision")


@dataclass(frozen=True)
class Difference:
    """One field that somebody else changed, or that I did."""

    name: str
    label: str
    mine: SafeString
    theirs: SafeString
    who: str
    suggested: str  # mine | theirs
    both: bool


def revision_in(data: MultiValueDict[str, str]) -> int | None:
    """Return the revision that the form was made from; None where it is missing or no number."""
    text = data.get("revision", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def settled(data: MultiValueDict[str, str], form: forms.BaseForm) -> MultiValueDict[str, str]:
    """Return what was sent, with the present value of each field where "theirs" was picked."""
    picked = {name[len(PICK) :] for name in data if name.startswith(PICK) and data.get(name) == "theirs"}
    if not picked:
        return data
    result = MultiValueDict(dict(data.lists()))
    for name in picked & set(form.fields):
        value = form[name].initial
        text = "" if value is None else str(form.fields[name].prepare_value(value))
        result.setlist(name, ["on"] if value is True else [] if value is False else [text])
    return result


def kept(data: MultiValueDict[str, str]) -> list[tuple[str, str]]:
    """Return everything that was typed, to be sent again with the choice."""
    return [
        (name, value)
        for name, found in data.lists()
        if name not in _OWN and not name.startswith(PICK)
        for value in found
    ]


def compare(
    declared: type[Register], row: Record, form: forms.ModelForm[Any], held: int, person: Person
) -> list[Difference]:
    """Return the fields that differ between what I typed and what stands there now.

    A field that only one side touched is suggested from that side; where both did, theirs is suggested
    and the page says so.
    """
    form.is_valid()
    theirs = _changed_since(row, held)
    found = []
    for name in form_fields(declared):
        column = field_of(declared.model, name)
        if column is None or name not in form.cleaned_data:
            continue
        mine = form.cleaned_data[name]
        stored = mine.pk if isinstance(mine, models.Model) else mine
        if stored == getattr(row, column.attname):
            continue
        before, who = theirs.get(column.attname, (getattr(row, column.attname), ""))
        untouched = _same(before, stored)
        found.append(_difference(column, row, mine, who, untouched, person))
    return found


def _same(before: object, stored: object) -> bool:
    return before == stored or (before is not None and stored is not None and str(before) == str(stored))


def _difference(
    column: models.Field[Any, Any], row: Record, mine: Any, who: str, untouched: bool, person: Person
) -> Difference:
    key = getattr(row, column.attname)
    names = values.names_of({key}, person) if column.is_relation and key is not None else {}
    return Difference(
        name=column.name,
        label=str(column.verbose_name),
        mine=values.html(values.words(column, str(mine) if isinstance(mine, models.Model) else mine)),
        theirs=values.html(values.of_field(column, row, names)),
        who=who,
        suggested="theirs" if who and untouched else "mine" if not who else "theirs",
        both=bool(who) and not untouched,
    )


def _changed_since(row: Record, held: int) -> dict[str, tuple[object, str]]:
    """Return what others changed after revision ``held``: the value before, and who."""
    found: dict[str, tuple[object, str]] = {}
    for line in book.history(row):  # newest first, so the oldest change wins
        if line.revision > held:
            for change in line.changes:
                found[change.field] = (change.before, line.actor_label)
    return found
