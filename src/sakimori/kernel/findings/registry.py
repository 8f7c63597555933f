"""The checks by name. A check is a function: day → the offenders, as a query that the database answers."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from django.db.models import QuerySet

    Offenders = Callable[[date], QuerySet[Any]]
    Answering = Callable[[Collection[int]], Mapping[int, str]]

Severity = Literal["critical", "major", "minor"]
SEVERITIES: tuple[Severity, ...] = ("critical", "major", "minor")


@dataclass(frozen=True)
class Check:
    """One fault that software can judge."""

    name: str
    label: object
    offenders: Offenders
    severity: Severity
    role: str  # who answers where the record has no owner
    requirements: tuple[str, ...]
    answering: Answering | None = None  # the role that answers for each offender, whoever owns the record

    @property
    def description(self) -> str:
        """Return what the function says of itself."""
        return (self.offenders.__doc__ or "").strip()


CHECKS: dict[str, Check] = {}


def check(
    name: str,
    label: object,
    *,
    severity: Severity = "minor",
    role: str = "security_office",
    requirements: tuple[str, ...] = (),
    answering: Answering | None = None,
) -> Callable[[Offenders], Offenders]:
    """Declare the decorated function as check ``name``; ``label`` is what its findings are called.

    ``answering`` names the role per offender, where its owner is not who puts it right.
    Raises ValueError for a name used twice or an unknown severity.
    """
    if severity not in SEVERITIES:
        raise ValueError(f"check {name!r}: unknown severity {severity!r}")

    def declare(function: Offenders) -> Offenders:
        known = CHECKS.get(name)
        if known and known.offenders.__qualname__ != function.__qualname__:
            raise ValueError(f"check {name!r} is declared twice")
        CHECKS[name] = Check(name, label, function, severity, role, tuple(requirements), answering)
        return function

    return declare
