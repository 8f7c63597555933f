"""Risks of assets: what may happen, how likely, how bad, what is done, and who accepted the rest.

A value is computed by the method in force and never typed; what it was computed with is kept beside it.
An acceptance is bound to the exact state of its risk by a digest: whatever changes the state reopens it.
"""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Self

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from sakimori.domains.assets.models import Asset
from sakimori.kernel.content.threats import THREATS
from sakimori.kernel.records.models import Record, RecordQuerySet


class Round(Record):
    """リスクアセスメント: one assessment of all assets, opened and closed by the committee (REG-065)."""

    class Status(models.TextChoices):
        """Whether work goes on."""

        OPEN = "open", _("実施中")
        CLOSED = "closed", _("完了")

    class Occasion(models.TextChoices):
        """Why it is made (REG-071)."""

        YEARLY = "yearly", _("定期")
        CHANGE = "change", _("変化時")
        INCIDENT = "incident", _("事件・事故後")

    number_prefix = "RAS"
    default_audience = "office"

    name = models.CharField(_("名称"), max_length=120)
    fiscal_year = models.PositiveSmallIntegerField(_("年度"), db_index=True)
    occasion = models.CharField(_("契機"), max_length=10, choices=Occasion, default=Occasion.YEARLY)
    status = models.CharField(_("状態"), max_length=8, choices=Status, default=Status.OPEN, db_index=True)
    closed_on = models.DateField(_("完了日"), null=True, blank=True)
    conclusion = models.TextField(_("結論"), blank=True)
    approved_on = models.DateField(_("承認日"), null=True, blank=True, editable=False)
    inputs = models.JSONField(_("考慮した情報"), default=list, blank=True)
    frozen = models.JSONField(_("完了時の内容"), null=True, editable=False)

    objects: ClassVar = RecordQuerySet["Round"].as_manager()

    class Meta:
        verbose_name = _("リスクアセスメント記録")
        constraints = [
            models.UniqueConstraint(
                fields=["status"], condition=models.Q(status="open"), name="one_open_round"
            )
        ]

    def title(self) -> str:
        """Return the name."""
        return self.name

    def approval_state(self) -> dict[str, object]:
        """Return what the committee evaluates and the president approves: the frozen analysis (REG-185)."""
        return {"conclusion": self.conclusion, "closed_on": self.closed_on, "frozen": self.frozen}


class RiskQuerySet(RecordQuerySet["Risk"]):
    """Risks."""

    def identified(self) -> Self:
        """Keep the risks that were not passed over."""
        return self.current().exclude(state=Risk.State.REJECTED)

    def above_level(self) -> Self:
        """Keep the risks whose present value exceeds the acceptance level."""
        return self.identified().filter(above_level=True)

    def without_treatment(self) -> Self:
        """Keep the risks above the level that nobody has decided to treat or accept (REG-313)."""
        return self.above_level().filter(state__in=[Risk.State.ANALYSED, Risk.State.REOPENED])

    def review_due(self, today: date) -> Self:
        """Keep the accepted risks whose re-evaluation is due (SYS-198)."""
        return self.identified().filter(review_on__lt=today)


