"""The test: drawn, answered once, explained; only who passes has received the document."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from sakimori.domains.training.models import Answer, Reading, Trial
from sakimori.kernel.content.courses import Question
from sakimori.kernel.identity.actors import SYSTEM, Actor
from sakimori.kernel.identity.models import Person
from sakimori.kernel.ledger.book import command
from sakimori.kernel.notices import notices
from sakimori.kernel.obligations import obligations
from sakimori.kernel.policy import policy
from sakimori.lib import clock
from sakimori.lib.errors import Conflict, Invalid, NotAllowed

from .drawing import changed_keys, draw, pool

COUNT, PASS, RETRAIN = (
    "documents.comprehension.questions", "staff.training.pass", "documents.comprehension.retrain"
)  # fmt: skip


@command("reading.started", _("理解度確認の開始"))
def start(reading: Reading, *, by: Person) -> Reading:
    """Draw the questions; a test that was begun is continued with the same ones (REG-196)."""
    _own(reading, by)
    if reading.trials.filter(submitted_at=None).exists():
        return reading
    questions = pool(reading.edition)
    if not questions:
        raise NotAllowed(
            now("この文書には理解度の問題がありません。読み終えたら「読んで理解した」を押してください。"),
            rule="training.no_questions",
        )
    seed = secrets.randbelow(2**31)
    drawn = draw(questions, policy.value(COUNT), seed, _seen(reading), _changed(reading))
    Trial.objects.create(
        reading=reading, number=reading.trials.count() + 1, seed=seed, started_at=clock.now(),
        questions=[question.id for question in drawn],
    )  # fmt: skip
    return reading


def _seen(reading: Reading) -> set[str]:
    """Return what the person was asked about this document before, in whatever year."""
    past = Trial.objects.filter(reading__document=reading.document_id, reading__person=reading.person_id)
    return {name for names in past.values_list("questions", flat=True) for name in names}


def _changed(reading: Reading) -> set[str]:
    keys = changed_keys(reading.edition)
    rows = reading.edition.articles.filter(key__in=keys).values_list("carries", flat=True)
    return {address for addresses in rows for address in addresses}


@command("reading.answered", _("理解度確認の提出"))
def submit(reading: Reading, *, trial: int, answers: Mapping[str, int], by: Person) -> Reading:
    """Mark the answers (question → place of the choice in the content); who reaches the mark has received it.

    Raises Conflict for a test handed in before, Invalid for a question without a valid answer (REG-199, REG-132).
    """
    _own(reading, by)
    found = reading.trials.select_for_update().filter(number=trial).first()
    if found is None or found.submitted_at is not None:
        raise Conflict(now("この確認は提出済みです。結果を開き、必要ならもう一度受けてください。"))
    marked = [(question, _answer(question, answers)) for question in found.asked()]
    right = sum(choice == question.answer for question, choice in marked)
    found.score = round(100 * right / len(marked)) if marked else 0
    found.passed, found.submitted_at = found.score >= policy.value(PASS), clock.now()
    found.save()
    Answer.objects.bulk_create(
        Answer(trial=found, question=q.id, article=q.article, choice=choice, right=choice == q.answer)
        for q, choice in marked
    )
    reading.score = found.score
    _pass(reading) if found.passed else _fail(reading)
    return reading


def _answer(question: Question, answers: Mapping[str, int]) -> int:
    choice = answers.get(question.id)
    if choice is None or not 0 <= choice < len(question.choices):
        raise Invalid({question.id: now("すべての問題に答えてください。一つ選んでから提出します。")})
    return choice


@command("reading.confirmed", _("内容の確認"))
def confirm(reading: Reading, *, by: Person) -> Reading:
    """Take the reader's word for a document on which the product has no questions (REG-197)."""
    _own(reading, by)
    if pool(reading.edition):
        raise NotAllowed(
            now("この文書は理解度の確認に合格すると受領になります。"), rule="training.test_needed"
        )
    _pass(reading)
    return reading


def _pass(reading: Reading) -> None:
    reading.status, reading.passed_on = Reading.Status.PASSED, clock.today()
    reading.again_on = None
    reading.save()
    for occurrence in obligations.Occurrence.objects.open().filter(target=reading.pk):
        obligations.complete(occurrence, proof=reading, done_on=clock.today(), by=SYSTEM)


def _fail(reading: Reading) -> None:
    reading.failures += 1
    if reading.again_on is None and reading.failures >= policy.value(RETRAIN):
        reading.again_on = clock.today()
        facts = {
            "person": reading.person.name, "document": reading.document.name, "failures": reading.failures
        }  # fmt: skip
        notices.send(
            "training.retraining", Person.objects.holding("education_manager"), record=reading, context=facts
        )
    reading.save()


def _own(reading: Reading, by: Actor) -> None:
    if by != reading.person:
        raise NotAllowed(now("本人だけが受けられます。"), rule="training.own")
    if not reading.is_open:
        raise NotAllowed(now("この文書の確認は済んでいます。"), rule="training.done")
