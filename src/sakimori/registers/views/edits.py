"""Entering and changing rows; what others changed meanwhile is shown, never overwritten."""

from __future__ import annotations

from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from sakimori.kernel.identity import access
from sakimori.kernel.records.models import Record
from sakimori.lib.errors import Conflict, Invalid, NotAllowed, Refused

from .. import details, differences, forms, rules
from ..addresses import detail_url, list_url
from ..base import Register, sections_of
from .gate import PersonRequest, for_person, open_register, open_row


@for_person
def add(request: PersonRequest, slug: str) -> HttpResponse:
    """Enter a new row."""
    declared = open_register(request, slug)
    _require(request, declared, "add", None)
    initial = dict(request.GET.items())
    form = forms.row_form(declared, request.person)(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            row = rules.save_new(declared, forms.values_of(form), by=request.person)
        except Refused as refusal:
            return _form_page(request, declared, form, None, refusal)
        messages.success(request, _("%(row)s を登録しました。") % {"row": f"{row.number} {row.label}"})
        return redirect(detail_url(declared, row.pk))
    return _form_page(request, declared, form, None)


@for_person
def change(request: PersonRequest, slug: str, pk: int) -> HttpResponse:
    """Change a row."""
    declared = open_register(request, slug)
    row = open_row(request, declared, pk)
    _require(request, declared, "change", row)
    made = forms.row_form(declared, request.person)
    if request.method != "POST":
        return _form_page(request, declared, made(instance=forms.copy_of(row)), row)
    data = differences.settled(request.POST, made(instance=forms.copy_of(row)))
    form = made(data, instance=forms.copy_of(row))
    held = differences.revision_in(request.POST)
    if held is not None and held != row.revision:
        return _difference_page(request, declared, row, form, held)
    if not form.is_valid():
        return _form_page(request, declared, form, row)
    try:
        rules.save_changes(
            declared, row, forms.values_of(form), reason=request.POST.get("reason", ""), by=request.person
        )
    except Conflict:
        fresh = open_row(request, declared, pk)
        return _difference_page(request, declared, fresh, form, held or 0)
    except Refused as refusal:
        return _form_page(request, declared, form, row, refusal)
    messages.success(request, _("%(row)s の変更を保存しました。") % {"row": row.label})
    return redirect(detail_url(declared, row.pk))


def _require(request: PersonRequest, declared: type[Register], act: str, row: Record | None) -> None:
    if not declared.form or not declared.right_for(act):
        raise NotAllowed(_("この台帳は画面から入力できません。"), rule="registers.read_only")
    access.require(request.person, declared.right_for(act), row)
    if row is not None and row.retired_at is not None:
        raise NotAllowed(_("取消済みのため変更できません。"), rule="registers.retired")


def _form_page(
    request: PersonRequest,
    declared: type[Register],
    form: django_forms.BaseForm,
    row: Any,
    refusal: Refused | None = None,
) -> HttpResponse:
    """Show the form; a refusal stands at its field, or above the form with the rule that refused."""
    shown = place(form, refusal) if refusal is not None else None
    back = detail_url(declared, row.pk) if row is not None else list_url(declared)
    context = {
        "register": declared,
        "row": row,
        "form": form,
        "groups": forms.groups(declared, form, sections_of(declared)),
        "refusal": shown,
        "back": back,
        "crumbs": _crumbs(declared, row, _("変更") if row is not None else _("登録")),
    }
    failed = refusal is not None or bool(form.is_bound and form.errors)
    return render(request, "registers/form.html", context, status=422 if failed else 200)


def place(form: django_forms.BaseForm, refusal: Refused) -> Refused | None:
    """Put a refusal's sentences at their fields; return it if it belongs to none."""
    if isinstance(refusal, Invalid):
        forms.show_problems(form, refusal.problems)
        return None
    if refusal.field in form.fields:
        form.add_error(refusal.field, ValidationError(str(refusal)))
        return None
    return refusal


def _difference_page(
    request: PersonRequest, declared: type[Register], row: Any, form: Any, held: int
) -> HttpResponse:
    """Show mine and theirs per field; nothing that was typed is lost."""
    context = {
        "register": declared,
        "row": row,
        "rows": differences.compare(declared, row, form, held, request.person),
        "kept": differences.kept(request.POST),
        "back": detail_url(declared, row.pk),
        "crumbs": _crumbs(declared, row, _("変更の突き合わせ")),
    }
    return render(request, "registers/difference.html", context, status=409)


def _crumbs(declared: type[Register], row: Any, last: str) -> list[tuple[str, str]]:
    own = [(row.number, detail_url(declared, row.pk))] if row is not None else []
    return [(declared.name(), list_url(declared)), *own, (last, "")]


@for_person
def act(request: PersonRequest, slug: str, pk: int, verb: str) -> HttpResponse:
    """Call a command on a row, after its parameters were asked for."""
    declared = open_register(request, slug)
    row = open_row(request, declared, pk)
    action = details.action_of(declared, verb)
    if action is None:
        raise NotAllowed(_("この台帳にない操作です。"), rule="registers.unknown_action")
    declared_verb = action.command.verb  # type: ignore[attr-defined]
    if declared_verb.right:
        access.require(request.person, declared_verb.right, row)
    if not details.allowed(declared, action, row, request.person):
        raise NotAllowed(_("今の状態ではこの操作はできません。"), rule="registers.state")
    made = forms.command_form(declared, action, declared_verb, request.person)
    form = made(request.POST if request.method == "POST" else None, initial=_initial(made, row))
    refusal: Refused | None = None
    if request.method == "POST" and form.is_valid():
        held, fresh = differences.revision_in(request.POST), row.revision
        row.revision = fresh if held is None else held  # a stale one is refused by the ledger
        try:
            done = forms.call(declared, action, row, forms.values_of(form), by=request.person)
        except Refused as refused:
            refusal = place(form, refused)
            row.revision = fresh
        else:
            text = _("%(act)sを記録しました: %(row)s") % {"act": declared_verb.label, "row": done.label}
            messages.success(request, text)
            return redirect(detail_url(declared, row.pk))
    context = {
        "register": declared,
        "row": row,
        "action": action,
        "verb": declared_verb,
        "form": form,
        "refusal": refusal,
        "back": detail_url(declared, row.pk),
        "crumbs": _crumbs(declared, row, str(declared_verb.label)),
    }
    failed = refusal is not None or bool(form.is_bound and form.errors)
    return render(request, "registers/action.html", context, status=422 if failed else 200)


def _initial(made: type[forms.CommandForm], row: Any) -> dict[str, Any]:
    """Return what the row holds already, so that a command that changes it starts from there."""
    return {name: value for name in made.base_fields if (value := row.__dict__.get(name)) is not None}
