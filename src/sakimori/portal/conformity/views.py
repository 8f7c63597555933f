"""要求事項への対応: each requirement of the sources, and what in the product answers it."""

from __future__ import annotations

from collections import Counter

from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_safe

from sakimori.kernel.content.catalogue import REQUIREMENTS, Requirement
from sakimori.kernel.identity import access
from sakimori.lib import clock, japanese
from sakimori.lib.sheets.writing import OutColumn
from sakimori.registers.views.gate import PersonRequest, for_person

from ..workbooks import hand_out
from . import answers

RIGHT = "dashboard.read"
PAGE = 50
CHECKS = {
    "auto": _lazy("製品が点検"),
    "assisted": _lazy("人が製品で点検"),
    "attest": _lazy("人が確認して記録"),
}
WIDTHS = (10, 18, 26, 50, 18, 18, 22, 24, 12, 50)


@require_safe
@for_person
def listing(request: PersonRequest) -> HttpResponse:
    """List the requirements, narrowed as the address says, with how many are answered."""
    access.require(request.person, RIGHT)
    every = list(REQUIREMENTS)
    kept = _kept(request.GET)
    counts = Counter(answers.state_of(one) for one in kept)
    page = Paginator(kept, PAGE).get_page(request.GET.get("page"))
    context = {
        "rows": [(one, *answers.STATES[answers.state_of(one)], answers.answers().get(one.id, ())) for one in page],
        "page": page,
        "counts": [(key, words, tone, counts[key]) for key, (words, tone) in answers.STATES.items()],
        "shares": answers.shares(), "states": [words for words, _tone in answers.STATES.values()],
        "sources": answers.SOURCES.items(), "standards": answers.STANDARDS.items(), "modules": answers.modules(),
        "checks": CHECKS.items(),
        "asked": request.GET, "total": len(every), "crumbs": [(_("要求事項への対応"), "")],
    }  # fmt: skip
    return render(request, "portal/conformity.html", context)


@require_safe
@for_person
def sheet(request: PersonRequest) -> FileResponse:
    """Hand out the requirements that the address narrows to as a workbook."""
    access.require(request.person, RIGHT)
    headings = (
        _("番号"),
        _("出典"),
        _("条文"),
        _("求められること"),
        _("だれが"),
        _("いつ"),
        _("記録"),
        _("管理策"),
        _("状態"),
        _("答えるもの"),
    )
    columns = [OutColumn(heading, width) for heading, width in zip(headings, WIDTHS, strict=True)]
    told = _("製品の宣言から計算した対応です。会社が守っていることの証明ではありません。")
    lines = map(_line, _kept(request.GET))
    return hand_out(_("要求事項への対応"), columns, lines, day=clock.today(), notes=[told])


def _kept(asked: QueryDict) -> list[Requirement]:
    return [one for one in REQUIREMENTS if _matches(one, asked)]


def _line(one: Requirement) -> tuple[str, ...]:
    actors = one.actor if isinstance(one.actor, str) else "、".join(one.actor)
    given = "\n".join(f"{answer.words}: {answer.title}" for answer in answers.answers().get(one.id, ()))
    source, state = answers.SOURCES[answers.source_of(one)], answers.STATES[answers.state_of(one)][0]
    return (
        one.id, str(source), one.ref, one.duty, actors, one.when, one.record, "、".join(one.control), str(state),
        given or _("なし"),
    )  # fmt: skip


@require_safe
@for_person
def requirement(request: PersonRequest, pk: str) -> HttpResponse:
    """Show one requirement with all that answers it."""
    access.require(request.person, RIGHT)
    if pk not in REQUIREMENTS:
        raise Http404
    found = REQUIREMENTS[pk]
    words, tone = answers.STATES[answers.state_of(found)]
    actors = [found.actor] if isinstance(found.actor, str) else list(found.actor)
    context = {
        "one": found, "words": words, "tone": tone, "actors": actors, "answers": answers.answers().get(pk, ()),
        "crumbs": [(_("要求事項への対応"), reverse("portal:conformity")), (pk, "")],
    }  # fmt: skip
    return render(request, "portal/requirement.html", context)


def _matches(one: Requirement, asked: QueryDict) -> bool:
    wanted = (
        ("source", answers.source_of(one)), ("module", one.module), ("check", one.check),
        ("state", answers.state_of(one)),
    )  # fmt: skip
    if any(asked.get(name) and asked[name] != value for name, value in wanted):
        return False
    if asked.get("standard") and asked["standard"] not in answers.standards_of(one):
        return False
    control = asked.get("control", "").strip()
    if control and not any(control in each for each in one.control):
        return False
    text = japanese.fold(asked.get("q", "").strip())
    return not text or text in japanese.fold(f"{one.id} {one.ref} {one.duty} {one.record}")
