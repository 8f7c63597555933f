"""Meetings from plan to confirmed minutes, and everything that is refused on the way."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.files.base import ContentFile

from sakimori.domains.committee import rules
from sakimori.domains.committee.models import Decision, Meeting, TaskForce, Topic
from sakimori.domains.committee.rules import seats
from sakimori.domains.documents import rules as documents
from sakimori.kernel.approvals import approvals
from sakimori.kernel.dossier import evidence
from sakimori.kernel.findings import findings
from sakimori.kernel.identity.models import Appointment
from sakimori.kernel.notices.models import Notice
from sakimori.kernel.obligations import obligations
from sakimori.kernel.obligations.obligations import Occurrence
from sakimori.kernel.policy import policy
from sakimori.lib import clock
from sakimori.lib.errors import Conflict, Invalid, NotAllowed, SeparationOfDuties
from tests.cast import Cast

from .conftest import TODAY, Hold, noted

pytestmark = pytest.mark.django_db


def refused_by(call: object) -> str:
    with pytest.raises(NotAllowed) as refusal:
        call()  # type: ignore[operator]
    return refusal.value.rule


def confirmed(meeting: Meeting, cast: Cast, **special: dict[str, object]) -> Meeting:
    with clock.at(meeting.held_on):
        rules.write_minutes(meeting, entries=noted(meeting, **special), by=cast.ueno)
        rules.finish_minutes(meeting, by=cast.ueno)
        return rules.confirm_minutes(meeting, by=cast.ishida)


def task(cast: Cast, **more: object) -> dict[str, object]:
    return {"outcome": "decided", "content": "VPN装置を更新する", "responsible": cast.kubo.pk} | more


def proposal(record: object) -> str:
    return next(
        one.key for one in rules.proposals(clock.today()) if one.record and one.record.pk == record.pk
    )  # type: ignore[attr-defined]


@pytest.mark.requirement("JPM-010", "REG-051", "V20-104")
def test_a_regular_meeting_runs_from_its_standing_items_to_minutes_that_prove_the_duty(
    planned: Meeting, hold: Hold, seated: Cast
) -> None:
    assert [item.name for item in planned.items.all()] == [
        "対策の状況の把握", "指針の策定と見直し", "情報の共有",
    ]  # fmt: skip
    due = Occurrence.objects.open().filter(obligation__duty_id="policy.committee").order_by("due_on")[0]
    confirmed(hold(planned), seated)
    due.refresh_from_db()
    assert (due.state, due.proof_id, due.done_on) == ("done", planned.pk, planned.held_on)
    assert (planned.prepared_by, planned.confirmed_by) == (seated.ueno, seated.ishida)
    told = Notice.objects.filter(kind="committee.convened").values_list("recipient__number", flat=True)
    assert {seated.ishida.number, seated.eto.number, seated.ueno.number} <= set(told)
    assert "1. 対策の状況の把握" in Notice.objects.filter(kind="committee.convened")[0].body


@pytest.mark.requirement("REG-050")
def test_heads_of_departments_are_members_and_put_topics_forward(planned: Meeting, seated: Cast) -> None:
    assert {seated.eto, seated.ono, seated.ishida, seated.shimizu} == set(rules.members())
    topic = rules.put_forward(name="取引先での漏えい", explanation="当社の対応を話し合いたい", by=seated.eto)
    assert Notice.objects.filter(kind="committee.topic", recipient=seated.ueno).exists()
    rules.take_items(planned, keys=[proposal(topic)], by=seated.ueno)
    topic.refresh_from_db()
    assert (topic.status, planned.items.last().name) == (Topic.Status.TAKEN, "取引先での漏えい")
    with pytest.raises(NotAllowed):
        rules.put_forward(name="私見", explanation="委員ではない", by=seated.kato)
    other = rules.put_forward(name="社員食堂", explanation="席が足りない", by=seated.ono)
    with pytest.raises(Invalid):
        rules.decline(other, answer=" ", by=seated.ueno)
    other.refresh_from_db()
    rules.decline(other, answer="情報セキュリティの議題ではない", by=seated.ueno)
    assert (
        "情報セキュリティの議題ではない"
        in Notice.objects.get(kind="committee.declined", recipient=seated.ono).body
    )


@pytest.mark.requirement("REG-046")
def test_only_the_chair_calls_the_experts_and_it_is_on_record_who_was_called_and_came(
    planned: Meeting, seated: Cast
) -> None:
    Appointment.objects.create(person=seated.kubo, role="system_security_officer", starts_on=date(2026, 4, 1))
    rules.convene(planned, by=seated.ueno)
    assert not planned.attendance.filter(person=seated.kubo).exists()
    with pytest.raises(NotAllowed):
        rules.call_person(planned, person=seated.kubo, by=seated.ueno)
    planned.refresh_from_db()
    rules.call_person(planned, person=seated.kubo, by=seated.ishida)
    assert Notice.objects.filter(kind="committee.convened", recipient=seated.kubo).exists()
    assert (
        refused_by(lambda: rules.call_person(planned, person=seated.eto, by=seated.ishida))
        == "committee.called"
    )
    with clock.at(planned.held_on):
        present = [p.pk for p in (seated.ishida, seated.eto, seated.ono, seated.kubo)]
        rules.open_meeting(planned, present=present, by=seated.ueno)
    seat = planned.attendance.get(person=seated.kubo)
    assert (seat.seat, seat.present) == ("called", True)


def test_a_meeting_is_called_in_time_and_never_without_agenda_or_before_its_day(seated: Cast) -> None:
    soon = rules.plan_meeting(held_on=TODAY + timedelta(days=2), place="会議室", by=seated.ueno)
    with pytest.raises(Invalid) as refusal:
        rules.convene(soon, by=seated.ueno)
    assert set(refusal.value.problems) == {"reason"}
    rules.convene(soon, reason="脆弱性が公表されたため", by=seated.ueno)
    assert refused_by(lambda: rules.open_meeting(soon, present=[], by=seated.ueno)) == "committee.not_yet"
    with pytest.raises(NotAllowed):
        rules.plan_meeting(
            kind_of_meeting="extraordinary",
            held_on=TODAY,
            place="会議室",
            purpose="漏えいの疑い",
            by=seated.ueno,
        )
    urgent = rules.plan_meeting(
        kind_of_meeting="extraordinary",
        held_on=TODAY,
        place="会議室",
        purpose="漏えいの疑い",
        by=seated.ishida,
    )
    assert refused_by(lambda: rules.convene(urgent, reason="緊急", by=seated.ueno)) == "committee.no_agenda"
    with pytest.raises(Invalid):
        rules.plan_meeting(held_on=TODAY - timedelta(days=1), place=" ", by=seated.ueno)
    assert (
        refused_by(lambda: rules.drop_item(soon, item=soon.items.first().pk, by=seated.ueno))
        == "committee.standing"
    )


@pytest.mark.requirement("V20-104")
def test_without_a_quorum_the_meeting_lapses_and_its_topics_wait(
    planned: Meeting, hold: Hold, seated: Cast
) -> None:
    topic = rules.put_forward(name="私物の持込み", explanation="増えている", by=seated.ono)
    rules.take_items(planned, keys=[proposal(topic)], by=seated.ueno)
    hold(planned, seated.ishida, seated.ono)
    assert (planned.status, planned.needed) == (Meeting.Status.LAPSED, 3)
    topic.refresh_from_db()
    assert topic.status == Topic.Status.WAITING
    with clock.at(planned.held_on):
        write = lambda: rules.write_minutes(planned, entries=noted(planned), by=seated.ueno)  # noqa: E731
        assert refused_by(write) == "committee.state"
    assert Occurrence.objects.filter(obligation__duty_id="policy.committee", state="done").count() == 0


@pytest.mark.parametrize(("rule", "wanted"), [("half", 2), ("majority", 3), ("two_thirds", 3)])
def test_the_quorum_is_that_of_the_regulation(
    rule: str, wanted: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seats.policy, "value", {"committee.quorum": rule}.__getitem__)
    assert seats.needed(4) == wanted


def test_whoever_is_concerned_stands_aside_and_is_not_counted(
    planned: Meeting, hold: Hold, seated: Cast
) -> None:
    hold(planned, seated.ishida, seated.eto, seated.ono)
    aside = {"recused": [seated.eto.pk, seated.ono.pk]}
    with clock.at(planned.held_on), pytest.raises(Invalid) as refusal:
        rules.write_minutes(planned, entries=noted(planned, n1=task(seated) | aside), by=seated.ueno)
    assert list(refusal.value.problems) == [f"outcome-{planned.items.first().pk}"]
    planned.refresh_from_db()
    with clock.at(planned.held_on):
        one = {"recused": [seated.eto.pk]}
        rules.write_minutes(planned, entries=noted(planned, n1=task(seated) | one), by=seated.ueno)
    assert list(planned.items.first().recused.all()) == [seated.eto]


def test_minutes_are_whole_before_they_are_shown_and_confirmed_by_another_who_was_there(
    planned: Meeting, hold: Hold, seated: Cast
) -> None:
    hold(planned, seated.ishida, seated.eto, seated.ono)
    with clock.at(planned.held_on):
        assert refused_by(lambda: rules.finish_minutes(planned, by=seated.ishida)) == "committee.blank"
        planned.refresh_from_db()
        with pytest.raises(Invalid) as refusal:
            rules.write_minutes(planned, entries=noted(planned, n1={"outcome": "decided"}), by=seated.ishida)
        assert {name.split("-")[0] for name in refusal.value.problems} == {"content", "responsible"}
        planned.refresh_from_db()
        rules.write_minutes(planned, entries=noted(planned), by=seated.ishida)
        rules.finish_minutes(planned, by=seated.ishida)
        with pytest.raises(SeparationOfDuties):
            rules.confirm_minutes(planned, by=seated.ishida)
        planned.refresh_from_db()
        assert refused_by(lambda: rules.confirm_minutes(planned, by=seated.shimizu)) == "committee.attended"
        with pytest.raises(NotAllowed):
            rules.confirm_minutes(planned, by=seated.eto)


def test_an_objection_holds_the_minutes_up_until_it_is_answered(
    planned: Meeting, hold: Hold, seated: Cast
) -> None:
    hold(planned, seated.ishida, seated.eto, seated.ono)
    with clock.at(planned.held_on):
        rules.write_minutes(planned, entries=noted(planned), by=seated.ueno)
        rules.finish_minutes(planned, by=seated.ueno)
        assert (
            refused_by(lambda: rules.object_to(planned, text="違う", by=seated.shimizu))
            == "committee.attended"
        )
        rules.object_to(planned, text="期日は月末と決めた", by=seated.eto)
        assert "期日は月末" in Notice.objects.get(kind="committee.objection", recipient=seated.ueno).body
        confirm = lambda: rules.confirm_minutes(planned, by=seated.ishida)  # noqa: E731
        assert refused_by(confirm) == "committee.objections"
        planned.refresh_from_db()
        rules.answer_objection(
            planned, objection=planned.objections.get().pk, answer="月末に直した", by=seated.ueno
        )
        assert confirm().status == Meeting.Status.CONFIRMED


def test_of_two_who_write_the_second_is_told_and_nothing_is_overwritten(
    planned: Meeting, hold: Hold, seated: Cast
) -> None:
    hold(planned)
    stale = Meeting.objects.get(pk=planned.pk)
    with clock.at(planned.held_on):
        rules.write_minutes(planned, entries=noted(planned, n1={"discussion": "先の記録"}), by=seated.ueno)
        with pytest.raises(Conflict):
            rules.write_minutes(stale, entries=noted(stale, n1={"discussion": "後の記録"}), by=seated.ishida)
    assert planned.items.first().discussion == "先の記録"


@pytest.mark.requirement("REG-033")
def test_a_decision_becomes_work_proved_by_evidence_and_late_ones_come_back_to_the_committee(
    planned: Meeting, hold: Hold, seated: Cast
) -> None:
    due = planned.held_on + timedelta(days=20)
    confirmed(hold(planned), seated, n1=task(seated, due_on=due.isoformat()))
    decision = Decision.objects.get()
    assert (decision.owner_id, decision.due_on, decision.meeting) == (seated.kubo.pk, due, planned)
    assert Notice.objects.filter(kind="committee.assigned", recipient=seated.kubo).exists()
    with clock.at(due + timedelta(days=1)):
        mine = obligations.open_for(seated.kubo).get(target=decision)
        assert mine.due_on == due
        assert any(
            one.record and one.record.pk == decision.pk and "期日を過ぎて" in one.explanation
            for one in rules.proposals(clock.today())
        )
        findings.run()
        assert decision.findings.filter(check_name="committee.decision_late").exists()
    with clock.at(due + timedelta(days=60)):
        obligations.run_day()
        assert Notice.objects.filter(kind="obligations.superior", recipient=seated.ishida).exists()
        assert (
            refused_by(lambda: obligations.complete(mine, proof=decision, by=seated.kubo))
            == "committee.own_record"
        )
        assert Occurrence.objects.get(pk=mine.pk).state == "open"
        with pytest.raises(Invalid):
            rules.complete_decision(decision, result="更新した", done_on=clock.today(), by=seated.kubo)
        with pytest.raises(NotAllowed):
            rules.complete_decision(decision, result="更新した", done_on=clock.today(), by=seated.kato)
        decision.refresh_from_db()
        evidence.attach(decision, ContentFile(b"1"), file_name="報告.txt", by=seated.kubo)
        decision.refresh_from_db()
        rules.complete_decision(decision, result="更新した", done_on=due, by=seated.kubo)
    mine.refresh_from_db()
    assert (mine.state, mine.proof_id, mine.done_on) == ("done", decision.pk, due)


def test_only_the_chair_gives_a_decision_up_and_its_duty_shows_as_a_gap(
    planned: Meeting, hold: Hold, seated: Cast
) -> None:
    confirmed(hold(planned), seated, n1=task(seated))
    decision = Decision.objects.get()
    assert decision.due_on == policy.value("committee.decision.within").after(planned.held_on)
    with pytest.raises(NotAllowed):
        rules.cancel_decision(decision, reason="不要", by=seated.kubo)
    decision.refresh_from_db()
    rules.cancel_decision(decision, reason="機器を廃止した", by=seated.ishida)
    assert Occurrence.objects.get(target=decision).state == "void"


def test_an_application_is_decided_at_its_own_step_and_only_after_the_minutes(
    planned: Meeting, hold: Hold, seated: Cast
) -> None:
    Appointment.objects.create(person=seated.kubo, role="system_security_officer", starts_on=date(2026, 4, 1))
    Appointment.objects.create(person=seated.eto, role="committee_member", starts_on=date(2026, 4, 1))
    document = documents.install_regulation(slug="system-use", by=seated.ueno)
    edition = documents.propose(document=document, reason="条を直す", by=seated.ono)
    article = edition.articles.first()
    documents.change_article(
        edition, key=article.key, title=article.title, text=f"{article.text}\n\n加える。", by=seated.ono
    )
    day = planned.held_on + timedelta(days=30)
    documents.describe(edition, reason="条を直す", takes_effect_on=day, material=False, by=seated.ono)
    documents.submit_edition(edition, by=seated.ono)
    rules.take_items(planned, keys=[proposal(edition)], by=seated.ueno)
    item = planned.items.last()
    hold(planned)
    application = rules.application_of(item.record)
    assert application is not None and seated.ono.pk in rules.concerned(item)
    with clock.at(planned.held_on):
        early = lambda: rules.carry_out(planned, item=item.pk, by=seated.ishida)  # noqa: E731
        assert refused_by(early) == "committee.state"
        place = f"n{planned.items.count()}"
        confirmed(planned, seated, **{place: {"outcome": "decided", "content": "改訂を認める"}})
        assert list(item.recused.all()) == [seated.ono] and not Decision.objects.exists()
        with pytest.raises(SeparationOfDuties):
            rules.carry_out(planned, item=item.pk, by=seated.ono)
        with pytest.raises(NotAllowed):
            rules.carry_out(planned, item=item.pk, by=seated.kato)
        step = application.steps.get(state="open")
        who = next(p for p in (seated.ishida, seated.shimizu, seated.eto) if
                   approvals.waiting_for(p).filter(pk=step.pk).exists())  # fmt: skip
        rules.carry_out(planned, item=item.pk, by=who)
    step.refresh_from_db()
    assert step.state == "approved" and planned.number in step.decisions.get().comment


@pytest.mark.requirement("OPS-055")
def test_a_supplier_audit_comes_on_the_next_agenda_and_is_reported_with_the_minutes(
    planned: Meeting, hold: Hold, seated: Cast
) -> None:
    answers = {
        "done_on": TODAY.isoformat(),
        "suppliers": 4,
        "audited": 1,
        "unfit": 0,
        "findings": "良好だった",
    }
    report = approvals.submit("supplier-review", answers, by=seated.eto)
    rules.take_items(planned, keys=[proposal(report)], by=seated.ueno)
    confirmed(hold(planned), seated)
    assert planned.items.get(record=report).outcome == "noted"
    assert report.pk not in {one.record.pk for one in rules.proposals(clock.today()) if one.record}


@pytest.mark.requirement("REG-053")
def test_a_task_force_has_a_purpose_and_a_member_of_the_committee_as_leader(seated: Cast, hold: Hold) -> None:
    facts = {"name": "VPN更新班", "purpose": "侵入を防ぐ", "tasks": "機器の選定", "ends_when": "切替えの完了"}
    with pytest.raises(Invalid) as refusal:
        rules.set_up(**facts | {"purpose": " "}, owner=seated.kubo, by=seated.ueno)
    assert set(refusal.value.problems) == {"purpose", "owner"}
    force = rules.set_up(**facts, owner=seated.ono, by=seated.ueno)
    rules.add_member(force, person=seated.kubo, by=seated.ueno)
    with pytest.raises(Invalid):
        rules.change_force(force, owner=seated.kubo, by=seated.ueno)
    force = TaskForce.objects.get()
    meeting = rules.plan_meeting(
        kind_of_meeting="task_force",
        held_on=TODAY + timedelta(days=7),
        place="製造部",
        task_force=force,
        by=seated.ueno,
    )
    rules.add_item(meeting, name="機種を決める", by=seated.ueno)
    rules.convene(meeting, by=seated.ueno)
    assert {s.person for s in meeting.attendance.filter(seat="member")} == {seated.ono, seated.kubo}
    with pytest.raises(Invalid):
        rules.close_force(force, result="", by=seated.ueno)
    force.refresh_from_db()
    rules.close_force(force, result="切り替えた", by=seated.ueno)
    assert (force.closed_on, refused_by(lambda: rules.add_member(force, person=seated.eto, by=seated.ueno))) == (
        TODAY, "committee.force_closed",
    )  # fmt: skip


def test_a_continued_item_comes_back_until_it_is_settled(planned: Meeting, hold: Hold, seated: Cast) -> None:
    rules.add_item(planned, name="入退室の方法", by=seated.ueno)
    confirmed(hold(planned), seated, n4={"outcome": "continued"})
    with clock.at(planned.held_on):
        found = [one for one in rules.proposals(clock.today()) if one.source.id == "continued"]
        assert [one.name for one in found] == ["入退室の方法"]
        following = rules.plan_meeting(
            held_on=planned.held_on + timedelta(days=30), place="会議室", by=seated.ueno
        )
        assert following.session == planned.session + 1
        rules.take_items(following, keys=[found[0].key], by=seated.ueno)
        confirmed(hold(following), seated, n4={"outcome": "noted"})
        assert not [one for one in rules.proposals(clock.today()) if one.source.id == "continued"]
