"""Erasing and reading: what may go goes for good, what was read is on record."""

from __future__ import annotations

from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from sakimori.kernel.identity.actors import SYSTEM
from sakimori.kernel.identity.models import Appointment, Person
from sakimori.kernel.ledger import acts, book, seal
from sakimori.kernel.ledger.entries import ERASED
from sakimori.kernel.ledger.export import export
from sakimori.kernel.ledger.models import Entry, Opening
from sakimori.kernel.ledger.verify import verify
from sakimori.lib import clock
from sakimori.lib.errors import NotAllowed, Refused

from .conftest import MOVED

SECRETS = ("山田", "ヤマダ", "hanako")


@pytest.fixture
def renamed(person, rename) -> Person:
    """A person whose names stand in the record and in its history."""
    rename(person, by=SYSTEM, name="山田 はな子")
    rename(person, by=SYSTEM, name="山田 華子", email="hanako.yamada@example.jp")
    seal.seal()
    return Person.objects.get(pk=person.pk)


def erase(person: Person, *fields: str, reason: str = "本人の請求", by=SYSTEM) -> Person:
    return acts.erase(person, fields=fields or ("name", "kana", "email"), reason=reason, by=by)


def everything_stored() -> str:
    """Return every text and byte of every table of the product."""
    with connection.cursor() as cursor:
        rows = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            rows += cursor.fetchall()
    return str([[bytes(cell) if isinstance(cell, memoryview) else cell for cell in row] for row in rows])


def test_a_personal_value_never_stands_in_an_entry(renamed):
    bodies = "".join(Entry.objects.values_list("body", flat=True))
    assert not any(secret in bodies for secret in SECRETS)
    newest = book.history(renamed)[0]
    assert [(c.before, c.after) for c in newest.changes if c.field == "name"] == [
        ("山田 はな子", "山田 華子")
    ]


def test_the_same_value_is_committed_to_differently_each_time(person, rename):
    rename(person, by=SYSTEM, name="佐藤")
    rename(person, by=SYSTEM, name="山田 花子")
    rename(person, by=SYSTEM, name="佐藤")
    salts = list(Opening.objects.filter(value='"佐藤"').values_list("salt", flat=True))
    assert len({bytes(salt) for salt in salts}) == len(salts) >= 2


@pytest.mark.requirement("V20-226")
def test_an_erased_value_is_nowhere_and_the_tree_stays_valid(renamed):
    assert any(secret in everything_stored() for secret in SECRETS)
    erase(renamed)
    seal.seal()
    stored = everything_stored()
    assert not any(secret in stored for secret in SECRETS)
    assert verify().ok


def test_the_history_says_that_a_value_was_erased_and_by_what(renamed):
    erase(renamed)
    erasing, *before = book.history(renamed)
    assert (erasing.verb_label, erasing.reason) == ("個人情報などの消去", "本人の請求")
    assert set(erasing.facts["fields"]) == {"name", "kana", "email"}
    shown = {value for line in before for change in line.changes for value in (change.before, change.after)}
    assert ERASED in shown
    assert not any(secret in str(shown) for secret in SECRETS)


def test_only_the_fields_asked_for_are_erased(renamed):
    erase(renamed, "email")
    stored = everything_stored()
    assert "hanako" not in stored and "山田" in stored
    assert Person.objects.get(pk=renamed.pk).email == ""


def test_an_export_with_openings_has_none_of_what_was_erased(renamed, tmp_path):
    erase(renamed, "email")
    export(tmp_path / "out", openings=True)
    openings = (tmp_path / "out" / "openings.jsonl").read_text()
    assert "hanako" not in openings and "山田" in openings


def test_free_text_enters_as_a_commitment_too_and_can_be_erased(person, rename):
    appointment = Appointment.objects.create(
        person=person, role="internal_auditor", starts_on=date(2026, 4, 1), supervision="委員長が毎月確かめる"
    )
    book.append_many(
        [book.Draft(MOVED, appointment, {"supervision": ("", "委員長が毎月確かめる")})], by=SYSTEM
    )
    assert "委員長が毎月" not in Entry.objects.get().body
    assert book.history(appointment)[0].changes[0].after == "委員長が毎月確かめる"
    acts.erase(appointment, fields=["supervision"], reason="誤記", by=SYSTEM)
    assert "委員長が毎月" not in everything_stored()


@pytest.mark.parametrize("fields", [(), ("number",), ("name", "category")])
def test_what_is_neither_personal_nor_free_text_cannot_be_erased(renamed, fields):
    with pytest.raises(Refused, match="個人情報と自由記述の項目だけ"):
        acts.erase(renamed, fields=fields, reason="本人の請求", by=SYSTEM)


def test_nothing_is_erased_without_a_reason(renamed):
    with pytest.raises(Refused, match="理由"):
        erase(renamed, reason=" ")
    assert Opening.objects.exists()


@pytest.mark.requirement("OPS-106")
@pytest.mark.parametrize("days", [0, 365])
def test_nothing_is_erased_before_its_retention_is_over(renamed, days):
    renamed.keep_until = clock.today() + timedelta(days=days)
    with pytest.raises(NotAllowed, match="保存期限"):
        erase(renamed)
    assert Opening.objects.exists()


def test_nothing_is_erased_under_a_legal_hold(renamed):
    renamed.legal_hold = True
    with pytest.raises(NotAllowed, match="廃棄禁止"):
        erase(renamed)


@pytest.mark.requirement("PRC-147")
def test_a_person_without_the_right_cannot_erase(renamed):
    with pytest.raises(NotAllowed):
        erase(renamed, by=renamed)
    assert Opening.objects.exists()


def test_a_reading_is_an_entry_with_its_purpose(site, person):
    acts.log_read(site, by=person, purpose="内部監査の抽出確認")
    line = book.history(site)[0]
    assert (line.verb, line.verb_label, line.reason) == ("record.read", "閲覧", "内部監査の抽出確認")
    assert line.actor_label == "山田 花子"
    assert line.changes == ()


def test_a_reading_without_a_purpose_is_refused(site, person):
    with pytest.raises(Refused, match="目的"):
        acts.log_read(site, by=person, purpose="　")
    assert not book.history(site)


def test_verification_counts_the_openings_that_are_left(renamed):
    erase(renamed, "name")
    out = StringIO()
    call_command("verify", stdout=out)
    assert f"秘匿値 {Opening.objects.count()} 件" in out.getvalue()
