"""A reading (周知・確認): one person, one edition, one day by which he has understood it."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from sakimori.domains.documents.models import Document, Edition
from sakimori.kernel.identity.models import Person
from sakimori.kernel.records.models import Record, RecordQuerySet


class ReadingQuerySet(RecordQuerySet["Reading"]):
    """Readings."""

    def open(self) -> Self:
        """Keep what is still to be done."""
        return self.filter(status=Reading.Status.OPEN)

    def late(self, day: date) -> Self:
        """Keep what should be done by now."""
        return self.open().filter(due_on__lt=day)

    def retraining(self) -> Self:
        """Keep those who failed so often that they are to be taught (REG-132)."""
        return self.open().exclude(again_on=None)


class Reading(Record):
    """周知・確認: received only when the test is passed (REG-192, REG-199). ``owner`` is the reader."""

    class Status(models.TextChoices):
        """How far it is."""

        OPEN = "open", _("未完了")
        PASSED = "passed", _("合格")
        EXCUSED = "excused", _("実施困難")
        ENDED = "ended", _("終了")  # a newer edition was asked for, or the person left

    number_prefix = "RDG"
    default_audience = "training"

    document = models.ForeignKey(Document, models.PROTECT, verbose_name=_("文書"), related_name="readings")
    edition = models.ForeignKey(Edition, models.PROTECT, verbose_name=_("版"), related_name="readings")
    person = models.ForeignKey(Person, models.PROTECT, verbose_name=_("対象者"), related_name="readings")
    year = models.PositiveSmallIntegerField(_("年度"))
    status = models.CharField(_("状態"), max_length=8, choices=Status, default=Status.OPEN, db_index=True)
    due_on = models.DateField(_("期限"), db_index=True)
    passed_on = models.DateField(_("合格日"), null=True, blank=True, db_index=True)
    score = models.PositiveSmallIntegerField(_("得点"), null=True, blank=True)
    failures = models.PositiveSmallIntegerField(_("不合格の回数"), default=0)
    again_on = models.DateField(_("再教育とした日"), null=True, blank=True, db_index=True)
    reminded_on = models.DateField(_("督促日"), null=True, blank=True)
    excuse = models.TextField(_("実施できない理由"), blank=True)
    measure = models.TextField(_("委員会が決めた方法"), blank=True)

    objects: ClassVar = ReadingQuerySet.as_manager()

    class Meta:
        verbose_name = _("周知・確認")
        constraints = [
            models.UniqueConstraint(fields=["edition", "person", "year"], name="reading_once_a_year"),
            models.UniqueConstraint(
                fields=["document", "person"],
                condition=models.Q(status="open"),
                name="reading_open_once",
            ),
            models.CheckConstraint(
                condition=~models.Q(status="passed") | models.Q(passed_on__isnull=False),
                name="reading_passed_has_day",
            ),
        ]

    def title(self) -> str:
        """Return document and reader."""
        return f"{self.document.name} {self.edition.name} {self.person.name}"

    @property
    def is_open(self) -> bool:
        """Tell whether the reader still has to pass."""
        return self.status == self.Status.OPEN
