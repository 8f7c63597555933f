"""Who is told what happened at the door: the owner, the administrators, and in need the security office."""

from __future__ import annotations

from sakimori.kernel.identity.models import Person
from sakimori.kernel.notices import notices
from sakimori.lib import clock

from .models import Account


def locked(account: Account) -> None:
    """Tell owner and administrators of a lock (SYS-070)."""
    facts = {"name": account.person.name, "failures": account.failures}
    notices.send("signin.locked_owner", account.person, record=account, context=facts, urgent=True)
    notices.send("signin.locked", _administrators(), record=account, context=facts, urgent=True)


def factor_changed(account: Account, *, added: bool) -> None:
    """Tell the owner that a second factor came or went: it may not have been him."""
    kind = "signin.factor_added" if added else "signin.factor_removed"
    notices.send(kind, account.person, record=account, context={"name": account.person.name}, urgent=True)


def password_changed(account: Account) -> None:
    """Tell the owner that his password was changed."""
    facts = {"name": account.person.name}
    notices.send("signin.password_changed", account.person, record=account, context=facts, urgent=True)


def password_expires(account: Account, day: str) -> None:
    """Tell the owner when his password expires (SYS-066, JPM-089)."""
    facts = {"name": account.person.name, "day": day}
    notices.send("signin.password_expires", account.person, record=account, context=facts)


def duress(account: Account) -> None:
    """Tell the security office, never the person himself (V20-189)."""
    facts = {"name": account.person.name, "at": clock.now().astimezone(clock.JAPAN).strftime("%H:%M")}
    receivers = Person.objects.holding("security_office").exclude(pk=account.person_id)
    notices.send(
        "signin.duress", receivers, context=facts, urgent=True
    )  # no record: his own page must not show it


def _administrators() -> list[Person]:
    return list(Person.objects.holding("platform_administrator"))
