"""Pages before the door: password, second step, passkey, sign-out, and one click per role in a demonstration."""

from __future__ import annotations

from typing import Any

from allauth.account import views as account_views
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.base import views as mfa_views
from allauth.mfa.webauthn import views as webauthn_views
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from sakimori.kernel.identity.models import Person
from sakimori.lib.errors import Refused

from .. import accounts, adapters, demonstration, forms, providers


class SignIn(account_views.LoginView):  # type: ignore[misc]
    """Number and password."""

    form_class = forms.SignInForm
    template_name = "signin/sign_in.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the demonstration's cards and the company's identity providers."""
        found: dict[str, Any] = super().get_context_data(**kwargs)
        found["cards"] = demonstration.cards() if settings.SAKIMORI_DEMO else []
        found["providers"] = providers.shown(self.request)
        return found


class SecondStep(mfa_views.AuthenticateView):  # type: ignore[misc]
    """Code of the app, recovery code or passkey."""

    form_class = forms.CodeForm
    template_name = "signin/second_step.html"


class PasskeyEntrance(webauthn_views.LoginWebAuthnView):  # type: ignore[misc]
    """Sign-in by passkey alone."""

    def form_invalid(self, form: Any) -> HttpResponse:
        """Answer like a wrong password."""
        messages.error(self.request, str(adapters.REFUSED))
        return redirect("account_login")


class SignOut(account_views.LogoutView):  # type: ignore[misc]
    """Sign-out, after a question where the browser sends no form."""

    template_name = "signin/sign_out.html"


def inactive(request: HttpRequest) -> HttpResponse:
    """Lead back: whether an account is disabled is nobody's business at the door."""
    messages.error(request, str(adapters.REFUSED))
    return redirect("account_login")


@require_POST
@never_cache
def demonstrate(request: HttpRequest, person_id: int) -> HttpResponse:
    """Sign in as one of the demonstration company's people; there is no such page elsewhere."""
    if not settings.SAKIMORI_DEMO:
        raise Http404
    person = Person.objects.filter(pk=person_id, pk__in=demonstration.people()).first()
    if person is None:
        raise Http404
    try:
        user = demonstration.user_of(person)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("account_login")
    if (account := accounts.for_user(user)) is not None and (reason := adapters.refusal(account)):
        messages.error(request, reason)
        return redirect("account_login")
    _enter(request, user)
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}, require_https=False)
    return redirect(target if safe else settings.LOGIN_REDIRECT_URL)


def _enter(request: HttpRequest, user: User) -> None:
    adapter = adapters.AccountAdapter(request)
    if request.user.is_authenticated:
        adapter.logout(request)
    record_authentication(request, user, method="demo")
    adapter.login(request, user)
    request.session["signin.demo"] = True


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say in Japanese that the form was too old, or came from elsewhere."""
    return render(request, "signin/csrf.html", status=403)
