"""Why controls are needed, and whether they work.

Risk stands above this domain: it tells why a control is needed by writing a ``Need`` that points at the
risk's record, so that the statement can name the risk without knowing what a risk is.
"""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from sakimori.kernel.records.models import Record, RecordQuerySet

from .catalogue import Control


class Reason(models.TextChoices):
    """Why a control is applied (適用の理由)."""

    RISK = "risk", _("リスク")
    LAW = "law", _("法令")
    CONTRACT = "contract", _("契約")
    PRACTICE = "practice", _("慣行・事業上の要求")


class Ground(Record):
    """適用の根拠: a law, a contract or a practice that asks for controls, beside the risks."""

    number_prefix = "GRD"
    default_audience = "everyone"

    reason = models.CharField(_("理由区分"), max_length=10, choices=Reason, db_index=True)
    name = models.CharField(_("根拠"), max_length=200)
    detail = models.TextField(_("求められること"), blank=True)

    objects: ClassVar = RecordQuerySet["Ground"].as_manager()

    class Meta:
        verbose_name = _("適用の根拠")

    def title(self) -> str:
        """Return the law, contract or practice."""
        return self.name


class NeedQuerySet(models.QuerySet["Need"]):
    """Reasons why controls are needed."""

    def standing(self) -> Self:
        """Keep the needs that still hold."""
        return self.filter(ended_at=None)


class Need(models.Model):
    """Somebody needs this control: a risk, a law, a contract. ``blocking`` forbids a silent exclusion."""

    control = models.ForeignKey(Control, models.PROTECT, related_name="needs")
    cause = models.ForeignKey(Record, models.PROTECT, related_name="needs_controls")
    reason = models.CharField(max_length=10, choices=Reason, default=Reason.RISK)
    blocking = models.BooleanField(default=False)
    done = models.BooleanField(default=False)
    due_on = models.DateField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = NeedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["control", "cause"], condition=models.Q(ended_at=None), name="need_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.control} ← {self.cause}"


class ControlTest(Record):
    """管理策の点検記録: was the control in place and did it work (V20-075, REG-322)."""

    class Result(models.TextChoices):
        """What the test found."""

        EFFECTIVE = "effective", _("有効")
        PARTLY = "partly", _("一部有効")
        INEFFECTIVE = "ineffective", _("無効")

    class Decision(models.TextChoices):
        """What follows."""

        KEEP = "keep", _("継続")
        CHANGE = "change", _("見直し")
        DROP = "drop", _("廃止")

    number_prefix = "CTT"
    default_audience = "office"

    control = models.ForeignKey(Control, models.PROTECT, verbose_name=_("管理策"), related_name="tests")
    method = models.CharField(_("点検方法"), max_length=200)
    measured = models.CharField(_("測定結果"), max_length=300)
    result = models.CharField(_("判定"), max_length=12, choices=Result)
    decision = models.CharField(_("処置"), max_length=8, choices=Decision, default=Decision.KEEP)

    objects: ClassVar = RecordQuerySet["ControlTest"].as_manager()

    class Meta:
        verbose_name = _("管理策点検記録")

    def title(self) -> str:
        """Return control and result."""
        return f"{self.control.ref} {self.get_result_display()}"
