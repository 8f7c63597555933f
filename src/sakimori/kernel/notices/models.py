"""The outbox: one row per notice and recipient, with what became of it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from sakimori.kernel.identity.models import Person
from sakimori.kernel.records.models import Record
from sakimori.lib import clock


class Notice(models.Model):
    """What one person was told: its text as sent, the record concerned, and the state of its delivery."""

    class State(models.TextChoices):
        """What became of the mail."""

        QUEUED = "queued", _("送信待ち")
        CLAIMED = "claimed", _("送信中")
        SENT = "sent", _("送信済み")
        SHOWN = "shown", _("画面のみ（メールアドレスなし）")
        FAILED = "failed", _("送信失敗")

    kind = models.CharField(_("種類"), max_length=60)
    recipient = models.ForeignKey(
        Person, models.PROTECT, verbose_name=_("宛先"), related_name="notices_received"
    )
    record = models.ForeignKey(
        Record, models.CASCADE, verbose_name=_("対象"), null=True, blank=True, related_name="notices"
    )
    subject = models.CharField(_("件名"), max_length=200)
    body = models.TextField(_("本文"))
    link = models.CharField(max_length=200, blank=True)
    digest = models.CharField(_("本文のハッシュ値"), max_length=64)
    urgent = models.BooleanField(_("至急"), default=False)
    # One reminder is one row, however often the job that sends it runs.
    key = models.CharField(max_length=120, null=True, blank=True)  # noqa: DJ001 - NULLs are not alike
    created_at = models.DateTimeField(_("作成日時"), default=clock.now)
    read_at = models.DateTimeField(_("既読日時"), null=True, blank=True)

    state = models.CharField(_("送信"), max_length=8, choices=State, default=State.QUEUED)
    due_at = models.DateTimeField(_("送信予定"))
    attempts = models.PositiveSmallIntegerField(_("試行"), default=0)
    error = models.CharField(_("失敗の理由"), max_length=300, blank=True)
    claim = models.CharField(max_length=32, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    address = models.CharField(_("送信先"), max_length=254, blank=True)
    sent_at = models.DateTimeField(_("送信日時"), null=True, blank=True)
    message_id = models.CharField(max_length=120, blank=True)

    class Meta:
        verbose_name = _("通知")
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["recipient", "key"], name="notice_once")]
        indexes = [
            models.Index(fields=["recipient", "-id"], name="notice_inbox"),
            models.Index(fields=["recipient"], name="notice_unread", condition=models.Q(read_at=None)),
            models.Index(
                fields=["due_at"], name="notice_waiting", condition=models.Q(state__in=["queued", "claimed"])
            ),
        ]

    def __str__(self) -> str:
        return self.subject
