"""One's own security: factors, sessions, last sign-ins, password, and the word for an emergency."""

from __future__ import annotations

from typing import Any

from allauth.account import views as account_views
from allauth.account.decorators import reauthentication_required
from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from allauth.mfa.base import views as mfa_views
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes import views as codes_views
from allauth.mfa.totp import views as totp_views
from allauth.mfa.webauthn import views as webauthn_views
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from sakimori.lib import clock
from sakimori.lib.errors import Invalid

from .. import accounts, alerts, credentials, events, forms, passwords, policies, sessions
from ..models import Account, DuressWord
from ..secret import Secret


def own_account(request: HttpRequest) -> Account:
    """Return the account of the person who asks; 404 without one."""
    account = accounts.for_user(request.user) if isinstance(request.user, User) else None
    if account is None:
        raise Http404
    return account


@never_cache
def mine(request: HttpRequest) -> HttpResponse:
    """Show factors, sessions and sign-ins."""
    account = own_account(request)
    factors = list(Authenticator.objects.filter(user=request.user).order_by("created_at"))
    expires = credentials.expires_on(account)
    strong = [f for f in factors if f.type != Authenticator.Type.RECOVERY_CODES]
    facts = {
        "account": account,
        "app": next((f for f in factors if f.type == Authenticator.Type.TOTP), None),
        "passkeys": [f for f in factors if f.type == Authenticator.Type.WEBAUTHN],
        "codes": next((f.wrap() for f in factors if f.type == Authenticator.Type.RECOVERY_CODES), None),
        "has_factor": bool(strong),
        "demanded": accounts.demands_second_factor(account),
        "expires": expires,
        "days_left": (expires - clock.today()).days if expires else None,
        "sessions": account.sessions.all(),
        "current": request.session.session_key,
        "attempts": account.attempts.all()[:10],
        "has_password": credentials.has_password(account),
    }
    return render(request, "signin/mine.html", facts)


@require_POST
def end_session(request: HttpRequest, session_id: int) -> HttpResponse:
    """Sign out one other browser."""
    account = own_account(request)
    session = get_object_or_404(account.sessions, pk=session_id)
    sessions.end(session)
    events.sessions_ended(account, 1)
    messages.success(request, _("選んだ端末をサインアウトしました。"))
    return redirect("signin_mine")


@require_POST
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    """Sign out everywhere else."""
    account = own_account(request)
    count = sessions.end_all(account, but=request.session.session_key)
    events.sessions_ended(account, count)
    messages.success(request, _("この端末以外をすべてサインアウトしました（%(n)d件）。") % {"n": count})
    return redirect("signin_mine")


@never_cache
@sensitive_post_parameters()
def change_password(request: HttpRequest) -> HttpResponse:
    """Change the password, by one's own will or because the regulation demands it."""
    account = own_account(request)
    if not credentials.has_password(account):
        raise Http404
    form = forms.PasswordForm(request.POST or None, account=account, request=request)
    if request.method == "POST" and form.is_valid() and _changed(request, account, form):
        return redirect(request.session.pop("signin.next", "/"))
    rule = policies.password_rule()
    facts = {
        "form": form,
        "account": account,
        "checks": passwords.checks("", rule),
        "history": rule.history,
        "forced": request.session.get("signin.must_change", ""),
    }
    return render(request, "signin/password.html", facts)


def _changed(request: HttpRequest, account: Account, form: forms.PasswordForm) -> bool:
    try:
        credentials.change_password(account, new=Secret(form.cleaned_data["password1"]), by=account.person)
    except Invalid as invalid:
        for field, text in invalid.problems.items():
            form.add_error(field, str(text))
        return False
    before = request.session.session_key
    update_session_auth_hash(request, credentials.user_of(account))
    sessions.rename(before, request.session.session_key)
    request.session.pop("signin.must_change", None)
    alerts.password_changed(account)
    messages.success(request, _("パスワードを変更しました。ほかの端末はサインアウトしました。"))
    return True


@require_POST
@never_cache
@sensitive_post_parameters()
def judge_password(request: HttpRequest) -> HttpResponse:
    """Judge what is being typed; earlier passwords are compared when it is sent (V20-187, PRC-085)."""
    account = own_account(request)
    rule = policies.password_rule()
    typed = request.POST.get("password1") or request.POST.get("word") or ""
    judged = passwords.checks(typed[: passwords.LONGEST + 1], rule, about=credentials.words_about(account))
    return render(request, "signin/_checks.html", {"checks": judged, "history": rule.history, "typed": typed})


