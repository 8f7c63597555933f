"""The yearly reading of the regulations: most pass in the week, some fail first, some are late, one is on leave."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from sakimori.domains.documents.models import Document
from sakimori.domains.training import rules
from sakimori.domains.training.models import Answer, Reading, Trial
from sakimori.kernel.content.courses import Question
from sakimori.kernel.identity.actors import SYSTEM
from sakimori.kernel.ledger import book
from sakimori.kernel.obligations.models import Occurrence
from sakimori.lib import clock

from . import calendar
from .company import Stage

_ASKED = 150  # days before today
_READ = ("basic-policy", "security-policy", "information-assets", "mobile-devices")
_QUESTIONS, _HARD, _UNREAD = 5, 9, 40  # one in so many
_ANSWERED = "reading.answered"


def work(stage: Stage) -> None:
    """Ask everybody, let them answer, remind, excuse one and leave a few undone."""
    for place, slug in enumerate(_READ):
        document = Document.objects.filter(slug=slug).first()
        if document is None or document.current is None:
            continue
        with calendar.on(calendar.ago(_ASKED - 7 * place), 9):
            readings = rules.ask(
                document.current, list(rules.audience(document).select_related("department"))
            )
        _answer(stage, readings, rules.pool(document.current), calendar.ago(_ASKED - 7 * place))
    _follow_up(stage)


def _answer(stage: Stage, readings: list[Reading], pool: list[Question], asked: date) -> None:
    by_day: dict[date, list[Reading]] = defaultdict(list)
    for reading in readings:
        if stage.random.randrange(_UNREAD) == 0:
            continue
        days = stage.random.choice((0, 1, 1, 2, 3, 4, 5, 6, 6, 7, 11 if stage.random.random() < 0.4 else 7))
        by_day[calendar.working(asked + timedelta(days=days))].append(reading)
    for day, rows in sorted(by_day.items()):
        with calendar.on(day, 15):
            _pass_all(stage, rows, pool)


def _pass_all(stage: Stage, rows: list[Reading], pool: list[Question]) -> None:
    """Store the trials of a day, the receipt of each reading and the proof of its duty, in bulk."""
    trials = []
    for reading in rows:
        reading.failures = 1 if stage.random.randrange(_HARD) == 0 else 0
        trials += [_trial(stage, reading, pool, number) for number in range(1, reading.failures + 2)]
        reading.status, reading.passed_on = Reading.Status.PASSED, clock.today()
    Trial.objects.bulk_create(trials)
    Answer.objects.bulk_create([one for trial in trials for one in _answers(stage, trial, pool)])
    last = {trial.reading_id: trial.score for trial in trials}
    for reading in rows:
        reading.score = last[reading.pk]
    Reading.objects.bulk_update(rows, ["status", "passed_on", "score", "failures"])
    _prove(rows)
    changes = {"status": ("open", "passed"), "passed_on": (None, clock.today())}
    book.append_many([book.Draft(_ANSWERED, reading, changes) for reading in rows], by=SYSTEM)


def _trial(stage: Stage, reading: Reading, pool: list[Question], number: int) -> Trial:
    seed = stage.random.randrange(2**31)
    failed = number <= reading.failures
    return Trial(
        reading=reading, number=number, seed=seed, started_at=clock.now() - timedelta(minutes=2),
        submitted_at=clock.now(), score=60 if failed else stage.random.choice((80, 100)), passed=not failed,
        questions=[question.id for question in rules.draw(pool, _QUESTIONS, seed)],
    )  # fmt: skip


def _answers(stage: Stage, trial: Trial, pool: list[Question]) -> Iterable[Answer]:
    """Return answers that make the score; the articles in the middle of the text are the hard ones."""
    known = {question.id: (place, question) for place, question in enumerate(pool)}
    asked = [known[name] for name in trial.questions]
    wrong = round(len(asked) * (100 - (trial.score or 0)) / 100)
    hardest = sorted(asked, key=lambda row: abs(row[0] - len(pool) // 2))[:wrong]
    for place, question in asked:
        right = (place, question) not in hardest
        choice = question.answer if right else (question.answer + 1 + stage.random.randrange(3)) % 4
        yield Answer(trial=trial, question=question.id, article=question.article, choice=choice, right=right)


def _prove(rows: list[Reading]) -> None:
    persons = {reading.pk: reading.person_id for reading in rows}
    found = list(Occurrence.objects.open().filter(target__in=list(persons)))
    for occurrence in found:
        occurrence.state, occurrence.proof_id = Occurrence.State.DONE, occurrence.target_id
        occurrence.done_on = occurrence.closed_on = clock.today()
        occurrence.done_by_id, occurrence.contact_at = persons[occurrence.target_id or 0], None
    names = ["state", "proof", "done_on", "closed_on", "done_by", "contact_at"]
    Occurrence.objects.bulk_update(found, names)


def _follow_up(stage: Stage) -> None:
    """Excuse one who is on leave, let one fail three times, remind the rest."""
    missing = list(Reading.objects.open().select_related("document", "edition", "person").order_by("pk"))
    office = stage["ueno"]
    if not missing:
        return
    with calendar.on(calendar.ago(120), 11):
        rules.excuse(missing[0], reason="育児休業中のため。復帰の予定は来年の四月", by=office)
    for reading in missing[1:2]:
        for days in (118, 117, 116):
            with clock.at(datetime.combine(calendar.ago(days), time(16), tzinfo=clock.JAPAN)):
                _fail(reading)
    with calendar.on(calendar.ago(110), 9):
        rules.remind_all(missing[2:], by=office)


def _fail(reading: Reading) -> None:
    rules.start(reading, by=reading.person)
    trial = reading.trials.get(submitted_at=None)
    wrong = {question.id: (question.answer + 1) % 4 for question in trial.asked()}
    rules.submit(reading, trial=trial.number, answers=wrong, by=reading.person)
