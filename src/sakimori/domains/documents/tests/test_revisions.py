"""A revision from the proposal to the day on which it acts, and everything that is refused on the way."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from sakimori.domains.documents import rules
from sakimori.domains.documents.models import Document, Edition, preview
from sakimori.domains.documents.models.differences import between
from sakimori.kernel import hooks
from sakimori.kernel.approvals import approvals
from sakimori.kernel.approvals.models import Application
from sakimori.kernel.identity.models import Appointment
from sakimori.kernel.ledger import book
from sakimori.kernel.notices.models import Notice
from sakimori.kernel.obligations import obligations
from sakimori.kernel.policy import policy
from sakimori.lib import clock
from sakimori.lib.dates import Cadence
from sakimori.lib.errors import Invalid, NotAllowed, Refused, SeparationOfDuties
from tests.cast import Cast

pytestmark = pytest.mark.django_db
HALF_YEAR = Cadence.parse("6 months")


@pytest.fixture
def draft(control: Document, cast: Cast, tomorrow: date) -> Edition:
    """A revision of 文書管理規程 by which documents are reviewed every half year."""
    edition = rules.propose(document=control, reason="見直しを早める", by=cast.ueno)
    rules.change_value(edition, name="documents.review", value="6か月", by=cast.ueno)
    return rules.describe(
        edition, reason="見直しを早める", takes_effect_on=tomorrow, material=True, by=cast.ueno
    )


def put_through(edition: Edition, cast: Cast) -> Edition:
    """Submit, deliberate and approve."""
    rules.submit_edition(edition, by=cast.ueno)
    application = Application.objects.get(form="document-revision", subject_id=edition.pk)
    for person in (cast.ono, cast.ishida):
        approvals.decide(application, decision="approve", by=person)
    return Edition.objects.get(pk=edition.pk)


def refusals(edition: Edition) -> str:
    return "\n".join(str(fault) for fault in rules.faults(edition))


@pytest.mark.requirement("REG-002", "V20-101", "OPS-002")
def test_the_shipped_set_is_installed_as_edition_1_article_by_article(shelf: dict[str, Document]) -> None:
    edition = shelf["document-control"].current
    assert edition is not None and edition.version == 1 and edition.text_hash == edition.digest()
    assert edition.values["documents.review"] == "1 year"
    assert edition.articles.get(key="disposal").carries == ["document-control/disposal"]
    assert shelf["document-control"].above == shelf["security-policy"]


def test_a_document_is_installed_once_only(control: Document, cast: Cast) -> None:
    with pytest.raises(NotAllowed, match="採用済み"):
        rules.install_regulation(slug="document-control", by=cast.ueno)


@pytest.mark.requirement("REG-188", "REG-066")
def test_a_member_of_the_committee_may_propose_and_an_employee_may_not(control: Document, cast: Cast) -> None:
    assert rules.propose(document=control, reason="直したい", by=cast.ono).is_draft
    with pytest.raises(NotAllowed, match="起案できる"):
        rules.propose(document=control, reason="直したい", by=cast.kato)


@pytest.mark.requirement("REG-077", "REG-348", "V20-058", "V20-051", "REG-183")
def test_a_value_acts_on_the_effective_day_and_not_before(draft: Edition, cast: Cast, tomorrow: date) -> None:
    former = draft.document.current
    edition = put_through(draft, cast)
    assert edition.status == Edition.Status.APPROVED and edition.version == 2
    assert policy.value("documents.review") == Cadence.parse("1 year")
    assert rules.take_effect() == 0
    with clock.at(clock.now() + timedelta(days=1)):
        assert policy.value("documents.review") == HALF_YEAR
        assert rules.take_effect() == 1
        assert rules.take_effect() == 0
    assert Edition.objects.get(pk=edition.pk).status == Edition.Status.IN_FORCE
    former = Edition.objects.get(pk=former.pk)
    assert (former.status, former.withdrawn_on) == (Edition.Status.WITHDRAWN, tomorrow)
    assert not Edition.objects.visible_to(cast.kato).filter(pk=former.pk).exists()
    verbs = {line.verb for line in book.history(Edition.objects.get(pk=edition.pk))}
    assert verbs >= {"edition.proposed", "edition.submitted", "edition.approved", "edition.came_into_force"}


@pytest.mark.requirement("REG-056", "REG-192", "V20-102")
def test_readers_are_told_once_and_the_hook_is_called_when_it_comes_into_force(
    draft: Edition, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    called: list[dict[str, object]] = []
    monkeypatch.setitem(hooks._hearers, "document_published", [lambda **facts: called.append(facts)])
    edition = put_through(draft, cast)
    assert called == []
    with clock.at(clock.now() + timedelta(days=1)):
        rules.take_effect()
    assert called[0]["edition"] == edition and called[0]["audience"] == tuple(edition.document.readers_roles)
    told = Notice.objects.filter(kind="documents.published").values_list("recipient_id", flat=True)
    assert sorted(told) == sorted(rules.readers(edition.document).values_list("pk", flat=True))


@pytest.mark.requirement("REG-073", "REG-182", "V20-009", "OPS-004")
def test_a_policy_goes_to_the_president_and_a_regulation_to_the_chair(
    shelf: dict[str, Document], draft: Edition, cast: Cast, tomorrow: date
) -> None:
    basic = rules.propose(document=shelf["basic-policy"], reason="見直し", by=cast.ueno)
    rules.add_article(basic, title="見直し", text="毎年見直す。", by=cast.ueno)
    rules.describe(basic, reason="見直し", takes_effect_on=tomorrow, material=True, by=cast.ueno)
    for edition, role in ((basic, "president"), (draft, "committee_chair")):
        rules.submit_edition(edition, by=cast.ueno)
        application = Application.objects.get(form="document-revision", subject_id=edition.pk)
        assert application.steps.get(key="approve").role == role


def test_who_drafted_it_cannot_decide_on_it(draft: Edition, cast: Cast) -> None:
    Appointment.objects.create(
        person=cast.ueno, role="committee_member", starts_on=date(2020, 4, 1), owner=cast.ueno
    )
    rules.submit_edition(draft, by=cast.ueno)
    application = Application.objects.get(subject_id=draft.pk)
    with pytest.raises(SeparationOfDuties):
        approvals.decide(application, decision="approve", by=cast.ueno)


def test_a_revision_sent_back_is_open_again_and_then_goes_the_same_way(draft: Edition, cast: Cast) -> None:
    rules.submit_edition(draft, by=cast.ueno)
    with pytest.raises(NotAllowed, match="変更できません"):
        rules.remove_article(draft, key="disposal", by=cast.ueno)
    application = Application.objects.get(subject_id=draft.pk)
    approvals.decide(application, decision="return", comment="施行日を延ばす", by=cast.ono)
    edition = Edition.objects.get(pk=draft.pk)
    assert edition.is_draft and edition.text_hash == ""
    rules.describe(edition, reason="直した", takes_effect_on=clock.today(), material=False, by=cast.ueno)
    assert put_through(edition, cast).status == Edition.Status.IN_FORCE


# --- refused at submission -------------------------------------------------------------------------------------------
def test_an_effective_day_in_the_past_is_refused(draft: Edition, cast: Cast) -> None:
    rules.describe(draft, reason="急ぐ", takes_effect_on=date(2020, 1, 1), material=True, by=cast.ueno)
    with pytest.raises(Invalid) as refusal:
        rules.submit_edition(draft, by=cast.ueno)
    assert "施行日が過去" in str(refusal.value.problems)
    assert not Application.objects.filter(form="document-revision").exists()


def test_a_revision_without_reason_or_change_is_refused(control: Document, cast: Cast) -> None:
    edition = rules.propose(document=control, reason=" ", by=cast.ueno)
    found = refusals(edition)
    assert "理由を入力" in found and "施行日を入力" in found and "同じ内容" in found


def test_a_duty_that_no_article_would_carry_any_more_is_refused(draft: Edition, cast: Cast) -> None:
    rules.remove_article(draft, key="document-review", by=cast.ueno)
    assert "義務「文書の見直し」を定める条がなくなり" in refusals(draft)


def test_a_duty_whose_role_nobody_holds_is_refused(draft: Edition, cast: Cast) -> None:
    Appointment.objects.filter(role="security_office").update(ends_on=date(2021, 1, 1))
    assert "「情報セキュリティ事務局」を務める人がいません" in refusals(draft)


def test_a_cadence_of_zero_is_refused_when_it_is_written(draft: Edition, cast: Cast) -> None:
    with pytest.raises(Refused, match="期間は1以上"):
        rules.change_value(draft, name="documents.review", value="0か月", by=cast.ueno)
    assert draft.changes == {"documents.review": "6 months"}


def test_two_revisions_of_one_document_cannot_overlap(draft: Edition, control: Document, cast: Cast) -> None:
    late = rules.propose(document=control, reason="別の改訂", by=cast.ono)
    rules.add_article(late, title="補足", text="補足を定める。", by=cast.ono)
    put_through(draft, cast)
    assert "施行待ちの改訂" in refusals(late)
    with clock.at(clock.now() + timedelta(days=1)):
        rules.take_effect()
        assert "起案の後に第2版が施行されました" in refusals(late)


@pytest.mark.requirement("REG-181")
def test_a_table_by_which_the_approver_approves_his_own_draft_is_refused(draft: Edition, cast: Cast) -> None:
    rows = [dict(row) for row in policy.value("documents.matrix")]
    rows[2]["approve"] = "security_office"
    rules.change_value(draft, name="documents.matrix", value=rows, by=cast.ueno)
    assert "同じ人に戻ります" in refusals(draft)
    rows[2]["approve"] = "incident_manager"
    rules.change_value(draft, name="documents.matrix", value=rows, by=cast.ueno)
    assert "表の「" in refusals(draft) and "務める人がいません" in refusals(draft)


def test_a_reference_to_an_article_that_is_taken_out_is_refused(draft: Edition, cast: Cast) -> None:
    rules.add_article(
        draft, title="参照", text="[[follow-up]] と [[basic-policy/nowhere]] による。", by=cast.ueno
    )
    rules.remove_article(draft, key="follow-up", by=cast.ueno)
    assert "「follow-up」という条がありません" in refusals(draft)
    assert "「basic-policy/nowhere」という条がありません" in refusals(draft)


def test_an_article_that_states_an_unknown_parameter_is_refused_as_it_is_written(
    draft: Edition, cast: Cast
) -> None:
    with pytest.raises(Invalid, match="入力|パラメータ"):
        rules.change_article(draft, key="disposal", title="廃棄", text="{{no.such}} とする。", by=cast.ueno)


# --- what changes ----------------------------------------------------------------------------------------------------
@pytest.mark.requirement("V20-053", "REG-190")
def test_the_difference_names_articles_added_changed_removed_and_moved_word_by_word(
    draft: Edition, cast: Cast
) -> None:
    rules.change_article(
        draft, key="penalties", title="違反", text="違反した者は厳しく処分する。", by=cast.ueno
    )
    rules.add_article(
        draft, title="付則", text="この規程を施行する。", after="scope", key="entry", by=cast.ueno
    )
    rules.remove_article(draft, key="disclosure", by=cast.ueno)
    rules.move_article(draft, key="records", down=True, by=cast.ueno)
    found = between(draft.based_on, draft)
    kinds = {change.key: change.kind for change in found.changed}
    assert kinds.pop("records", "moved") == kinds.pop("record-retention", "moved") == "moved"
    assert kinds == {"penalties": "changed", "entry": "added", "disclosure": "removed"}
    words = next(change for change in found.changed if change.key == "penalties").text
    assert {piece.kind for piece in words} >= {"added"} and any("厳" in piece.text for piece in words)
    assert [(one.before, one.after) for one in found.values] == [("1年", "6か月")]


def test_the_preview_counts_the_due_days_that_would_move(draft: Edition, shelf: dict[str, Document]) -> None:
    obligations.materialise()
    (effect,) = preview.effects(draft)
    review = next(one for one in effect.duties if one.duty.id == "documents.review")
    assert (review.members, review.yearly_before, review.yearly_after) == (
        len(shelf),
        len(shelf),
        2 * len(shelf),
    )
    assert review.changed == len(shelf) and effect.moved >= review.changed
    assert f"文書の見直し: 1年 → 6か月。これから1年の期日 {effect.moved} 件が変わります" in effect.sentence


# --- shelf -----------------------------------------------------------------------------------------------------------
@pytest.mark.requirement("REG-347", "REG-194")
def test_a_document_is_seen_by_the_holders_of_its_roles_and_not_by_others(
    shelf: dict[str, Document], cast: Cast
) -> None:
    document = shelf["information-assets"]
    Document.objects.filter(pk=document.pk).update(readers_roles=["hr"], audience="office")
    document.refresh_from_db()
    rules.name_readers(document, by=cast.ueno)
    seen = {p.name for p in (cast.shimizu, cast.kato, cast.ueno)
            if Document.objects.visible_to(p).filter(pk=document.pk).exists()}  # fmt: skip
    assert seen == {cast.shimizu.name, cast.ueno.name}


@pytest.mark.requirement("REG-195", "V20-057", "V20-058")
def test_copies_on_paper_are_numbered_and_must_be_exchanged_after_a_revision(
    draft: Edition, cast: Cast
) -> None:
    first = rules.place_copy(document=draft.document, place="守衛室", holder=cast.kubo, by=cast.ueno)
    second = rules.place_copy(document=draft.document, place="本社3階", holder=cast.kubo, by=cast.ueno)
    assert (first.copy_number, second.copy_number) == (1, 2)
    with pytest.raises(NotAllowed, match="現行版"):
        rules.exchange_copy(first, destroyed="裁断", by=cast.ueno)
    put_through(draft, cast)
    with clock.at(clock.now() + timedelta(days=1)):
        rules.take_effect()
        rules.exchange_copy(first, destroyed="裁断", by=cast.ueno)
    placed = draft.document.copies.filter(status="placed").order_by("copy_number")
    assert [(copy.copy_number, copy.edition.version) for copy in placed] == [(1, 2), (2, 1)]


@pytest.mark.requirement("REG-202", "REG-203")
def test_a_document_is_abolished_by_its_own_approval_and_its_record_stays(
    shelf: dict[str, Document], cast: Cast
) -> None:
    answers = {"reason": "統合したため", "method": "なし"}
    with pytest.raises(Invalid, match="下位|入力"):
        approvals.submit("document-disposal", answers, subject=shelf["security-policy"], by=cast.ueno)
    document = shelf["information-assets"]
    application = approvals.submit("document-disposal", answers, subject=document, by=cast.ueno)
    assert document.current is not None
    for person in (cast.ono, cast.ishida):
        approvals.decide(application, decision="approve", by=person)
    document = Document.objects.get(pk=document.pk)
    assert document.status == Document.Status.ABOLISHED and document.current is None
    assert document.editions.get(version=1).status == Edition.Status.WITHDRAWN
    with pytest.raises(NotAllowed, match="改訂できません"):
        rules.propose(document=document, reason="戻す", by=cast.ueno)


@pytest.mark.requirement("V20-052", "REG-350", "V20-103")
def test_every_document_in_force_is_reviewed_and_the_record_closes_its_own_duty(
    shelf: dict[str, Document], cast: Cast
) -> None:
    obligations.materialise()
    due = obligations.Occurrence.objects.filter(obligation__duty_id="documents.review")
    assert set(due.values_list("target_id", flat=True)) == {document.pk for document in shelf.values()}
    document, day = shelf["document-control"], due.get(target=shelf["document-control"]).opens_on
    answers = {
        "done_on": day.isoformat(),
        "inputs": "なし",
        "fit": True,
        "verdict": "keep",
        "conclusion": "適切",
    }
    with clock.at(clock.now() + (day - clock.today()) + timedelta(days=1)):
        application = approvals.submit("document-review", answers, subject=document, by=cast.ueno)
        approvals.decide(application, decision="approve", by=cast.ishida)
        assert Document.objects.get(pk=document.pk).reviewed_on == clock.today()
    done = due.filter(state="done")
    assert [one.target_id for one in done] == [document.pk]
