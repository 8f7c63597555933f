"""Working on a draft: filter, decide one or many, fill, submit."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from sakimori.domains.controls import rules
from sakimori.domains.controls.models import Reason, Standard, Statement, content
from sakimori.domains.controls.models.content import Line
from sakimori.kernel.identity import access
from sakimori.lib.errors import Refused
from sakimori.lib.numerals import whole
from sakimori.registers.views.gate import PersonRequest, for_person

from .control import tried

SHOWN = {
    "": gettext_lazy("管理策"), "clauses": gettext_lazy("要求事項（除外不可）"),
    "undecided": gettext_lazy("未決定"), "excluded": gettext_lazy("除外"),
    "unproved": gettext_lazy("証跡なし・古い"), "blocking": gettext_lazy("受容水準を超えるリスク"),
}  # fmt: skip


class VerdictForm(forms.Form):
    """What is said of one control, or of many at once."""

    applicable = forms.TypedChoiceField(
        label=gettext_lazy("採否"),
        choices=[("yes", gettext_lazy("採用")), ("no", gettext_lazy("除外"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    reasons = forms.MultipleChoiceField(
        label=gettext_lazy("理由区分"),
        choices=Reason.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    reason = forms.CharField(
        label=gettext_lazy("理由"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    impact = forms.CharField(
        label=gettext_lazy("除外の影響判断"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy(
            "除外するときに入力。情報セキュリティの能力と責任に影響しないと判断した根拠。"
        ),
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)


def open_statement(request: PersonRequest, pk: int) -> Statement:
    """Return the statement, or 404 for one the person may not know of."""
    found: Statement | None = (
        Statement.objects.visible_to(request.person).select_related("standard").filter(pk=pk).first()
    )
    if found is None:
        raise Http404
    return found


def work_context(request: PersonRequest, statement: Statement) -> dict[str, Any]:
    """Return what the work page shows, narrowed as the address says."""
    every = content.lines(statement)
    show, area, text = (request.GET.get(name, "") for name in ("show", "area", "q"))
    shown = [line for line in every if _matches(line, show, area, text.strip())]
    return progress_of(every) | {
        "statement": statement, "lines": shown, "areas": list(dict.fromkeys(line.area for line in every)),
        "show": show, "area": area, "text": text, "filters": [(k, str(v), k == show) for k, v in SHOWN.items()],
        "bulk": VerdictForm(auto_id="bulk_%s"), "missing": content.missing(every),
    }  # fmt: skip


def progress_of(lines: list[Line]) -> dict[str, Any]:
    """Return how far the decisions are."""
    done = sum(line.is_complete for line in lines)
    counted = {
        "applied": sum(line.row.applicable is True for line in lines),
        "excluded": sum(line.row.applicable is False for line in lines),
        "undecided": sum(line.row.applicable is None for line in lines),
        "unproved": sum(line.is_unproved for line in lines),
    }
    return {
        "done": done,
        "total": len(lines),
        "percent": round(100 * done / max(1, len(lines))),
        "counted": counted,
    }


def _matches(line: Line, show: str, area: str, text: str) -> bool:
    wanted = {
        "": line.control.excludable, "clauses": not line.control.excludable,
        "undecided": not line.is_complete, "excluded": line.row.applicable is False,
        "unproved": line.is_unproved, "blocking": bool(line.blocking),
    }.get(show, True)  # fmt: skip
    if area and line.area != area:
        return False
    folded = text.casefold()
    return wanted and (
        not text or folded in f"{line.control.ref} {line.control.name} {line.row.reason}".casefold()
    )


@for_person
@require_POST
def start(request: PersonRequest, pk: int) -> HttpResponse:
    """Start the next version for a standard."""
    standard = Standard.objects.visible_to(request.person).filter(pk=pk).first()
    if standard is None:
        raise Http404
    statement = rules.start_statement(standard=standard, by=request.person)
    messages.success(request, _("%s を起案しました。") % statement.label)
    return redirect("controls:statement", statement.pk)


@for_person
def row(request: PersonRequest, pk: int, control: int) -> HttpResponse:
    """Show one row, edit it in its place, or on a page of its own where there is no JavaScript."""
    statement = open_statement(request, pk)
    access.require(request.person, "soa.change", statement)
    line = _line(statement, control)
    initial = {
        "applicable": None if line.row.applicable is None else "yes" if line.row.applicable else "no",
        "reasons": line.row.reasons, "reason": line.row.reason, "impact": line.row.impact,
        "seen": line.row.digest,
    }  # fmt: skip
    form = VerdictForm(request.POST or None, initial=initial, auto_id=f"row{control}_%s")
    inline = bool(request.htmx)

    def decide() -> object:
        return rules.decide_row(statement, control=line.control, **form.cleaned_data, by=request.person)

    if request.method == "POST" and form.is_valid() and _quietly(request, form, decide):
        if not inline:
            return redirect("controls:statement", pk)
        every = content.lines(statement)
        line = next(one for one in every if one.control.pk == control)
        context = progress_of(every) | {
            "statement": statement,
            "line": line,
            "saved": True,
            "may_change": True,
        }
        return render(request, "controls/_row.html", context)
    if inline and request.GET.get("cancel"):
        return render(
            request, "controls/_row.html", {"statement": statement, "line": line, "may_change": True}
        )
    context = {
        "statement": statement,
        "line": line,
        "form": form,
        "crumbs": _crumbs(statement, line.control.ref),
    }
    return render(request, "controls/_row_form.html" if inline else "controls/row.html", context)


def _quietly(request: PersonRequest, form: forms.Form, do: Any) -> bool:
    return tried(request, form, do, quiet=bool(request.htmx))


def _line(statement: Statement, control: int) -> Line:
    found = next((line for line in content.lines(statement) if line.control.pk == control), None)
    if found is None:
        raise Http404
    return found


@for_person
@require_POST
def decide(request: PersonRequest, pk: int) -> HttpResponse:
    """Decide the chosen rows with one reason, all or none."""
    statement = open_statement(request, pk)
    form = VerdictForm(request.POST)
    chosen = {key for value in request.POST.getlist("row") if (key := whole(value)) is not None}
    back = reverse("controls:statement", args=[pk]) + ("?" + request.GET.urlencode() if request.GET else "")
    if not chosen:
        messages.error(request, _("行を選んでから決定してください。"))
        return redirect(back)
    if not form.is_valid():
        messages.error(request, " / ".join(str(text) for texts in form.errors.values() for text in texts))
        return redirect(back)
    rows = statement.rows.filter(control_id__in=chosen).select_related("control")
    verdicts = [rules.Verdict(control=row.control, **_plain(form.cleaned_data)) for row in rows]
    try:
        rules.decide_rows(statement, verdicts=verdicts, by=request.person)
    except Refused as refusal:
        messages.error(request, _("一件も変更していません。%s") % refusal)
    else:
        messages.success(request, _("%s件の採否を決定しました。") % len(verdicts))
    return redirect(back)


def _plain(data: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if name != "seen"} | {
        "reasons": tuple(data["reasons"])
    }


@for_person
@require_POST
def fill(request: PersonRequest, pk: int) -> HttpResponse:
    """Fill undecided rows from the needs."""
    statement = open_statement(request, pk)
    before = statement.rows.filter(applicable=None).count()
    rules.fill_statement(statement, by=request.person)
    filled = before - statement.rows.filter(applicable=None).count()
    messages.success(
        request,
        _("%(n)s件を自動記入しました。残りの未決定は%(left)s件です。")
        % {"n": filled, "left": before - filled},
    )
    return redirect("controls:statement", pk)


class SubmitForm(forms.Form):
    """What the version changes."""

    change_summary = forms.CharField(
        label=gettext_lazy("改訂の要点"), required=False, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("第2版からは必須です。何を、なぜ変えたか。"),
    )  # fmt: skip


@for_person
def submit(request: PersonRequest, pk: int) -> HttpResponse:
    """Show what is missing, then send the version along its route."""
    statement = open_statement(request, pk)
    access.require(request.person, "soa.change", statement)
    form = SubmitForm(request.POST or None, initial={"change_summary": statement.change_summary})
    every = content.lines(statement)

    def send() -> None:
        rules.summarise(statement, change_summary=form.cleaned_data["change_summary"], by=request.person)
        rules.submit_statement(statement, by=request.person)

    if request.method == "POST" and form.is_valid() and tried(request, form, send):
        return redirect("controls:statement", pk)
    context = progress_of(every) | {
        "statement": statement, "form": form, "missing": content.missing(every),
        "former": statement.standard.statements.filter(status=Statement.Status.APPROVED).first(),
        "crumbs": _crumbs(statement, _("提出")),
    }  # fmt: skip
    return render(request, "controls/submit.html", context, status=422 if form.errors else 200)


def _crumbs(statement: Statement, last: str) -> list[tuple[str, str]]:
    return [
        (_("適用宣言書"), reverse("registers:list", args=["statements"])),
        (statement.label, reverse("controls:statement", args=[statement.pk])),
        (last, ""),
    ]
