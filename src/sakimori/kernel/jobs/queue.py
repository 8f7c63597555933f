"""Put jobs on the queue; the door by which the rest of the product uses jobs."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django_q.tasks import async_task

from .broker import AlarmBroker, OrderedBroker
from .registry import JOBS, RUNNER, Job, every, run, task

__all__ = ["enqueue", "every", "run", "task"]


def enqueue(name: str, **arguments: Any) -> None:
    """Put a job on the queue once the present transaction is committed; raise KeyError for an unknown job."""
    job = JOBS[name]
    transaction.on_commit(partial(_send, job, arguments))


def _send(job: Job, arguments: dict[str, Any]) -> None:
    if settings.Q_CLUSTER.get("sync"):
        run(job.name, arguments)
        return
    broker = AlarmBroker() if job.urgent else OrderedBroker()
    async_task(RUNNER, job.name, arguments, task_name=job.name[:100], group=job.name[:100], broker=broker)
