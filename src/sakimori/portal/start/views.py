"""The pages of the guided start; open only with the setup code, and only until it is finished."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from sakimori.domains.assets.models import Asset
from sakimori.domains.organization.models import Scope
from sakimori.domains.organization.rules.scope import VIEWS
from sakimori.kernel.exchange import exports, imports
from sakimori.kernel.exchange.columns import SHEETS
from sakimori.kernel.identity import access
from sakimori.kernel.identity.models import Appointment, Company, Department, Person, Site
from sakimori.kernel.signin.models import Account
from sakimori.lib import clock
from sakimori.lib.errors import Invalid, Refused
from sakimori.registers.forms import show_problems

from . import acts, code, forms, steps

Act = Callable[[acts.Values], None]
KEY = "start.allowed"
# The forms of each step: what is asked for, and what it does.
FORMS: dict[str, dict[str, tuple[type[django_forms.Form], Act]]] = {
    "company": {"company": (forms.CompanyForm, acts.keep_company)},
    "parameters": {"parameters": (forms.ParametersForm, acts.adopt)},
    "units": {
        "site": (forms.SiteForm, acts.add_site),
        "department": (forms.DepartmentForm, acts.add_department),
    },
    "people": {"person": (forms.PersonForm, acts.add_person)},
    "roles": {"head": (forms.HeadForm, acts.set_head), "role": (forms.RoleForm, acts.appoint)},
    "scope": {"scope": (forms.ScopeForm, acts.keep_scope)},
    "ledger": {},
    "accounts": {},
}
LEDGER = "start.ledger"
SCALES = (("0-2", _lazy("0〜2")), ("1-3", _lazy("1〜3")), ("1-5", _lazy("1〜5")))


def with_code(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Open the page to whoever typed the setup code; once the start is finished it does not exist."""

    @wraps(view)
    def run(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not code.is_open():
            raise Http404
        if not request.session.get(KEY):
            return redirect("start")
        return view(request, *args, **kwargs)

    return never_cache(run)


@never_cache
def enter(request: HttpRequest) -> HttpResponse:
    """Ask for the setup code; lead on to the first step that is not done."""
    if not code.is_open():
        raise Http404
    wrong = False
    if request.method == "POST":
        if code.matches(request.POST.get("code", "")):
            request.session.cycle_key()
            request.session[KEY] = True
        else:
            wrong = True
    if request.session.get(KEY):
        return redirect("start-step", steps.next_step())
    return render(request, "start/code.html", {"wrong": wrong}, status=422 if wrong else 200)


@with_code
def step(request: HttpRequest, name: str) -> HttpResponse:
    """Show one step and carry out its forms."""
    if name not in steps.BY_ID:
        raise Http404
    offered = {key: form(prefix=key, initial=_initial(name)) for key, (form, _act) in FORMS[name].items()}
    extra: dict[str, Any] = {}
    if request.method == "POST":
        asked = request.POST.get("form", "")
        extra = _act(request, name, asked)
        if asked in offered:
            form, act = FORMS[name][asked]
            offered[asked] = form(request.POST, prefix=asked)
            if _carry_out(offered[asked], act):
                messages.success(request, _("保存しました。"))
                return redirect(
                    "start-step", steps.next_step() if len(offered) == 1 and name != "people" else name
                )
        if extra.get("done"):
            return redirect("start-step", name)
    failed = any(form.is_bound for form in offered.values()) or "refusal" in extra
    failed = failed or ("report" in extra and not extra.get("checked"))
    return render(
        request,
        f"start/{name}.html",
        _context(name) | {"forms": offered} | extra,
        status=422 if failed else 200,
    )


def _act(request: HttpRequest, name: str, asked: str) -> dict[str, Any]:
    """Carry out what is no plain form: a file, a checked ledger, the first accounts."""
    if name == "ledger":
        return _ledger(request, asked)
    if asked == "file" and name in acts.SHEETS:
        return _import(request, name)
    if asked == "accounts" and name == "accounts":
        return _open_accounts(request)
    return {}


def _initial(name: str) -> dict[str, Any]:
    if name == "scope":
        return _initial_scope()
    company = Company.here() if name == "company" else None
    if company is None:
        return {}
    return {field: getattr(company, field) for field in ("name", "representative", "address", "business")}


def _initial_scope() -> dict[str, Any]:
    scope = Scope.objects.order_by("-version").first()
    stated = {n: getattr(scope, n) for n in (*VIEWS, "exclusions", "no_diagram")} if scope else {}
    return stated | {
        "systems": "\n".join(scope.systems) if scope else "",
        "departments": Department.objects.current().exclude(in_scope=False),
        "sites": Site.objects.current().exclude(in_scope=False),
    }


def _ledger(request: HttpRequest, asked: str) -> dict[str, Any]:
    """Check a ledger, then take in exactly what was shown."""
    upload = request.FILES.get("file")
    try:
        if asked == "apply" and request.session.get(LEDGER):
            taken = acts.apply_ledger(request.session.pop(LEDGER))
            messages.success(request, _("%d件の情報資産を取り込みました。") % taken.counts["new"])
            return {"done": True}
        if upload is None:
            raise Refused(_("ファイルを選んでください。"), rule="exchange.no_file")
        batch = acts.check_ledger(upload, request.POST.get("scale", ""))
    except Refused as refusal:
        return {"refusal": refusal, "ask_scale": refusal.rule == "exchange.scale"}
    found = imports.report(batch)
    if found.is_clean:
        request.session[LEDGER] = batch.pk
    return {"report": found, "checked": found.is_clean, "file_name": batch.file_name}


def _carry_out(form: django_forms.Form, act: Act) -> bool:
    if not form.is_valid():
        return False
    try:
        act(form.cleaned_data)
    except Invalid as refusal:
        show_problems(form, refusal.problems)
    except Refused as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
    else:
        return True
    return False


def _import(request: HttpRequest, name: str) -> dict[str, Any]:
    upload = request.FILES.get("file")
    try:
        if upload is None:
            raise Refused(_("ファイルを選んでください。"), rule="exchange.no_file")
        found = acts.import_file(name, upload)
    except Refused as refusal:
        return {"refusal": refusal}
    if not found.is_clean:
        return {"report": found}
    count = found.counts["new"] + found.counts["changed"]
    messages.success(request, _("%d件を取り込みました。") % count)
    return {"done": True}


def _open_accounts(request: HttpRequest) -> dict[str, Any]:
    try:
        with transaction.atomic():
            return {"opened": acts.open_accounts()}
    except Refused as refusal:
        return {"refusal": refusal}


def _context(name: str) -> dict[str, Any]:
    done = {one.id: one.is_done() for one in steps.STEPS}
    here = steps.STEPS.index(steps.BY_ID[name])
    following = steps.STEPS[here + 1].id if here + 1 < len(steps.STEPS) else ""
    held = Appointment.objects.in_force(clock.today()).select_related("person", "department")
    return {
        "step": steps.BY_ID[name],
        "steps": [(one, done[one.id]) for one in steps.STEPS],
        "following": following,
        "is_done": done[name],
        "all_done": steps.may_finish(),
        "scales": SCALES,
        "asset_count": Asset.objects.current().count(),
        "undone": [one for one in steps.STEPS if one.optional and not done[one.id]],
        "sites": Site.objects.current().order_by("pk"),
        "departments": Department.objects.current().select_related("parent", "head").order_by("code"),
        "people": Person.objects.active().order_by("pk")[:30],
        "people_count": Person.objects.active().count(),
        "appointments": [(access.role_title(row.role), row) for row in held.order_by("-pk")],
        "gaps": steps.gaps(),
        "needed": steps.NEEDED,
        "needed_titles": steps.needed_titles(),
        "waiting": acts.waiting() if name == "accounts" else [],
        "accounts": Account.objects.select_related("person__user").order_by("pk")
        if name == "accounts"
        else [],
    }


@with_code
def template(request: HttpRequest, name: str) -> FileResponse:
    """Hand out the empty sheet of departments or people."""
    if name not in acts.SHEETS:
        raise Http404
    sheet = SHEETS[acts.SHEETS[name]]
    target = io.BytesIO()
    exports.template(sheet, target)
    target.seek(0)
    return FileResponse(target, as_attachment=True, filename=f"{sheet.title}_様式.xlsx")


@require_POST
@with_code
def finish(request: HttpRequest) -> HttpResponse:
    """Close the guided start for good; from here on people sign in."""
    if not steps.may_finish():
        messages.error(request, _("終わっていない手順があります。"))
        return redirect("start-step", steps.next_step())
    code.close()
    request.session.flush()
    messages.success(request, _("はじめの設定が終わりました。仮パスワードでサインインしてください。"))
    return redirect("account_login")