@never_cache
@reauthentication_required  # type: ignore[untyped-decorator]
@sensitive_post_parameters()
def duress(request: HttpRequest) -> HttpResponse:
    """Set or remove the word that signs in and calls for help."""
    account = own_account(request)
    form = forms.DuressForm(request.POST or None)
    if request.method == "POST":
        word = None if "remove" in request.POST else Secret(request.POST.get("word", ""))
        if word is None or form.is_valid():
            try:
                credentials.set_duress_word(account, word=word, by=account.person)
            except Invalid as invalid:
                form.add_error("word", str(invalid))
            else:
                messages.success(request, _("非常用パスワードの設定を保存しました。"))
                return redirect("signin_mine")
    facts = {"form": form, "set": DuressWord.objects.filter(account=account).exists()}
    return render(request, "signin/duress.html", facts)


def _added(request: HttpRequest, kind: str) -> None:
    events.factor_added(own_account(request), kind)
    messages.success(request, _("二要素認証を設定しました。"))


def _removed(request: HttpRequest, kind: str) -> None:
    events.factor_removed(own_account(request), kind)
    messages.success(request, _("二要素認証を削除しました。"))


class AddApp(totp_views.ActivateTOTPView):  # type: ignore[misc]
    """Set an authenticator app up."""

    form_class = forms.AppForm
    template_name = "signin/app_add.html"

    def form_valid(self, form: Any) -> HttpResponse:
        """Write it down."""
        response: HttpResponse = super().form_valid(form)
        _added(self.request, "totp")
        return response


class RemoveApp(totp_views.DeactivateTOTPView):  # type: ignore[misc]
    """Remove the authenticator app."""

    template_name = "signin/factor_remove.html"

    def form_valid(self, form: Any) -> HttpResponse:
        """Write it down."""
        response: HttpResponse = super().form_valid(form)
        _removed(self.request, "totp")
        return response


class AddPasskey(webauthn_views.AddWebAuthnView):  # type: ignore[misc]
    """Set a passkey up."""

    form_class = forms.PasskeyForm
    template_name = "signin/passkey_add.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Keep the bound form, which the framework's view drops."""
        found: dict[str, Any] = super().get_context_data() | kwargs
        return found

    def form_valid(self, form: Any) -> HttpResponse:
        """Write it down."""
        response: HttpResponse = super().form_valid(form)
        _added(self.request, "webauthn")
        return response


class RemovePasskey(webauthn_views.RemoveWebAuthnView):  # type: ignore[misc]
    """Remove a passkey."""

    template_name = "signin/factor_remove.html"

    def form_valid(self, form: Any) -> HttpResponse:
        """Keep the last factor of a person who must have one; write the removal down."""
        adapter = get_mfa_adapter()
        if not adapter.can_delete_authenticator(self.get_object()):
            messages.error(self.request, str(adapter.error_messages["cannot_delete_authenticator"]))
            return redirect("signin_mine")
        response: HttpResponse = super().form_valid(form)
        _removed(self.request, "webauthn")
        return response


class RenamePasskey(webauthn_views.EditWebAuthnView):  # type: ignore[misc]
    """Name a passkey."""

    form_class = forms.PasskeyNameForm
    template_name = "signin/passkey_name.html"


class Codes(codes_views.ViewRecoveryCodesView):  # type: ignore[misc]
    """Show the recovery codes."""

    template_name = "signin/codes.html"


class RenewCodes(codes_views.GenerateRecoveryCodesView):  # type: ignore[misc]
    """Replace the recovery codes."""

    template_name = "signin/codes_renew.html"

    def form_valid(self, form: Any) -> HttpResponse:
        """Write it down."""
        response: HttpResponse = super().form_valid(form)
        events.codes_renewed(own_account(self.request))
        return response


class DownloadCodes(codes_views.DownloadRecoveryCodesView):  # type: ignore[misc]
    """Hand the recovery codes out as a text file."""

    template_name = "signin/codes.txt"


class PasswordAgain(account_views.ReauthenticateView):  # type: ignore[misc]
    """Ask for the password again."""

    form_class = forms.AgainForm
    template_name = "signin/again.html"


class CodeAgain(mfa_views.ReauthenticateView):  # type: ignore[misc]
    """Ask for a code again."""

    form_class = forms.CodeAgainForm
    template_name = "signin/again.html"


class PasskeyAgain(webauthn_views.ReauthenticateWebAuthnView):  # type: ignore[misc]
    """Ask for the passkey again."""

    template_name = "signin/again_passkey.html"

    def form_invalid(self, form: Any) -> HttpResponse:
        """Stay on the page."""
        messages.error(self.request, _("パスキーを確認できませんでした。もう一度試してください。"))
        return redirect(self.request.get_full_path())
