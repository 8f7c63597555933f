"""When obligations run by themselves."""

from __future__ import annotations

from sakimori.kernel.jobs.queue import every, task

from . import contact
from .obligations import run_day


@task("obligations.day")
def day() -> None:
    """Plan ahead and tell whoever is to be told."""
    run_day()


@task("obligations.watch", urgent=True)
def watch() -> None:
    """Watch the limits that count in hours."""
    contact.run()


every("obligations.day", daily="05:30")
every("obligations.watch", minutes=10)
