"""Meetings (会議), who attends, what is on the agenda, and what is written down."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from sakimori.kernel.identity.models import Person
from sakimori.kernel.records.models import Record, RecordQuerySet

from .decisions import Decision, TaskForce


class MeetingQuerySet(RecordQuerySet["Meeting"]):
    """Meetings."""

    def coming(self) -> Self:
        """Keep those that are still to be held."""
        return self.filter(status__in=(Meeting.Status.PLANNED, Meeting.Status.CONVENED))

    def minuted(self) -> Self:
        """Keep those whose minutes were confirmed."""
        return self.filter(status=Meeting.Status.CONFIRMED)


class Meeting(Record):
    """委員会の会議: planned, convened, held, minuted, confirmed; its owner convened it (REG-051, JPM-010)."""

    class Kind(models.TextChoices):
        """What calls it."""

        REGULAR = "regular", _("定例")
        EXTRAORDINARY = "extraordinary", _("臨時")
        TASK_FORCE = "task_force", _("タスクフォース")

    class Status(models.TextChoices):
        """Where it stands."""

        PLANNED = "planned", _("準備中")
        CONVENED = "convened", _("招集済み")
        HELD = "held", _("開催・記録中")
        DRAFTED = "drafted", _("議事録の確認待ち")
        CONFIRMED = "confirmed", _("議事録確定")
        LAPSED = "lapsed", _("流会")
        CANCELLED = "cancelled", _("中止")

    number_prefix = "MTG"
    default_audience = "committee"

    session = models.PositiveIntegerField(_("回"), null=True, blank=True)
    kind_of_meeting = models.CharField(
        _("種類"), max_length=13, choices=Kind, default=Kind.REGULAR, db_index=True
    )
    held_on = models.DateField(_("開催日"), db_index=True)
    hours = models.CharField(_("時刻"), max_length=20, blank=True)
    place = models.CharField(_("場所"), max_length=100)
    purpose = models.CharField(_("開催の理由"), max_length=200, blank=True)
    task_force = models.ForeignKey(
        TaskForce, models.PROTECT, verbose_name=_("タスクフォース"), null=True, blank=True, related_name="meetings"
    )  # fmt: skip
    status = models.CharField(_("状態"), max_length=9, choices=Status, default=Status.PLANNED, db_index=True)
    needed = models.PositiveSmallIntegerField(_("定足数"), null=True, blank=True)
    convened_on = models.DateField(_("招集日"), null=True, blank=True)
    remarks = models.TextField(_("特記事項"), blank=True)
    prepared_by = models.ForeignKey(
        Person, models.PROTECT, verbose_name=_("議事録の作成"), null=True, blank=True, related_name="+"
    )
    prepared_on = models.DateField(_("作成日"), null=True, blank=True)
    confirmed_by = models.ForeignKey(
        Person, models.PROTECT, verbose_name=_("議事録の確認"), null=True, blank=True, related_name="+"
    )
    confirmed_on = models.DateField(_("確認日"), null=True, blank=True)

    objects: ClassVar = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = _("委員会の会議")

    def title(self) -> str:
        """Return which meeting it is."""
        if self.kind_of_meeting == self.Kind.TASK_FORCE and self.task_force is not None:
            return str(_("%s 会議") % self.task_force.name)
        kind = self.get_kind_of_meeting_display()
        return str(
            _("第%(n)s回情報セキュリティ委員会（%(kind)s）") % {"n": self.session or "—", "kind": kind}
        )

    @property
    def is_coming(self) -> bool:
        """Tell whether it is still to be held."""
        return self.status in (self.Status.PLANNED, self.Status.CONVENED)


class Attendance(models.Model):
    """出欠: who was called to a meeting as what, and whether he came."""

    class Seat(models.TextChoices):
        """As what he is called."""

        MEMBER = "member", _("委員")
        OFFICE = "office", _("事務局")
        CALLED = "called", _("非常勤")
        GUEST = "guest", _("列席")

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="attendance")
    person = models.ForeignKey(Person, models.PROTECT, verbose_name=_("氏名"), related_name="+")
    seat = models.CharField(_("資格"), max_length=6, choices=Seat)
    present = models.BooleanField(_("出席"), null=True)
    note = models.CharField(_("欠席の理由・代理"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("出欠")
        ordering = ["meeting", "id"]
        constraints = [models.UniqueConstraint(fields=["meeting", "person"], name="attendance_once")]

    def __str__(self) -> str:
        return f"{self.meeting_id} {self.person_id}"


class AgendaItem(models.Model):
    """議題: what is dealt with, why, about which record; then what was said and what came of it."""

    class Outcome(models.TextChoices):
        """What came of it."""

        DECIDED = "decided", _("決定")
        CONTINUED = "continued", _("継続審議")
        RETURNED = "returned", _("差戻し")
        NOTED = "noted", _("報告了承")

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="items")
    position = models.PositiveSmallIntegerField(_("順"))
    name = models.CharField(_("議題"), max_length=200)
    explanation = models.TextField(_("趣旨"), blank=True)
    source = models.CharField(_("出所"), max_length=40)
    task = models.CharField(_("委員会の役割"), max_length=60, blank=True)
    record = models.ForeignKey(
        Record, models.PROTECT, verbose_name=_("関係する記録"), null=True, related_name="agenda_items"
    )
    discussion = models.TextField(_("審議"), blank=True)
    outcome = models.CharField(_("結果"), max_length=9, choices=Outcome, blank=True)
    content = models.TextField(_("決定の内容"), blank=True)
    responsible = models.ForeignKey(
        Person, models.PROTECT, verbose_name=_("担当"), null=True, related_name="+"
    )
    due_on = models.DateField(_("期日"), null=True)
    recused = models.ManyToManyField(Person, verbose_name=_("審議を外れた人"), related_name="+")
    decision = models.OneToOneField(Decision, models.PROTECT, null=True, related_name="item")

    class Meta:
        verbose_name = _("議題")
        ordering = ["meeting", "position", "id"]

    def __str__(self) -> str:
        return self.name


class Objection(models.Model):
    """議事録への意見: what somebody who attended wants put right, and the answer."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="objections")
    person = models.ForeignKey(Person, models.PROTECT, verbose_name=_("意見を出した人"), related_name="+")
    text = models.TextField(_("意見"))
    answer = models.TextField(_("対応"), blank=True)

    class Meta:
        verbose_name = _("議事録への意見")
        ordering = ["meeting", "id"]

    def __str__(self) -> str:
        return self.text[:40]
