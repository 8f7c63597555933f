"""要求事項への対応: each requirement of the sources, and what in the product answers it."""

from __future__ import annotations

from collections import Counter

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from sakimori.kernel.content.catalogue import REQUIREMENTS, Requirement
from sakimori.kernel.identity import access
from sakimori.lib import japanese
from sakimori.registers.views.gate import PersonRequest, for_person

from . import answers

RIGHT = "dashboard.read"
PAGE = 50
CHECKS = ("auto", "assisted", "attest")


@require_safe
@for_person
def listing(request: PersonRequest) -> HttpResponse:
    """List the requirements, narrowed as the address says, with how many are answered."""
    access.require(request.person, RIGHT)
    every = list(REQUIREMENTS)
    kept = [one for one in every if _matches(one, request.GET)]
    counts = Counter(answers.state_of(one) for one in kept)
    page = Paginator(kept, PAGE).get_page(request.GET.get("page"))
    context = {
        "rows": [(one, *answers.STATES[answers.state_of(one)], answers.answers().get(one.id, ())) for one in page],
        "page": page,
        "counts": [(key, words, tone, counts[key]) for key, (words, tone) in answers.STATES.items()],
        "sources": answers.SOURCES.items(), "modules": answers.modules(), "checks": CHECKS,
        "asked": request.GET, "total": len(every), "crumbs": [(_("要求事項への対応"), "")],
    }  # fmt: skip
    return render(request, "portal/conformity.html", context)


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
    control = asked.get("control", "").strip()
    if control and not any(control in each for each in one.control):
        return False
    text = japanese.fold(asked.get("q", "").strip())
    return not text or text in japanese.fold(f"{one.id} {one.ref} {one.duty} {one.record}")
