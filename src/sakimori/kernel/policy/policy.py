"""Answer what a regulation says on a day, and change it through an approved application only.

Revisions live in memory per process; one tiny query, once per ``reading``, tells whether they are still all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol, runtime_checkable

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sakimori.kernel import hooks
from sakimori.kernel.content import parameters
from sakimori.kernel.content.parameters import PARAMETERS, PRESETS, Parameter
from sakimori.kernel.identity.actors import Actor
from sakimori.kernel.ledger import book
from sakimori.kernel.records import bulk
from sakimori.kernel.records.models import Record, RecordQuerySet
from sakimori.lib import clock
from sakimori.lib.errors import NotAllowed, Refused

from .models import ParameterRevision

ADOPTED = book.declare("policy.adopted", gettext_lazy("規程パラメータの初期値の採用"))


@runtime_checkable
class Decided(Protocol):
    """A record that knows whether it was approved: an application."""

    @property
    def is_approved(self) -> bool:
        """Tell whether every step was approved."""
        ...


@dataclass(frozen=True)
class Standing:
    """A parameter as a page shows it: what holds, since when, and what comes."""

    parameter: Parameter
    value: Any
    since: date | None
    revision_id: int | None
    coming: tuple[tuple[date, Any], ...]


@dataclass
class _Held:
    """Every revision by name, newest first, as of one stamp; values made typed when first asked for."""

    stamp: str | None
    rows: Mapping[str, list[tuple[date, int, Any]]]
    values: dict[tuple[str, int], Any] = field(default_factory=dict)


_SHIPPED = 0  # in the place of a revision's key: the value that comes with the product
_held: _Held | None = None
_reading: ContextVar[list[_Held] | None] = ContextVar("reading", default=None)


@contextmanager
def reading() -> Iterator[None]:
    """Ask the database at most once within: the middleware and the worker open one per request and job."""
    token = _reading.set([])
    try:
        yield
    finally:
        _reading.reset(token)


def value(name: str, on: date | None = None) -> Any:
    """Return the value of a parameter in force on ``on`` (today when not given), typed.

    int, Decimal, bool, str, tuple of int, ``Cadence``, tuple of dicts, or None where the article states none.
    Raises UnknownContent, a KeyError, for an unknown name.
    """
    held = _current()
    if name not in held.rows and (name, _SHIPPED) in held.values:
        return held.values[name, _SHIPPED]  # asked for by every row of an import
    parameter = PARAMETERS[name]
    for _since, pk, raw in _in_force(held, name, on or clock.today()):
        if (name, pk) not in held.values:
            held.values[name, pk] = parameters.typed(parameter, raw)
        return held.values[name, pk]
    if (name, _SHIPPED) not in held.values:
        held.values[name, _SHIPPED] = parameter.preset("")
    return held.values[name, _SHIPPED]


def describe(name: str) -> Parameter:
    """Return title, article, type, unit and the rest of a parameter."""
    return PARAMETERS[name]


def all(on: date | None = None) -> list[Standing]:
    """Return every parameter with what holds on ``on`` and what will hold later."""
    day = on or clock.today()
    held = _current()
    return [_standing(held, parameter, day) for parameter in PARAMETERS]


def revisions(name: str) -> RecordQuerySet[ParameterRevision]:
    """Return every revision of a parameter, the newest first."""
    found: RecordQuerySet[ParameterRevision] = ParameterRevision.objects.filter(name=name)
    return found.order_by("-effective_on", "-pk")


def preset(name: str) -> dict[str, Any]:
    """Return the typed value of every parameter under a preset; raise UnknownContent for an unknown one."""
    chosen = PRESETS[name]
    return {parameter.id: parameter.preset(chosen.id) for parameter in PARAMETERS}


@book.command("policy.revised", gettext_lazy("規程パラメータの改定"))
def revise(
    *, name: str, value: Any, effective_on: date, reason: str, application: Record, by: Actor
) -> ParameterRevision:
    """Let ``value`` hold from ``effective_on`` on, as the approved ``application`` decided (V20-012).

    Raises NotAllowed when the application was not approved, Refused when the value does not fit or the day is past.
    """
    if not isinstance(application, Decided) or not application.is_approved:
        raise NotAllowed(
            _("規程パラメータは、承認された申請によってだけ変えられます。"), rule="policy.approved"
        )
    if effective_on < clock.today():
        raise Refused(
            _("施行日は今日以降にしてください。過去にさかのぼると、すでに判定した記録と合わなくなります。"),
            rule="policy.effective_on", field="effective_on",
        )  # fmt: skip
    stored = parameters.plain(parameters.typed(PARAMETERS[name], value))
    revision = ParameterRevision(
        name=name, value=stored, effective_on=effective_on, reason=reason, application=application
    )
    revision.save()
    _forget()
    hooks.call("parameter_changed", name=name, value=stored, effective_on=effective_on)
    return revision


def adopt_preset(name: str, *, by: Actor, effective_on: date | None = None) -> list[ParameterRevision]:
    """Fix every parameter at its value under the preset, at installation.

    Later defaults of the product then change nothing in this company. Raises NotAllowed when there are
    values already: from then on only applications change them.
    """
    chosen = PRESETS[name]
    day = effective_on or clock.today()
    reason = _("導入時の初期値: %s") % chosen.title
    with transaction.atomic():
        if ParameterRevision.objects.exists():
            raise NotAllowed(
                _("初期値はすでに採用されています。変更は申請してください。"), rule="policy.adopted"
            )
        rows = [
            ParameterRevision(
                name=parameter.id,
                value=parameters.plain(parameter.preset(name)),
                effective_on=day,
                reason=reason,
            )
            for parameter in PARAMETERS
        ]
        bulk.insert(rows)
        book.append_many((_draft(row, reason) for row in rows), by=by)
        _forget()
    return rows


def _draft(row: ParameterRevision, reason: str) -> book.Draft:
    changes = {"name": (None, row.name), "value": (None, row.value), "effective_on": (None, row.effective_on)}
    return book.Draft(ADOPTED, row, changes, reason)


def _standing(held: _Held, parameter: Parameter, day: date) -> Standing:
    known = held.rows.get(parameter.id, [])
    since, pk, raw = next(_in_force(held, parameter.id, day), (None, None, None))
    return Standing(
        parameter=parameter,
        value=parameter.preset("") if pk is None else parameters.typed(parameter, raw),
        since=since,
        revision_id=pk,
        coming=tuple(
            (start, parameters.typed(parameter, later)) for start, _pk, later in known if start > day
        ),
    )


def _in_force(held: _Held, name: str, day: date) -> Iterator[tuple[date, int, Any]]:
    return (row for row in held.rows.get(name, ()) if row[0] <= day)


def _current() -> _Held:
    """Return the revisions, read again only when another process added one."""
    global _held
    seen = _reading.get()
    if seen:
        return seen[0]
    # A revision takes its number under a row lock held to the end of its transaction, so they become
    # visible in the order of their keys and the newest one's stamp stands for all of them.
    stamp = ParameterRevision.objects.order_by("-record_ptr_id").values_list("stamp", flat=True).first()
    if _held is None or _held.stamp != stamp:
        _held = _Held(stamp, _read())
    if seen is not None:
        seen.append(_held)
    return _held


def _read() -> dict[str, list[tuple[date, int, Any]]]:
    rows: dict[str, list[tuple[date, int, Any]]] = {}
    found = ParameterRevision.objects.order_by("-effective_on", "-pk")
    for name, start, pk, raw in found.values_list("name", "effective_on", "pk", "value"):
        rows.setdefault(name, []).append((start, pk, raw))
    return rows


def _forget() -> None:
    global _held
    _held = None
    if seen := _reading.get():
        seen.clear()
