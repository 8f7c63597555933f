"""The numbers of the regulations in force, and what a person was told."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from sakimori.kernel.content.forms import FORMS
from sakimori.kernel.content.parameters import Parameter
from sakimori.kernel.notices import notices
from sakimori.kernel.policy import policy
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
    """List every parameter with what holds today, since when, and what is to come."""
    groups: dict[object, list[dict[str, Any]]] = {}
    for standing in policy.all():
        row = {
            "parameter": standing.parameter,
            "table": standing.value if standing.parameter.type == "table" else None,
            "value": in_words(standing.parameter, standing.value),
            "since": standing.since,
            "coming": [(day, in_words(standing.parameter, value)) for day, value in standing.coming],
        }
        name = standing.parameter.regulation
        groups.setdefault(REGULATIONS.get(name, name), []).append(row)
    may_ask = bool(request.person.roles() & set(FORMS["policy-change"].applicants))
    context = {"groups": groups, "may_ask": may_ask, "crumbs": [(_("規程のパラメータ"), "")]}
    return render(request, "applications/parameters.html", context)


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
