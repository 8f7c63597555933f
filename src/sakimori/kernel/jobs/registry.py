"""The jobs by name, and when each runs by itself.

Every job is idempotent, short and resumable: a worker may be killed at any line and the job is run again.
Arguments are plain values (numbers, texts, dates), never objects: a job reads what it needs when it runs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import time
from typing import Any, TypeVar

from sakimori.kernel.policy import policy

Function = TypeVar("Function", bound=Callable[..., object])
RUNNER = "sakimori.kernel.jobs.registry.run"


@dataclass(frozen=True)
class Job:
    """A named piece of work; an urgent one overtakes all that wait."""

    name: str
    function: Callable[..., object]
    urgent: bool = False


@dataclass(frozen=True)
class Every:
    """When a job runs by itself: every so many minutes, or daily at a time of day in Japan."""

    job: str
    minutes: int = 0
    daily: time | None = None


JOBS: dict[str, Job] = {}
TIMETABLE: dict[str, Every] = {}


def task(name: str, *, urgent: bool = False) -> Callable[[Function], Function]:
    """Declare the decorated function as job ``name``; raise ValueError for a name used twice."""

    def declare(function: Function) -> Function:
        known = JOBS.get(name)
        if known and known.function.__qualname__ != function.__qualname__:
            raise ValueError(f"job {name!r} is declared twice")
        JOBS[name] = Job(name, function, urgent)
        return function

    return declare


def every(name: str, *, minutes: int = 0, daily: str = "") -> None:
    """Run job ``name`` every so many minutes, or daily at "HH:MM" in Japan.

    Raises ValueError unless exactly one of both is given.
    """
    if bool(minutes) == bool(daily):
        raise ValueError(f"job {name!r}: either minutes or daily")
    TIMETABLE[name] = Every(name, minutes, time.fromisoformat(daily) if daily else None)


def run(name: str, arguments: dict[str, Any] | None = None) -> None:
    """Run a job now, in this process; what it raises is the queue's to record and repeat."""
    with policy.reading():
        JOBS[name].function(**(arguments or {}))
