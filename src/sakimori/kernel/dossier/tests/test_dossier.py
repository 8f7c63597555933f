from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from pytest_django import Settings

from sakimori.kernel.dossier import comments, evidence, files, kinds, links, retention
from sakimori.kernel.dossier.models import Comment, Disposal, Evidence
from sakimori.kernel.identity.actors import SYSTEM
from sakimori.kernel.identity.models import Person, Site
from sakimori.kernel.ledger import book
from sakimori.kernel.policy import policy
from sakimori.kernel.records.models import Record
from sakimori.lib import clock
from sakimori.lib.errors import NotAllowed

from . import cast

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"


@pytest.fixture(autouse=True)
def store_here(tmp_path: Path, settings: Settings) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def office(db: None) -> Person:
    return cast.person("事務局 花子", None, "security_office", "document_manager")


def attach(row: Record, by: Person, content: bytes = PDF, **more: object) -> Evidence:
    return evidence.attach(row, ContentFile(content), file_name="証跡.pdf", by=by, **more)  # type: ignore[arg-type]


# --- evidence ---------------------------------------------------------------------------------------------


@pytest.mark.requirement("V20-060", "REG-180")
def test_the_day_of_the_evidence_and_the_day_of_its_filing_are_kept_apart(office: Person) -> None:
    with clock.at(date(2026, 11, 20)):
        made = attach(cast.row(), office, happened_on=date(2026, 4, 3), note="棚卸しの写し")
    assert (made.happened_on, made.recorded_at.date()) == (date(2026, 4, 3), date(2026, 11, 20))
    assert made.uploaded_by == office


def test_the_ledger_holds_the_hash_of_every_attached_file(office: Person) -> None:
    row = cast.row()
    made = attach(row, office)
    entry = book.history(row)[0]
    assert (entry.verb, entry.facts["sha256"]) == ("evidence.attached", made.sha256)


def test_a_day_in_the_future_is_refused(office: Person) -> None:
    with pytest.raises(NotAllowed, match="未来"), clock.at(date(2026, 11, 20)):
        attach(cast.row(), office, happened_on=date(2026, 11, 21))


def test_the_size_of_files_is_an_article_of_the_regulations(office: Person) -> None:
    assert files.limit_bytes() == policy.value("evidence.megabytes") * 1024 * 1024


def test_the_same_file_twice_on_one_record_is_refused(office: Person) -> None:
    row = cast.row()
    attach(row, office)
    with pytest.raises(NotAllowed, match="既に登録"):
        attach(row, office)


def test_an_employee_may_not_attach_to_what_is_not_his(office: Person) -> None:
    other = cast.person("山田 太郎", cast.department())
    with pytest.raises(NotAllowed, match="権限"):
        attach(cast.row(), other)
    assert not Evidence.objects.exists()


def test_an_owner_attaches_to_his_own_record() -> None:
    owner = cast.person("山田 太郎", cast.department())
    assert attach(cast.row(owner), owner).pk


@pytest.mark.requirement("PRC-147")
def test_a_file_is_handed_out_only_to_those_who_may_read_its_record(office: Person) -> None:
    made = attach(cast.row(), office)
    stranger = cast.person("山田 太郎", cast.department())
    assert evidence.open_file(made.pk, stranger) is None
    found = evidence.open_file(made.pk, office)
    assert found is not None
    assert found[1].read_bytes() == PDF


def test_reading_a_file_of_a_confidential_kind_is_written_down(office: Person) -> None:
    member = cast.person("社員 一郎")
    made = attach(member, office)
    before = len(book.history(member))
    evidence.open_file(made.pk, office)
    assert book.history(member)[0].verb == evidence.READ
    assert len(book.history(member)) == before + 1


def test_a_withdrawn_file_is_no_longer_shown_but_stays_in_the_store(office: Person) -> None:
    row = cast.row()
    made = attach(row, office)
    evidence.withdraw(made, reason="別の資産の写しだった", by=office)
    assert not evidence.evidence_of(row).exists()
    assert evidence.open_file(made.pk, office) is None
    assert files.intact(made.sha256)


def test_withdrawing_needs_a_reason(office: Person) -> None:
    made = attach(cast.row(), office)
    with pytest.raises(NotAllowed, match="理由"):
        evidence.withdraw(made, reason=" ", by=office)


@pytest.mark.requirement("V20-226", "OPS-106")
def test_a_file_changed_behind_the_products_back_is_found(office: Person) -> None:
    good, bad = cast.row(), cast.row(name="支社")
    attach(good, office)
    made = attach(bad, office, content=PDF + b"2")
    assert evidence.recheck() == 0
    path = files.path_of(made.sha256)
    path.chmod(0o640)
    path.write_bytes(PDF + b"3")
    assert list(evidence.damaged_now()) == [made]
    assert evidence.recheck() == 1
    assert Evidence.objects.exclude(damaged_at=None).get() == made
    path.write_bytes(PDF + b"2")
    assert evidence.recheck() == 0
    assert not Evidence.objects.exclude(damaged_at=None).exists()


