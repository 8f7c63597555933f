"""One command on many rows: all of them, or none and the reason for each."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from sakimori.kernel.identity import access
from sakimori.kernel.identity.models import Person
from sakimori.lib.errors import NotAllowed, Refused

from .. import details, forms
from ..addresses import list_url
from ..base import Action, Register
from .gate import PersonRequest, for_person, open_register

MOST = 200


@for_person
def act(request: PersonRequest, slug: str) -> HttpResponse:
    """Ask for the command's parameters once and call it on every chosen row."""
    declared = open_register(request, slug)
    given = request.POST if request.method == "POST" else request.GET
    action = details.action_of(declared, given.get("act", ""))
    if action is None or not (action.bulk or action is details.RETIRE):
        raise NotAllowed(_("まとめて行える操作ではありません。"), rule="registers.unknown_action")
    keys = [
        int(key) for key in given.getlist("row")[:MOST] if key.isascii() and key.isdigit() and len(key) < 16
    ]
    rows = list(declared.rows(request.person).filter(pk__in=keys).order_by("pk"))
    if not rows:
        messages.error(request, _("行が選ばれていません。一覧で行を選んでから、操作を選んでください。"))
        return redirect(list_url(declared))
    verb = action.command.verb  # type: ignore[attr-defined]
    made = forms.command_form(declared, action, verb, request.person)
    form = made(request.POST if request.method == "POST" else None)
    refused: list[tuple[Any, Refused]] = []
    if request.method == "POST" and form.is_valid():
        refused = run(declared, action, rows, forms.values_of(form), by=request.person)
        if not refused:
            messages.success(
                request,
                _("%(count)s件に「%(act)s」を記録しました。") % {"count": len(rows), "act": verb.label},
            )
            return redirect(list_url(declared))
    context = {
        "register": declared,
        "rows": rows,
        "action": action,
        "verb": verb,
        "form": form,
        "refused": refused,
        "back": list_url(declared),
        "crumbs": [(declared.name(), list_url(declared)), (str(verb.label), "")],
    }
    return render(request, "registers/bulk.html", context, status=422 if refused or form.errors else 200)


def run(
    declared: type[Register], action: Action, rows: list[Any], values: dict[str, object], *, by: Person
) -> list[tuple[Any, Refused]]:
    """Call the command on every row in one transaction; return the refusals, in which case nothing is stored."""
    verb = action.command.verb  # type: ignore[attr-defined]
    refused: list[tuple[Any, Refused]] = []
    with transaction.atomic():
        for row in rows:
            try:
                if verb.right:
                    access.require(by, verb.right, row)
                if not details.allowed(declared, action, row, by):
                    raise NotAllowed(_("今の状態ではこの操作はできません。"), rule="registers.state")
                with transaction.atomic():
                    forms.call(declared, action, row, values, by=by)
            except Refused as refusal:
                refused.append((row, refusal))
        if refused:
            transaction.set_rollback(True)
    return refused
