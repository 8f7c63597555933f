"""What is answered to a risk: treatments, acceptances, and the permission to operate on what remains."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from sakimori.kernel.records.models import Record, RecordQuerySet

from .risk import Risk


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

    number_prefix = "RAP"
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
