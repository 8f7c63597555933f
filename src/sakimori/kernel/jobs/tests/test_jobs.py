from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.db import transaction
from django.test import TestCase, override_settings
from django_q.models import OrmQ, Schedule
from django_q.signing import SignedPackage

from sakimori.kernel.jobs import progress, queue, registry, timetable
from sakimori.kernel.jobs.broker import OrderedBroker
from sakimori.kernel.jobs.models import Progress
from sakimori.lib import clock
from sakimori.lib.errors import Refused

pytestmark = pytest.mark.django_db
done: list[object] = []


@pytest.fixture(autouse=True)
def two_jobs(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(registry, "JOBS", {})
    monkeypatch.setattr(registry, "TIMETABLE", {})
    monkeypatch.setattr(queue, "JOBS", registry.JOBS)
    monkeypatch.setattr(OrderedBroker, "_kept_at", float("inf"))
    queue.task("test.plain")(plain)
    queue.task("test.alarm", urgent=True)(alarm)
    done.clear()
    yield


def plain(**arguments: object) -> None:
    done.append(arguments)


def alarm() -> None:
    done.append("alarm")


def enqueue(name: str, **arguments: object) -> None:
    """Enqueue and commit, as far as a test can."""
    with TestCase.captureOnCommitCallbacks(execute=True):
        queue.enqueue(name, **arguments)


def waiting() -> list[str]:
    """Claim everything in the order in which a worker would."""
    names = []
    while claimed := OrderedBroker("sakimori").dequeue():
        names.append(SignedPackage.loads(claimed[0][1])["name"])
    return names


def test_a_job_is_enqueued_only_when_its_transaction_is_kept() -> None:
    with TestCase.captureOnCommitCallbacks(execute=True):
        with pytest.raises(RuntimeError), transaction.atomic():
            queue.enqueue("test.plain")
            raise RuntimeError
        queue.enqueue("test.plain", number=2)
        assert OrmQ.objects.count() == 0
    assert [SignedPackage.loads(row.payload)["args"] for row in OrmQ.objects.all()] == [
        ("test.plain", {"number": 2})
    ]


def test_an_alarm_overtakes_what_was_enqueued_before_it() -> None:
    enqueue("test.plain", number=1)
    enqueue("test.plain", number=2)
    enqueue("test.alarm")
    assert waiting() == ["test.alarm", "test.plain", "test.plain"]


def test_a_claimed_job_is_not_given_out_again_until_it_may_be_lost() -> None:
    enqueue("test.plain")
    assert waiting() == ["test.plain"]
    assert waiting() == []
    with clock.at(clock.now() + timedelta(seconds=901)):
        assert waiting() == ["test.plain"]


def test_jobs_run_inline_where_the_settings_say_so() -> None:
    with override_settings(Q_CLUSTER={"sync": True}):
        enqueue("test.plain", number=7)
    assert done == [{"number": 7}]


def test_an_unknown_job_is_refused_at_once() -> None:
    with pytest.raises(KeyError):
        queue.enqueue("test.unknown")


def test_a_name_is_given_to_one_job_only() -> None:
    with pytest.raises(ValueError, match="declared twice"):
        queue.task("test.plain")(alarm)


def test_a_job_runs_either_by_minutes_or_daily() -> None:
    with pytest.raises(ValueError, match="either"):
        queue.every("test.plain", minutes=5, daily="06:00")


def test_the_timetable_is_synchronised_without_doubling() -> None:
    queue.every("test.plain", minutes=5)
    queue.every("test.alarm", daily="06:00")
    timetable.synchronise()
    rows = list(Schedule.objects.order_by("name").values())
    timetable.synchronise()
    assert list(Schedule.objects.order_by("name").values()) == rows
    assert [row["name"] for row in rows] == ["test.alarm", "test.plain"]


def test_a_job_that_is_no_longer_declared_leaves_the_timetable() -> None:
    queue.every("test.plain", minutes=5)
    timetable.synchronise()
    registry.TIMETABLE.clear()
    timetable.synchronise()
    assert not Schedule.objects.exists()


def test_a_daily_job_runs_at_its_hour_in_japan() -> None:
    queue.every("test.alarm", daily="06:00")
    with clock.at(datetime(2026, 11, 21, 23, 0, tzinfo=clock.JAPAN)):
        timetable.synchronise()
    assert Schedule.objects.get().next_run == datetime(2026, 11, 22, 6, 0, tzinfo=clock.JAPAN)


def test_a_schedule_that_a_wrong_clock_sent_into_the_future_comes_back() -> None:
    queue.every("test.plain", minutes=5)
    timetable.synchronise()
    now = clock.now()
    Schedule.objects.update(next_run=now + timedelta(days=400))
    timetable.synchronise()
    assert Schedule.objects.get().next_run <= clock.now() + timedelta(minutes=5)


def test_a_run_missed_while_the_machine_was_down_is_left_to_happen() -> None:
    queue.every("test.alarm", daily="06:00")
    missed = datetime(2026, 11, 20, 6, 0, tzinfo=clock.JAPAN)
    timetable.synchronise()
    Schedule.objects.update(next_run=missed)
    timetable.synchronise()
    assert Schedule.objects.get().next_run == missed


def test_a_task_locked_by_a_clock_that_was_set_back_is_freed() -> None:
    enqueue("test.plain")
    OrmQ.objects.update(lock=clock.now() + timedelta(days=30))
    assert waiting() == []
    timetable.free_stuck_tasks(timedelta(minutes=15))
    assert waiting() == ["test.plain"]


def test_progress_tells_how_far_a_job_is_and_what_it_brought() -> None:
    report = progress.start("test.plain", "取込み", total=200)
    with progress.watched(report.pk):
        progress.advance(report.pk, 50, text="50行まで読みました")
        report.refresh_from_db()
        assert (report.percent, report.text, report.state) == (25, "50行まで読みました", "running")
        progress.finish(report.pk, outcome={"rows": 200})
    report.refresh_from_db()
    assert (report.percent, report.is_over, report.outcome) == (100, True, {"rows": 200})


def test_a_refusal_within_a_job_is_shown_to_its_owner() -> None:
    report = progress.start("test.plain", "取込み")
    with progress.watched(report.pk):
        raise Refused("3行目の日付が読み取れません。")
    report.refresh_from_db()
    assert (report.state, report.text) == ("failed", "3行目の日付が読み取れません。")


def test_an_accident_within_a_job_is_shown_and_left_to_the_queue() -> None:
    report = progress.start("test.plain", "取込み")
    with pytest.raises(ZeroDivisionError), progress.watched(report.pk):
        raise ZeroDivisionError
    report.refresh_from_db()
    assert report.state == Progress.State.FAILED


def test_a_job_whose_worker_died_is_closed_after_a_while() -> None:
    report = progress.start("test.plain", "取込み")
    progress.advance(report.pk, 1)
    with clock.at(clock.now() + timedelta(hours=3)):
        progress.close_silent()
    report.refresh_from_db()
    assert report.state == Progress.State.FAILED
