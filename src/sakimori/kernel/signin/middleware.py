"""Nothing is open but what is listed; and whoever is signed in first does what the regulation demands of him.

``Door`` turns away the anonymous, ends sessions that are idle, too long or no longer allowed. ``Steps`` sends people to
change a temporary or expired password and to set up a second factor before anything else.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import Resolver404, resolve, reverse
from django.utils import translation
from django.utils.translation import gettext as _

from sakimori.kernel.identity.models import Person
from sakimori.lib import clock

from . import accounts, credentials, events, lockout, policies, sessions
from .models import Account, Session

Answer = Callable[[HttpRequest], HttpResponse]

# What an anonymous visitor may open. Everything else leads to the sign-in page, existing or not.
PUBLIC = frozenset(
    {
        "account_login", "account_inactive", "mfa_authenticate", "mfa_login_webauthn", "signin_demonstrate",
        "signin_language", "socialaccount_login_cancelled", "socialaccount_login_error",
        "openid_connect_login", "openid_connect_callback",
        "saml_login", "saml_acs", "saml_finish_acs", "saml_metadata", "saml_sls",
        "health",
        "documents:public",  # the basic policy in force, and nothing else (REG-023)
        "start", "start-step", "start-template", "start-finish",  # guarded by the setup code
    }
)  # fmt: skip
# What remains open to a person who still has a step to do.
_ALWAYS = PUBLIC | {
    "account_logout",
    "account_reauthenticate",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
}
_PASSWORD_PAGES = _ALWAYS | {"account_change_password", "signin_judge"}
_FACTOR_PAGES = _ALWAYS | {
    "mfa_activate_totp", "mfa_add_webauthn", "signin_setup",
    "mfa_view_recovery_codes", "mfa_download_recovery_codes",
}  # fmt: skip


def name_of(request: HttpRequest) -> str:
    """Return the name of the page asked for; empty for none."""
    try:
        return resolve(request.path_info).view_name
    except Resolver404:
        return ""


def is_open(page: str) -> bool:
    """Tell whether a page lets strangers in; the API asks programs for their token itself, its description does not."""
    return page in PUBLIC or (page.startswith("api:") and "openapi" not in page)


def lead(request: HttpRequest, url: str) -> HttpResponse:
    """Lead to ``url`` in the way the caller understands: redirect, HTMX header or JSON."""
    if request.path_info.startswith("/api/"):
        return JsonResponse({"detail": _("サインインしてください。")}, status=401)
    if request.headers.get("HX-Request"):
        response = HttpResponse(status=204)
        response["HX-Redirect"] = url
        return response
    return HttpResponseRedirect(url)


class Language:
    """Speak Japanese, and English to those who chose it: not to every browser that was installed in English."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Activate the language of the cookie."""
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        code = chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        with translation.override(code):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", code)
        return response


class Door:
    """Let in who is signed in and still may be."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Check the session, then the page."""
        person: Person | None = getattr(request, "person", None)
        if request.user.is_authenticated:
            reason = self._ended(request, person)
            if reason is not None:
                logout(request)
                request.person = person = None  # type: ignore[attr-defined]
                if reason:
                    messages.info(request, reason)
        if person is None and not is_open(name_of(request)):
            return lead(request, self._entrance(request))
        response = self.get_response(request)
        if person is not None and not response.has_header("Cache-Control"):
            response["Cache-Control"] = "no-store, private"
        return response

    def _entrance(self, request: HttpRequest) -> str:
        url = reverse("account_login")
        wanted = request.get_full_path()
        return url if request.method != "GET" or wanted == "/" else f"{url}?next={quote(wanted)}"

    def _ended(self, request: HttpRequest, person: Person | None) -> str | None:
        """Return None for a session that goes on, else what its owner is told."""
        if person is None:
            return ""
        key = request.session.session_key
        sessions.enter(key)
        session = Session.objects.select_related("account__person").filter(key=key).first()
        if session is None:
            request.account = self._admit(request)  # type: ignore[attr-defined]
            return None
        request.account = session.account  # type: ignore[attr-defined]
        if session.account.disabled_at is not None:
            sessions.forget(key)
            return ""
        if session.is_idle(policies.idle_limit()):
            sessions.forget(key)
            events.session_expired(session.account)
            return _("しばらく操作がなかったため、サインアウトしました。もう一度サインインしてください。")
        if clock.now() - session.started_at > policies.longest_session():
            sessions.forget(key)
            return _("サインインから時間がたったため、サインアウトしました。もう一度サインインしてください。")
        sessions.touch(session)
        return None

    def _admit(self, request: HttpRequest) -> Account | None:
        """Register a session that was opened without the sign-in page, as by a management command."""
        account = accounts.for_user(request.user)
        if account is not None and request.session.session_key:
            client = lockout.client_of(request)
            sessions.register(
                account,
                key=request.session.session_key,
                means="",
                address=client.address,
                agent=client.agent,
            )
        return account


class Steps:
    """Let nobody pass who still has a temporary or expired password, or lacks a second factor that he needs."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Lead to the next step, if there is one."""
        account: Account | None = getattr(request, "account", None)
        if account is None or getattr(request, "person", None) is None or self._is_demonstration(request):
            return self.get_response(request)
        page = name_of(request)
        if why := self._password_due(request, account):
            request.session["signin.must_change"] = why
            return self._only(request, page, _PASSWORD_PAGES, "account_change_password")
        if self._factor_due(request, account):
            return self._only(request, page, _FACTOR_PAGES | {"account_change_password"}, "signin_setup")
        return self.get_response(request)

    def _only(self, request: HttpRequest, page: str, open_pages: frozenset[str], step: str) -> HttpResponse:
        """Answer a page that is open before the step is done; lead to the step from all others."""
        if page not in open_pages:
            return self._lead(request, step)
        request.bare = True  # type: ignore[attr-defined]
        return self.get_response(request)

    def _is_demonstration(self, request: HttpRequest) -> bool:
        return settings.SAKIMORI_DEMO and bool(request.session.get("signin.demo"))

    def _password_due(self, request: HttpRequest, account: Account) -> str:
        if not request.user.has_usable_password():  # type: ignore[union-attr]
            return ""
        if account.must_change:
            return "temporary"
        expires = credentials.expires_on(account)
        return "expired" if expires is not None and clock.today() > expires else ""

    def _factor_due(self, request: HttpRequest, account: Account) -> bool:
        if request.session.get("signin.second_factor") or not accounts.demands_second_factor(account):
            return False
        if accounts.has_second_factor(account):
            request.session["signin.second_factor"] = True
            return False
        return True

    def _lead(self, request: HttpRequest, name: str) -> HttpResponse:
        if request.method == "GET" and not request.headers.get("HX-Request"):
            request.session["signin.next"] = request.get_full_path()
        return lead(request, reverse(name))
