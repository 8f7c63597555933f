"""Forms that lead to a command: each refusal stands at its field, what was typed stays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from sakimori.domains.organization import rules
from sakimori.kernel.approvals import approvals
from sakimori.kernel.identity import access
from sakimori.kernel.identity.models import Person
from sakimori.kernel.records.models import Record
from sakimori.lib.errors import Invalid, Refused
from sakimori.registers.forms import show_problems, values_of
from sakimori.registers.views.gate import PersonRequest, for_person

from . import forms


def carry_out(form: django_forms.Form, act: Callable[[dict[str, Any]], Record]) -> Record | None:
    """Carry out ``act`` with the form's values; put what was refused at its field, or above the form."""
    if not form.is_valid():
        return None
    try:
        return act(values_of(form))
    except Invalid as refusal:
        show_problems(form, refusal.problems)
    except Refused as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
    return None


def _page(request: PersonRequest, form: django_forms.Form, **texts: object) -> HttpResponse:
    status = 422 if form.is_bound else 200
    context = {"form": form, "crumbs": [(_("体制"), "/organization/"), (str(texts["title"]), "")], **texts}
    return render(request, "organization/form.html", context, status=status)


@for_person
def appoint(request: PersonRequest) -> HttpResponse:
    """Ask for an appointment; the book of roles refuses before anybody has to decide (SYS-253, SYS-262)."""
    access.require(request.person, "role.appoint")
    form = forms.Appointing(request.POST or None, person=request.person, initial=request.GET.dict())
    if request.method == "POST":
        made = carry_out(form, lambda values: _appoint(request.person, values))
        if isinstance(made, approvals.Application):
            messages.success(request, _("任命を申請しました。承認されると任命簿に載ります。"))
            return redirect("applications:page", made.pk)
        if made is not None:
            messages.success(request, _("任命簿に登録しました。"))
            return redirect("registers:record", made.pk)
    return _page(
        request,
        form,
        title=_("任命を申請する"),
        lead=_(
            "役割ごとに定めた人が承認すると、任命日から権限を持ちます。兼任できない役割は、ここで止まります。"
        ),
        button=_("申請する"),
        icon="send",
    )


def _appoint(by: Person, values: dict[str, Any]) -> Record:
    role = access.roles().get(values["role"])
    if role is not None and not role.appointed_by:
        reason = values.pop("reason")
        return rules.appoint(**values, reason=reason, by=by)
    return rules.request_appointment(**values, by=by)


@for_person
def name_deputy(request: PersonRequest) -> HttpResponse:
    """Let somebody act for oneself, or for another, in a period (REG-049)."""
    form = forms.Deputizing(
        request.POST or None, person=request.person, initial={"principal": request.person.pk}
    )
    if request.method == "POST":
        made = carry_out(form, lambda values: rules.name_deputy(**values, by=request.person))
        if made is not None:
            messages.success(request, _("代理を設定しました。期間中の承認は「代理」と記録されます。"))
            return redirect("registers:record", made.pk)
    return _page(
        request,
        form,
        title=_("代理を設定する"),
        lead=_("期間中、代理人が本人に代わって承認します。承認には代理であることが残ります。"),
        button=_("設定する"),
        icon="arrows-exchange",
    )


@for_person
def commit(request: PersonRequest) -> HttpResponse:
    """Sign this year's statement of support (REG-009); the form is there for who may sign it."""
    rules.require_president(request.person)
    form = forms.Committing(request.POST or None)
    if request.method == "POST":
        made = carry_out(form, lambda values: rules.commit(**values, by=request.person))
        if made is not None:
            messages.success(request, _("今年度のコミットメントを表明しました。全員が読めます。"))
            return redirect("registers:record", made.pk)
    return _page(
        request,
        form,
        title=_("コミットメントを表明する"),
        lead=_("社長が署名し、全従業者に公開します。年度ごとに一度です。"),
        button=_("署名して公開する"),
        icon="signature",
    )


@for_person
def instruct(request: PersonRequest) -> HttpResponse:
    """Tell an administrator what to do (REG-037); the form is there for who may instruct."""
    rules.require_instructor(request.person)
    form = forms.Instructing(request.POST or None, person=request.person)
    if request.method == "POST":
        made = carry_out(form, lambda values: rules.give_instruction(**values, by=request.person))
        if made is not None:
            messages.success(request, _("作業を指示しました。"))
            return redirect("registers:record", made.pk)
    return _page(
        request,
        form,
        title=_("作業を指示する"),
        lead=_("システムセキュリティ責任者が指示し、作業者とは別の管理者が結果を確認します。"),
        button=_("指示する"),
        icon="clipboard-list",
    )
