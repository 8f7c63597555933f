"""From publication to receipt: who is asked, how it is passed, who follows up, what is learnt from it."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, timedelta

import openpyxl
import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from sakimori.domains.documents import rules as documents
from sakimori.domains.documents.models import Document, Edition
from sakimori.domains.people.models import Agreement
from sakimori.domains.training import checks, rules
from sakimori.domains.training.models import Answer, Reading, Trial
from sakimori.domains.training.rules import asking, drawing
from sakimori.kernel import hooks
from sakimori.kernel.content import courses
from sakimori.kernel.content.courses import COURSES
from sakimori.kernel.identity.models import Appointment, Person
from sakimori.kernel.ledger import book
from sakimori.kernel.notices.models import Notice
from sakimori.kernel.obligations import obligations
from sakimori.kernel.obligations.models import Occurrence
from sakimori.lib import clock
from sakimori.lib.errors import Conflict, Invalid, NotAllowed
from tests.cast import SINCE, Cast

pytestmark = pytest.mark.django_db
SignIn = Callable[[Person], Client]


@pytest.fixture
def control(cast: Cast) -> Document:
    """文書管理規程 in force, for everybody, asked of nobody yet."""
    document = documents.install_regulation(
        slug="document-control", effective_on=date(2026, 4, 1), by=cast.ueno
    )
    document.readers_roles, document.audience = ["employee"], "everyone"
    document.save()
    return document


@pytest.fixture
def readings(control: Document) -> dict[int, Reading]:
    """Everybody's reading by person, after the publication of its edition."""
    publish(control)
    return {row.person_id: row for row in Reading.objects.select_related("person", "document", "edition")}


def publish(document: Document) -> None:
    hooks.call("document_published", document=document, edition=document.current, audience=())


def new_edition(document: Document, *, material: bool) -> Edition:
    """Return a second edition in force, with one article changed."""
    former = document.current
    assert former is not None
    Edition.objects.filter(pk=former.pk).update(status="withdrawn")
    edition = Edition.objects.create(
        document=document, version=2, status="in_force", based_on=former, material=material, reason="見直し"
    )
    for article in former.articles.all():
        article.pk, article.edition = None, edition
        if article.key == "comprehension":
            article.text += "\n\n問題は会社の事情に合わせる。"
        article.save()
    return edition


def answers_of(trial: Trial, *, right: bool) -> dict[str, int]:
    return {q.id: q.answer if right else (q.answer + 1) % 4 for q in trial.asked()}


def take(reading: Reading, *, right: bool) -> Trial:
    """Take the test once, all right or all wrong."""
    rules.start(reading, by=reading.person)
    trial = reading.trials.get(submitted_at=None)
    rules.submit(reading, trial=trial.number, answers=answers_of(trial, right=right), by=reading.person)
    trial.refresh_from_db()
    return trial


def test_every_question_shipped_has_four_choices_one_answer_and_an_article_that_exists() -> None:
    assert len(COURSES.all()) > 1000 and COURSES.problems() == []
    assert {question.regulation for question in COURSES} >= {"document-control", "system-use"}


def test_a_question_without_article_or_answer_is_refused_with_the_reason() -> None:
    good = next(iter(COURSES))
    bad = courses.Question(
        key="x", article_key="nowhere", question=" ", choices=("a", "a", "b", "c"), answer=4,
        explanation="", place=good.place,
    )  # fmt: skip
    sentences = " ".join(courses.faults(bad))
    assert "という条はありません" in sentences and "互いに異なる" in sentences
    assert "0から3" in sentences and "解説" in sentences
    assert not list(courses.faults(good))


@pytest.mark.requirement("REG-192", "REG-198")
def test_publication_asks_the_audience_at_once_with_a_day_a_week_ahead(
    readings: dict[int, Reading], cast: Cast
) -> None:
    assert cast.kato.pk in readings and cast.suzuki.pk not in readings and cast.sato.pk not in readings
    mine = readings[cast.kato.pk]
    assert mine.due_on == clock.today() + timedelta(days=7) and mine.department_id == cast.sales.pk
    assert Notice.objects.filter(
        kind="training.asked", recipient=cast.kato, link=f"/training/{mine.pk}/"
    ).exists()
    duty = Occurrence.objects.get(target=mine)
    assert duty.assignee_id == cast.kato.pk and duty.due_on == mine.due_on
    assert book.history(mine)[0].verb_label == "周知・確認の依頼"
    publish(mine.document)
    assert Reading.objects.filter(person=cast.kato).count() == 1