class Risk(Record):
    """リスク: a threat that uses a vulnerability of an asset. ``owner`` is the risk owner."""

    class State(models.TextChoices):
        """How far the risk has come (REG-298)."""

        IDENTIFIED = "identified", _("特定")
        REJECTED = "rejected", _("見送り")
        ANALYSED = "analysed", _("算定済み")
        ACCEPTABLE = "acceptable", _("受容水準以下")
        PLANNED = "planned", _("対応計画あり")
        TREATED = "treated", _("対応済み")
        ACCEPTED = "accepted", _("受容承認済み")
        REOPENED = "reopened", _("再評価要")

    number_prefix = "RSK"
    default_audience = "managers"

    asset = models.ForeignKey(Asset, models.PROTECT, verbose_name=_("情報資産"), related_name="risks")
    round = models.ForeignKey(
        Round, models.PROTECT, verbose_name=_("アセスメント"), null=True, blank=True, related_name="risks"
    )
    threat = models.CharField(_("脅威"), max_length=60, db_index=True)
    vulnerability = models.CharField(_("脆弱性"), max_length=60, db_index=True)
    state = models.CharField(_("状態"), max_length=12, choices=State, default=State.IDENTIFIED, db_index=True)
    identification_reason = models.TextField(_("特定・見送りの理由"))
    participants = models.CharField(_("洗い出しの参加者"), max_length=200, blank=True)

    occurs_when = models.CharField(_("時期"), max_length=200, blank=True)
    situation = models.TextField(_("状況"), blank=True)
    cause = models.TextField(_("原因"), blank=True)
    path = models.TextField(_("発生の仕方"), blank=True)
    impact = models.TextField(_("影響"), blank=True)
    existing_controls = models.JSONField(_("現行の管理策"), default=list, blank=True)
    no_control_reason = models.CharField(_("管理策なしの確認"), max_length=200, blank=True)

    method = models.CharField(_("算定方法"), max_length=20, blank=True, db_index=True)
    threat_level = models.PositiveSmallIntegerField(_("脅威の発生頻度"), null=True, blank=True)
    vulnerability_level = models.PositiveSmallIntegerField(_("脆弱性の程度"), null=True, blank=True)
    frequency = models.DecimalField(
        _("想定頻度（回/年）"), max_digits=8, decimal_places=3, null=True, blank=True,
        validators=[MinValueValidator(0)],
    )  # fmt: skip
    loss_amount = models.DecimalField(
        _("想定損害額（円）"), max_digits=15, decimal_places=0, null=True, blank=True,
        validators=[MinValueValidator(0)],
    )  # fmt: skip
    loss_extent = models.PositiveSmallIntegerField(_("影響範囲"), null=True, blank=True)
    loss_parties = models.PositiveSmallIntegerField(_("被害を受ける人"), null=True, blank=True)
    affected = models.CharField(_("影響を受ける利害関係者"), max_length=200, blank=True)
    harm_confidentiality = models.PositiveSmallIntegerField(
        _("機密性喪失時の事業損害"), null=True, blank=True
    )
    harm_integrity = models.PositiveSmallIntegerField(_("完全性喪失時の事業損害"), null=True, blank=True)
    harm_availability = models.PositiveSmallIntegerField(_("可用性喪失時の事業損害"), null=True, blank=True)
    harm_reason = models.TextField(_("損害の根拠"), blank=True)

    likelihood = models.PositiveSmallIntegerField(_("起こりやすさ"), null=True, editable=False, db_index=True)
    loss = models.PositiveSmallIntegerField(_("損害の大きさ"), null=True, editable=False, db_index=True)
    value = models.PositiveSmallIntegerField(_("リスク値"), null=True, editable=False, db_index=True)
    expected_loss = models.DecimalField(
        _("年間予想損害額（円）"), max_digits=18, decimal_places=0, null=True, editable=False
    )
    level = models.PositiveSmallIntegerField(_("受容水準"), null=True, editable=False)
    own_level = models.PositiveSmallIntegerField(
        _("このリスクの受容水準"), null=True, blank=True, editable=False
    )
    level_reason = models.TextField(_("受容水準を個別に決めた理由"), blank=True, editable=False)
    level_decided_on = models.DateField(_("受容水準の決定日"), null=True, blank=True, editable=False)
    level_decision = models.ForeignKey(
        Record,
        models.PROTECT,
        verbose_name=_("受容水準の決定記録"),
        null=True,
        editable=False,
        related_name="+",
    )
    above_level = models.BooleanField(_("受容水準超"), default=False, editable=False, db_index=True)
    calculation = models.JSONField(_("算定の条件"), default=dict, editable=False)

    residual_likelihood = models.PositiveSmallIntegerField(
        _("対応後の起こりやすさ"), null=True, editable=False, db_index=True
    )
    residual_loss = models.PositiveSmallIntegerField(
        _("対応後の損害"), null=True, editable=False, db_index=True
    )
    residual_value = models.PositiveSmallIntegerField(
        _("残留リスク値"), null=True, editable=False, db_index=True
    )
    review_on = models.DateField(_("次回見直し日"), null=True, blank=True, db_index=True)

    objects: ClassVar = RiskQuerySet.as_manager()

    class Meta:
        verbose_name = _("リスク台帳")
        constraints = [
            models.UniqueConstraint(
                fields=["asset", "threat", "vulnerability"],
                name="one_risk_per_asset_threat_vulnerability",
            )
        ]
        indexes = [
            models.Index(fields=["likelihood", "loss", "state"], name="risk_heat_before"),
            models.Index(fields=["residual_likelihood", "residual_loss", "state"], name="risk_heat_after"),
        ]

    def title(self) -> str:
        """Return the asset and what threatens it."""
        return f"{self.asset.name}：{THREATS[self.threat].title}"

    def approval_state(self) -> dict[str, object]:
        """Return what an acceptance is bound to: the facts that make the risk, not who looks after it."""
        facts = (
            "asset_id", "threat", "vulnerability", "situation", "cause", "impact", "method", "threat_level",
            "vulnerability_level", "frequency", "loss_amount", "loss_extent", "loss_parties",
            "harm_confidentiality", "harm_integrity", "harm_availability", "likelihood", "loss", "value",
            "level", "residual_likelihood", "residual_loss", "residual_value",
        )  # fmt: skip
        return {name: getattr(self, name) for name in facts}
