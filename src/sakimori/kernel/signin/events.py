"""What happens at the door, written down: in the ledger without addresses, for the owner with them.

A known account's failures are entries until it is locked, so their number is bounded. A name that nobody bears
leaves only a count per day: names typed by mistake may be passwords (V20-185).
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from sakimori.kernel.identity.actors import SYSTEM
from sakimori.kernel.ledger import book
from sakimori.lib import clock

from . import accounts, alerts, policies
from .models import Account, Attempt, Strangers

SUCCEEDED = book.declare("signin.succeeded", _("サインイン"))
FAILED = book.declare("signin.failed", _("サインイン失敗"))
LEFT = book.declare("signin.left", _("サインアウト"))
EXPIRED = book.declare("signin.session_expired", _("無操作による切断"))
ENDED = book.declare("signin.sessions_ended", _("他の端末からのサインアウト"))
FACTOR_ADDED = book.declare("signin.factor_added", _("二要素認証の追加"))
FACTOR_REMOVED = book.declare("signin.factor_removed", _("二要素認証の削除"))
CODES_RENEWED = book.declare("signin.codes_renewed", _("回復コードの再発行"))
CODE_USED = book.declare("signin.recovery_code_used", _("回復コードの使用"))
DURESS = book.declare("signin.duress", _("非常通報"))


@dataclass(frozen=True)
class Client:
    """Where a request came from."""

    address: str | None = None
    agent: str = ""


def succeeded(account: Account, *, means: str, client: Client) -> Attempt | None:
    """Note a sign-in and forget earlier failures; return the sign-in before it (V20-185)."""
    before = account.attempts.filter(succeeded=True).first()
    accounts.lift_elapsed_lock(account)
    with transaction.atomic():
        Account.objects.filter(pk=account.pk).update(failures=0)
        Attempt.objects.create(
            account=account, succeeded=True, means=means, address=client.address, agent=client.agent[:200]
        )
        book.note(SUCCEEDED, account, by=account.person, means=means)
    return before


def failed(account: Account, *, means: str, client: Client) -> None:
    """Count a failure; lock the account and tell its owner and the administrators at the limit (SYS-070)."""
    accounts.lift_elapsed_lock(account)
    Account.objects.filter(pk=account.pk).update(failures=F("failures") + 1)
    account = Account.objects.select_related("person").get(pk=account.pk)
    if accounts.is_locked(account):
        return
    with transaction.atomic():
        Attempt.objects.create(
            account=account, succeeded=False, means=means, address=client.address, agent=client.agent[:200]
        )
        book.note(FAILED, account, by=SYSTEM, means=means, failures=account.failures)
        if account.failures >= policies.failures_allowed():
            accounts.lock(account, by=SYSTEM)
            alerts.locked(account)


def left(account: Account) -> None:
    """Note a sign-out."""
    book.note(LEFT, account, by=account.person)


def recovery_code_used(account: Account, *, left: int) -> None:
    """Note the use of a recovery code, and how many are left."""
    book.note(CODE_USED, account, by=account.person, left=left)


def factor_added(account: Account, kind: str) -> None:
    """Note a new second factor, and tell its owner."""
    book.note(FACTOR_ADDED, account, by=account.person, means=kind)
    alerts.factor_changed(account, added=True)


def factor_removed(account: Account, kind: str) -> None:
    """Note the removal of a second factor, and tell its owner."""
    book.note(FACTOR_REMOVED, account, by=account.person, means=kind)
    alerts.factor_changed(account, added=False)


def codes_renewed(account: Account) -> None:
    """Note new recovery codes."""
    book.note(CODES_RENEWED, account, by=account.person)


def session_expired(account: Account) -> None:
    """Note that a session ended because nobody used it."""
    book.note(EXPIRED, account, by=SYSTEM)


def sessions_ended(account: Account, count: int) -> None:
    """Note that the owner signed out everywhere else."""
    book.note(ENDED, account, by=account.person, count=count)


def stranger() -> None:
    """Count an attempt under a name that nobody bears."""
    day, _created = Strangers.objects.get_or_create(day=clock.today())
    Strangers.objects.filter(pk=day.pk).update(attempts=F("attempts") + 1)


def duress(account: Account) -> None:
    """Call for help without any sign on the screen (V20-189)."""
    book.note(DURESS, account, by=SYSTEM)
    alerts.duress(account)
