"""People are told once, on time, and it can be proved."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from sakimori.kernel.content import texts
from sakimori.kernel.content.shelf import UnknownContent
from sakimori.kernel.content.texts import NoticeText
from sakimori.kernel.identity.models import Person, Site
from sakimori.kernel.ledger import book
from sakimori.kernel.notices import delivery, notices
from sakimori.kernel.notices.models import Notice
from sakimori.lib import clock

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 6, 1, 1, 0, tzinfo=UTC)  # ten o'clock in Japan
TEXTS = {
    text.id: text
    for text in (
        NoticeText(
            id="test.due",
            title="期限",
            subject="{label}の期限は{day}です",
            body="{name}さん、{number}を済ませてください。",
        ),
        NoticeText(id="test.fire", title="火災", subject="火災", body="避難してください。", urgent=True),
        NoticeText(id="test.trick", title="罠", subject="{label.__class__}", body="x"),
    )
}


@pytest.fixture(autouse=True)
def known_texts(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(texts.NOTICES, "all", lambda: TEXTS)
    with clock.at(MONDAY):
        yield


def person(name: str = "山田", **facts: object) -> Person:
    found = Person(name=name, **({"email": f"{name}@example.jp"} | facts))
    found.save()
    return found


def record(name: str = "本社") -> Site:
    found = Site(name=name)
    found.save()
    return found


def due(to: object, key: str = "", **facts: object) -> list[Notice]:
    context = {"day": date(2026, 6, 30), "name": "山田"}
    return notices.send(
        "test.due", to, record=facts.pop("record", None) or record(), context=context, key=key
    )  # type: ignore[arg-type]


def test_a_notice_is_in_the_inbox_at_once_and_its_mail_waits_for_the_morning() -> None:
    yamada = person()
    site = record()
    (row,) = due(yamada, record=site)
    assert row.subject == "本社の期限は2026年6月30日です"
    assert row.body == f"山田さん、{site.number}を済ませてください。"
    assert row.link == f"/records/{site.pk}/"
    assert list(notices.inbox(yamada)) == [row]
    assert delivery.deliver(MONDAY + timedelta(hours=5)).sent == 0
    assert delivery.deliver(datetime(2026, 6, 1, 23, 0, tzinfo=UTC)).sent == 1  # Tuesday, eight o'clock


def test_notices_of_one_day_come_as_one_mail() -> None:
    yamada, suzuki = person(), person("鈴木")
    for name in ("本社", "工場", "倉庫"):
        due([yamada, suzuki], record=record(name))
    assert delivery.deliver(MONDAY + timedelta(days=1)).sent == 6
    assert [len(m.to) for m in mail.outbox] == [1, 1]
    assert "ほか2件" in mail.outbox[0].subject
    assert all(name in mail.outbox[0].body for name in ("本社", "工場", "倉庫"))


def test_an_urgent_notice_leaves_alone_and_at_once() -> None:
    yamada = person()
    due(yamada)
    notices.send("test.fire", yamada)
    assert delivery.deliver(MONDAY).sent == 1
    assert mail.outbox[0].subject == "[防人] 火災"


def test_on_holidays_only_urgent_notices_leave() -> None:
    yamada = person()
    friday_evening = datetime(2026, 6, 5, 10, 0, tzinfo=UTC)
    with clock.at(friday_evening):
        due(yamada)
        notices.send("test.fire", yamada)
    assert delivery.deliver(datetime(2026, 6, 6, 3, 0, tzinfo=UTC)).sent == 1  # Saturday
    assert Notice.objects.get(kind="test.due").due_at == datetime(
        2026, 6, 7, 23, 0, tzinfo=UTC
    )  # Monday, eight


def test_a_reminder_with_a_key_is_given_once() -> None:
    yamada, suzuki, site = person(), person("鈴木"), record()
    due(yamada, key="step-1", record=site)
    due([yamada, suzuki], key="step-1", record=site)
    assert Notice.objects.count() == 2


def test_a_row_is_sent_once_however_often_delivery_runs() -> None:
    due(person())
    later = MONDAY + timedelta(days=1)
    assert [delivery.deliver(later).sent for _ in range(3)] == [1, 0, 0]
    assert len(mail.outbox) == 1


def test_a_row_claimed_by_another_worker_is_left_to_him() -> None:
    (row,) = due(person())
    later = MONDAY + timedelta(days=1)
    Notice.objects.filter(pk=row.pk).update(state="claimed", claim="other", claimed_at=later)
    assert delivery.deliver(later).sent == 0
    assert delivery.deliver(later + timedelta(minutes=16)).sent == 1, "the other worker died"


def test_a_failing_server_is_tried_again_later_and_given_up_at_last(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: EmailBackend, messages: object) -> int:
        raise smtplib.SMTPServerDisconnected("gone")

    monkeypatch.setattr(EmailBackend, "send_messages", refuse)
    (row,) = due(person())
    now = MONDAY + timedelta(days=1)
    outcomes = []
    for _ in range(6):
        outcomes.append(delivery.deliver(now))
        assert delivery.deliver(now + timedelta(minutes=1)).postponed == 0, "it waits between attempts"
        now += timedelta(days=1)
    row.refresh_from_db()
    assert [done.postponed for done in outcomes] == [1, 1, 1, 1, 1, 0]
    assert (row.state, row.attempts, row.sent_at) == ("failed", 6, None)
    assert "gone" in row.error
    assert not notices.proofs(row.record)  # type: ignore[arg-type]


def test_it_can_be_proved_that_a_reminder_was_sent() -> None:
    yamada, site = person(), record()
    (row,) = due(yamada, record=site)
    later = MONDAY + timedelta(days=1)
    delivery.deliver(later)
    notices.mark_read(yamada)
    (proof,) = notices.proofs(site)
    assert (proof.person, proof.at, proof.address) == ("山田", later, "山田@example.jp")
    assert proof.digest == notices.digest_of(row.subject, row.body)
    assert proof.read_at == MONDAY
    entry = book.history(site)[0]
    assert entry.verb == "notice.sent"
    sent = entry.changes[0].after
    assert (sent["to"], sent["text"]) == (yamada.number, proof.digest)  # type: ignore[index]


def test_a_person_without_address_is_shown_the_notice_only() -> None:
    yamada, site = person(email=""), record()
    due(yamada, record=site)
    assert delivery.deliver(MONDAY + timedelta(days=1)).shown == 1
    assert mail.outbox == []
    assert notices.proofs(site)[0].channel == "画面のみ（メールアドレスなし）"


def test_people_who_left_are_not_told() -> None:
    assert due([person(left_on=date(2026, 5, 31))]) == []


def test_reading_one_notice_leaves_the_others_unread_and_strangers_untouched() -> None:
    yamada, suzuki = person(), person("鈴木")
    (first,) = due(yamada)
    due(yamada, record=record("工場"))
    (other,) = due(suzuki, record=record("倉庫"))
    assert notices.mark_read(yamada, [first.pk, other.pk]) == 1
    assert (notices.unread_count(yamada), notices.unread_count(suzuki)) == (1, 1)


def test_a_label_with_line_breaks_cannot_forge_a_header() -> None:
    due(person(), record=record("本社\nBcc: x@example.jp"))
    assert delivery.deliver(MONDAY + timedelta(days=1)).sent == 1
    assert "\n" not in mail.outbox[0].subject
    assert mail.outbox[0].bcc == []


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(UnknownContent, match="通知文「test.nothing」はありません"):
        notices.send("test.nothing", person())


def test_a_text_can_name_values_only() -> None:
    (row,) = notices.send("test.trick", person(), record=record())
    assert row.subject == "{label.__class__}"
