"""Report how far a long job has come; each report is one small UPDATE, visible at once outside transactions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from sakimori.kernel.identity.models import Person
from sakimori.lib import clock
from sakimori.lib.errors import Refused

from .models import Progress
from .registry import every, task

SILENCE = timedelta(hours=2)  # longer than a job may run: its worker is dead and its tries are used up


def start(job: str, title: str, *, owner: Person | None = None, total: int = 0) -> Progress:
    """Open the report of a job that is about to be enqueued; pass its key to the job."""
    return Progress.objects.create(job=job, title=title[:200], owner=owner, total=total)


def advance(key: int, done: int, *, total: int | None = None, text: str = "") -> None:
    """Report ``done`` steps; ``total`` when it became known, ``text`` for what is being done."""
    changes: dict[str, object] = {"done": done, "state": Progress.State.RUNNING}
    if total is not None:
        changes["total"] = total
    _report(key, text, changes)


def finish(key: int, text: str = "", outcome: Mapping[str, object] | None = None) -> None:
    """Report that the job is done, with what it brought."""
    _report(key, text, {"state": Progress.State.DONE, "outcome": dict(outcome or {})})


def fail(key: int, text: str) -> None:
    """Report that the job ended without result, with a sentence that says what to do."""
    _report(key, text, {"state": Progress.State.FAILED})


@contextmanager
def watched(key: int) -> Iterator[None]:
    """Run a job's body; a refusal becomes the report's sentence, anything else is recorded and raised."""
    advance(key, 0)
    try:
        yield
    except Refused as refusal:
        fail(key, str(refusal))
    except Exception:
        fail(key, _("処理が途中で止まりました。自動でやり直します。"))
        raise


def of_person(person: Person, limit: int = 10) -> list[Progress]:
    """Return the person's latest jobs, newest first."""
    return list(Progress.objects.filter(owner=person).order_by("-id")[:limit])


@task("jobs.close_silent")
def close_silent() -> None:
    """Mark as failed what has not reported for longer than any job may run."""
    text = _("処理が応答しなくなりました。もう一度実行してください。")
    silent = Progress.objects.filter(
        state__in=[Progress.State.WAITING, Progress.State.RUNNING], changed_at__lt=clock.now() - SILENCE
    )
    silent.update(state=Progress.State.FAILED, text=text, changed_at=clock.now())


every("jobs.close_silent", minutes=30)


def _report(key: int, text: str, changes: Mapping[str, object]) -> None:
    with transaction.atomic():
        values = {**changes, "changed_at": clock.now()}
        if text:
            values["text"] = text[:300]
        Progress.objects.filter(pk=key).update(**values)
