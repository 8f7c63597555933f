"""Progress of long jobs, as their owner watches it."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from sakimori.kernel.identity.models import Person
from sakimori.lib import clock


class Progress(models.Model):
    """How far one long job has come, for the person who asked for it."""

    class State(models.TextChoices):
        """What became of the job so far."""

        WAITING = "waiting", _("待機中")
        RUNNING = "running", _("実行中")
        DONE = "done", _("完了")
        FAILED = "failed", _("失敗")

    job = models.CharField(_("処理"), max_length=100)
    title = models.CharField(_("件名"), max_length=200)
    owner = models.ForeignKey(Person, models.CASCADE, verbose_name=_("依頼者"), null=True, related_name="+")
    state = models.CharField(_("状態"), max_length=10, choices=State, default=State.WAITING)
    done = models.PositiveIntegerField(_("済み"), default=0)
    total = models.PositiveIntegerField(_("全体"), default=0)
    text = models.CharField(_("状況"), max_length=300, blank=True)
    outcome: models.JSONField[Any, Any] = models.JSONField(_("結果"), default=dict)
    started_at = models.DateTimeField(_("開始日時"), default=clock.now)
    changed_at = models.DateTimeField(_("更新日時"), default=clock.now)

    class Meta:
        verbose_name = _("処理の進み具合")
        indexes = [models.Index(fields=["owner", "-id"], name="progress_of_owner")]

    def __str__(self) -> str:
        return f"{self.title} {self.percent}%"

    @property
    def percent(self) -> int:
        """Return how much is done, 0 to 100; 100 only for a finished job."""
        if self.state == self.State.DONE:
            return 100
        return min(99, self.done * 100 // self.total) if self.total else 0

    @property
    def is_over(self) -> bool:
        """Tell whether nothing more will come."""
        return self.state in {self.State.DONE, self.State.FAILED}
