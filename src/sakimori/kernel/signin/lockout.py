"""How django-axes counts here: per account, whichever of its names was typed, and by the regulation's number.

axes stands at the door (its backend refuses, its receivers see every attempt); where it keeps the count is
the account itself, so that unlocking, the lists and the ledger speak of the same thing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from axes.handlers.base import AxesHandler
from axes.helpers import get_client_username
from django.contrib.auth.models import User
from django.db.models import Q
from django.http import HttpRequest  # noqa: TID251 - the signature of axes' handlers

from . import accounts, events, policies
from .models import Account

UNKNOWN = ""


def typed_name(request: HttpRequest | None, credentials: Mapping[str, Any] | None) -> str:
    """Return the sign-in name of the account that is meant, whether its mail address or number was typed.

    axes looks for ``username`` among the posted fields; allauth's form posts ``login``. Without this every
    attempt would count under one empty name, and all people would be locked out together.
    """
    found = credentials or {}
    name = found.get("username") or found.get("email") or (request.POST.get("login") if request else "")
    return resolve(str(name or ""))


def resolve(name: str) -> str:
    """Return the sign-in name behind what was typed, UNKNOWN when nobody bears it."""
    if not name.strip():
        return UNKNOWN
    user = User.objects.filter(Q(username__iexact=name.strip()) | Q(email__iexact=name.strip())).first()
    return user.username if user else UNKNOWN


def is_locked(name: str) -> bool:
    """Tell whether the account with this sign-in name is locked."""
    account = Account.objects.filter(person__user__username=name).first()
    return account is not None and accounts.is_locked(account)


def failure_limit(_request: HttpRequest | None, _credentials: Mapping[str, Any] | None) -> int:
    """Return the limit that the regulation states today."""
    return policies.failures_allowed()


class AccountHandler(AxesHandler):  # type: ignore[misc]
    """Count on the account, lock it at the limit, write both down."""

    def is_locked(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> bool:
        """Tell whether the account meant is locked."""
        account = self._account(request, credentials)
        return account is not None and accounts.is_locked(account)

    def get_failures(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        """Return the failures in a row of the account meant."""
        account = self._account(request, credentials)
        return account.failures if account else 0

    def user_login_failed(
        self, sender: object, credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any
    ) -> None:
        """Count the failure."""
        account = self._account(request, credentials)
        if account is None:
            events.stranger()
            return
        events.failed(account, means=credentials.get("means", "password"), client=client_of(request))

    def _account(self, request: HttpRequest | None, credentials: dict[str, Any] | None) -> Account | None:
        name = get_client_username(request, credentials)
        if name == UNKNOWN:
            return None
        return Account.objects.select_related("person").filter(person__user__username=name).first()


def client_of(request: HttpRequest | None) -> events.Client:
    """Return where the request came from."""
    if request is None:
        return events.Client()
    return events.Client(request.META.get("REMOTE_ADDR") or None, request.META.get("HTTP_USER_AGENT", ""))
