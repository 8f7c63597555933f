"""What goes into a meeting and what comes out of it: topics, decisions, task forces."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from sakimori.kernel.identity.models import Person
from sakimori.kernel.records.models import Record, RecordQuerySet


class Topic(Record):
    """議題の提案: what a member of the committee puts forward (REG-050)."""

    class Status(models.TextChoices):
        """What became of it."""

        WAITING = "waiting", _("受付")
        TAKEN = "taken", _("議題に採用")
        DECLINED = "declined", _("見送り")

    number_prefix = "TPC"
    default_audience = "committee"

    name = models.CharField(_("議題"), max_length=120)
    explanation = models.TextField(_("趣旨"))
    about = models.ForeignKey(
        Record, models.PROTECT, verbose_name=_("関係する記録"), null=True, blank=True, related_name="+"
    )
    status = models.CharField(_("状態"), max_length=8, choices=Status, default=Status.WAITING, db_index=True)
    answer = models.TextField(_("載せない理由"), blank=True)

    objects: ClassVar = RecordQuerySet["Topic"].as_manager()

    class Meta:
        verbose_name = _("議題の提案")

    def title(self) -> str:
        """Return the topic."""
        return self.name


class TaskForce(Record):
    """タスクフォース: purpose, leader (its owner, a member of the committee), members, closing (REG-053)."""

    number_prefix = "TSK"
    default_audience = "committee"

    name = models.CharField(_("名称"), max_length=100)
    purpose = models.TextField(_("目的"))
    tasks = models.TextField(_("作業"))
    ends_when = models.CharField(_("終了の条件"), max_length=200)
    members = models.ManyToManyField(Person, verbose_name=_("構成員"), related_name="task_forces")
    closed_on = models.DateField(_("終了日"), null=True, blank=True, db_index=True)
    result = models.TextField(_("委員会への報告"), blank=True)

    objects: ClassVar = RecordQuerySet["TaskForce"].as_manager()

    class Meta:
        verbose_name = _("タスクフォース名簿")

    def title(self) -> str:
        """Return the name."""
        return self.name

    @property
    def member_names(self) -> str:
        """Return the members in one line."""
        return "、".join(member.name for member in self.members.all())


class DecisionQuerySet(RecordQuerySet["Decision"]):
    """Decisions."""

    def open(self) -> Self:
        """Keep what is still to be carried out."""
        return self.filter(status=Decision.Status.OPEN)

    def late(self, today: date) -> Self:
        """Keep what should have been carried out."""
        return self.open().filter(due_on__lt=today)


class Decision(Record):
    """決定事項: what the committee decided, who carries it out (its owner), until when, with what result."""

    class Status(models.TextChoices):
        """How far it is."""

        OPEN = "open", _("実施中")
        DONE = "done", _("完了")
        CANCELLED = "cancelled", _("取りやめ")

    number_prefix = "DCS"
    default_audience = "committee"

    meeting = models.ForeignKey(
        "committee.Meeting", models.PROTECT, verbose_name=_("会議"), null=True, blank=True, related_name="decisions"
    )  # fmt: skip
    name = models.CharField(_("議題"), max_length=200)
    content = models.TextField(_("決定の内容"))
    due_on = models.DateField(_("期日"), db_index=True)
    status = models.CharField(_("状態"), max_length=9, choices=Status, default=Status.OPEN, db_index=True)
    result = models.TextField(_("実施の結果"), blank=True)
    done_on = models.DateField(_("実施日"), null=True, blank=True)
    remarks = models.CharField(_("備考"), max_length=300, blank=True)

    objects: ClassVar = DecisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("決定事項")

    def title(self) -> str:
        """Return what was decided about what."""
        return self.name

    def search_text(self) -> str:
        """Return the words by which it is found."""
        return f"{self.name} {self.content} {self.result}"
