"""When checks run by themselves: every hour, and after imports over what was imported."""

from __future__ import annotations

from collections.abc import Sequence

from sakimori.kernel import hooks
from sakimori.kernel.dossier import evidence
from sakimori.kernel.jobs.queue import enqueue, every, task
from sakimori.kernel.records.models import Record

from . import runner, telling


@task("findings.run")
def run() -> None:
    """Run all checks."""
    runner.run()


@task("findings.run_for")
def run_for(kinds: list[str]) -> None:
    """Run the checks over some registers."""
    runner.run_for(kinds)


@task("findings.tell")
def tell() -> None:
    """Tell people what was found."""
    telling.tell()


@task("findings.rehash")
def rehash() -> None:
    """Compare every evidence file with its hash."""
    evidence.recheck()


@hooks.on("records_imported")
def after_import(records: Sequence[Record]) -> None:
    """Run the checks over what was imported, once the import is committed."""
    if records:
        enqueue("findings.run_for", kinds=sorted({record.kind for record in records}))


@hooks.on("parameter_changed")
def after_revision(**_facts: object) -> None:
    """Judge by the new number at once."""
    enqueue("findings.run")


every("findings.run", minutes=60)
every("findings.tell", daily="06:30")
every("findings.rehash", daily="02:30")
