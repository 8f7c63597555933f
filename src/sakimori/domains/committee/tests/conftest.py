"""A committee of four: 石田 (chair), 清水 (vice chair), and the heads 江藤 and 大野; 上野 is the office."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest

from sakimori.domains.committee import rules
from sakimori.domains.committee.models import Meeting
from sakimori.kernel.identity.models import Appointment, Person
from sakimori.kernel.obligations import obligations
from sakimori.lib import clock
from tests.cast import Cast

TODAY = date(2026, 6, 1)


@pytest.fixture(autouse=True)
def june() -> Iterator[None]:
    with clock.at(TODAY):
        yield


@pytest.fixture
def seated(cast: Cast) -> Cast:
    for person, role in ((cast.shimizu, "committee_vice_chair"), (cast.ono, "committee_member")):
        Appointment.objects.create(person=person, role=role, starts_on=date(2026, 4, 1))
    return cast


@pytest.fixture
def planned(seated: Cast) -> Meeting:
    obligations.adopt()
    obligations.materialise()
    return rules.plan_meeting(held_on=TODAY + timedelta(days=10), place="本社 会議室", by=seated.ueno)


Hold = Callable[..., Meeting]


@pytest.fixture
def hold(seated: Cast) -> Hold:
    """Convene a meeting and open it on its day with the people who came (all four when not named)."""

    def run(meeting: Meeting, *present: Person) -> Meeting:
        rules.convene(meeting, by=seated.ueno)
        came = present or (seated.ishida, seated.shimizu, seated.eto, seated.ono)
        with clock.at(meeting.held_on):
            return rules.open_meeting(meeting, present=[p.pk for p in came], by=seated.ueno)

    return run


def noted(meeting: Meeting, **special: dict[str, object]) -> list[dict[str, object]]:
    """Return entries that take note of every item, but for those named by their place (``n1={...}``)."""
    entries = []
    for place, item in enumerate(meeting.items.all(), 1):
        entry: dict[str, object] = {"item": item.pk, "discussion": "報告を受けた。", "outcome": "noted"}
        entries.append(entry | special.get(f"n{place}", {}))
    return entries
