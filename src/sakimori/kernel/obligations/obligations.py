"""The door: everything the rest of the product asks of obligations."""

from __future__ import annotations

from datetime import date

from sakimori.lib import clock

from . import contact, plan
from .acts import assign, complete, earliest, may_act, move, set_aside
from .events import free_assignments, happened, happened_all, prove
from .forecast import Forecast, duties_of, forecast
from .grid import Cell, Row, grid
from .models import Obligation, Occurrence
from .people import committee, open_for, responsible, superiors, unheld
from .plan import adopt, materialise
from .targets import fan_out


def run_day(today: date | None = None) -> tuple[int, int]:
    """Plan ahead, then remind and report; return how many rows were planned and how many looked at.

    Run it as often as you like: what was done already is not done again, what was missed is made up for.
    """
    if today is None or today == clock.today():
        return plan.materialise(), contact.run()
    with clock.at(today):
        return plan.materialise(), contact.run()


__all__ = [
    "Cell",
    "Forecast",
    "Obligation",
    "Occurrence",
    "Row",
    "adopt",
    "assign",
    "committee",
    "complete",
    "duties_of",
    "earliest",
    "fan_out",
    "forecast",
    "free_assignments",
    "grid",
    "happened",
    "happened_all",
    "materialise",
    "may_act",
    "move",
    "open_for",
    "prove",
    "responsible",
    "run_day",
    "set_aside",
    "superiors",
    "unheld",
]
