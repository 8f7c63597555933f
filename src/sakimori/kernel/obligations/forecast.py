"""What a changed parameter would do to the plan, computed by the planner's own rules and written nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sakimori.kernel.content import parameters
from sakimori.kernel.content.duties import DUTIES, Duty, FromParameter
from sakimori.kernel.content.parameters import PARAMETERS
from sakimori.lib import clock
from sakimori.lib.dates import Cadence, Unit

from . import calendar, targets
from .calendar import Calendar
from .models import Obligation


@dataclass(frozen=True)
class Forecast:
    """One duty under a changed parameter: its span, its next due day and how often it falls due in a year."""

    duty: Duty
    before: Cadence | None
    after: Cadence | None
    members: int  # for how many targets it is due
    next_before: date | None
    next_after: date | None
    yearly_before: int
    yearly_after: int

    @property
    def moved(self) -> int:
        """Return how many next due days change."""
        return self.members if self.next_before != self.next_after else 0


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
        return Forecast(duty, calendar.cadence(duty.within, on), after, 0, None, None, 0, 0)
    before = calendar.cadence(duty.every, on)
    adopted = Obligation.objects.filter(duty_id=duty.id).values_list("effective_on", flat=True).first()
    days = [list(_year(duty, every, adopted or clock.today(), on)) for every in (before, after)]
    first = [found[0] if found else None for found in days]
    members = len(targets.members(duty.for_each, on))
    return Forecast(
        duty, before, after, members, first[0], first[1], members * len(days[0]), members * len(days[1])
    )


def _year(duty: Duty, every: Cadence | None, adopted: date, on: date) -> Iterator[date]:
    """Yield the due days of the year from ``on``; always the first, however far away it lies."""
    if every is None:
        return
    anchor, end = calendar.anchor(duty, every, adopted), on + timedelta(days=365)
    until = max(end, every.after(on), anchor)
    eve = on - timedelta(days=1)
    found = calendar.slots(duty, every, first=anchor, after=eve, until=until, calendar=Calendar())
    for place, slot in enumerate(found):
        if place == 0 or slot.due <= end:
            yield slot.due
