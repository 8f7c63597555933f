"""The numbers of the regulations in force, and what a person was told."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from sakimori.kernel.approvals.models import Application, Decision
from sakimori.kernel.content.forms import FORMS
from sakimori.kernel.content.parameters import PARAMETERS, PRESETS, Parameter, typed
from sakimori.kernel.identity.models import Person
from sakimori.kernel.notices import notices
from sakimori.kernel.policy import policy
from sakimori.lib import clock
from sakimori.lib.dates import Cadence
from sakimori.registers.views.gate import PersonRequest, for_person

PAGE_SIZE = 50
REGULATIONS = {
    "security-policy": gettext_lazy("情報セキュリティ方針"),
    "risk-management": gettext_lazy("リスク管理規程"),
    "document-control": gettext_lazy("文書管理規程"),
    "system-administration": gettext_lazy("システム管理規程"),
    "platform": gettext_lazy("本製品の運用"),
}


@require_safe
@for_person
def listing(request: PersonRequest) -> HttpResponse:
    """List every parameter with what holds today and what is to come, beside the values of a source document."""
    chosen = request.GET.get("preset", "")
    beside = policy.preset(chosen) if chosen in PRESETS else {}
    groups: dict[object, list[dict[str, Any]]] = {}
    for standing in policy.all():
        row = {
            "parameter": standing.parameter,
            "table": standing.value if standing.parameter.type == "table" else None,
            "value": in_words(standing.parameter, standing.value),
            "since": standing.since,
            "beside": in_words(standing.parameter, beside[standing.parameter.id]) if beside else "",
            "differs": bool(beside) and beside[standing.parameter.id] != standing.value,
            "coming": [(day, in_words(standing.parameter, value)) for day, value in standing.coming],
        }
        name = standing.parameter.regulation
        groups.setdefault(REGULATIONS.get(name, name), []).append(row)
    context = {
        "groups": groups, "may_ask": _may_ask(request.person), "presets": list(PRESETS),
        "preset": PRESETS[chosen] if beside else None, "crumbs": [(_("規程のパラメータ"), "")],
    }  # fmt: skip
    return render(request, "applications/parameters.html", context)


@require_safe
@for_person
def parameter(request: PersonRequest, name: str) -> HttpResponse:
    """Show one parameter: every value it had and who approved it, and what each source document says."""
    if name not in PARAMETERS:
        raise Http404
    found, today = PARAMETERS[name], policy.value(name)
    by_source = [
        (preset, in_words(found, found.preset(preset.id)), found.preset(preset.id) == today)
        for preset in PRESETS
    ]
    context = {
        "parameter": found, "value": in_words(found, today), "history": _history(found, request.person),
        "initial": in_words(found, found.preset("")), "presets": by_source, "may_ask": _may_ask(request.person),
        "crumbs": [(_("規程のパラメータ"), reverse("applications:parameters")), (found.title, "")],
    }  # fmt: skip
    return render(request, "applications/parameter.html", context)


def _history(found: Parameter, person: Person) -> list[dict[str, Any]]:
    """Return the revisions, the newest first, each with its application and those who approved it."""
    rows = list(policy.revisions(found.id).visible_to(person).select_related("application"))
    keys = [row.application_id for row in rows if row.application_id]
    approved: dict[int, list[Decision]] = {}
    given = Decision.objects.filter(application__in=keys, outcome=Decision.Outcome.APPROVE)
    for decision in given.select_related("person", "step"):
        approved.setdefault(decision.application_id, []).append(decision)
    readable = set(Application.objects.visible_to(person).filter(pk__in=keys).values_list("pk", flat=True))
    return [
        {
            "row": row, "value": in_words(found, typed(found, row.value)), "approved": approved.get(row.application_id or 0, ()),
            "readable": row.application_id in readable, "waits": row.effective_on > clock.today(),
        }
        for row in rows
    ]  # fmt: skip


def _may_ask(person: Person) -> bool:
    return bool(person.roles() & set(FORMS["policy-change"].applicants))


def in_words(parameter: Parameter, value: Any) -> str:
    """Return a value as people read it: 10 文字, 3か月, はい."""
    match value:
        case None:
            return _("定めなし")
        case bool():
            return _("はい") if value else _("いいえ")
        case Cadence():
            return value.label
        case tuple() if parameter.type == "table":
            label = (
                "label"
                if any(column.id == "label" for column in parameter.columns)
                else parameter.columns[0].id
            )
            return "・".join(str(row[label]) for row in value)
        case tuple():
            return f"{'、'.join(map(str, value))} {parameter.unit}".strip()
    if parameter.type == "choice":
        return {option.id: option.label for option in parameter.choices}[value]
    return f"{value} {parameter.unit}".strip()


@require_http_methods(["GET", "HEAD", "POST"])
@for_person
def inbox(request: PersonRequest) -> HttpResponse:
    """List what the person was told; POST marks all of it as read."""
    if request.method == "POST":
        notices.mark_read(request.person)
        return redirect("applications:inbox")
    page = Paginator(notices.inbox(request.person), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "unread": notices.unread_count(request.person),
        "crumbs": [(_("お知らせ"), "")],
    }
    return render(request, "applications/inbox.html", context)
