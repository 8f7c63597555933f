from __future__ import annotations

from datetime import date

import pytest
from django.core.management import call_command
from django.db import connection
from hypothesis import HealthCheck, assume, example, given
from hypothesis import settings as tries
from hypothesis import strategies as st

from sakimori.kernel import hooks
from sakimori.kernel.dossier import retention
from sakimori.kernel.dossier.tests import cast
from sakimori.kernel.identity.actors import SYSTEM
from sakimori.kernel.identity.models import Department, Person, Site
from sakimori.kernel.records import bulk
from sakimori.kernel.records.models import Reader
from sakimori.kernel.search import grams, search, store, upkeep
from sakimori.kernel.search.models import Entry
from sakimori.lib import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def office() -> Person:
    return cast.person("事務局 花子", None, "security_office")


def site(name: str, **more: object) -> Site:
    made = cast.row(name=name, **({"address": ""} | more))
    search.refresh(made)
    return made


def found(text: str, person: Person, **more: object) -> list[str]:
    return [hit.record.label for hit in search.find(text, person, **more)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("label", "query"),
    [
        ("東京本社", "東京"), ("東京本社", "本社"), ("東京本社", "京本"), ("東京本社", "社"), ("東京本社", "東"),
        ("大阪支社（心斎橋）", "心斎橋"), ("サーバールーム", "サーバ"), ("ｻｰﾊﾞｰ室", "サーバー"),
        ("ＤＭＺ　第１区画", "dmz"), ("ＤＭＺ　第１区画", "第1"), ("NAS-01/共有", "nas-01"), ("NAS-01/共有", "1/共"),
        ("髙島屋向け倉庫", "高島"), ("ひらがな倉庫", "ヒラガナ"), ("ACME Corporation", "acme corp"),
        ("100%子会社", "100%"), ("A_B'C\"D", "_b'c"), ("𠮷野家ビル", "吉野"),
    ],
)  # fmt: skip
@pytest.mark.requirement("V20-062", "REG-180")
def test_words_are_found_by_any_part_whatever_their_width_or_kana(
    office: Person, label: str, query: str
) -> None:
    site(label)
    site("無関係な拠点")
    assert found(query, office) == [label]


@pytest.mark.parametrize(
    "query", ["東西", "社本", "京社", "大阪", "ぬ", "'", '"', "*", "東 西", "NOT", "東*京", "\0"]
)
def test_what_is_not_there_is_not_found(office: Person, query: str) -> None:
    site("東京本社")
    assert found(query, office) == []


def test_scattered_pairs_are_no_hit(office: Person) -> None:
    site("東京と京都と都心")
    assert found("東京都心", office) == []


def test_all_words_must_be_there(office: Person) -> None:
    site("東京本社")
    site("東京支社")
    assert found("東京　支社", office) == ["東京支社"]


def test_an_empty_query_finds_nothing(office: Person) -> None:
    site("東京本社")
    assert found("  ", office) == []


def test_a_number_leads_then_labels_then_other_words(office: Person) -> None:
    by_text = cast.person("倉田 守", job_title="本社付")
    search.refresh(by_text)
    by_label, leading = site("旧東京本社"), site("本社ビル")
    assert found("本社", office) == [leading.label, by_label.label, "倉田 守"]
    assert found(by_text.number, office) == ["倉田 守"]
    assert found(f"本社 {by_text.number.lower()}", office) == ["倉田 守"]


def test_one_finds_only_what_one_may_know(office: Person) -> None:
    site("秘密の拠点", audience="hr")
    mine = cast.person("持ち主")
    site("持ち主の拠点", audience="hr", owner=mine)
    assert found("拠点", office) == []
    assert found("拠点", mine) == ["持ち主の拠点"]


def test_a_record_is_found_by_department_by_name_and_where_it_went(office: Person) -> None:
    sales, works = (Department.objects.create(code=code, name=code) for code in ("EIG", "SEI"))
    member = cast.person("営業 次郎", sales)
    row, other = (site(f"倉庫{n}", audience="departmental", place=works) for n in (1, 2))
    assert found("倉庫", member) == []
    Reader.objects.create(record=other, person=member)
    assert found("倉庫", member) == ["倉庫2"]
    Site.objects.filter(pk=row.pk).update(department=sales)  # past every command: healed within the hour
    assert upkeep.heal() >= 1
    assert found("倉庫", member) == ["倉庫2", "倉庫1"]


def test_the_index_itself_leaves_out_what_one_may_not_know(office: Person) -> None:
    stranger = cast.person("新人 無所属", category="external")
    for number in range(3):
        site(f"秘密の倉庫{number}", audience="departmental")
    scopes = grams.reach_tokens(stranger.reach())
    assert store.entries("text", grams.terms("倉庫")).count() == 3
    assert store.entries("text", grams.terms("倉庫"), 0, scopes).count() == 0


