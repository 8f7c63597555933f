"""When the index looks after itself."""

from __future__ import annotations

from sakimori.kernel.jobs.queue import every, task

from . import upkeep


@task("search.heal")
def heal() -> None:
    """Index what was missed."""
    upkeep.heal()


@task("search.rebuild")
def rebuild() -> None:
    """Index everything anew."""
    upkeep.rebuild()


every("search.heal", minutes=30)
