"""情報資産管理台帳: information, computers, networks and the rest, each with an owner and a class."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from sakimori.kernel.identity.models import Person
from sakimori.kernel.records.models import Record, RecordQuerySet


class AssetQuerySet(RecordQuerySet["Asset"]):
    """Assets."""

    def without_owner(self) -> Self:
        """Keep the assets for which nobody answers (V20-106)."""
        return self.current().filter(owner=None)

    def owned_by_leavers(self, today: date) -> Self:
        """Keep the assets whose owner no longer belongs to the company (PRC-037)."""
        leavers = Person.objects.filter(left_on__lt=today)
        return self.current().filter(owner_id__in=leavers.values("pk"))

    def unclassified(self) -> Self:
        """Keep the assets without a class or without one of the three ratings (PRC-042)."""
        blank = models.Q(confidentiality=None) | models.Q(integrity=None) | models.Q(availability=None)
        return self.current().filter(blank | models.Q(classification=""))

    def not_confirmed_since(self, day: date) -> Self:
        """Keep the assets whose last confirmation is older than ``day``, or missing."""
        return self.current().filter(models.Q(confirmed_on=None) | models.Q(confirmed_on__lt=day))


class Asset(Record):
    """One asset; ``owner`` is the person responsible for it (管理責任者), ``department`` keeps it."""

    class Kind(models.TextChoices):
        """What the asset is (REG-001)."""

        INFORMATION = "information", _("情報")
        COMPUTER = "computer", _("コンピュータ")
        NETWORK = "network", _("ネットワーク")
        SOFTWARE = "software", _("ソフトウェア")
        FACILITY = "facility", _("設備")
        SERVICE = "service", _("サービス")
        PEOPLE = "people", _("人")

    class Storage(models.TextChoices):
        """Where it is kept; the words of the ledgers that companies use."""

        PAPER = "paper", _("書類")
        OFFICE_PC = "office_pc", _("事務所PC")
        MOBILE = "mobile", _("モバイル機器")
        REMOVABLE = "removable", _("可搬電子媒体")
        INTERNAL_SERVER = "internal_server", _("社内サーバー")
        EXTERNAL_SERVER = "external_server", _("社外サーバー")
        CLOUD = "cloud", _("クラウド（SaaS）")
        OTHER = "other", _("その他")

    class Labelling(models.TextChoices):
        """How its class is made visible (JPM-035..037, PRC-048)."""

        FOLDER = "folder", _("フォルダー名")
        COLOUR = "colour", _("色シール")
        STAMP = "stamp", _("記入・スタンプ")
        PLACE = "place", _("収納場所の区分")
        LEDGER = "ledger", _("台帳のみ（表示困難）")

    number_prefix = "AST"
    default_audience = "departmental"

    ledger_no = models.CharField(_("台帳No."), max_length=20, blank=True, db_index=True)
    business = models.CharField(_("業務分類"), max_length=60, blank=True, db_index=True)
    name = models.CharField(_("情報資産名称"), max_length=150, db_index=True)
    asset_kind = models.CharField(
        _("資産の種別"), max_length=12, choices=Kind, default=Kind.INFORMATION, db_index=True
    )
    remarks = models.TextField(_("備考"), blank=True)
    user_scope = models.CharField(_("利用者範囲"), max_length=200, blank=True)
    storage = models.CharField(_("媒体・保存先"), max_length=16, choices=Storage, blank=True, db_index=True)
    location = models.CharField(_("所在・保存場所"), max_length=300, blank=True)
    form = models.CharField(_("形態"), max_length=100, blank=True)
    usage = models.CharField(_("利用方法"), max_length=200, blank=True)
    keeping = models.CharField(_("保管・管理方法"), max_length=200, blank=True)
    system = models.ForeignKey(
        "self",
        models.PROTECT,
        verbose_name=_("関連情報システム"),
        null=True,
        blank=True,
        related_name="holds",
    )
    personal_data = models.BooleanField(_("個人情報"), default=False)
    sensitive_data = models.BooleanField(_("要配慮個人情報"), default=False)
    my_number_data = models.BooleanField(_("特定個人情報"), default=False)

    confidentiality = models.PositiveSmallIntegerField(_("機密性"), null=True, blank=True)
    integrity = models.PositiveSmallIntegerField(_("完全性"), null=True, blank=True)
    availability = models.PositiveSmallIntegerField(_("可用性"), null=True, blank=True)
    leak_impact = models.PositiveSmallIntegerField(_("流出時の影響度"), null=True, blank=True)
    importance = models.PositiveSmallIntegerField(_("重要度"), null=True, editable=False, db_index=True)
    classification = models.CharField(_("情報区分"), max_length=20, blank=True, db_index=True)
    class_reason = models.CharField(_("区分の理由"), max_length=200, blank=True)

    threat = models.PositiveSmallIntegerField(_("脅威の発生頻度"), null=True, blank=True)
    vulnerability = models.PositiveSmallIntegerField(_("脆弱性"), null=True, blank=True)
    likelihood = models.PositiveSmallIntegerField(_("被害発生可能性"), null=True, editable=False)
    risk_value = models.PositiveSmallIntegerField(_("リスク値"), null=True, editable=False, db_index=True)

    retention = models.CharField(_("保存期限"), max_length=60, blank=True)
    registered_on = models.DateField(_("登録日"), null=True, blank=True)
    confirmed_on = models.DateField(_("最終棚卸日"), null=True, blank=True, db_index=True)
    labelling = models.CharField(_("区分の表示方法"), max_length=10, choices=Labelling, blank=True)
    encrypted = models.BooleanField(_("暗号化"), null=True, blank=True)
    specially_protected = models.BooleanField(_("特別保護"), default=False)
    in_server_room = models.BooleanField(_("サーバルーム内"), null=True, blank=True)
    survey_source = models.CharField(_("取込元"), max_length=120, blank=True, editable=False)

    objects: ClassVar = AssetQuerySet.as_manager()

    class Meta:
        verbose_name = _("情報資産管理台帳")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(threat=None) | models.Q(threat__range=(1, 3)), name="asset_threat_1_to_3"
            ),
            models.CheckConstraint(
                condition=models.Q(vulnerability=None) | models.Q(vulnerability__range=(1, 3)),
                name="asset_vulnerability_1_to_3",
            ),
        ]

    def title(self) -> str:
        """Return the name."""
        return self.name

    def search_text(self) -> str:
        """Return what people remember of an asset."""
        return (
            f"{self.name} {self.business} {self.ledger_no} {self.location} {self.remarks} {self.user_scope}"
        )

    @property
    def has_personal_data(self) -> bool:
        """Tell whether any kind of personal data is in it."""
        return self.personal_data or self.sensitive_data or self.my_number_data


class Permitted(models.Model):
    """A department or a person allowed to use the asset, the structured half of 利用者範囲 (JPM-039)."""

    asset = models.ForeignKey(Asset, models.CASCADE, related_name="permitted")
    who = models.ForeignKey(Record, models.PROTECT, related_name="permissions")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["asset", "who"], name="permitted_once")]

    def __str__(self) -> str:
        return f"{self.who} → {self.asset}"


class Distribution(Record):
    """配布記録: a restricted asset was handed to someone, who thereby counts as permitted (PRC-045)."""

    number_prefix = "DST"
    default_audience = "departmental"

    asset = models.ForeignKey(Asset, models.PROTECT, verbose_name=_("情報資産"), related_name="distributions")
    receiver = models.ForeignKey(
        Record, models.PROTECT, verbose_name=_("配布先"), related_name="received_assets"
    )
    purpose = models.CharField(_("目的"), max_length=200)

    objects: ClassVar = RecordQuerySet["Distribution"].as_manager()

    class Meta:
        verbose_name = _("配布記録")

    def title(self) -> str:
        """Return asset and receiver."""
        return f"{self.asset.label} → {self.receiver.label}"