def test_an_outsider_is_asked_only_while_his_confidentiality_agreement_binds(
    control: Document, cast: Cast
) -> None:
    Person.objects.filter(pk=cast.kubo.pk).update(category="partner")
    assert not rules.audience(control).filter(pk=cast.kubo.pk).exists()
    Agreement.objects.create(
        person=cast.kubo, owner=cast.kubo, agreement_kind="nda", text_version="1", signed_on=SINCE
    )
    assert rules.audience(control).filter(pk=cast.kubo.pk).exists()


def test_only_a_material_revision_asks_again_and_ends_what_was_open(
    readings: dict[int, Reading], control: Document, cast: Cast
) -> None:
    hooks.call(
        "document_published", document=control, edition=new_edition(control, material=False), audience=()
    )
    assert Reading.objects.filter(person=cast.kato).count() == 1
    edition = control.current
    assert edition is not None
    Edition.objects.filter(pk=edition.pk).update(material=True)
    publish(control)
    former = readings[cast.kato.pk]
    former.refresh_from_db()
    assert former.status == "ended" and Occurrence.objects.get(target=former).state == "void"
    fresh = Reading.objects.open().get(person=cast.kato)
    assert fresh.edition_id == edition.pk
    rules.start(fresh, by=cast.kato)
    asked = fresh.trials.get().asked()
    assert asked[0].article == "document-control/comprehension"


def test_who_joins_or_takes_on_a_role_gets_what_is_in_force_for_him(control: Document, cast: Cast) -> None:
    newcomer = Person.objects.create(
        name="新人", kana="シンジン", department=cast.sales, joined_on=clock.today()
    )
    hooks.call("person_joined", person=newcomer)
    assert [r.document_id for r in Reading.objects.filter(person=newcomer)] == [control.pk]
    Document.objects.filter(pk=control.pk).update(readers_roles=["education_manager"])
    Appointment.objects.create(person=cast.kato, role="education_manager", starts_on=SINCE, owner=cast.kato)
    hooks.call("person_moved", person=cast.kato, former_department=None)
    hooks.call("person_moved", person=cast.kubo, former_department=None)
    assert Reading.objects.filter(person=cast.kato).count() == 1
    assert not Reading.objects.filter(person=cast.kubo).exists()


@pytest.mark.requirement("REG-199")
def test_only_passing_is_receipt_and_it_proves_the_duty(readings: dict[int, Reading], cast: Cast) -> None:
    mine = readings[cast.kato.pk]
    first = take(mine, right=False)
    assert first.score == 0 and mine.status == "open" and mine.failures == 1
    second = take(mine, right=True)
    assert second.passed and mine.status == "passed" and mine.passed_on == clock.today() and mine.score == 100
    duty = Occurrence.objects.get(target=mine)
    assert duty.state == "done" and duty.proof_id == mine.pk
    assert not set(first.questions) & set(second.questions)
    assert [line.verb_label for line in book.history(mine)].count("理解度確認の提出") == 2
    with pytest.raises(NotAllowed, match="済んでいます"):
        rules.start(mine, by=cast.kato)


def test_the_same_seed_draws_the_same_questions_and_past_ones_come_last(control: Document) -> None:
    edition = control.current
    assert edition is not None
    pool = drawing.pool(edition)
    once = drawing.draw(pool, 5, 7)
    assert once == drawing.draw(pool, 5, 7) and len(once) == 5
    assert not {q.id for q in drawing.draw(pool, 5, 7, {q.id for q in once})} & {q.id for q in once}