def test_what_lies_below_the_newest_records_is_found_too(
    office: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "NEWEST", 3)
    site("拠点の最初のもの")
    for number in range(12):
        site(f"秘密の拠点{number}", audience="hr")
    site("拠点の最後のもの")
    assert found("拠点", office) == ["拠点の最後のもの", "拠点の最初のもの"]


def test_kinds_retired_rows_and_the_length_can_be_chosen(office: Person) -> None:
    old = site("東京旧館")
    Site.objects.filter(pk=old.pk).update(retired_at=clock.now())
    for number in range(5):
        site(f"東京{number}号館")
    assert len(found("東京", office)) == 5
    assert "東京旧館" in found("東京", office, retired=True)
    assert found("東京", office, kinds=["identity.person"]) == []
    assert found("東京", office, limit=2) == ["東京4号館", "東京3号館"]


def test_a_list_is_narrowed_by_the_same_index() -> None:
    people = [cast.person("倉田 守", job_title="本社付"), cast.person("山田 太郎", job_title="支社付")]
    search.refresh_many(people)
    assert [p.name for p in search.match(Person.objects.order_by("pk"), "本社")] == ["倉田 守"]
    assert search.match(Person.objects.all(), "").count() == 2


# --- upkeep -----------------------------------------------------------------------------------------------


def test_a_command_brings_its_record_up_to_date(office: Person) -> None:
    row = site("東京本社")
    row.name = "名古屋本社"
    row.save()
    hooks.call("record_changed", record=row)
    assert found("名古屋", office) == ["名古屋本社"]
    assert found("東京", office) == []


def test_a_command_that_changes_no_word_writes_nothing(
    office: Person, django_assert_num_queries: object
) -> None:
    row = site("東京本社")
    with django_assert_num_queries(1):  # type: ignore[operator]
        search.refresh(row)


def test_an_import_is_indexed_in_few_statements(
    office: Person, django_assert_max_num_queries: object
) -> None:
    rows = [Site(name=f"東京{number}号館") for number in range(50)]
    bulk.insert(rows)
    with django_assert_max_num_queries(4):  # type: ignore[operator]
        hooks.call("records_imported", records=rows)
    assert len(found("号館", office, limit=100)) == 50


def test_a_disposed_record_is_no_longer_found_by_what_was_erased(office: Person) -> None:
    member = cast.person("消える 花子", keep_until=date(2023, 4, 1), kana="キエルハナコ")
    search.refresh(member)
    assert found("消える花子", office) == ["消える 花子"]
    retention.dispose(member, approval=cast.row(), by=SYSTEM)
    assert found("消える", office, retired=True) == []
    assert "きえる" not in Entry.objects.get(pk=member.pk).text


def test_what_nobody_announced_is_healed_and_everything_can_be_rebuilt(office: Person) -> None:
    cast.row(name="東京本社")
    assert found("東京", office) == []
    assert upkeep.heal() >= 1
    assert upkeep.heal() == 0
    assert found("東京", office) == ["東京本社"]
    Entry.objects.update(text="", label="")
    call_command("reindex", verbosity=0)
    assert found("東京", office) == ["東京本社"]


def test_an_entry_without_its_record_finds_nothing(office: Person) -> None:
    row = site("東京本社")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM identity_site WHERE record_ptr_id = %s", [row.pk])
        cursor.execute("DELETE FROM records_record WHERE id = %s", [row.pk])
    assert found("東京", office) == []


# --- properties -------------------------------------------------------------------------------------------

WORDS = st.text(alphabet="東京都心サーバー室ｱｲウエabcXYZ09-_/%'\" （）", min_size=1, max_size=24)


@tries(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(label=WORDS, start=st.integers(0, 23), length=st.integers(1, 6))
@example(label="a-b", start=1, length=1)
def test_every_piece_of_a_folded_label_finds_it(office: Person, label: str, start: int, length: int) -> None:
    piece = grams.folded(label)[start : start + length]
    assume(piece and grams.terms(piece) == [piece])
    Site.objects.all().delete()
    assume(label.strip())
    made = site(label)
    assert made.pk in [hit.record.pk for hit in search.find(piece, office)]


@given(text=st.text(max_size=60))
def test_no_text_and_no_query_breaks_the_index(text: str) -> None:
    assert all(token == token.translate({0: "x"}) for token in grams.tokens(grams.folded(text)))
    assert all(
        not any(sign in token for sign in "'\"*:()&|!\\") for token in grams.tokens(grams.folded(text))
    )
