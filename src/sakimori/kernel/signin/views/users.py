"""The users' administration: for 製品管理者 (platform.users) only; others get 404."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from sakimori.kernel.identity import access
from sakimori.kernel.identity.models import Person
from sakimori.kernel.ledger import book
from sakimori.lib.errors import Refused
from sakimori.lib.numerals import whole

from .. import accounts, credentials, forms, passwords, policies, reports
from ..models import Account
from ..secret import Secret

View = Callable[..., HttpResponse]


@dataclass(frozen=True)
class Action:
    """One thing an administrator does to an account, always with a reason."""

    id: str
    title: object
    icon: str
    explanation: object
    run: Callable[..., Account]
    applies: Callable[[Account], bool]
    danger: bool = False


ACTIONS = (
    Action(
        "unlock", gettext_lazy("ロックを解除する"), "lock-open",
        gettext_lazy("本人に電話などで連絡し、本人であることを確かめてから解除します。"),
        accounts.unlock, lambda a: a.locked_at is not None,
    ),
    Action(
        "reset", gettext_lazy("パスワードを再設定する"), "key",
        gettext_lazy("仮パスワードを一度だけ表示します。本人は次のサインインで変更します。開いている端末はすべて切断します。"),
        accounts.reset_password, lambda a: a.disabled_at is None,
    ),
    Action(
        "factors", gettext_lazy("二要素認証を再設定させる"), "device-mobile-off",
        gettext_lazy("端末の紛失や機種変更のとき。認証アプリ・パスキー・回復コードをすべて消し、次のサインインで設定させます。"),
        accounts.reset_factors, lambda a: a.disabled_at is None,
    ),
    Action(
        "disable", gettext_lazy("利用を停止する"), "user-off",
        gettext_lazy("サインインできなくし、開いている端末もすべて切断します。記録は残ります。"),
        accounts.disable, lambda a: a.disabled_at is None, danger=True,
    ),
    Action(
        "enable", gettext_lazy("利用を再開する"), "user-check",
        gettext_lazy("停止した利用者がふたたびサインインできるようになります。"),
        accounts.enable, lambda a: a.disabled_at is not None,
    ),
)  # fmt: skip
STATES = {
    "all": gettext_lazy("すべて"),
    "locked": gettext_lazy("ロック中"),
    "temporary": gettext_lazy("仮パスワードのまま"),
    "no-factor": gettext_lazy("二要素認証なし"),
    "disabled": gettext_lazy("停止中"),
    "none": gettext_lazy("未登録の人"),
}


def administrators_only(view: View) -> View:
    """Show the page to those with the right; to others it does not exist."""

    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        person: Person | None = getattr(request, "person", None)
        if person is None or not access.may(person, accounts.USERS):
            raise Http404
        return view(request, *args, **kwargs)

    guarded.__name__ = view.__name__
    return never_cache(guarded)


@administrators_only
def users(request: HttpRequest) -> HttpResponse:
    """List accounts, or the people without one."""
    state = request.GET.get("state", "all")
    words = request.GET.get("q", "").strip()
    rows = _without_account(words) if state == "none" else _accounts(state, words)
    page = Paginator(rows, 50).get_page(request.GET.get("page"))
    counts = {name: _accounts(name, "").count() for name in ("locked", "temporary", "no-factor", "disabled")}
    counts |= {"all": _accounts("all", "").count(), "none": _without_account("").count()}
    states = [(name, title, counts[name]) for name, title in STATES.items()]
    facts = {"page": page, "state": state if state in STATES else "all", "q": words, "states": states}
    return render(request, "signin/users.html", facts)


def _accounts(state: str, words: str) -> QuerySet[Account]:
    strong = reports.strong_factors(OuterRef("person__user"))
    rows = Account.objects.select_related("person", "department").annotate(has_factor=Exists(strong))
    narrowed = {
        "locked": lambda: rows.exclude(locked_at=None),
        "temporary": lambda: rows.unchanged(),
        "no-factor": lambda: rows.usable().filter(has_factor=False),
        "disabled": lambda: rows.exclude(disabled_at=None),
    }
    rows = narrowed[state]() if state in narrowed else rows
    return rows.filter(_like("person__", words)).order_by("person__kana", "pk")


def _without_account(words: str) -> QuerySet[Person]:
    rows = Person.objects.active().filter(account=None).select_related("department")
    return rows.filter(_like("", words)).order_by("kana", "pk")


def _like(prefix: str, words: str) -> Q:
    found = Q()
    for word in words.split():
        fields = ("name", "kana", "email", "employee_number")
        either = Q()
        for name in fields:
            either |= Q(**{f"{prefix}{name}__icontains": word})
        found &= either
    return found


@administrators_only
@require_POST
def open_account(request: HttpRequest, person_id: int) -> HttpResponse:
    """Register a person as a user; show the temporary password once."""
    person = get_object_or_404(Person.objects.active(), pk=person_id)
    temporary = passwords.generate(policies.password_rule())
    try:
        account = accounts.open_account(person, temporary=Secret(temporary), by=request.person)  # type: ignore[attr-defined]
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("signin_users")
    return _show_once(request, account, temporary)


@administrators_only
def user(request: HttpRequest, account_id: int) -> HttpResponse:
    """Show one account with what can be done to it."""
    account = get_object_or_404(Account.objects.select_related("person", "department"), pk=account_id)
    facts = {
        "account": account,
        "locked": accounts.is_locked(account),
        "demanded": accounts.demands_second_factor(account),
        "has_factor": accounts.has_second_factor(account),
        "expires": credentials.expires_on(account),
        "roles": [access.role_title(r) for r in access.roles() if r in account.person.roles()],
        "actions": [a for a in ACTIONS if a.applies(account)],
        "form": forms.ReasonForm(),
        "history": book.history(account)[:50],
        "sessions": account.sessions.all(),
    }
    return render(request, "signin/user.html", facts)


@administrators_only
@require_POST
def act(request: HttpRequest, account_id: int, action_id: str) -> HttpResponse:
    """Do one thing to an account."""
    account = get_object_or_404(Account, pk=account_id)
    action = next((a for a in ACTIONS if a.id == action_id), None)
    form = forms.ReasonForm(request.POST)
    if action is None:
        raise Http404
    if not form.is_valid():
        messages.error(request, _("理由を入力してください。"))
        return redirect("signin_user", account_id=account.pk)
    posted = whole(request.POST.get("revision", ""))
    account.revision = -1 if posted is None else posted
    extra, temporary = {}, ""
    if action.id == "reset":
        temporary = passwords.generate(policies.password_rule())
        extra = {"temporary": Secret(temporary)}
    try:
        action.run(account, reason=form.cleaned_data["reason"], by=request.person, **extra)  # type: ignore[attr-defined]
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("signin_user", account_id=account.pk)
    if temporary:
        return _show_once(request, account, temporary)
    messages.success(
        request, _("%(name)s さん: %(what)s — 完了しました。") % {"name": account.label, "what": action.title}
    )
    return redirect("signin_user", account_id=account.pk)


def _show_once(request: HttpRequest, account: Account, temporary: str) -> HttpResponse:
    facts = {"account": account, "temporary": temporary}
    response = render(request, "signin/temporary.html", facts)
    response["Cache-Control"] = "no-store, private"
    return response


@administrators_only
def report(request: HttpRequest) -> HttpResponse:
    """Show who lacks a second factor, who has not changed his password, and what was tried at the door."""
    return render(request, "signin/report.html", {"report": reports.today()})
