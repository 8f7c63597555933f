"""When obligations run by themselves."""

from __future__ import annotations

from sakimori.kernel import hooks
from sakimori.kernel.content.duties import DUTIES, FromParameter
from sakimori.kernel.jobs.queue import enqueue, every, task

from . import contact, coverage
from .obligations import run_day


@task("obligations.day")
def day() -> None:
    """Plan ahead and tell whoever is to be told."""
    run_day()


@task("obligations.watch", urgent=True)
def watch() -> None:
    """Watch the limits that count in hours."""
    contact.run()


@task("obligations.coverage")
def count() -> None:
    """Bring the kept figures of coverage up to date."""
    while coverage.refresh():
        pass


@hooks.on("parameter_changed")
def replan(name: str, **_facts: object) -> None:
    """Plan anew at once where an article changed the cadence of a duty."""
    if any(isinstance(duty.every, FromParameter) and duty.every.parameter == name for duty in DUTIES):
        enqueue("obligations.day")


every("obligations.day", daily="05:30")
every("obligations.watch", minutes=10)
every("obligations.coverage", minutes=5)
