"""Where allauth asks the product: who may sign in, what is written down, how secrets are stored."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from allauth.account import app_settings as account_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.account.internal.stagekit import clear_login
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from cryptography.fernet import Fernet
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.db.models.functions import Lower
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect  # noqa: TID251 - an adapter answers
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sakimori.lib import clock

from . import accounts, credentials, events, lockout, policies, sessions
from .models import Account, Attempt

# One sentence for every failure: it tells nobody which names exist, which are locked, or what was wrong.
REFUSED = gettext_lazy(
    "サインインできませんでした。社員番号（またはメールアドレス）とパスワードを確かめてください。"
    "失敗が続くとアカウントは停止されます。お困りのときは製品管理者に連絡してください。"
)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Sign-in of accounts that administrators opened; nobody signs up."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": REFUSED,
        "email_password_mismatch": REFUSED,
        "username_password_mismatch": REFUSED,
        "invalid_login": REFUSED,
        "too_many_login_attempts": gettext_lazy(
            "試行が多すぎます。しばらく待ってから、もう一度試してください。"
        ),
        "rate_limited": gettext_lazy("操作が多すぎます。しばらく待ってから、もう一度試してください。"),
        "incorrect_password": gettext_lazy("パスワードが違います。"),
        "enter_current_password": gettext_lazy("現在のパスワードが違います。"),
        "incorrect_code": gettext_lazy("コードが正しくありません。"),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return False: accounts are opened by administrators."""
        return False

    def get_login_stages(self) -> list[str]:
        """Return the one stage after the password."""
        return ["allauth.mfa.stages.AuthenticateStage"]

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Check the credentials; a duress word signs in and calls for help."""
        user: User | None = super().authenticate(request, **credentials)
        if user is not None and getattr(request, "under_duress", False):
            account = accounts.for_user(user)
            if account is not None:
                events.duress(account)
        return user

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Take as long for a locked account, whose password is not looked at, as for any other."""
        if lockout.is_locked(lockout.typed_name(request, credentials)):
            for _backend in range(2):
                make_password(credentials.get("password", ""))

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse | None:
        """Turn away whose account is missing, disabled, locked or expired, by whichever means he came."""
        account = accounts.for_user(user)
        if reason := refusal(account):
            clear_login(request)
            messages.error(request, reason)
            return HttpResponseRedirect(reverse("account_login"))
        return None

    def login(self, request: HttpRequest, user: User) -> None:
        """Sign in, and write it down."""
        super().login(request, user)
        request.session.set_expiry(0)
        if _asked_twice(request, user):
            request.session["signin.second_factor"] = True
        if (account := accounts.for_user(user)) is not None:
            enter(request, account, means_of(request, user))

    def logout(self, request: HttpRequest) -> None:
        """Sign out, and write it down."""
        if (account := accounts.for_user(request.user)) is not None:
            sessions.forget(request.session.session_key)
            events.left(account)
        super().logout(request)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Lead to the person's security page."""
        return reverse("signin_mine")

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Ask again before something sensitive, but not of somebody who has only just signed in."""
        request = context.request
        records = get_authentication_records(request, request.user)
        last = max((record["at"] for record in records), default=0.0)
        if clock.now().timestamp() - last < account_settings.REAUTHENTICATION_TIMEOUT:
            return False
        required: bool = super().is_reauthentication_required(app=app, **kwargs)
        return required

    def get_reauthentication_methods(self, user: User) -> list[dict[str, Any]]:
        """Name the ways of proving oneself again in the reader's language."""
        names = {
            "reauthenticate": _("パスワードで確認"),
            "mfa_reauthenticate": _("認証アプリまたは回復コードで確認"),
            "mfa_reauthenticate:webauthn": _("パスキーで確認"),
        }
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        return [method | {"description": names[method["id"]]} for method in methods]

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Say nothing by itself: the views say it in Japanese. A sentence passed as ``message`` is shown."""
        if kwargs.get("message"):
            super().add_message(*args, **kwargs)


def _asked_twice(request: HttpRequest, user: User) -> bool:
    """Tell whether the person came by a provider that asks for a second factor itself, as the file of providers says."""
    trusted = {provider.id for provider in settings.SAKIMORI_PROVIDERS if provider.second_factor}
    return any(record.get("provider") in trusted for record in get_authentication_records(request, user))


def means_of(request: HttpRequest, user: User) -> str:
    """Return how the person signed in, as "password+totp"."""
    records = get_authentication_records(request, user)
    found = [r.get("type") if r["method"] == "mfa" else r["method"] for r in records]
    return "+".join(dict.fromkeys(str(item) for item in found)) or "password"


def enter(request: HttpRequest, account: Account, means: str) -> None:
    """Register the session, write the sign-in down and show the one before it."""
    client = lockout.client_of(request)
    missed = _failures_since(account)
    before = events.succeeded(account, means=means, client=client)
    key = request.session.session_key or ""
    sessions.register(account, key=key, means=means, address=client.address, agent=client.agent)
    sessions.enter(key)
    _show_last(request, account, before, missed)


def _failures_since(account: Account) -> int:
    last = account.attempts.filter(succeeded=True).first()
    failed = account.attempts.filter(succeeded=False)
    return (failed.filter(at__gt=last.at) if last else failed).count()


def _show_last(request: HttpRequest, account: Account, before: Attempt | None, missed: int) -> None:
    """Show when the account was last used, so that its owner notices a stranger (V20-185)."""
    if before is None:
        text = _("初めてのサインインです。")
    else:
        moment = before.at.astimezone(clock.JAPAN)
        text = _("前回のサインイン: %(when)s（%(where)s）") % {
            "when": f"{moment:%Y-%m-%d %H:%M}",
            "where": before.address or _("接続元不明"),
        }
    if missed:
        text += " " + _("その後の失敗: %(n)d回。心当たりがなければ製品管理者に連絡してください。") % {
            "n": missed
        }
    messages.info(request, text)


def refusal(account: Account | None) -> str:
    """Return why the account lets nobody in, empty when it does.

    Read only after the person proved who he is; even so a locked account answers like a wrong password.
    """
    if account is None or accounts.is_locked(account) or account.disabled_at or not account.person.is_active:
        return str(REFUSED)
    if account.temporary_until is not None and clock.now() > account.temporary_until:
        return _("仮パスワードの期限が切れました。製品管理者に再設定を依頼してください。")
    expires = credentials.expires_on(account)
    rule = policies.password_rule()
    if expires is not None and (clock.today() - expires).days > rule.grace_days:
        return _("パスワードの期限が切れたため失効しました。製品管理者に再設定を依頼してください。")
    return ""


class MfaAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Second factors: their secrets are stored encrypted."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": gettext_lazy(
            "コードが正しくありません。新しいコードが表示されるのを待って入力してください。"
        ),
        "cannot_delete_authenticator": gettext_lazy(
            "役割により二要素認証が必須のため、最後の一つは削除できません。"
        ),
        "cannot_generate_recovery_codes": gettext_lazy("先に認証アプリかパスキーを設定してください。"),
    }

    def get_totp_issuer(self) -> str:
        """Return the name that stands in the authenticator app."""
        return "Sakimori"

    def encrypt(self, text: str) -> str:
        """Encrypt a secret with a key derived from the installation's."""
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return the secret."""
        return _cipher().decrypt(encrypted_text.encode()).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Keep the last factor of a person who must have one."""
        account = accounts.for_user(authenticator.user)
        if account is None or not accounts.demands_second_factor(account):
            return True
        strong = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
        others = Authenticator.objects.filter(user=authenticator.user, type__in=strong)
        remaining: bool = others.exclude(pk=authenticator.pk).exists()
        return remaining

    def generate_authenticator_name(self, user: User, type: str) -> str:
        """Return a name for a new passkey."""
        count = Authenticator.objects.filter(user=user, type=type).count()
        return _("パスキー%(n)d") % {"n": count + 1}


def _cipher() -> Fernet:
    key = hashlib.sha256(b"sakimori second factors" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))


class SocialAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Sign-in by the company's identity provider: only people who have an account here."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Return False: the provider knows more people than this product should."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Join the provider's identity to the account with the same verified mail address, or refuse."""
        if sociallogin.is_existing:
            return
        verified = [a.email.lower() for a in sociallogin.email_addresses if a.verified and a.email]
        known = User.objects.annotate(address=Lower("email")).filter(person__account__isnull=False)
        users = list(known.filter(address__in=verified)[:2])
        if len(users) != 1:
            messages.error(request, str(REFUSED))
            raise ImmediateHttpResponse(HttpResponseRedirect(reverse("account_login")))
        sociallogin.connect(request, users[0])
