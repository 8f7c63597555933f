"""Commands and entries: every state change of the product passes here, once.

A command is one transaction and one entry. It locks its subject and raises its revision in the same
statement, so that two people who edit one record cannot overwrite each other; the second is told
what changed.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from django.db import connection, models, transaction
from django.utils.translation import gettext as _

from sakimori.kernel import hooks
from sakimori.kernel.identity import access
from sakimori.kernel.identity.actors import Actor, System
from sakimori.kernel.identity.models import Department
from sakimori.kernel.records.models import Record
from sakimori.lib.errors import Conflict

from . import entries

if TYPE_CHECKING:
    from collections.abc import Iterator

P = ParamSpec("P")
T = TypeVar("T", bound=Record)

# Every command begins with this statement and ends with one entry; a quarter of its time went into composing them.
_CLAIM = "UPDATE records_record SET revision = %s WHERE id = %s AND revision = %s"

_request: ContextVar[str] = ContextVar("request", default="")


@dataclass(frozen=True)
class Verb:
    """A declared state change."""

    name: str
    label: object
    right: str
    function: Callable[..., Record]

    @property
    def parameters(self) -> dict[str, inspect.Parameter]:
        """Return the keyword parameters a caller fills in, ``by`` left out."""
        found = inspect.signature(self.function, eval_str=True).parameters
        return {n: p for n, p in found.items() if p.kind is p.KEYWORD_ONLY and n != "by"}


VERBS: dict[str, Verb] = {}


def command(
    verb: str, label: object, *, right: str = "", over: str = ""
) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Declare a state change; ``right`` names the row of access.yaml that says who may.

    The right is asked for over the subject; for a new record over the one passed as keyword ``over``, else
    over the department passed as ``department``.

    The decorated function takes its subject first (when it changes an existing record), everything else
    by keyword, ``by`` among them, and returns the record concerned. Without ``right`` the function itself
    decides who may, as with the decisions of an application. Raises ValueError for a verb declared twice.
    """

    def declare(function: Callable[P, T]) -> Callable[P, T]:
        if verb in VERBS and VERBS[verb].function.__qualname__ != function.__qualname__:
            raise ValueError(f"verb {verb!r} is declared twice")

        @functools.wraps(function)
        def run(*args: P.args, **kwargs: P.kwargs) -> T:
            subject = args[0] if args and isinstance(args[0], Record) and args[0].pk else None
            by: Actor = kwargs["by"]  # type: ignore[assignment]
            _authorise(by, right, subject, kwargs.get(over or "department"))
            with _undone(subject), transaction.atomic():
                if subject is not None:
                    _claim(subject)
                record = function(*args, **kwargs)
                entries.write(entries.of_command(verb, record, kwargs, by=by, request=_request.get()))
                hooks.call("record_changed", record=record)
            return record

        VERBS[verb] = Verb(verb, label, right, function)
        run.verb = VERBS[verb]  # type: ignore[attr-defined]
        return run

    return declare


@contextmanager
def _undone(subject: Record | None) -> Iterator[None]:
    """Give the subject its revision back when the act is refused: the stored row was rolled back."""
    held = subject.revision if subject is not None else 0
    try:
        yield
    except BaseException:
        if subject is not None:
            subject.revision = held
        raise


def _authorise(by: Actor, right: str, subject: Record | None, place: object) -> None:
    if isinstance(by, System) or not right:
        return
    if subject is None and isinstance(place, Department):
        access.require(by, right, department_id=place.pk)
    else:
        access.require(by, right, subject or (place if isinstance(place, Record) else None))


def _claim(subject: Record) -> None:
    """Lock the row and raise its revision, or raise Conflict with what others changed since."""
    held = subject.revision
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [held + 1, subject.pk, held])
        claimed = cursor.rowcount == 1
    if not claimed:
        raise Conflict(
            _("%(record)s は他の人が先に変更しました。差分を確かめてから、もう一度入力してください。")
            % {"record": subject.label},
            changes=entries.changes_since(subject, held),
        )
    subject.revision = held + 1


def declare(verb: str, label: object) -> str:
    """Declare a verb written by ``append_many`` or ``note`` rather than by one function."""
    VERBS.setdefault(verb, Verb(verb, label, "", _not_called))
    return verb


def _not_called(*args: object, **kwargs: object) -> Record:
    raise TypeError("this verb is written by a bulk act")


@dataclass(frozen=True)
class Draft:
    """What ``append_many`` writes about one record."""

    verb: str
    record: Record
    changes: Mapping[str, tuple[object, object]] = field(default_factory=dict)
    reason: str = ""


def append_many(drafts: Iterable[Draft], *, by: Actor) -> None:
    """Write one entry per draft in few statements; the caller holds the transaction.

    Raises LookupError for an undeclared verb.
    """
    request = _request.get()
    prepared = []
    for draft in drafts:
        if draft.verb not in VERBS:
            raise LookupError(f"undeclared verb {draft.verb!r}")
        prepared.append(
            entries.prepare(
                draft.verb, draft.record, draft.changes, by=by, reason=draft.reason, args={}, request=request
            )
        )
    entries.write_many(prepared)


def note(verb: str, record: Record, *, by: Actor, reason: str = "", **facts: object) -> None:
    """Write one entry that changes nothing: a reading, an export, a failed sign-in."""
    if verb not in VERBS:
        raise LookupError(f"undeclared verb {verb!r}")
    with transaction.atomic():
        prepared = entries.prepare(verb, record, {}, by=by, reason=reason, args=facts, request=_request.get())
        entries.write(prepared)


def label_of(verb: str) -> str:
    """Return the Japanese name of a verb."""
    return str(VERBS[verb].label) if verb in VERBS else verb


@contextmanager
def request_id(value: str) -> Iterator[None]:
    """Write ``value`` into every entry made within."""
    token = _request.set(value)
    try:
        yield
    finally:
        _request.reset(token)


def history(record: models.Model) -> list[entries.Line]:
    """Return what happened to the record, newest first, ready to be read."""
    return entries.lines(record, label_of)


__all__ = ["VERBS", "Draft", "append_many", "command", "declare", "history", "note", "request_id"]
