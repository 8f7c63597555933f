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
    fiscal_year = models.PositiveSmallIntegerField(_("年度"))
    occasion = models.CharField(_("契機"), max_length=10, choices=Occasion, default=Occasion.YEARLY)
    status = models.CharField(_("状態"), max_length=8, choices=Status, default=Status.OPEN, db_index=True)
    closed_on = models.DateField(_("完了日"), null=True, blank=True)
    conclusion = models.TextField(_("結論"), blank=True)
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
    harm_reason = models.TextField(_("損害の根拠"), blank=True)

    likelihood = models.PositiveSmallIntegerField(_("起こりやすさ"), null=True, editable=False, db_index=True)
    loss = models.PositiveSmallIntegerField(_("損害の大きさ"), null=True, editable=False, db_index=True)
    value = models.PositiveSmallIntegerField(_("リスク値"), null=True, editable=False, db_index=True)
    expected_loss = models.DecimalField(
        _("年間予想損害額（円）"), max_digits=18, decimal_places=0, null=True, editable=False
    )
    level = models.PositiveSmallIntegerField(_("受容水準"), null=True, editable=False)
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
                condition=models.Q(retired_at=None),
                name="one_risk_per_asset_threat_vulnerability",
            )
        ]
        indexes = [
            models.Index(fields=["likelihood", "loss", "state"], name="risk_heat_before"),
            models.Index(fields=["residual_likelihood", "residual_loss", "state"], name="risk_heat_after"),
        ]

    def title(self) -> str:
        """Return the asset and what threatens it."""
        return f"{self.asset.name}：{self.threat}"

    def approval_state(self) -> dict[str, object]:
        """Return what an acceptance is bound to: the facts that make the risk, not who looks after it."""
        facts = (
            "asset_id", "threat", "vulnerability", "situation", "cause", "impact", "method", "threat_level",
            "vulnerability_level", "frequency", "loss_amount", "loss_extent", "loss_parties", "likelihood", "loss", "value",
            "level", "residual_likelihood", "residual_loss", "residual_value",
        )  # fmt: skip
        return {name: getattr(self, name) for name in facts}


class Treatment(Record):
    """リスク対応計画: what is done about one risk, by whom, until when, at what cost. ``owner`` does it."""

    class Option(models.TextChoices):
        """The seven options of the regulation, alone or combined (REG-315)."""

        AVOID = "avoid", _("リスクの回避")
        TAKE = "take", _("リスクテイク")
        REMOVE = "remove", _("リスク源の除去")
        LIKELIHOOD = "likelihood", _("起こりやすさの変更")
        CONSEQUENCE = "consequence", _("結果の変更")
        SHARE = "share", _("リスクの共有")
        RETAIN = "retain", _("リスクの保有")

    class Status(models.TextChoices):
        """Where the plan stands."""

        DRAFT = "draft", _("作成中")
        SUBMITTED = "submitted", _("承認手続中")
        APPROVED = "approved", _("実施中")
        DONE = "done", _("完了")
        CANCELLED = "cancelled", _("取りやめ")

    number_prefix = "TRT"
    default_audience = "managers"

    risk = models.ForeignKey(Risk, models.PROTECT, verbose_name=_("リスク"), related_name="treatments")
    options = models.JSONField(_("対応の種類"), default=list)
    action = models.TextField(_("実施内容"))
    basis = models.TextField(_("判断材料"))
    controls = models.JSONField(_("管理策"), default=list)
    shared_with = models.CharField(_("共有先（保険会社・委託先など）"), max_length=150, blank=True)
    opportunity = models.TextField(_("追求する機会"), blank=True)
    priority = models.PositiveSmallIntegerField(_("優先順位"), default=2)
    due_on = models.DateField(_("期限"), db_index=True)
    cost = models.DecimalField(_("費用（円）"), max_digits=14, decimal_places=0, null=True, blank=True)
    cost_limit = models.DecimalField(
        _("許容コスト（円）"), max_digits=14, decimal_places=0, null=True, blank=True
    )
    expected_likelihood = models.PositiveSmallIntegerField(_("対応後の起こりやすさ"))
    expected_loss = models.PositiveSmallIntegerField(_("対応後の損害"))
    expected_value = models.PositiveSmallIntegerField(_("予測残留リスク値"), null=True, editable=False)
    status = models.CharField(_("状態"), max_length=10, choices=Status, default=Status.DRAFT, db_index=True)
    progress = models.PositiveSmallIntegerField(_("進捗（%）"), default=0)
    done_on = models.DateField(_("完了日"), null=True, blank=True)
    effect_review_on = models.DateField(_("有効性評価日"), null=True, blank=True, db_index=True)
    effect_measured = models.CharField(_("有効性の測定結果"), max_length=300, blank=True)
    effect_decision = models.CharField(_("有効性の判断"), max_length=8, blank=True)

    objects: ClassVar = RecordQuerySet["Treatment"].as_manager()

    class Meta:
        verbose_name = _("リスク対応計画")

    def title(self) -> str:
        """Return the risk's title."""
        return f"対応：{self.risk.label}"

    def approval_state(self) -> dict[str, object]:
        """Return the plan itself, without how far it has come."""
        plan = (
            "risk_id", "owner_id", "options", "action", "basis", "controls", "shared_with", "opportunity",
            "due_on", "cost", "cost_limit", "expected_likelihood", "expected_loss", "expected_value",
        )  # fmt: skip
        return {name: getattr(self, name) for name in plan}


