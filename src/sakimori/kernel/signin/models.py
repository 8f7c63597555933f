"""Accounts and what signing in leaves behind.

The account is a record: every change of it is a command with a ledger entry. Counters, sessions and attempts
are not: they change with every request, and hold addresses that must be erasable.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from sakimori.kernel.identity.models import Person
from sakimori.kernel.records.models import Record, RecordQuerySet
from sakimori.lib import clock

from . import agents

MEANS = {
    "password": _("パスワード"),
    "totp": _("認証アプリ"),
    "webauthn": _("パスキー"),
    "recovery_codes": _("回復コード"),
    "socialaccount": _("社内の認証基盤"),
    "demo": _("体験用"),
}


class AccountQuerySet(RecordQuerySet["Account"]):
    """Accounts."""

    def usable(self) -> Self:
        """Keep the accounts with which somebody may sign in today."""
        return self.filter(disabled_at=None, person__in=Person.objects.active())

    def unchanged(self) -> Self:
        """Keep those whose owner still has the temporary password (PRC-079)."""
        return self.usable().filter(must_change=True)

    def without_second_factor(self) -> Self:
        """Keep those without authenticator app and passkey (PRC-084)."""
        return self.usable().exclude(person__user__authenticator__type__in=("totp", "webauthn"))


class Account(Record):
    """利用者アカウント: the account of one person in this product."""

    number_prefix = "ACC"
    default_audience = "platform"

    person = models.OneToOneField(Person, models.PROTECT, verbose_name=_("利用者"), related_name="account")
    must_change = models.BooleanField(_("パスワード変更待ち"), default=True)
    password_set_at = models.DateTimeField(_("パスワード設定日時"), null=True, blank=True)
    temporary_until = models.DateTimeField(_("仮パスワードの期限"), null=True, blank=True)
    locked_at = models.DateTimeField(_("ロック日時"), null=True, blank=True)
    disabled_at = models.DateTimeField(_("停止日時"), null=True, blank=True)
    second_factor_demanded = models.BooleanField(_("二要素認証の個別指定"), default=False)
    expiry_notified_on = models.DateField(_("期限の予告日"), null=True, blank=True, editable=False)
    failures = models.PositiveSmallIntegerField(_("連続失敗回数"), default=0, editable=False)

    objects: ClassVar = AccountQuerySet.as_manager()

    class Meta:
        verbose_name = _("利用者アカウント")

    def title(self) -> str:
        """Return the person's name."""
        return self.person.name

    @classmethod
    def ledger_fields(cls) -> list[models.Field[Any, Any]]:
        """Leave out the counter: it changes with every failure, which is an entry of its own."""
        return [f for f in super().ledger_fields() if f.name not in {"failures", "expiry_notified_on"}]

    @property
    def password_day(self) -> date | None:
        """Return the day in Japan on which the password was last set."""
        return self.password_set_at.astimezone(clock.JAPAN).date() if self.password_set_at else None


class OldPassword(models.Model):
    """The hash of a password used before, kept so that it is not used again (SYS-067)."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="old_passwords")
    hash = models.CharField(max_length=200)
    replaced_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.account_id} {self.replaced_at}"


class DuressWord(models.Model):
    """A second password that signs in as usual and calls for help (V20-189)."""

    account = models.OneToOneField(Account, models.CASCADE, related_name="duress_word")
    hash = models.CharField(max_length=200)
    set_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return str(self.account_id)


class Session(models.Model):
    """One browser in which somebody is signed in."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="sessions")
    key = models.CharField(max_length=40, unique=True)
    means = models.CharField(_("手段"), max_length=40)
    started_at = models.DateTimeField(_("開始"), default=clock.now)
    seen_at = models.DateTimeField(_("最終利用"), default=clock.now)
    address = models.GenericIPAddressField(_("接続元"), null=True)
    agent = models.CharField(_("ブラウザ"), max_length=200, blank=True)

    class Meta:
        ordering = ["-seen_at"]

    def __str__(self) -> str:
        return f"{self.account_id} {self.started_at}"

    @property
    def device(self) -> str:
        """Return browser and system as people call them."""
        return agents.name(self.agent) or str(_("ブラウザ不明"))

    def is_idle(self, limit: timedelta) -> bool:
        """Tell whether the last request was longer ago than ``limit``."""
        return clock.now() - self.seen_at > limit


class Attempt(models.Model):
    """One attempt to sign in to a known account: what the owner sees of it, and may have erased."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="attempts")
    at = models.DateTimeField(_("日時"), default=clock.now)
    succeeded = models.BooleanField(_("結果"))
    means = models.CharField(_("手段"), max_length=40)
    address = models.GenericIPAddressField(_("接続元"), null=True)
    agent = models.CharField(_("ブラウザ"), max_length=200, blank=True)

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["account", "-at"], name="attempt_of_account")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.at}"

    @property
    def means_label(self) -> str:
        """Return by what the person proved himself, in words."""
        return "＋".join(str(MEANS.get(part, part)) for part in self.means.split("+"))


class Strangers(models.Model):
    """How often names that nobody bears were tried on one day: a count, never the names (V20-185)."""

    day = models.DateField(_("日"), primary_key=True)
    attempts = models.PositiveIntegerField(_("回数"), default=0)

    def __str__(self) -> str:
        return f"{self.day}: {self.attempts}"
