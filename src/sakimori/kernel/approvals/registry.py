"""What forms may name: conditions of a route, sources of choices, checks across answers, effects of approval.

Logic is Python; the form names it. A name registered twice for different functions is an error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from sakimori.kernel.content.forms import Choice, Form
from sakimori.kernel.identity.actors import Actor
from sakimori.kernel.identity.models import Person
from sakimori.kernel.records.models import Record

if TYPE_CHECKING:
    from .models import Application


@dataclass(frozen=True)
class Case:
    """What an application says before it exists: the facts on which routes and checks depend."""

    form: Form
    answers: Mapping[str, Any]
    subject: Record | None
    applicant: Person


class Effect(Protocol):
    """What the approval of a form does, in the approving transaction."""

    def __call__(self, application: Application, *, by: Actor) -> None:
        """Carry out what was approved; a Refused undoes the approval and is shown to the approver."""
        ...


CONDITIONS: dict[str, Callable[[Case], bool]] = {}
CHOICES: dict[str, Callable[[], Iterable[Choice]]] = {}
CHECKS: dict[str, Callable[[Case], Mapping[str, object]]] = {}
EFFECTS: dict[str, Effect] = {}
ROLES: dict[str, Callable[[Case], str]] = {}

F = TypeVar("F", bound=Callable[..., object])


def condition(name: str) -> Callable[[F], F]:
    """Register a condition ``(case) -> bool`` that a step of a route names in ``when``."""
    return _into(CONDITIONS, name)


def choices(name: str) -> Callable[[F], F]:
    """Register a source ``() -> choices`` that a field names in ``choices_from``."""
    return _into(CHOICES, name)


def check(name: str) -> Callable[[F], F]:
    """Register a check ``(case) -> {field: sentence}`` that a form names in ``check``."""
    return _into(CHECKS, name)


def role_of(name: str) -> Callable[[F], F]:
    """Register a source ``(case) -> role id`` that a step of a route names in ``role_from``."""
    return _into(ROLES, name)


def on_approved(form_id: str) -> Callable[[F], F]:
    """Register what the approval of the form does: ``(application, *, by) -> None``."""
    return _into(EFFECTS, form_id)


def _into(table: dict[str, Any], name: str) -> Callable[[F], F]:
    def register(function: F) -> F:
        known = table.setdefault(name, function)
        if known.__qualname__ != function.__qualname__:
            raise ValueError(f"{name!r} is registered twice")
        return function

    return register
