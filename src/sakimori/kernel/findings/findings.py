"""The door: run checks, list findings, count them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, Min, Q

from sakimori.kernel.identity.models import Person
from sakimori.kernel.records.models import Record
from sakimori.lib import clock

from .acts import waive
from .completeness import Register, completeness
from .models import Finding, FindingQuerySet
from .registry import CHECKS, SEVERITIES, Check, check
from .runner import Outcome, run, run_for


@dataclass(frozen=True)
class Tally:
    """How one check stands: how many offend, how many of them too long, since when."""

    check: Check
    open: int
    overdue: int
    waived: int
    oldest_due: date | None


def findings_of(record: Record) -> FindingQuerySet:
    """Return all findings about a record, what still offends first, then the latest."""
    rows = Finding.objects.of(record).select_related("waiver", "previous")
    return rows.order_by(F("closed_at").asc(nulls_first=True), "-opened_at", "-pk")


def open_for(person: Person) -> FindingQuerySet:
    """Return what the person is to put right, the most urgent first."""
    rows = Finding.objects.open().answered_by(person).select_related("record", "record__owner")
    return rows.order_by("due_on", "pk")


def summary(person: Person | None = None) -> list[Tally]:
    """Return the count of every check, as far as the person may know; zeros included, gravest first."""
    rows = Finding.objects.standing()
    if person is not None:
        rows = rows.visible_to(person)
    late = Q(state="open", due_on__lt=clock.today())
    counted = rows.order_by().values("check_name").annotate(
        open=Count("pk", filter=Q(state="open")), overdue=Count("pk", filter=late),
        waived=Count("pk", filter=Q(state="waived")), oldest=Min("due_on", filter=Q(state="open")),
    )  # fmt: skip
    known = {row["check_name"]: row for row in counted}
    found = [_count(each, known.get(each.name)) for each in CHECKS.values()]
    return sorted(found, key=lambda count: (SEVERITIES.index(count.check.severity), -count.open))


def _count(each: Check, row: Mapping[str, Any] | None) -> Tally:
    values = row or {"open": 0, "overdue": 0, "waived": 0, "oldest": None}
    return Tally(each, values["open"], values["overdue"], values["waived"], values["oldest"])


__all__ = [
    "Check",
    "Tally",
    "Finding",
    "Outcome",
    "Register",
    "check",
    "completeness",
    "findings_of",
    "open_for",
    "run",
    "run_for",
    "summary",
    "waive",
]