def test_a_test_is_answered_once_whole_and_by_its_person(readings: dict[int, Reading], cast: Cast) -> None:
    mine = readings[cast.kato.pk]
    rules.start(mine, by=cast.kato)
    rules.start(mine, by=cast.kato)
    trial = mine.trials.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Trial.objects.create(reading=mine, number=2, seed=1, started_at=clock.now())
    given = answers_of(trial, right=False)
    with pytest.raises(NotAllowed, match="本人だけ"):
        rules.submit(mine, trial=1, answers=given, by=cast.kimura)
    for wrong in ({}, {**given, trial.questions[0]: 4}):
        with pytest.raises(Invalid, match="すべての問題"):
            rules.submit(mine, trial=1, answers=wrong, by=cast.kato)
    second_window = Reading.objects.get(pk=mine.pk)
    rules.submit(mine, trial=1, answers=given, by=cast.kato)
    with pytest.raises(Conflict):
        rules.submit(second_window, trial=1, answers=given, by=cast.kato)
    with pytest.raises(Conflict, match="提出済み"):
        rules.submit(mine, trial=1, answers=given, by=cast.kato)
    assert Answer.objects.count() == len(given)


@pytest.mark.requirement("REG-132")
def test_after_the_third_failure_a_person_is_to_be_taught_and_may_still_try(
    readings: dict[int, Reading], cast: Cast
) -> None:
    Appointment.objects.create(person=cast.ono, role="education_manager", starts_on=SINCE, owner=cast.ono)
    mine = readings[cast.kato.pk]
    for failures in (1, 2):
        take(mine, right=False)
        assert mine.failures == failures and mine.again_on is None
    take(mine, right=False)
    assert mine.again_on == clock.today() and mine in Reading.objects.retraining()
    assert Notice.objects.filter(kind="training.retraining", recipient=cast.ono).exists()
    assert not checks.retraining_late(clock.today())
    assert list(checks.retraining_late(clock.today() + timedelta(days=40))) == [mine]
    take(mine, right=True)
    assert mine.status == "passed" and not Reading.objects.retraining().exists()


@pytest.mark.requirement("REG-200", "REG-201")
def test_the_officer_reminds_once_a_day_and_reports_an_excuse_on_which_the_committee_decides(
    readings: dict[int, Reading], cast: Cast
) -> None:
    mine, other = readings[cast.kato.pk], readings[cast.kubo.pk]
    assert mine in rules.missing_of(cast.kimura) and other not in rules.missing_of(cast.kimura)
    rules.remind(mine, by=cast.kimura)
    with pytest.raises(NotAllowed, match="督促済み"):
        rules.remind(mine, by=cast.kimura)
    with pytest.raises(NotAllowed):
        rules.remind(other, by=cast.kimura)
    with pytest.raises(NotAllowed, match="理由"):
        rules.excuse(mine, reason=" ", by=cast.kimura)
    rules.excuse(mine, reason="育児休業中", by=cast.kimura)
    assert Notice.objects.filter(kind="training.excused", recipient=cast.ishida).exists()
    assert (
        list(checks.excused(clock.today())) == [mine] and Occurrence.objects.get(target=mine).state == "void"
    )
    with pytest.raises(NotAllowed):
        rules.decide_excuse(mine, measure="復帰後に行う", by=cast.kimura)
    rules.decide_excuse(mine, measure="復帰後に行う", by=cast.ishida)
    assert not checks.excused(clock.today())
    with clock.at(clock.now() + timedelta(days=30)):
        rules.resume(mine, reason="復帰した", by=cast.kimura)
        assert mine.is_open and mine.due_on == clock.today() + timedelta(days=7)
    assert Occurrence.objects.open().filter(target=mine).count() == 1


def test_lateness_goes_to_the_officer_then_to_the_superior_then_to_the_committee(
    readings: dict[int, Reading], cast: Cast
) -> None:
    mine = readings[cast.kato.pk]
    told = Notice.objects.filter(body__contains="文書の内容の確認")
    with clock.at(clock.now() + timedelta(days=8, hours=1)):
        obligations.run_day()
        assert list(checks.late(clock.today())) == [mine.document]
        assert Notice.objects.filter(kind="training.missing", recipient=cast.kimura, record=mine).exists()
        assert not told.filter(kind="obligations.superior", recipient=cast.eto).exists()
    with clock.at(clock.now() + timedelta(days=40)):
        obligations.run_day()
    assert told.filter(kind="obligations.superior", recipient=cast.eto).exists()
    assert told.filter(kind="obligations.committee", recipient=cast.ishida).exists()


