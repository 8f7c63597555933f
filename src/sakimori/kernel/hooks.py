"""Upward calls: the kernel announces, domains answer. About a dozen names, all listed here.

A plain function call that lists its hearers, in place of signals that hide them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

NAMES = frozenset(
    {
        "record_changed",  # record: after every command
        "records_imported",  # records: after a bulk write
        "record_erased",  # records: it and those that bore its name; words: what nobody may read any more
        "application_submitted",  # application
        "application_approved",  # application
        "application_returned",  # application: sent back to the applicant
        "application_closed",  # application: rejected, withdrawn or expired
        "occurrence_closed",  # occurrence
        "occurrence_overdue",  # occurrence
        "finding_opened",  # finding
        "finding_closed",  # finding
        "person_joined",  # person
        "person_moved",  # person, former_department
        "person_leaves",  # person
        "head_published",  # head: a new ledger head is to leave the house
        "parameter_changed",  # name, value, effective_on
        "document_published",  # document, edition, audience (role ids): an edition came into force
    }
)

Hearer = TypeVar("Hearer", bound=Callable[..., object])
_hearers: dict[str, list[Callable[..., object]]] = {name: [] for name in NAMES}


def on(name: str) -> Callable[[Hearer], Hearer]:
    """Register the decorated function as hearer of ``name``; raise KeyError for an unknown name."""

    def register(function: Hearer) -> Hearer:
        if function not in _hearers[name]:
            _hearers[name].append(function)
        return function

    return register


def call(name: str, /, **facts: Any) -> None:
    """Call every hearer of ``name`` in the order of registration, in the caller's transaction."""
    for hearer in _hearers[name]:
        hearer(**facts)
