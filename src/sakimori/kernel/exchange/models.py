"""Tables of imports: the batch, and which rows it created or changed."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from sakimori.kernel.jobs.models import Progress
from sakimori.kernel.records.models import Record, RecordQuerySet


class ImportBatch(Record):
    """取込: one uploaded table on its way into a register (V20-060)."""

    class State(models.TextChoices):
        """How far it has come."""

        UPLOADED = "uploaded", _("受付済み")
        MAPPED = "mapped", _("列の対応済み")
        CHECKED = "checked", _("確認済み")
        APPLIED = "applied", _("取込済み")
        UNDONE = "undone", _("取消済み")

    number_prefix = "IMP"
    default_audience = "office"

    sheet = models.CharField(_("台帳"), max_length=60, db_index=True)
    file_name = models.CharField(_("ファイル名"), max_length=200)
    sha256 = models.CharField(_("ハッシュ値"), max_length=64, db_index=True)
    size = models.PositiveBigIntegerField(_("サイズ"))
    tab = models.CharField(_("シート名"), max_length=100, blank=True)
    mapping = models.JSONField(_("列の対応"), default=dict)  # column letter → field
    scales = models.JSONField(_("評価の段階"), default=dict)  # group → [low, high]
    state = models.CharField(_("状態"), max_length=10, choices=State, default=State.UPLOADED)
    counts = models.JSONField(_("件数"), default=dict)
    digest = models.CharField(_("確認した差分"), max_length=64, blank=True)
    report = models.JSONField(_("確認結果"), default=dict)
    work = models.ForeignKey(
        Progress, models.SET_NULL, verbose_name=_("処理"), null=True, blank=True, related_name="+"
    )

    objects: ClassVar = RecordQuerySet["ImportBatch"].as_manager()

    class Meta:
        verbose_name = _("取込")

    def title(self) -> str:
        """Return the file's name."""
        return self.file_name

    @classmethod
    def ledger_fields(cls) -> list[models.Field[Any, Any]]:
        """Leave the report out: it repeats the file, which is kept by its hash; and which worker is at it."""
        return [field for field in super().ledger_fields() if field.name not in ("report", "work")]


class ImportedRow(models.Model):
    """A row of a file and the record that it created or changed, with what stood there before."""

    class Act(models.TextChoices):
        """What the import did."""

        CREATED = "created", _("追加")
        CHANGED = "changed", _("変更")
        REVIVED = "revived", _("取消した取込からの復元")
        SAME = "same", _("変更なし")

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="rows")
    record = models.ForeignKey(Record, models.PROTECT, related_name="imported_from")
    row = models.PositiveIntegerField(_("行"))
    act = models.CharField(max_length=8, choices=Act)
    before = models.JSONField(default=dict)
    revision = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "record"], name="imported_once_per_batch")]

    def __str__(self) -> str:
        return f"{self.batch_id}:{self.row}"
