"""What the ISMS covers, in which circumstances, for whom, and how its organization stood on any day."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from sakimori.kernel.identity.models import Appointment
from sakimori.kernel.records.models import Record, RecordQuerySet


class Scope(Record):
    """適用範囲定義書: one version of what the ISMS covers, in five views (V20-007, REG-006)."""

    class Status(models.TextChoices):
        """Where the version stands."""

        DRAFT = "draft", _("作成中")
        SUBMITTED = "submitted", _("承認手続中")
        APPROVED = "approved", _("有効")
        SUPERSEDED = "superseded", _("旧版")

    number_prefix = "SCP"
    default_audience = "everyone"

    version = models.PositiveIntegerField(_("版数"), unique=True)
    status = models.CharField(_("状態"), max_length=10, choices=Status, default=Status.DRAFT)
    business = models.TextField(_("事業の特徴"), blank=True)
    organization = models.TextField(_("組織・人的リソース"), blank=True)
    location = models.TextField(_("所在地・物理的リソース"), blank=True)
    assets = models.TextField(_("資産"), blank=True)
    technology = models.TextField(_("技術・環境的リソース"), blank=True)
    exclusions = models.TextField(_("範囲外とその理由"), blank=True)
    systems = models.JSONField(_("対象システム図に載せたシステム"), default=list, blank=True)
    no_diagram = models.TextField(_("対象システム図を付けない理由"), blank=True)
    approved_on = models.DateField(_("承認日"), null=True, blank=True)
    units = models.JSONField(_("承認時の部署と拠点"), null=True, editable=False)

    objects: ClassVar = RecordQuerySet["Scope"].as_manager()

    class Meta:
        verbose_name = _("適用範囲定義書")
        constraints = [
            models.UniqueConstraint(
                fields=["status"], condition=models.Q(status="approved"), name="one_scope_in_force"
            )
        ]

    def title(self) -> str:
        """Return the version."""
        return f"適用範囲 第{self.version}版"


class Circumstance(Record):
    """外部・内部の状況: one entry of the context worksheet; it becomes an issue or is set aside (REG-300, 301)."""

    class Category(models.TextChoices):
        """The eleven categories of the regulation."""

        LAW = "law", _("法律")
        REGULATION = "regulation", _("規制")
        TECHNOLOGY = "technology", _("技術")
        NATURE = "nature", _("自然環境")
        INCIDENTS = "incidents", _("事件・事故の傾向")
        PARTIES = "parties", _("利害関係者の要求事項")
        STRATEGY = "strategy", _("経営方針・目標・課題・戦略")
        STRUCTURE = "structure", _("組織体制")
        RESPONSIBILITY = "responsibility", _("社会的責任")
        CULTURE = "culture", _("企業文化")
        PROCESS = "process", _("情報システムのプロセス")

    class Decision(models.TextChoices):
        """What was made of it."""

        PENDING = "pending", _("未判断")
        ISSUE = "issue", _("課題とする")
        DISMISSED = "dismissed", _("課題としない")

    number_prefix = "CTX"
    default_audience = "office"

    category = models.CharField(_("区分"), max_length=16, choices=Category, db_index=True)
    fiscal_year = models.PositiveSmallIntegerField(_("年度"), db_index=True)
    content = models.TextField(_("状況"))
    decision = models.CharField(_("判断"), max_length=10, choices=Decision, default=Decision.PENDING)
    reason = models.TextField(_("判断の理由"), blank=True)
    issue = models.TextField(_("情報セキュリティの課題"), blank=True)

    objects: ClassVar = RecordQuerySet["Circumstance"].as_manager()

    class Meta:
        verbose_name = _("組織の状況と課題")

    def title(self) -> str:
        """Return the beginning of the text."""
        return (self.issue or self.content)[:60]


class InterestedParty(Record):
    """利害関係者: who expects what of the company's security, and how it answers."""

    number_prefix = "ITP"
    default_audience = "office"

    name = models.CharField(_("利害関係者"), max_length=120)
    expectation = models.TextField(_("要求・期待"))
    answer = models.TextField(_("対応"), blank=True)
    binding = models.BooleanField(_("法令・契約上の義務"), default=False)

    objects: ClassVar = RecordQuerySet["InterestedParty"].as_manager()

    class Meta:
        verbose_name = _("利害関係者一覧")

    def title(self) -> str:
        """Return the name."""
        return self.name


class Commitment(Record):
    """経営陣のコミットメント表明: a signed statement of support for one fiscal year (REG-009, PRC-018)."""

    number_prefix = "CMT"
    default_audience = "everyone"

    fiscal_year = models.PositiveSmallIntegerField(_("年度"), unique=True)
    text = models.TextField(_("表明"))
    signed_on = models.DateField(_("署名日"))

    objects: ClassVar = RecordQuerySet["Commitment"].as_manager()

    class Meta:
        verbose_name = _("経営陣コミットメント表明")

    def title(self) -> str:
        """Return the year."""
        return f"{self.fiscal_year}年度 コミットメント表明"


class Supervision(Record):
    """兼任の監督確認: somebody looked over the holder of two incompatible roles (OPS-011, PRC-017)."""

    number_prefix = "SPV"
    default_audience = "office"

    appointment = models.ForeignKey(
        Appointment, models.PROTECT, verbose_name=_("任命"), related_name="supervisions"
    )
    observed = models.TextField(_("確認した内容"))
    sound = models.BooleanField(_("問題なし"))

    objects: ClassVar = RecordQuerySet["Supervision"].as_manager()

    class Meta:
        verbose_name = _("兼任の監督確認記録")

    def title(self) -> str:
        """Return the appointment."""
        return f"監督確認：{self.appointment.label}"


class Chart(Record):
    """体制図: the organization as it stood, kept at every change (REG-032, JPM-244, JPM-245)."""

    number_prefix = "CHT"
    default_audience = "everyone"

    content = models.JSONField(_("内容"))
    content_hash = models.CharField(_("内容のハッシュ値"), max_length=64)
    confirmed_on = models.DateField(_("確認日"), null=True, blank=True)

    objects: ClassVar = RecordQuerySet["Chart"].as_manager()

    class Meta:
        verbose_name = _("情報セキュリティ体制図")

    def title(self) -> str:
        """Return the day."""
        return f"体制図 {self.effective_on:%Y-%m-%d}"


class Instruction(Record):
    """作業指示記録: the system security officer tells an administrator to do something (REG-037, REG-038)."""

    class Status(models.TextChoices):
        """How far the work is."""

        GIVEN = "given", _("指示済み")
        DONE = "done", _("完了報告")
        VERIFIED = "verified", _("確認済み")

    number_prefix = "WIN"
    default_audience = "technical"

    work = models.TextField(_("作業内容"))
    worker = models.ForeignKey(
        "identity.Person", models.PROTECT, verbose_name=_("作業者"), related_name="instructions"
    )
    verifier = models.ForeignKey(
        "identity.Person", models.PROTECT, verbose_name=_("確認者"), related_name="verifications"
    )
    due_on = models.DateField(_("期限"))
    status = models.CharField(_("状態"), max_length=10, choices=Status, default=Status.GIVEN)
    result = models.TextField(_("結果"), blank=True)

    objects: ClassVar = RecordQuerySet["Instruction"].as_manager()

    class Meta:
        verbose_name = _("作業指示記録")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(worker=models.F("verifier")), name="work_is_verified_by_another"
            )
        ]

    def title(self) -> str:
        """Return the beginning of the work."""
        return self.work[:60]
