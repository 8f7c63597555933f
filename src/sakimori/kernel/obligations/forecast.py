"""What a changed parameter would do to the plan, computed by the planner's own rules and written nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Max

from sakimori.kernel.content import parameters
from sakimori.kernel.content.duties import DUTIES, Duty, FromParameter
from sakimori.kernel.content.parameters import PARAMETERS
from sakimori.lib import clock
from sakimori.lib.dates import Cadence, Unit

from . import calendar, targets
from .calendar import Calendar
from .models import Obligation, Occurrence


@dataclass(frozen=True)
class Forecast:
    """One duty under a changed parameter: its span, its next due day, and the due days of the coming year."""

    duty: Duty
    before: Cadence | None
    after: Cadence | None
    members: int  # for how many targets it is due
    next_before: date | None = None
    next_after: date | None = None
    yearly_before: int = 0
    yearly_after: int = 0
    changed: int = 0  # due days of the coming year that come, go or move


def duties_of(name: str) -> list[Duty]:
    """Return the duties whose span is this parameter."""
    wanted = FromParameter(parameter=name)
    return [duty for duty in DUTIES if not duty.retired and wanted in (duty.every, duty.within)]


def forecast(name: str, value: object, *, on: date) -> list[Forecast]:
    """Return what every duty that obeys parameter ``name`` would do if ``value`` held from ``on``.

    A duty that starts with an event has no next day; its two spans are told. Raises Refused for a misfit.
    """
    after = _span(parameters.typed(PARAMETERS[name], value))
    return [_of(duty, name, after, on) for duty in duties_of(name)]


def _span(value: object) -> Cadence | None:
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return Cadence(value, Unit.DAY)
    return value if isinstance(value, Cadence) else None


def _of(duty: Duty, name: str, after: Cadence | None, on: date) -> Forecast:
    if duty.every != FromParameter(parameter=name):
        return Forecast(duty, calendar.cadence(duty.within, on), after, 0)
    before = calendar.cadence(duty.every, on)
    obligation = Obligation.objects.filter(duty_id=duty.id).first()
    adopted = obligation.effective_on if obligation else clock.today()
    last = _last_done(obligation) if duty.counted == "completion" else {}
    members = targets.members(duty.for_each, on)
    ways = [
        [set(_year(duty, every, adopted, last.get(t.pk), on)) for t in members] for every in (before, after)
    ]
    nexts = [min((min(days) for days in way if days), default=None) for way in ways]
    yearly = [sum(map(len, way)) for way in ways]
    changed = sum(len(old ^ new) for old, new in zip(*ways, strict=True))
    return Forecast(duty, before, after, len(members), nexts[0], nexts[1], yearly[0], yearly[1], changed)


def _last_done(obligation: Obligation | None) -> dict[int | None, date]:
    rows = Occurrence.objects.filter(obligation=obligation, state=Occurrence.State.DONE)
    return dict(rows.values_list("target_id").annotate(Max("done_on")))


def _year(duty: Duty, every: Cadence | None, adopted: date, done: date | None, on: date) -> Iterator[date]:
    """Yield the due days of the year from ``on``; always the first, however far away it lies."""
    if every is None:
        return
    first = every.after(done) if done else calendar.anchor(duty, every, adopted)
    end, eve = on + timedelta(days=365), on - timedelta(days=1)
    until = max(end, every.after(on), first)
    found = calendar.slots(duty, every, first=first, after=eve, until=until, calendar=Calendar())
    for place, slot in enumerate(found):
        if place == 0 or slot.due <= end:
            yield slot.due
