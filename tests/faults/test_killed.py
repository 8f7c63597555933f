"""Processes die by kill -9 at any moment: what was acknowledged stays, nothing is half written, all is verified."""

import pytest

from . import IN_FULL, REPETITIONS
from .conftest import Play

ROWS = 10_000 if IN_FULL else 800


def assert_sound(told: list[dict]) -> None:
    for facts in told:
        assert facts["problems"] == []
        assert (facts["halves"], facts["without_entry"], facts["still_waiting"]) == (0, 0, 0)
        assert facts["sealed"] == facts["waiting"]


@pytest.mark.slow
def test_an_import_killed_at_any_moment_took_in_all_rows_or_none(play: Play) -> None:
    told = play("import", rows=ROWS)
    assert len(told) == REPETITIONS + 1
    assert any(facts["killed"] for facts in told)
    assert {facts["state"] for facts in told} <= {"checked", "applied"}
    assert all(facts["rows"] == facts["entries"] == facts["expected"] for facts in told)
    assert told[-1]["state"] == "applied"  # the same checked file goes in after its process was killed
    assert_sound(told)


@pytest.mark.slow
def test_every_acknowledged_command_survives_the_death_of_writer_and_sealer(play: Play) -> None:
    told = play("write")
    assert len(told) == REPETITIONS
    for facts in told:
        assert facts["acknowledged"] == facts["found"] > 0
        assert facts["records_told"] == facts["records_found"]
        assert facts["unsaid"] <= 1  # committed, and killed before it could say so
    assert_sound(told)


@pytest.mark.slow
@pytest.mark.parametrize("play", ["sqlite"], indirect=True)
def test_a_disk_that_fills_up_under_the_writer_loses_nothing_acknowledged(play: Play) -> None:
    told = play("full", repetitions=1)
    assert told[0]["status"] == 0  # it ended by what the database said of the disk, and by nothing else
    assert told[0]["acknowledged"] == told[0]["found"] > 0
    assert told[0]["records_told"] == told[0]["records_found"]
    assert told[0]["unsaid"] == 0
    assert_sound(told)


@pytest.mark.slow
@pytest.mark.parametrize("play", ["sqlite", "postgresql"] if IN_FULL else ["sqlite"], indirect=True)
def test_a_job_whose_worker_was_killed_is_done_again_and_not_doubled(play: Play) -> None:
    told = play("job", rows=300)
    for facts in told[:-1]:
        assert facts["claimed"]
        assert facts["planned"] == facts["distinct"] <= facts["expected"]
    assert told[-1]["queued"] == 0
    assert told[-1]["planned"] == told[-1]["distinct"] == told[-1]["expected"]
    assert_sound(told)
