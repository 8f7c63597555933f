"""What administrators watch: second factors missing, passwords not changed, locks, strangers (PRC-079, PRC-084)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from django.db.models import QuerySet

from sakimori.lib import clock

from . import accounts, credentials, policies
from .models import Account, Strangers


@dataclass(frozen=True)
class Missing:
    """An account without second factor, and whether it is demanded of its owner."""

    account: Account
    demanded: bool


@dataclass(frozen=True)
class Expiring:
    """An account whose password ends soon, or has ended."""

    account: Account
    day: date
    days_left: int


@dataclass(frozen=True)
class Report:
    """Everything on the report page."""

    usable: int
    without_factor: list[Missing]
    unchanged: list[Account]
    locked: list[Account]
    expiring: list[Expiring]
    strangers: list[Strangers]

    @property
    def violating(self) -> list[Missing]:
        """Return the accounts that need a second factor and have none."""
        return [row for row in self.without_factor if row.demanded]


def strong_factors(user: Any) -> QuerySet[Authenticator]:
    """Return the authenticator apps and passkeys of ``user`` (an expression is fine)."""
    strong = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    rows: QuerySet[Authenticator] = Authenticator.objects.filter(user=user, type__in=strong)
    return rows


def today() -> Report:
    """Read the report of today."""
    rows = Account.objects.select_related("person", "department").order_by("person__kana", "pk")
    missing = [Missing(a, accounts.demands_second_factor(a)) for a in rows.without_second_factor()]
    missing.sort(key=lambda row: not row.demanded)
    since = clock.today() - timedelta(days=30)
    return Report(
        usable=rows.usable().count(),
        without_factor=missing,
        unchanged=list(rows.unchanged()),
        locked=[a for a in rows.exclude(locked_at=None) if accounts.is_locked(a)],
        expiring=expiring(),
        strangers=list(Strangers.objects.filter(day__gte=since).order_by("-day")),
    )


def expiring() -> list[Expiring]:
    """Return whose password ends within the warning time, soonest first (SYS-066, JPM-089)."""
    warning = policies.password_rule().warning_days
    found = []
    for account in Account.objects.usable().filter(must_change=False).select_related("person", "department"):
        day = credentials.expires_on(account)
        if day is not None and (day - clock.today()).days <= warning:
            found.append(Expiring(account, day, (day - clock.today()).days))
    return sorted(found, key=lambda row: row.day)
