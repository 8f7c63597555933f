"""Copies on paper for emergencies: numbered, placed, exchanged (REG-195)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from sakimori.kernel.identity.models import Person
from sakimori.kernel.records.models import Record, RecordQuerySet

from .documents import Document
from .editions import Edition


class PaperCopy(Record):
    """紙の写し: one numbered copy of one edition, where it lies and who answers for it (V20-057)."""

    class Status(models.TextChoices):
        """Where it is."""

        PLACED = "placed", _("配置中")
        EXCHANGED = "exchanged", _("差替済み")
        COLLECTED = "collected", _("回収済み")
        LOST = "lost", _("紛失")

    number_prefix = "CPY"
    default_audience = "everyone"

    document = models.ForeignKey(Document, models.PROTECT, verbose_name=_("文書"), related_name="copies")
    edition = models.ForeignKey(Edition, models.PROTECT, verbose_name=_("版"), related_name="copies")
    copy_number = models.PositiveIntegerField(_("配付番号"))
    place = models.CharField(_("置き場所"), max_length=200)
    holder = models.ForeignKey(Person, models.PROTECT, verbose_name=_("保管者"), related_name="paper_copies")
    status = models.CharField(_("状態"), max_length=10, choices=Status, default=Status.PLACED, db_index=True)
    ended_on = models.DateField(_("差替・回収日"), null=True, blank=True)

    objects: ClassVar = RecordQuerySet["PaperCopy"].as_manager()

    class Meta:
        verbose_name = _("紙の写し")
        constraints = [
            models.UniqueConstraint(
                fields=["document", "copy_number"],
                condition=models.Q(status="placed"),
                name="one_copy_placed_per_number",
            )
        ]

    def title(self) -> str:
        """Return document, version and copy."""
        return f"{self.document.code} {self.edition.name} 配付番号{self.copy_number}"
