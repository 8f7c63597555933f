"""Statements of applicability and what they say of each control."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from sakimori.kernel.records.models import Record, RecordQuerySet
from sakimori.lib import canonical

from .catalogue import Control, Standard


class Statement(Record):
    """適用宣言書: one version for one standard. ``frozen`` is what was approved, word for word."""

    class Status(models.TextChoices):
        """Where the version stands."""

        DRAFT = "draft", _("作成中")
        SUBMITTED = "submitted", _("承認手続中")
        APPROVED = "approved", _("有効")
        SUPERSEDED = "superseded", _("旧版")

    number_prefix = "SOA"
    default_audience = "office"

    standard = models.ForeignKey(Standard, models.PROTECT, verbose_name=_("規格"), related_name="statements")
    version = models.PositiveIntegerField(_("版数"))
    status = models.CharField(_("状態"), max_length=10, choices=Status, default=Status.DRAFT, db_index=True)
    approved_on = models.DateField(_("承認日"), null=True, blank=True)
    change_summary = models.TextField(_("改訂の要点"), blank=True)
    frozen = models.JSONField(_("承認時の内容"), null=True, blank=True, editable=False)
    frozen_hash = models.CharField(_("承認時のハッシュ値"), max_length=64, blank=True, editable=False)

    objects: ClassVar = RecordQuerySet["Statement"].as_manager()

    class Meta:
        verbose_name = _("適用宣言書")
        constraints = [
            models.UniqueConstraint(fields=["standard", "version"], name="statement_version_once"),
            models.UniqueConstraint(
                fields=["standard"],
                condition=models.Q(status__in=["draft", "submitted"]),
                name="one_open_statement_per_standard",
            ),
            models.UniqueConstraint(
                fields=["standard"], condition=models.Q(status="approved"), name="one_statement_in_force"
            ),
        ]

    def title(self) -> str:
        """Return standard and version."""
        return f"適用宣言書 {self.standard.short} 第{self.version}版"

    def approval_state(self) -> Mapping[str, object]:
        """Return what an approval is bound to: the frozen text, word for word."""
        return {"number": self.number, "version": self.version, "text": self.frozen_hash}

    @property
    def is_draft(self) -> bool:
        """Tell whether the version is being worked on."""
        return self.status == self.Status.DRAFT


class StatementRow(models.Model):
    """What a statement says of one control. ``applicable`` is blank until someone has decided."""

    statement = models.ForeignKey(Statement, models.PROTECT, related_name="rows")
    control = models.ForeignKey(Control, models.PROTECT, related_name="statement_rows")
    applicable = models.BooleanField(_("採否"), null=True)
    reasons = models.JSONField(_("理由区分"), default=list)
    reason = models.TextField(_("理由"), blank=True)
    impact = models.TextField(_("除外の影響判断"), blank=True)
    exclusion = models.ForeignKey(
        Record, models.PROTECT, verbose_name=_("除外の承認"), null=True, related_name="+"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["statement", "control"], name="statement_row_once")]

    def __str__(self) -> str:
        return f"{self.statement} {self.control}"

    @property
    def digest(self) -> str:
        """Return the digest of what the row says: a form shows which state it was drawn from."""
        return canonical.digest([self.applicable, self.reasons, self.reason, self.impact])