def test_the_daily_run_asks_again_after_a_year_and_ends_what_a_leaver_owed(
    readings: dict[int, Reading], cast: Cast
) -> None:
    take(readings[cast.kato.pk], right=True)
    assert asking.ask_again() == 0
    with clock.at(clock.now() + timedelta(days=370)):
        assert asking.ask_again() == 1 and Reading.objects.open().filter(person=cast.kato).exists()
    Person.objects.filter(pk=cast.kubo.pk).update(left_on=clock.today() - timedelta(days=1))
    assert rules.close_stale() == 1
    assert Reading.objects.get(person=cast.kubo).status == "ended"


@pytest.mark.requirement("V20-079")
def test_an_article_that_many_misunderstand_opens_a_finding_on_its_document(
    readings: dict[int, Reading], control: Document, cast: Cast
) -> None:
    trial = Trial.objects.create(reading=readings[cast.kato.pk], number=1, seed=1, started_at=clock.now())
    for n in range(10):
        Answer.objects.create(
            trial=trial, question=f"q{n}", article="document-control/comprehension", choice=0, right=n >= 3
        )
    assert not checks.hard_article(clock.today())
    Answer.objects.filter(question__in=["q3"]).update(right=False)
    assert list(checks.hard_article(clock.today())) == [control]
    line = rules.results(Reading.objects.all(), "article")[0]
    assert (line.answers, line.wrong, line.share) == (10, 4, 40) and "文書管理規程" in line.label
    assert rules.results(Reading.objects.all(), "department")[0].label == cast.sales.name


@pytest.mark.requirement("REG-196", "REG-197")
def test_a_reader_reads_answers_and_sees_why_without_javascript(
    readings: dict[int, Reading], cast: Cast, as_person: SignIn
) -> None:
    client, mine = as_person(cast.kato), readings[cast.kato.pk]
    assert mine.document.name in client.get("/training/").content.decode()
    page = client.get(f"/training/{mine.pk}/").content.decode()
    assert "第1条（" in page and "5問に答えます" in page and "{{" not in page
    test = client.post(f"/training/{mine.pk}/start/").headers["Location"]
    assert client.get(test).content.decode().count('type="radio"') == 20
    refused = client.post(test, {"q0": "9" * 5000, "q1": "²"})
    assert refused.status_code == 422 and "一つ選んでください" in refused.content.decode()
    trial = mine.trials.get()
    given = {f"q{n}": q.answer for n, q in enumerate(trial.asked())}
    assert client.post(test, given).status_code == 302
    result = client.get(test).content.decode()
    assert "合格です" in result and trial.asked()[0].explanation in result
    assert client.post(test, given).status_code in (302, 403, 409)
    assert Answer.objects.count() == 5


def test_another_s_reading_and_test_do_not_exist(
    readings: dict[int, Reading], cast: Cast, as_person: SignIn
) -> None:
    mine = readings[cast.kato.pk]
    rules.start(mine, by=cast.kato)
    for client in (as_person(cast.kimura), as_person(cast.ueno)):
        assert client.get(f"/training/{mine.pk}/").status_code == 404
        assert client.get(f"/training/{mine.pk}/test/1/").status_code == 404
        assert client.post(f"/training/{mine.pk}/start/").status_code == 404


def test_the_officer_s_pages_remind_with_one_press_and_hand_out_a_workbook(
    readings: dict[int, Reading], cast: Cast, as_person: SignIn
) -> None:
    take(readings[cast.eto.pk], right=False)
    client = as_person(cast.kimura)
    page = client.get("/training/missing/").content.decode()
    assert cast.kato.name in page and cast.kubo.name not in page
    client.post("/training/missing/remind/")
    assert Reading.objects.filter(reminded_on=clock.today()).count() == 2  # 江藤 and 加藤, not himself
    assert "文書管理規程" in client.get("/training/results/?by=article&year=²").content.decode()
    book_ = openpyxl.load_workbook(io.BytesIO(client.get("/training/results.xlsx?by=question").content))
    assert book_.worksheets[0].max_row == 6
    assert as_person(cast.kato).get("/training/missing/").status_code == 403
