"""Read, answer, see why: the way of a reader, on the phone, without JavaScript."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sakimori.domains.documents.models.reading import shown, table_of
from sakimori.domains.training import rules
from sakimori.domains.training.models import Reading, Trial
from sakimori.domains.training.rules.answering import COUNT, PASS
from sakimori.domains.training.rules.drawing import changed_keys
from sakimori.kernel.policy import policy
from sakimori.lib import clock
from sakimori.lib.errors import Conflict, Invalid
from sakimori.registers.views.gate import PersonRequest, for_person

LATEST = 30
_PLACES = frozenset("0123")


@for_person
def mine(request: PersonRequest) -> HttpResponse:
    """Show what the person has to read, the most urgent first, and what he has received."""
    rows = Reading.objects.visible_to(request.person).filter(person=request.person)
    rows = rows.select_related("document", "edition").order_by("due_on", "pk")
    context = {
        "todo": rows.open(),
        "excused": rows.filter(status=Reading.Status.EXCUSED),
        "received": rows.filter(status=Reading.Status.PASSED).order_by("-passed_on", "-pk")[:LATEST],
        "today": clock.today(),
        "follows": rules.missing_of(request.person).exists(),
        "crumbs": [(_("周知と理解度"), "")],
    }
    return render(request, "training/mine.html", context)


def _own(request: PersonRequest, pk: int) -> Reading:
    """Return the person's own reading; another's is 404, whoever asks."""
    rows = Reading.objects.visible_to(request.person).filter(person=request.person)
    found: Reading | None = rows.select_related("document", "edition", "person").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@for_person
def read(request: PersonRequest, pk: int) -> HttpResponse:
    """Show the edition, of a revision first what it changed; below, the way to the test."""
    found = _own(request, pk)
    articles = shown(found.edition)
    changed = changed_keys(found.edition)
    context = {
        "reading": found, "document": found.document, "edition": found.edition,
        "changed": [one for one in articles if one.article.key in changed],
        "others": [one for one in articles if one.article.key not in changed],
        "tables": {v.parameter.id: table_of(v) for one in articles for v in one.tables},
        "questions": min(policy.value(COUNT), len(rules.pool(found.edition))), "mark": policy.value(PASS),
        "begun": found.trials.filter(submitted_at=None).exists(),
        "trials": found.trials.exclude(submitted_at=None),
        "crumbs": _crumbs(found, found.document.name),
    }  # fmt: skip
    return render(request, "training/read.html", context)


def _crumbs(found: Reading, title: str) -> list[tuple[str, str]]:
    return [(_("周知と理解度"), "/training/"), (title, "")]


@for_person
@require_POST
def start(request: PersonRequest, pk: int) -> HttpResponse:
    """Begin the test, or go on with the one that was begun."""
    found = rules.start(_own(request, pk), by=request.person)
    trial = found.trials.get(submitted_at=None)
    return redirect("training:test", found.pk, trial.number)


@for_person
@require_POST
def confirm(request: PersonRequest, pk: int) -> HttpResponse:
    """Take the confirmation of a document on which there are no questions."""
    rules.confirm(_own(request, pk), by=request.person)
    messages.success(request, _("確認を記録しました。"))
    return redirect("training:mine")


@for_person
def test(request: PersonRequest, pk: int, number: int) -> HttpResponse:
    """Show the questions on one short page; after handing in, what was right and why."""
    found = _own(request, pk)
    trial = found.trials.filter(number=number).first()
    if trial is None:
        raise Http404
    if trial.submitted_at is not None and request.method == "GET":
        return render(request, "training/result.html", _result(found, trial))
    given = {q.id: request.POST.get(f"q{place}", "") for place, q in enumerate(trial.asked())}
    missing: set[str] = set()
    if request.method == "POST":
        answers = {name: int(text) for name, text in given.items() if text in _PLACES}
        try:
            rules.submit(found, trial=number, answers=answers, by=request.person)
        except Invalid as refusal:
            messages.error(request, _("すべての問題に答えてから提出してください。"))
            missing = {name for name in given if name not in answers} or set(refusal.problems)
        except Conflict as refusal:
            messages.error(request, str(refusal))
            return redirect("training:test", pk, number)
        else:
            return redirect("training:test", pk, number)
    context = {
        "reading": found, "trial": trial, "mark": policy.value(PASS),
        "questions": [(q, trial.order_of(q), given[q.id], q.id in missing) for q in trial.asked()],
        "crumbs": _crumbs(found, _("理解度の確認")),
    }  # fmt: skip
    return render(request, "training/test.html", context, status=422 if missing else 200)


def _result(found: Reading, trial: Trial) -> dict[str, Any]:
    given = dict(trial.answers.values_list("question", "choice"))
    rows = [(q, q.choices[given[q.id]], q.choices[q.answer], given[q.id] == q.answer) for q in trial.asked()
            if q.id in given]  # fmt: skip
    following = Reading.objects.open().filter(person=found.person).exclude(pk=found.pk)
    return {
        "reading": found, "trial": trial, "rows": rows, "mark": policy.value(PASS),
        "following": following.select_related("document").order_by("due_on", "pk").first(),
        "crumbs": _crumbs(found, _("結果")),
    }  # fmt: skip
