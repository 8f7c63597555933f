"""Keep django-q2's schedule equal to what the code declares, also after the clock jumped."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django_q.models import OrmQ, Schedule

from sakimori.lib import clock

from . import registry


def synchronise() -> None:
    """Create, correct and remove schedule rows; running it again changes nothing.

    A row whose next run lies further ahead than its period was left behind by a clock that ran ahead
    and was set back: it is moved near again. A run missed while the machine was down happens once.
    """
    with transaction.atomic():
        rows = {row.name: row for row in Schedule.objects.filter(func=registry.RUNNER)}
        for name, row in rows.items():
            if name not in registry.TIMETABLE:
                row.delete()
        for name, every in registry.TIMETABLE.items():
            _keep(rows.get(name), every)


def _keep(row: Schedule | None, every: registry.Every) -> None:
    wanted = {
        "args": repr((every.job,)),
        "schedule_type": Schedule.MINUTES if every.minutes else Schedule.DAILY,
        "minutes": every.minutes or None,
        "repeats": -1,
    }
    if row is None:
        Schedule.objects.create(name=every.job, func=registry.RUNNER, next_run=first_run(every), **wanted)
        return
    changed = {name: value for name, value in wanted.items() if getattr(row, name) != value}
    if changed or row.next_run > clock.now() + period(every) or _other_hour(row.next_run, every):
        Schedule.objects.filter(pk=row.pk).update(next_run=first_run(every), **changed)


def _other_hour(next_run: datetime, every: registry.Every) -> bool:
    local = next_run.astimezone(clock.JAPAN)
    return every.daily is not None and (local.hour, local.minute) != (every.daily.hour, every.daily.minute)


def period(every: registry.Every) -> timedelta:
    """Return the time between two runs."""
    return timedelta(minutes=every.minutes) if every.minutes else timedelta(days=1)


def first_run(every: registry.Every) -> datetime:
    """Return the next moment at which the job is due."""
    now = clock.now()
    if every.daily is None:
        return now + timedelta(minutes=every.minutes)
    local = now.astimezone(clock.JAPAN)
    today = local.replace(hour=every.daily.hour, minute=every.daily.minute, second=0, microsecond=0)
    return today if today > local else today + timedelta(days=1)


def free_stuck_tasks(longest: timedelta) -> int:
    """Free tasks that are locked until later than any lock can last, because the clock was set back."""
    far = clock.now() + longest + timedelta(minutes=1)
    freed: int = OrmQ.objects.filter(lock__gt=far).update(lock=clock.now())
    return freed