class Acceptance(Record):
    """リスク受容記録: a risk above the level, kept on purpose, signed by its owner and the president."""

    class Status(models.TextChoices):
        """Whether it still holds."""

        REQUESTED = "requested", _("承認手続中")
        VALID = "valid", _("有効")
        REOPENED = "reopened", _("失効（内容変更）")
        EXPIRED = "expired", _("期限切れ")
        REFUSED = "refused", _("不承認")

    number_prefix = "ACC"
    default_audience = "managers"

    risk = models.ForeignKey(Risk, models.PROTECT, verbose_name=_("リスク"), related_name="acceptances")
    reason = models.TextField(_("受容の理由"))
    accepted_value = models.PositiveSmallIntegerField(_("受容したリスク値"))
    state_hash = models.CharField(_("受容した内容のハッシュ値"), max_length=64)
    status = models.CharField(
        _("状態"), max_length=10, choices=Status, default=Status.REQUESTED, db_index=True
    )
    expires_on = models.DateField(_("有効期限"), db_index=True)
    signed_on = models.DateField(_("承認日"), null=True, blank=True)
    application = models.ForeignKey(
        Record, models.PROTECT, verbose_name=_("申請"), null=True, related_name="+"
    )

    objects: ClassVar = RecordQuerySet["Acceptance"].as_manager()

    class Meta:
        verbose_name = _("リスク受容記録")

    def title(self) -> str:
        """Return the risk's title."""
        return f"受容：{self.risk.label}"

    def approval_state(self) -> dict[str, object]:
        """Return what is signed: the reason, until when, and the risk exactly as it stands."""
        risk = Risk.objects.get(pk=self.risk_id)
        return {"reason": self.reason, "expires_on": self.expires_on, "risk": risk.approval_state()}


class Permit(Record):
    """残留リスク承認・運用許可: the president approves what remains and permits operation (V20-026)."""

    class Status(models.TextChoices):
        """Whether the system may operate on it."""

        REQUESTED = "requested", _("承認手続中")
        VALID = "valid", _("有効")
        SUPERSEDED = "superseded", _("更新済み")
        REFUSED = "refused", _("不承認")

    number_prefix = "PMT"
    default_audience = "office"

    residuals = models.JSONField(_("残留リスク一覧"), default=list)
    count = models.PositiveIntegerField(_("件数"))
    highest = models.PositiveSmallIntegerField(_("最大の残留リスク値"), null=True)
    state_hash = models.CharField(_("一覧のハッシュ値"), max_length=64)
    status = models.CharField(
        _("状態"), max_length=10, choices=Status, default=Status.REQUESTED, db_index=True
    )
    signed_on = models.DateField(_("承認日"), null=True, blank=True)

    objects: ClassVar = RecordQuerySet["Permit"].as_manager()

    class Meta:
        verbose_name = _("残留リスク承認記録")

    def title(self) -> str:
        """Return what it is and of when."""
        return f"残留リスク承認 {self.effective_on:%Y-%m-%d}（{self.count}件）"

    def approval_state(self) -> dict[str, object]:
        """Return the list that is signed."""
        return {"state_hash": self.state_hash}
