"""Several people decide at the same moment: nothing is decided twice, and no decision is lost."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from sakimori.kernel.approvals import approvals
from sakimori.kernel.approvals.approvals import Application
from sakimori.kernel.approvals.models import Decision
from sakimori.kernel.identity.models import Appointment, Person
from sakimori.lib.errors import Refused
from tests.cast import Cast

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def together(acts: list[Callable[[], object]]) -> list[object]:
    """Run the acts at the same moment, each on a connection of its own; return what came of each."""
    gate, outcomes = threading.Barrier(len(acts)), [None] * len(acts)

    def run(index: int) -> None:
        try:
            gate.wait(10)
            outcomes[index] = acts[index]()
        except Refused as refused:
            outcomes[index] = refused
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return outcomes


def approving(application: Application, person: Person) -> Callable[[], object]:
    return lambda: approvals.decide(application, decision="approve", by=Person.objects.get(pk=person.pk))


def test_all_members_of_a_step_decide_at_once_and_every_decision_counts(
    cast: Cast, appoint: Callable[..., Appointment]
) -> None:
    board = [cast.eto, cast.ono, cast.kimura, cast.kubo, cast.shimizu]
    for person in board:
        appoint(person, "committee_member")
    application = approvals.submit("everyone", {"purpose": "x"}, by=cast.kato)
    outcomes = together([approving(application, person) for person in board])
    assert [type(outcome) for outcome in outcomes] == [Application] * 5
    application.refresh_from_db()
    assert application.is_approved
    assert set(Decision.objects.values_list("person_id", flat=True)) == {person.pk for person in board}


def test_of_two_people_at_one_step_one_decides_and_the_other_is_told(
    cast: Cast, appoint: Callable[..., Appointment], monkeypatch: pytest.MonkeyPatch
) -> None:
    appoint(cast.shimizu, "security_office")
    carried_out: list[int] = []
    monkeypatch.setitem(
        approvals.travel.EFFECTS, "trip", lambda application, *, by: carried_out.append(application.pk)
    )
    for _ in range(5):
        application = approvals.submit("trip", {"purpose": "x"}, by=cast.kato)
        approvals.decide(application, decision="approve", by=cast.eto)
        outcomes = together([approving(application, person) for person in (cast.ueno, cast.shimizu)])
        assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Application", "NotAllowed"]
        assert application.decisions.count() == 2
    assert len(carried_out) == len(set(carried_out)) == 5


def test_one_person_pressing_twice_decides_once(cast: Cast) -> None:
    application = approvals.submit("together", {"purpose": "x"}, by=cast.kato)
    outcomes = together([approving(application, cast.ueno)] * 4)
    assert sum(isinstance(outcome, Application) for outcome in outcomes) == 1
    assert application.decisions.count() == 1


def test_approving_and_withdrawing_at_once_ends_in_one_of_both(cast: Cast) -> None:
    for _ in range(5):
        application = approvals.submit("trip", {"purpose": "x"}, by=cast.kato)
        together(
            [
                approving(application, cast.eto),
                lambda application=application: approvals.withdraw(application, by=cast.kato),  # type: ignore[misc]
            ]
        )
        application.refresh_from_db()
        assert application.status == "withdrawn"
        assert not application.steps.filter(state__in=["open", "waiting"]).exists()