def test_attaching_does_not_make_another_persons_open_form_stale(office: Person) -> None:
    row = cast.row()
    revision = row.revision
    attach(row, office)
    row.refresh_from_db()
    assert row.revision == revision


# --- links and comments -----------------------------------------------------------------------------------


def test_a_link_is_seen_from_both_ends(office: Person) -> None:
    first, second = cast.row(), cast.row(name="支社")
    links.link(first, second, relation="caused_by", by=office)
    assert [(n.record.pk, n.relation_label) for n in links.links_of(first, office)] == [
        (second.pk, "原因とする")
    ]
    assert [(n.record.pk, n.relation_label) for n in links.links_of(second, office)] == [
        (first.pk, "結果として生む")
    ]


def test_a_linked_record_that_one_may_not_know_is_not_shown() -> None:
    owner = cast.person("山田 太郎", cast.department())
    mine, secret = cast.row(owner), cast.row(name="支社", audience="hr")
    links.link(mine, secret, relation="related", by=SYSTEM)
    assert links.links_of(mine, owner) == []
    with pytest.raises(NotAllowed, match="見つかりません"):
        links.link(mine, secret, relation="concerns", by=owner)


def test_a_link_to_itself_twice_or_of_an_unknown_kind_is_refused(office: Person) -> None:
    first, second = cast.row(), cast.row(name="支社")
    links.link(first, second, relation="related", by=office)
    for target, relation in ((second, "related"), (first, "related"), (second, "married")):
        with pytest.raises(NotAllowed):
            links.link(first, target, relation=relation, by=office)


def test_a_removed_link_can_be_made_again(office: Person) -> None:
    first, second = cast.row(), cast.row(name="支社")
    made = links.link(first, second, relation="related", by=office)
    links.unlink(made, by=office)
    assert links.links_of(first, office) == []
    links.link(first, second, relation="related", by=office)
    assert len(links.links_of(first, office)) == 1


def test_a_comment_is_kept_with_its_author_and_only_he_withdraws_it(office: Person) -> None:
    row = cast.row()
    other = cast.person("山田 太郎")
    made = comments.comment(row, text=" 確認しました ", by=office)
    assert [(c.text, c.author) for c in comments.comments_of(row)] == [("確認しました", office)]
    with pytest.raises(NotAllowed, match="自分の"):
        comments.withdraw_comment(made, by=other)
    comments.withdraw_comment(made, by=office)
    assert not comments.comments_of(row)


@pytest.mark.parametrize("text", ["", "  ", "あ" * 4001])
def test_an_empty_or_endless_comment_is_refused(office: Person, text: str) -> None:
    with pytest.raises(NotAllowed):
        comments.comment(cast.row(), text=text, by=office)


# --- retention --------------------------------------------------------------------------------------------


@pytest.mark.requirement("V20-063", "PRC-148")
def test_every_kind_of_record_states_the_six_attributes_and_the_basis_of_its_period() -> None:
    for kind in kinds.table().values():
        six = (kind.identification, kind.place, kind.protection, kind.retrieval, kind.keeper, kind.disposal)
        assert all(six), kind.id
        assert kind.basis, kind.id


def test_a_kind_that_is_not_in_the_table_is_kept_as_any_other_record() -> None:
    assert kinds.kind_of(cast.row()).id == kinds.OTHER


@pytest.mark.parametrize(
    ("counted_from", "expected"), [("filing", date(2031, 2, 28)), ("fiscal_year", date(2031, 3, 31))]
)
def test_the_period_counts_from_where_its_rule_says(
    monkeypatch: pytest.MonkeyPatch, counted_from: str, expected: date
) -> None:
    rule = kinds.RecordKind(
        id="other",
        title="",
        place="",
        keeper="",
        basis="",
        keep=kinds.Cadence.parse("3 years"),
        counted_from=counted_from,
    )
    monkeypatch.setattr(kinds, "table", lambda: {"other": rule})
    assert kinds.keep_until(cast.row(effective_on=date(2026, 2, 28))) == expected


@pytest.mark.requirement("PRC-148")
def test_a_record_made_by_a_command_knows_until_when_it_is_kept(office: Person) -> None:
    row = cast.row(effective_on=date(2026, 4, 1))
    retention.hold(row, reason="係争中", by=office)
    row.refresh_from_db()
    assert row.keep_until == date(2031, 4, 1)


def test_a_living_register_row_has_no_end_before_it_is_retired() -> None:
    member = cast.person("社員 一郎", left_on=None)
    assert kinds.keep_until(member) is None
    member.left_on = date(2026, 3, 31)
    assert kinds.keep_until(member) == date(2031, 3, 31)


