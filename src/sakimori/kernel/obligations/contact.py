"""Remind, report lateness upwards, and keep count, so that a person is told once and nobody is forgotten.

Each occurrence has an itinerary of moments computed from its day; ``contact_at`` holds the next one. A run
reads only the rows whose moment has come. After down time, reminders that were missed become one, reports that
were missed are made in order.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from sakimori.kernel import hooks
from sakimori.kernel.content.duties import Duty
from sakimori.kernel.identity.models import Person
from sakimori.kernel.notices import notices
from sakimori.kernel.policy import policy
from sakimori.lib import clock

from . import people
from .calendar import morning
from .models import Occurrence

REMINDER, OVERDUE, SUPERIOR, COMMITTEE = "reminder", "overdue", "superior", "committee"
BATCH = 500


@dataclass(frozen=True)
class Stage:
    """One moment of the itinerary."""

    kind: str
    at: datetime


def itinerary(
    duty: Duty, due: date, opens: date, due_at: datetime | None = None, since: datetime | None = None
) -> list[Stage]:
    """Return the moments at which somebody is told about an occurrence, in their order."""
    delay = timedelta(days=policy.value("obligations.escalation"))
    if due_at is not None and since is not None:
        allowed = due_at - since
        reminders = [Stage(REMINDER, since), Stage(REMINDER, since + allowed / 2)]
        late, step = due_at, min(delay, allowed)
    else:
        days = duty.remind or policy.value("obligations.reminders")
        moments = sorted({max(due - timedelta(days=n), opens) for n in days})
        reminders = [Stage(REMINDER, morning(day)) for day in moments]
        late, step = morning(due + timedelta(days=1)), delay
    return [
        *reminders,
        Stage(OVERDUE, late),
        Stage(SUPERIOR, late + step),
        Stage(COMMITTEE, late + 2 * step),
    ]


def first(duty: Duty, due: date, opens: date) -> datetime:
    """Return the first moment of the itinerary."""
    return itinerary(duty, due, opens)[0].at


def run(limit: int | None = None) -> int:
    """Tell whoever is to be told by now; return how many occurrences were looked at."""
    now, count = clock.now(), 0
    with policy.reading():
        while True:
            rows = Occurrence.objects.open().filter(contact_at__lte=now).order_by("contact_at", "pk")
            keys = list(rows.values_list("pk", flat=True)[:BATCH])
            for key in keys:
                with transaction.atomic():
                    _contact(key, now)
            count += len(keys)
            if len(keys) < BATCH or (limit is not None and count >= limit):
                return count


def stages_of(occurrence: Occurrence) -> list[Stage]:
    """Return the itinerary of a stored occurrence."""
    since = _since(occurrence) if occurrence.due_at is not None else None
    return itinerary(
        occurrence.obligation.duty, occurrence.due_on, occurrence.opens_on, occurrence.due_at, since
    )


def _since(occurrence: Occurrence) -> datetime:
    """Return when the clock of a time limit started; its slot ends with that moment."""
    return datetime.fromisoformat(occurrence.slot.rsplit("@", 1)[1])


def _contact(key: int, now: datetime) -> None:
    """Make the reports of one occurrence whose moment has come; another worker finds nothing left to do."""
    rows = Occurrence.objects.select_for_update(of=("self",)).select_related("obligation", "target")
    occurrence = rows.get(pk=key)
    if (
        occurrence.state != Occurrence.State.OPEN
        or occurrence.contact_at is None
        or occurrence.contact_at > now
    ):
        return
    told = occurrence.contacted_at
    stages = stages_of(occurrence)
    passed = [stage for stage in stages if stage.at <= now and (told is None or stage.at > told)]
    reports = [stage for stage in passed if stage.kind != REMINDER]
    for stage in reports or passed[-1:]:
        _tell(occurrence, stage)
    next_at = next((stage.at for stage in stages if stage.at > now), None)
    Occurrence.objects.filter(pk=key).update(contacted_at=now, contact_at=next_at)


def _tell(occurrence: Occurrence, stage: Stage) -> None:
    day = clock.today()
    if stage.kind == OVERDUE:
        hooks.call("occurrence_overdue", occurrence=occurrence)
    to = {
        REMINDER: people.responsible, OVERDUE: people.responsible, SUPERIOR: people.superiors,
    }.get(stage.kind)  # fmt: skip
    receivers = to(occurrence, day) if to else people.committee(day)
    notices.send(
        f"obligations.{stage.kind}", receivers, record=occurrence.obligation,
        context=_facts(occurrence, receivers), urgent=occurrence.due_at is not None,
        key=f"obligation/{occurrence.pk}/{stage.kind}/{stage.at.isoformat()}",
    )  # fmt: skip


def _facts(occurrence: Occurrence, receivers: list[Person]) -> dict[str, object]:
    responsible = people.responsible(occurrence)
    return {
        "duty": occurrence.obligation.label,
        "target": occurrence.target.label if occurrence.target else "全社",
        "due": occurrence.due_at or occurrence.due_on,
        "names": "、".join(person.name for person in responsible) or "担当者なし",
    }
