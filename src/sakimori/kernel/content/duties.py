"""Recurring duties and time limits, ``content/obligations/AREA.yaml``: several per file, ids AREA.name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from django.utils.translation import gettext as _

from sakimori.kernel.identity import access
from sakimori.lib.dates import Cadence
from sakimori.lib.strictyaml import Place

from .parameters import PARAMETERS
from .shelf import Shelf


@dataclass(frozen=True, kw_only=True)
class FromParameter:
    """A value that stands in an article of a regulation."""

    parameter: str


@dataclass(frozen=True, kw_only=True)
class Duty:
    """Something that must be done again and again, or within a time after an event."""

    id: str
    title: str
    article: str = ""
    description: str = ""
    every: Cadence | FromParameter | None = None
    counted: Literal["calendar", "completion"] = "calendar"  # from fixed days, or from when it was last done
    starts_on: date | None = None  # of a calendar duty: the first due day
    month: int = 0  # of a yearly one: due at the end of this month
    business_day: Literal["as_is", "next", "previous"] = "next"  # a due day on a holiday moves
    after: str = ""  # the event that starts the clock
    within: Cadence | FromParameter | None = None  # the time allowed after it
    opens: Cadence | None = None  # how long before the due day it appears in the list of work
    for_each: str = ""  # a named list of targets, one occurrence each
    role: str = ""
    escalate_to: str = ""
    proved_by: str = ""  # the kind of record that closes it
    remind: tuple[int, ...] = ()  # days before the due day; empty: the parameter obligations.reminders
    retired: bool = False
    requirements: tuple[str, ...] = ()
    place: Place = field(default=Place("content", 1), compare=False)


def _problems(pieces: Mapping[str, Any]) -> Iterable[tuple[Place, str]]:
    for duty in pieces.values():
        for sentence in _of_duty(duty):
            yield duty.place, f"{duty.id}: {sentence}"


def _of_duty(duty: Duty) -> Iterable[str]:
    if (duty.every is None) == (duty.after == ""):
        yield _("every（周期）か after（事象）のどちらか一つが必要です。")
    if duty.after and duty.within is None:
        yield _("after には within（期限）が必要です。")
    for role in (duty.role, duty.escalate_to):
        if role and role not in access.roles():
            yield _("役割「%s」は roles.yaml にありません。") % role
    for value in (duty.every, duty.within):
        if isinstance(value, FromParameter) and value.parameter not in PARAMETERS:
            yield _("パラメータ「%s」はありません。") % value.parameter


DUTIES: Shelf[Duty] = Shelf(
    "義務", "obligations/*.yaml", tuple[Duty, ...], of_file=lambda rows: rows, check=_problems
)
