"""Follow up: who is missing and one press to remind; the results, on the screen and as a workbook."""

from __future__ import annotations

import io
from typing import Any, cast

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from sakimori.domains.training import rules
from sakimori.domains.training.models import Reading
from sakimori.domains.training.rules.following import FOLLOW
from sakimori.domains.training.rules.results import SHARE, By
from sakimori.kernel.exchange import exports
from sakimori.kernel.identity import access
from sakimori.kernel.ledger import book
from sakimori.kernel.policy import policy
from sakimori.lib import clock
from sakimori.lib.fiscal import FiscalYear
from sakimori.lib.sheets.writing import OutColumn, write_table
from sakimori.registers.views.gate import PersonRequest, for_person

SHOWN = 200
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _groups() -> dict[str, str]:
    return {
        "article": _("条"), "question": _("問題"), "document": _("文書"), "department": _("部署"), "year": _("年度")
    }  # fmt: skip


@for_person
def missing(request: PersonRequest) -> HttpResponse:
    """Show who has not passed, of the departments that the person follows up (REG-200)."""
    access.require(request.person, FOLLOW)
    rows = rules.missing_of(request.person)
    count = rows.count()
    context = {
        "rows": rows[:SHOWN], "count": count, "shown": min(count, SHOWN), "today": clock.today(),
        "late": rows.filter(due_on__lt=clock.today()).count(),
        "crumbs": [(_("周知と理解度"), "/training/"), (_("未実施者"), "")],
    }  # fmt: skip
    return render(request, "training/missing.html", context)


@for_person
@require_POST
def remind(request: PersonRequest) -> HttpResponse:
    """Remind everybody who is missing; whoever was reminded today is left in peace."""
    access.require(request.person, FOLLOW)
    count = rules.remind_all(rules.missing_of(request.person), by=request.person)
    text = (
        _("%d件の督促を送りました。送った日は記録に残ります。") if count else _("本日送る督促はありません。")
    )
    messages.success(request, text % count if count else text)
    return redirect("training:missing")


def _year(request: PersonRequest) -> int:
    text = request.GET.get("year", "")
    return (
        int(text)
        if text.isascii() and text.isdigit() and len(text) == 4
        else FiscalYear.of(clock.today()).year
    )


def _by(request: PersonRequest) -> By:
    wanted = request.GET.get("by", "article")
    return cast(By, wanted if wanted in _groups() else "article")


def _lines(request: PersonRequest) -> list[rules.Line]:
    by = _by(request)
    return rules.results(
        Reading.objects.visible_to(request.person), by, None if by == "year" else _year(request)
    )


@for_person
@require_safe
def results(request: PersonRequest) -> HttpResponse:
    """Show the results of the year: where answers were wrong, and how many were received (PRC-175, V20-079)."""
    access.require(request.person, FOLLOW)
    year = _year(request)
    rows = Reading.objects.visible_to(request.person).filter(year=year).exclude(status=Reading.Status.ENDED)
    passed = rows.filter(status=Reading.Status.PASSED)
    context: dict[str, Any] = {
        "lines": _lines(request), "groups": _groups().items(), "by": _by(request), "year": year,
        "years": range(FiscalYear.of(clock.today()).year, FiscalYear.of(clock.today()).year - 5, -1),
        "limit": policy.value(SHARE), "asked": rows.count(), "passed": passed.count(),
        "failed": rows.filter(failures__gt=0).count(), "again": rows.retraining().count(),
        "crumbs": [(_("周知と理解度"), "/training/"), (_("理解度の結果"), "")],
    }  # fmt: skip
    return render(request, "training/results.html", context)


@for_person
@require_safe
def excel(request: PersonRequest) -> HttpResponse:
    """Hand out the results as a workbook; the ledger notes who took them."""
    access.require(request.person, FOLLOW)
    access.require(request.person, exports.RIGHT)
    book.note(exports.EXPORTED, request.person, by=request.person, sheet="training.results", form="xlsx")
    target = io.BytesIO()
    heads = (_groups()[_by(request)], _("回答数"), _("誤答数"), _("誤答の割合（%）"), _("人数"))
    rows = ((line.label, line.answers, line.wrong, line.share, line.people) for line in _lines(request))
    write_table(target, [OutColumn(head) for head in heads], rows, sheet=_("理解度の結果"))
    answer = HttpResponse(target.getvalue(), content_type=XLSX)
    answer["Content-Disposition"] = 'attachment; filename="comprehension.xlsx"'
    return answer
