"""How an application travels: steps in order, side by side, back, forward again, and out of time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sakimori.kernel import hooks
from sakimori.kernel.approvals import approvals, reminders
from sakimori.kernel.approvals.approvals import Application, Emergency
from sakimori.kernel.identity.models import Appointment, Person, Site
from sakimori.kernel.ledger import book
from sakimori.kernel.notices.models import Notice
from sakimori.lib import clock
from sakimori.lib.errors import Conflict, Invalid, NotAllowed
from tests.cast import Cast

from .conftest import MONDAY

pytestmark = pytest.mark.django_db
Appoint = Callable[..., Appointment]


def decide(
    application: Application, by: Person, decision: str = "approve", comment: str = "理由"
) -> Application:
    return approvals.decide(application, decision=decision, comment=comment, by=by)


def waiting(person: Person) -> list[str]:
    return [step.title for step in approvals.waiting_for(person)]


def test_steps_open_one_after_the_other_and_the_last_approves(cast: Cast, trip: Application) -> None:
    assert (trip.number[:4], trip.status) == ("TRP-", "pending")
    assert (waiting(cast.eto), waiting(cast.ueno)) == (["部門長の評価"], [])
    assert decide(trip, cast.eto).status == "pending"
    assert (waiting(cast.eto), waiting(cast.ueno)) == ([], ["事務局の確認"])
    assert decide(trip, cast.ueno).is_approved
    assert [line.verb for line in book.history(trip)] == ["application.decided"] * 2 + [
        "application.submitted"
    ]


def test_an_amount_above_the_limit_adds_the_president(cast: Cast) -> None:
    dear = approvals.route_preview("trip", {"purpose": "x", "cost": "1,000,000"}, None, cast.kato)
    cheap = approvals.route_preview("trip", {"purpose": "x", "cost": "999999"}, None, cast.kato)
    assert [p.desk.label for p in dear] == ["部門長（営業部）", "情報セキュリティ事務局", "社長"]
    assert len(cheap) == 2
    assert not Application.objects.exists()


def test_steps_side_by_side_all_have_to_approve(cast: Cast) -> None:
    application = approvals.submit("together", {"purpose": "x"}, by=cast.kato)
    assert (waiting(cast.ueno), waiting(cast.ishida), waiting(cast.aoki)) == (["事務局"], ["委員長"], [])
    decide(application, cast.ishida)
    assert waiting(cast.aoki) == []
    decide(application, cast.ueno)
    assert decide(application, cast.aoki).is_approved


def test_side_by_side_one_may_be_enough(cast: Cast) -> None:
    application = approvals.submit("either", {"purpose": "x"}, by=cast.kato)
    decide(application, cast.ishida)
    assert waiting(cast.ueno) == []
    assert waiting(cast.aoki) == ["社長の承認"]


def test_a_step_of_everyone_waits_for_the_last(cast: Cast, members: tuple[Person, Person]) -> None:
    application = approvals.submit("everyone", {"purpose": "x"}, by=cast.kato)
    assert not decide(application, members[0]).is_approved
    assert waiting(members[0]) == []
    assert decide(application, members[1]).is_approved


def test_a_step_of_everyone_does_not_wait_for_whoever_left(
    cast: Cast, members: tuple[Person, Person]
) -> None:
    application = approvals.submit("everyone", {"purpose": "x"}, by=cast.kato)
    Appointment.objects.filter(person=members[0]).update(ends_on=date(2026, 5, 31))
    assert decide(application, members[1]).is_approved


def test_who_applies_for_what_he_has_to_sign_signs_by_applying(cast: Cast) -> None:
    own = approvals.submit("signed", {"signer": cast.kato.number}, by=cast.kato)
    assert decide(own, cast.aoki).is_approved
    other = approvals.submit("signed", {"signer": cast.ono.number}, by=cast.kato)
    assert waiting(cast.ono) == ["署名"]
    with pytest.raises(NotAllowed):
        decide(other, cast.aoki)


def test_a_returned_application_goes_round_again_and_keeps_its_history(cast: Cast, trip: Application) -> None:
    decide(trip, cast.eto)
    assert decide(trip, cast.ueno, "return", "目的が分かりません").status == "returned"
    assert waiting(cast.ueno) == []
    again = approvals.resubmit(trip, {"purpose": "新製品の実演"}, by=cast.kato)
    assert (again.round, again.status, again.answers["purpose"]) == (2, "pending", "新製品の実演")
    decide(again, cast.eto)
    assert decide(again, cast.ueno).is_approved
    assert [d.comment for d in again.decisions.all()] == ["理由", "目的が分かりません", "理由", "理由"]


def test_only_the_applicant_resubmits_and_only_what_was_returned(cast: Cast, trip: Application) -> None:
    with pytest.raises(NotAllowed, match="差し戻された申請だけ"):
        approvals.resubmit(trip, {"purpose": "x"}, by=cast.kato)
    decide(trip, cast.eto, "return")
    with pytest.raises(NotAllowed, match="申請者本人だけ"):
        approvals.resubmit(trip, {"purpose": "x"}, by=cast.kimura)


@pytest.mark.parametrize("decision", ["reject", "return"])
def test_to_reject_or_return_needs_a_reason(cast: Cast, trip: Application, decision: str) -> None:
    with pytest.raises(Invalid, match="理由を入力"):
        decide(trip, cast.eto, decision, "  ")
    assert waiting(cast.eto) == ["部門長の評価"]


def test_a_rejected_application_is_closed(
    cast: Cast, trip: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed: list[Application] = []
    monkeypatch.setitem(
        hooks._hearers, "application_closed", [lambda application: closed.append(application)]
    )
    assert decide(trip, cast.eto, "reject").status == "rejected"
    assert closed == [trip]
    with pytest.raises(NotAllowed, match="「却下」のため"):
        decide(trip, cast.eto)


def test_an_applicant_takes_his_application_back(cast: Cast, trip: Application) -> None:
    with pytest.raises(NotAllowed, match="申請者本人だけ"):
        approvals.withdraw(trip, by=cast.eto)
    assert approvals.withdraw(trip, by=cast.kato).status == "withdrawn"
    assert waiting(cast.eto) == []
    with pytest.raises(NotAllowed, match="「引戻し」のため"):
        approvals.withdraw(trip, by=cast.kato)


def test_an_approval_is_bound_to_the_exact_state_of_its_subject(cast: Cast) -> None:
    site = Site.objects.create(name="倉庫")
    application = approvals.submit("about", {"purpose": "x"}, subject=site, by=cast.kato)
    decide(application, cast.ueno)
    site.address = "大田区"
    site.save()
    with pytest.raises(Conflict, match="申請後に「倉庫」の内容が変わったため"):
        decide(application, cast.aoki)
    assert decide(application, cast.aoki, "return").status == "returned"
    again = approvals.resubmit(application, {"purpose": "x"}, by=cast.kato)
    decide(again, cast.ueno)
    assert decide(again, cast.aoki).is_approved


def test_one_subject_has_one_open_application_of_a_kind(cast: Cast) -> None:
    site = Site.objects.create(name="倉庫")
    first = approvals.submit("about", {"purpose": "x"}, subject=site, by=cast.kato)
    with pytest.raises(NotAllowed, match=f"申請 {first.number} が手続き中"):
        approvals.submit("about", {"purpose": "x"}, subject=site, by=cast.kimura)


def test_an_application_needs_a_subject_of_the_right_kind(cast: Cast) -> None:
    with pytest.raises(NotAllowed, match="対象を選んで"):
        approvals.submit("about", {"purpose": "x"}, by=cast.kato)
    with pytest.raises(NotAllowed, match="この対象には"):
        approvals.submit("about", {"purpose": "x"}, subject=cast.sales, by=cast.kato)


def test_nobody_in_a_role_is_told_before_anything_is_filed(cast: Cast) -> None:
    Appointment.objects.filter(person=cast.ueno).update(ends_on=date(2026, 5, 31))
    with pytest.raises(NotAllowed, match="「事務局の確認」を決裁できる 情報セキュリティ事務局 がいません"):
        approvals.submit("trip", {"purpose": "x"}, by=cast.kato)
    cast.sales.head = None
    cast.sales.save()
    with pytest.raises(NotAllowed, match="部門長（営業部） がいません"):
        approvals.submit("trip", {"purpose": "x"}, by=cast.kato)
    assert not Application.objects.exists()


def test_what_waits_passes_to_the_new_holder_of_a_role(
    cast: Cast, trip: Application, appoint: Appoint
) -> None:
    cast.sales.head = cast.ono
    cast.sales.save()
    for person in (cast.eto, cast.ono):
        person.forget_roles()
    assert (waiting(cast.eto), waiting(cast.ono)) == ([], ["部門長の評価"])
    decide(trip, cast.ono)


def test_after_the_fact_in_an_emergency_a_reason_and_a_time_limit(cast: Cast) -> None:
    late = approvals.submit(
        "trip", {"purpose": "x"}, by=cast.kato, emergency=Emergency(date(2026, 5, 20), "夜間の障害")
    )
    assert (late.is_late, late.effective_on) == (True, date(2026, 5, 20))
    soon = approvals.submit(
        "trip", {"purpose": "x"}, by=cast.kato, emergency=Emergency(date(2026, 5, 29), "夜間の障害")
    )
    assert not soon.is_late
    assert soon.steps.get(state="open").due_on == date(2026, 6, 4)
    with pytest.raises(Invalid, match="事前に申請できなかった理由"):
        approvals.submit("trip", {"purpose": "x"}, by=cast.kato, emergency=Emergency(date(2026, 5, 29), " "))
    with pytest.raises(Invalid, match="未来の日"):
        approvals.submit(
            "trip", {"purpose": "x"}, by=cast.kato, emergency=Emergency(date(2026, 6, 2), "夜間")
        )


def test_due_days_are_business_days_and_reminders_go_once(cast: Cast, trip: Application) -> None:
    (step,) = approvals.waiting_for(cast.eto)
    assert step.due_on == date(2026, 6, 8), "five business days after Monday"
    Notice.objects.all().delete()
    for day in (5, 5, 6, 9, 9):  # the day before, twice; at the weekend; overdue, twice
        reminders.remind(clock.now() + timedelta(days=day - 1))
    kinds = list(Notice.objects.filter(recipient=cast.eto).order_by("pk").values_list("kind", flat=True))
    assert kinds == ["approvals.due", "approvals.overdue"]


def test_a_late_step_is_reported_to_the_superior(cast: Cast, trip: Application) -> None:
    cast.management.head = cast.ishida
    cast.management.save()
    cast.sales.parent = cast.management
    cast.sales.save()
    for _ in range(2):
        reminders.remind(clock.now() + timedelta(days=10))
    assert Notice.objects.filter(kind="approvals.escalated").get().recipient == cast.ishida


def test_an_undecided_application_expires(cast: Cast, trip: Application) -> None:
    with clock.at(MONDAY + timedelta(days=61)):
        assert reminders.remind().expired == 1
        assert reminders.remind().expired == 0
    trip.refresh_from_db()
    assert trip.status == "expired"
    assert waiting(cast.eto) == []
    assert Notice.objects.filter(kind="approvals.expired").get().recipient == cast.kato


def test_each_turn_is_told_to_whoever_comes_next(cast: Cast, trip: Application) -> None:
    decide(trip, cast.eto)
    decide(trip, cast.ueno)
    told = list(Notice.objects.order_by("pk").values_list("recipient__label", "kind"))
    assert told == [
        ("江藤 健", "approvals.waiting"),
        ("上野 真理", "approvals.waiting"),
        ("加藤 由美", "approvals.approved"),
    ]


def test_an_approver_may_open_what_waits_for_him_and_keeps_what_he_decided(
    cast: Cast, trip: Application
) -> None:
    def may_open(person: Person) -> bool:
        return approvals.readable(Person.objects.get(pk=person.pk)).filter(pk=trip.pk).exists()

    assert may_open(cast.eto) and may_open(cast.kato)
    assert not may_open(cast.ono) and not may_open(cast.kimura)
    decide(trip, cast.eto)
    assert may_open(cast.eto)


def test_what_a_refused_effect_leaves_is_nothing(
    cast: Cast, trip: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    def effect(application: Application, *, by: Person) -> None:
        Site.objects.create(name="半端")
        raise NotAllowed("台帳が閉じています。")

    monkeypatch.setitem(approvals.travel.EFFECTS, "trip", effect)
    decide(trip, cast.eto)
    with pytest.raises(NotAllowed, match="台帳が閉じて"):
        decide(trip, cast.ueno)
    trip.refresh_from_db()
    assert trip.status == "pending"
    assert not Site.objects.filter(name="半端").exists()
    assert waiting(cast.ueno) == ["事務局の確認"]


def test_many_are_decided_at_once_each_for_itself(cast: Cast) -> None:
    rows = [approvals.submit("trip", {"purpose": str(n)}, by=cast.kato) for n in range(3)]
    approvals.withdraw(rows[1], by=cast.kato)
    outcome = approvals.decide_many(rows, decision="approve", by=cast.eto)
    assert [refusal is None for _application, refusal in outcome] == [True, False, True]


def test_the_queue_takes_the_same_queries_for_two_as_for_thirty(cast: Cast) -> None:
    counts = []
    for size in (2, 28):
        for n in range(size):
            approvals.submit("trip", {"purpose": str(n)}, by=cast.kato)
        eto = Person.objects.get(pk=cast.eto.pk)
        with CaptureQueriesContext(connection) as queries:
            rows = [(s.application.applicant.label, s.application.label) for s in approvals.waiting_for(eto)]
        counts.append((len(rows), len(queries)))
    assert [rows for rows, _queries in counts] == [2, 30]
    assert counts[0][1] == counts[1][1] <= 4
