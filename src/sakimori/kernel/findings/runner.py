"""Compare what offends now with what is known: open, close, end waivers. A few statements per check.

Running it again changes nothing. A finding that comes back is a new one with a link to the old, so that
"put right" is never unsaid.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Max, QuerySet

from sakimori.kernel import hooks
from sakimori.kernel.policy import policy, workdays
from sakimori.kernel.records.models import Record
from sakimori.lib import clock

from .models import Finding
from .registry import CHECKS, Check

BATCH = 1000


@dataclass
class Outcome:
    """What one run found, in findings."""

    opened: int = 0
    closed: int = 0
    expired: int = 0


def run(today: date | None = None, names: Collection[str] | None = None) -> Outcome:
    """Run all checks, or those named; return what changed. Raises KeyError for an unknown name."""
    day, outcome = today or clock.today(), Outcome()
    with policy.reading():
        for name in CHECKS if names is None else names:
            with transaction.atomic():
                _run_check(CHECKS[name], day, outcome)
        if names is None:
            _close(Finding.objects.exclude(check_name__in=CHECKS), outcome)
    return outcome


def run_for(kinds: Collection[str], today: date | None = None) -> Outcome:
    """Run the checks over the registers of ``kinds`` only, as after an import."""
    day = today or clock.today()
    return run(
        day, [name for name, check in CHECKS.items() if check.offenders(day).model._meta.label_lower in kinds]
    )


def _run_check(check: Check, day: date, outcome: Outcome) -> None:
    offenders = check.offenders(day)
    if not issubclass(offenders.model, Record):
        raise TypeError(f"check {check.name!r} returns {offenders.model.__name__}, which is no record")
    keys = offenders.order_by().values("pk")
    known = Finding.objects.filter(check_name=check.name)
    _close(known.exclude(record__in=keys), outcome)
    outcome.expired += known.filter(state="waived", waived_until__lt=day).update(
        state=Finding.State.OPEN, due_on=_due(check, day)
    )
    fresh = Record.objects.filter(pk__in=keys).exclude(pk__in=known.standing().values("record_id"))
    outcome.opened += _open(check, fresh, day)


def _open(check: Check, fresh: QuerySet[Record], day: date) -> int:
    pks = list(fresh.values_list("pk", flat=True))
    due, now, count = _due(check, day), clock.now(), 0
    for some in _batches(pks):
        before = _latest_closed(check, some)
        roles = check.answering(some) if check.answering else {}
        rows = [
            Finding(
                check_name=check.name, record_id=pk, severity=check.severity,
                role=roles.get(pk, check.role),
                opened_at=now, due_on=due, previous_id=before.get(pk),
            )
            for pk in some
        ]  # fmt: skip
        for row in Finding.objects.bulk_create(rows):
            hooks.call("finding_opened", finding=row)
        count += len(rows)
    return count


def _latest_closed(check: Check, pks: list[int]) -> dict[int, int]:
    closed = Finding.objects.filter(check_name=check.name, state="closed", record_id__in=pks)
    return dict(closed.values_list("record_id").annotate(Max("pk")))


def _close(gone: QuerySet[Finding], outcome: Outcome) -> None:
    pks = list(gone.exclude(state="closed").values_list("pk", flat=True))
    for some in _batches(pks):
        rows = Finding.objects.filter(pk__in=some)
        rows.update(state=Finding.State.CLOSED, closed_at=clock.now())
        for row in rows:
            hooks.call("finding_closed", finding=row)
    outcome.closed += len(pks)


def _due(check: Check, day: date) -> date:
    days = {row["severity"]: row["days"] for row in policy.value("findings.due")}
    return workdays.next_workday(day + timedelta(days=days[check.severity]))


def _batches(pks: list[int]) -> Iterable[list[int]]:
    return (pks[start : start + BATCH] for start in range(0, len(pks), BATCH))
