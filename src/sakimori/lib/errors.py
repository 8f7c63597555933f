"""Refusals: what a user is told when something may not happen, in one Japanese sentence."""

from __future__ import annotations

from collections.abc import Mapping


class Refused(Exception):
    """Something the rules do not allow; the message is shown to the user as it is.

    ``rule`` names the rule that refused, ``field`` the form field concerned, where there is one.
    """

    def __init__(self, message: object, *, rule: str = "", field: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.rule = rule
        self.field = field

    def __str__(self) -> str:
        return str(self.message)


class NotAllowed(Refused):
    """The person has no right to do this, or the record's state does not allow it."""


class SeparationOfDuties(NotAllowed):
    """The same person may not hold both sides of this act."""


class Conflict(Refused):
    """Somebody else changed the record meanwhile; ``changes`` are his (field, from, to)."""

    def __init__(self, message: object, *, changes: tuple[tuple[str, object, object], ...] = ()) -> None:
        super().__init__(message, rule="ledger.revision")
        self.changes = changes


class Invalid(Refused):
    """Values that cannot be stored; ``problems`` maps each field to its sentence."""

    def __init__(self, problems: Mapping[str, object]) -> None:
        super().__init__(" / ".join(str(text) for text in problems.values()), rule="values")
        self.problems = dict(problems)
