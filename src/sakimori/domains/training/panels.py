"""What stands around a reading: its trials, one by one."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from sakimori.kernel.identity.models import Person
from sakimori.registers.panels import Panel, register

from .models import Reading


def trials(row: Reading, person: Person) -> Panel | None:
    """Show when it was tried, with what score, and the seed by which the questions can be drawn again."""
    rows = list(row.trials.all())
    return Panel(_("受験の記録"), "training/panels/trials.html", {"trials": rows}) if rows else None


register("training.trials", trials, order=10, kinds=("training.reading",))
