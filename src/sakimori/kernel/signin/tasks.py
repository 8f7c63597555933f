"""What happens every day by itself: leavers' accounts close, expiring passwords are announced, old traces go."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext as _

from sakimori.kernel.identity.actors import SYSTEM
from sakimori.kernel.identity.models import Person
from sakimori.kernel.jobs import registry
from sakimori.lib import clock

from . import accounts, alerts, reports
from .models import Account, Attempt, Session

_TRACES_KEPT = timedelta(days=400)  # a year and the month after it, in which last year is looked at


@registry.task("signin.daily")
def daily() -> None:
    """Do the day's work; doing it twice changes nothing."""
    for account in Account.objects.filter(disabled_at=None).exclude(person__in=Person.objects.active()):
        if account.person.left_on is not None:
            accounts.disable(account, reason=_("退職"), by=SYSTEM)
    for row in reports.expiring():
        if row.account.expiry_notified_on is None:
            alerts.password_expires(row.account, f"{row.day:%Y-%m-%d}")
            Account.objects.filter(pk=row.account.pk).update(expiry_notified_on=clock.today())
    Attempt.objects.filter(at__lt=clock.now() - _TRACES_KEPT).delete()
    Session.objects.filter(seen_at__lt=clock.now() - timedelta(days=30)).delete()


registry.every("signin.daily", daily="05:30")
