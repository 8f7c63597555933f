"""What people type at the door. allauth's forms, in Japanese, with failures and codes written down."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import LoginForm
from allauth.account.forms import ReauthenticateForm as PasswordAgainForm
from allauth.core import context
from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from axes.handlers.proxy import AxesProxyHandler
from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import accounts, adapters, credentials, events
from .models import Account


def _masked(autocomplete: str) -> forms.PasswordInput:
    return forms.PasswordInput(
        render_value=False, attrs={"class": "form-control", "autocomplete": autocomplete}
    )


class SignInForm(LoginForm):  # type: ignore[misc]
    """Number or mail address, and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("remember", None)
        login, password = self.fields["login"], self.fields["password"]
        login.label = _("社員番号またはメールアドレス")
        login.widget = forms.TextInput(
            attrs={
                "class": "form-control",
                "autocomplete": "username",
                # Where the cards stand beside it, a telephone's keyboard would cover them.
                "autofocus": not settings.SAKIMORI_DEMO,
            }
        )
        password.label, password.help_text = _("パスワード"), ""
        password.widget = _masked("current-password")


class AgainForm(PasswordAgainForm):  # type: ignore[misc]
    """The present password once more, before something sensitive."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].label = _("現在のパスワード")
        self.fields["password"].help_text = ""
        self.fields["password"].widget = _masked("current-password")


class CodeField(forms.CharField):
    """Six digits of an app, or a recovery code."""

    def __init__(self, label: Any) -> None:
        super().__init__(
            label=label,
            max_length=20,
            widget=forms.TextInput(
                attrs={
                    "class": "form-control code-input",
                    "autocomplete": "one-time-code",
                    "inputmode": "numeric",
                    "autofocus": True,
                }
            ),
        )


class CodeForm(AuthenticateForm):  # type: ignore[misc]
    """The second step of signing in; wrong codes count like wrong passwords (SYS-070)."""

    code = CodeField(gettext_lazy("認証コードまたは回復コード"))

    def clean_code(self) -> str:
        """Refuse a locked account, whatever the code."""
        account = accounts.for_user(self.user)
        if account is None or accounts.is_locked(account):
            raise get_mfa_adapter().validation_error("incorrect_code")
        code: str = super().clean_code()
        return code

    def _emit_authentication_failed(self, authenticator: Authenticator) -> None:
        super()._emit_authentication_failed(authenticator)
        credentials = {"username": self.user.username, "means": authenticator.type}
        AxesProxyHandler.user_login_failed(self.__class__, credentials, context.request)

    def save(self) -> None:
        """Note the use of a recovery code."""
        super().save()
        note_code_use(self.authenticator)


class CodeAgainForm(ReauthenticateForm):  # type: ignore[misc]
    """A code once more, before something sensitive."""

    code = CodeField(gettext_lazy("認証コードまたは回復コード"))

    def save(self) -> None:
        """Note the use of a recovery code."""
        super().save()
        note_code_use(self.authenticator)


def note_code_use(authenticator: Authenticator) -> None:
    """Write the use of a recovery code down: it should be rare."""
    account = accounts.for_user(authenticator.user)
    if account is not None and authenticator.type == Authenticator.Type.RECOVERY_CODES:
        authenticator.refresh_from_db()
        events.recovery_code_used(account, left=len(authenticator.wrap().get_unused_codes()))


class AppForm(ActivateTOTPForm):  # type: ignore[misc]
    """The first code of a new authenticator app."""

    code = CodeField(gettext_lazy("アプリに表示された6桁のコード"))


class PasskeyForm(AddWebAuthnForm):  # type: ignore[misc]
    """A new passkey."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("名前")
        self.fields["name"].widget.attrs["class"] = "form-control"
        if "passwordless" in self.fields:
            self.fields["passwordless"].label = _("パスワードなしのサインインにも使う")
            self.fields["passwordless"].help_text = _("端末の指紋・顔・暗証番号による確認が必要です。")
            self.fields["passwordless"].widget.attrs["class"] = "form-check-input"


class PasskeyNameForm(EditWebAuthnForm):  # type: ignore[misc]
    """Another name for a passkey."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("名前")
        self.fields["name"].widget.attrs["class"] = "form-control"


class PasswordForm(forms.Form):
    """The present password, and the new one twice."""

    oldpassword = forms.CharField(
        label=gettext_lazy("現在のパスワード"), widget=_masked("current-password"), strip=False
    )
    password1 = forms.CharField(
        label=gettext_lazy("新しいパスワード"), widget=_masked("new-password"), strip=False
    )
    password2 = forms.CharField(
        label=gettext_lazy("新しいパスワード（確認）"), widget=_masked("new-password"), strip=False
    )

    def __init__(self, *args: Any, account: Account, request: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.account, self.request = account, request

    def clean_oldpassword(self) -> str:
        """Check the present password at the same door, so that guessing here counts too."""
        password: str = self.cleaned_data["oldpassword"]
        adapter = adapters.AccountAdapter(self.request)
        if not adapter.reauthenticate(self.request.user, password):
            raise adapter.validation_error("enter_current_password")
        return password

    def clean(self) -> dict[str, Any]:
        """Compare the two, and judge the new one by the regulation."""
        data = super().clean() or {}
        first, second = data.get("password1"), data.get("password2")
        if first and second and first != second:
            self.add_error("password2", _("確認のパスワードが一致しません。同じものを入力してください。"))
        if first:
            for problem in credentials.password_problems(self.account, first):
                self.add_error("password1", _("条件を満たしていません: %s") % problem)
        return data


class DuressForm(forms.Form):
    """The second password that calls for help."""

    word = forms.CharField(
        label=gettext_lazy("非常用パスワード"), widget=_masked("new-password"), strip=False
    )
    again = forms.CharField(
        label=gettext_lazy("非常用パスワード（確認）"), widget=_masked("new-password"), strip=False
    )

    def clean(self) -> dict[str, Any]:
        """Compare the two."""
        data = super().clean() or {}
        if data.get("word") and data.get("again") and data["word"] != data["again"]:
            self.add_error("again", _("確認が一致しません。同じものを入力してください。"))
        return data


class ReasonForm(forms.Form):
    """Why an administrator does something to an account."""

    reason = forms.CharField(
        label=gettext_lazy("理由・本人確認の方法"),
        max_length=200,
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
        error_messages={"required": gettext_lazy("理由を入力してください。")},
    )
