"""The page everybody meets who must have a second factor and has none yet (SYS-069)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from sakimori.kernel.identity import access

from .. import accounts
from .mine import own_account


@never_cache
def choose(request: HttpRequest) -> HttpResponse:
    """Offer app or passkey, and say because of which roles."""
    account = own_account(request)
    if accounts.has_second_factor(account):
        return redirect(request.session.pop("signin.next", "/"))
    held = account.person.roles()
    roles = [role.title for role in access.roles().values() if role.mfa and role.id in held]
    return render(request, "signin/setup.html", {"roles": roles, "account": account})