def test_many_imported_records_get_their_period_in_few_statements(
    django_assert_max_num_queries: object,
) -> None:
    rows = [cast.row(name=f"拠点{n}", effective_on=date(2026, 4, 1)) for n in range(30)]
    with django_assert_max_num_queries(5):  # type: ignore[operator]
        retention.file_records(rows)
    assert set(Site.objects.values_list("keep_until", flat=True)) == {date(2031, 4, 1)}


@pytest.fixture
def expired(office: Person) -> Site:
    row = cast.row(effective_on=date(2020, 4, 1), keep_until=date(2023, 4, 1))
    with clock.at(date(2021, 1, 5)):
        attach(row, office)
        comments.comment(row, text="個人名あり", by=office)
    return row


@pytest.mark.requirement("V20-063")
def test_after_disposal_content_and_files_are_gone_and_the_certificate_stays(
    office: Person, expired: Site
) -> None:
    approval = cast.row(name="廃棄の承認")
    sha256 = evidence.evidence_of(expired).get().sha256
    retention.dispose(expired, approval=approval, by=office)
    row = Site.objects.get(pk=expired.pk)
    certificate = Disposal.objects.get(record=row)
    assert certificate.evidence_digests == [sha256]
    assert (certificate.approval_id, certificate.kept_until) == (approval.pk, date(2023, 4, 1))
    assert not files.path_of(sha256).exists()
    assert Comment.objects.get().text == retention.ERASED
    assert evidence.open_file(Evidence.objects.get().pk, office) is None
    assert book.history(row)[0].verb == "record.disposed"


def test_a_disposed_person_is_unreadable_in_the_register_and_in_the_ledger(office: Person) -> None:
    member = cast.person("消える 花子", email="kieru@example.jp", keep_until=date(2023, 4, 1), kana="キエル")
    with transaction.atomic():
        retention.hold(member, reason="係争中", by=office)
        retention.release(member, reason="終結", by=office)
    retention.dispose(member, approval=cast.row(), by=office)
    member = Person.objects.get(pk=member.pk)
    assert "花子" not in member.name + member.kana + member.email + member.label
    shown = [str(change) for line in book.history(member) for change in line.changes]
    assert not [text for text in shown if "花子" in text or "kieru" in text]


def test_a_file_that_another_record_needs_survives_the_disposal(office: Person, expired: Site) -> None:
    other = cast.row(name="支社")
    made = attach(other, office)
    retention.dispose(expired, approval=cast.row(name="承認"), by=office)
    assert files.intact(made.sha256)


@pytest.mark.requirement("OPS-106", "PRC-148")
def test_nothing_is_disposed_of_before_its_time(office: Person, expired: Site) -> None:
    with clock.at(date(2023, 4, 1)), pytest.raises(NotAllowed, match="2023-04-01"):
        retention.dispose(expired, approval=cast.row(name="承認"), by=office)
    assert evidence.evidence_of(expired).exists()


def test_nothing_is_disposed_of_under_a_hold(office: Person, expired: Site) -> None:
    retention.hold(expired, reason="係争中", by=office)
    with pytest.raises(NotAllowed, match="廃棄禁止"):
        retention.dispose(expired, approval=cast.row(name="承認"), by=office)
    assert expired not in list(retention.due(date(2026, 1, 1)))


def test_nothing_is_disposed_of_without_a_known_period_or_twice(office: Person, expired: Site) -> None:
    approval = cast.row(name="承認")
    with pytest.raises(NotAllowed, match="定まっていない"):
        retention.dispose(approval, approval=expired, by=office)
    retention.dispose(expired, approval=approval, by=office)
    with pytest.raises(NotAllowed, match="既に廃棄"):
        retention.dispose(Site.objects.get(pk=expired.pk), approval=approval, by=office)


def test_only_the_document_manager_disposes(expired: Site) -> None:
    with pytest.raises(NotAllowed, match="文書管理責任者"):
        retention.dispose(expired, approval=cast.row(name="承認"), by=cast.person("山田 太郎"))


def test_a_period_can_be_made_longer_but_not_shorter(office: Person, expired: Site) -> None:
    retention.keep_longer(expired, until=date(2030, 4, 1), reason="契約による", by=office)
    with pytest.raises(NotAllowed, match="より後"):
        retention.keep_longer(expired, until=date(2029, 4, 1), reason="容量", by=office)


def test_what_is_due_is_what_has_passed_and_is_free(office: Person, expired: Site) -> None:
    assert [r.pk for r in retention.due(date(2023, 4, 2))] == [expired.pk]
    assert not retention.due(date(2023, 4, 1))


def test_the_database_refuses_evidence_of_a_record_that_does_not_exist() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Evidence.objects.create(
            record_id=999_999,
            sha256="0" * 64,
            file_name="x",
            size=1,
            media_type="x",
            happened_on=date(2026, 1, 1),
        )
        transaction.get_connection().check_constraints()
