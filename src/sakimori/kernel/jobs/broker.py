"""The queue in the database: oldest first, alarms before everything else.

django-q2's own ORM broker takes rows in no order. Here the column ``lock`` (not before this moment) is
the order as well: an alarm is entered with a moment long past. No second queue and no second worker to watch.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from django.db import connections
from django_q.brokers.orm import ORM
from django_q.conf import Conf
from django_q.models import OrmQ

from sakimori.lib import clock

from . import timetable

HOUSEKEEPING_SECONDS = 60
LONG_PAST = datetime(1970, 1, 2, tzinfo=UTC)

Claimed = list[tuple[int, str]]


class OrderedBroker(ORM):  # type: ignore[misc]
    """First in, first out; keeps the timetable right while it waits."""

    _kept_at: ClassVar[float] = float("-inf")

    def enqueue(self, task: str) -> int:
        """Store a signed task and return its key."""
        row = self.get_connection().create(
            key=self.list_key or Conf.CLUSTER_NAME, payload=task, lock=self.moment()
        )
        return int(row.pk)

    def moment(self) -> datetime:
        """Return the moment from which, and in whose order, a new task may be taken."""
        return clock.now()

    def dequeue(self) -> Claimed | None:
        """Claim the first task that may be taken; of several clusters one gets it."""
        self.keep_house()
        waiting = self.get_connection().filter(key=self.list_key, lock__lt=clock.now()).order_by("lock", "id")
        for row in waiting[:5]:
            if _claim(row):
                return [(row.pk, row.payload)]
        time.sleep(Conf.POLL)
        return None

    def keep_house(self) -> None:
        """Bring the timetable up to date once a minute, by a clock that nobody can move."""
        if time.monotonic() - OrderedBroker._kept_at < HOUSEKEEPING_SECONDS:
            return
        OrderedBroker._kept_at = time.monotonic()
        connections[Conf.ORM].close_if_unusable_or_obsolete()
        timetable.synchronise()
        timetable.free_stuck_tasks(timedelta(seconds=Conf.RETRY))


class AlarmBroker(OrderedBroker):
    """Enters tasks before everything that waits."""

    def moment(self) -> datetime:
        """Return a moment long past."""
        return LONG_PAST


def _claim(row: OrmQ) -> bool:
    taken_until = clock.now() + timedelta(seconds=Conf.RETRY)
    return bool(OrmQ.objects.using(Conf.ORM).filter(pk=row.pk, lock=row.lock).update(lock=taken_until))
