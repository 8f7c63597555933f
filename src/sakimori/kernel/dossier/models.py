"""Tables around a record. Files lie under MEDIA_ROOT by their hash; these rows say whose they are."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from sakimori.kernel.identity.models import Person
from sakimori.kernel.records.models import Record, Viewer
from sakimori.lib import clock


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    """Evidence files."""

    def visible_to(self, viewer: Viewer) -> EvidenceQuerySet:
        """Keep the evidence of records that the viewer may know of."""
        return self.filter(record__in=Record.objects.visible_to(viewer).values("pk"))

    def valid(self) -> EvidenceQuerySet:
        """Keep what was neither withdrawn nor erased."""
        return self.filter(withdrawn_at=None, erased_at=None)


class Evidence(models.Model):
    """証跡ファイル: one file that proves something about one record (V20-060)."""

    record = models.ForeignKey(Record, models.PROTECT, verbose_name=_("記録"), related_name="evidence")
    sha256 = models.CharField(_("ハッシュ値"), max_length=64, db_index=True)
    file_name = models.CharField(_("ファイル名"), max_length=255)
    size = models.PositiveBigIntegerField(_("サイズ"))
    media_type = models.CharField(_("形式"), max_length=100)
    note = models.CharField(_("説明"), max_length=300, blank=True)
    happened_on = models.DateField(_("証跡の日付"))
    recorded_at = models.DateTimeField(_("登録日時"), default=clock.now)
    uploaded_by = models.ForeignKey(
        Person, models.PROTECT, verbose_name=_("登録者"), null=True, related_name="+"
    )
    withdrawn_at = models.DateTimeField(_("取消日時"), null=True)
    withdrawn_reason = models.CharField(_("取消理由"), max_length=300, blank=True)
    erased_at = models.DateTimeField(_("消去日時"), null=True)
    damaged_at = models.DateTimeField(_("異常の検出日時"), null=True)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("証跡ファイル")
        ordering = ["-happened_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["record", "sha256"],
                condition=models.Q(withdrawn_at=None, erased_at=None),
                name="evidence_once_per_record",
            )
        ]

    def __str__(self) -> str:
        return self.file_name


class Link(models.Model):
    """関連: two records and what one is to the other."""

    class Relation(models.TextChoices):
        """What the source is to the target; ``REVERSED`` says it from the other side."""

        RELATED = "related", _("関連する")
        CAUSED_BY = "caused_by", _("原因とする")
        SUPERSEDES = "supersedes", _("置き換える")
        CONCERNS = "concerns", _("対象とする")
        PROVED_BY = "proved_by", _("証跡とする")
        PART_OF = "part_of", _("含まれる")

    source = models.ForeignKey(Record, models.PROTECT, verbose_name=_("元の記録"), related_name="links_out")
    target = models.ForeignKey(Record, models.PROTECT, verbose_name=_("先の記録"), related_name="links_in")
    relation = models.CharField(_("関係"), max_length=20, choices=Relation)
    note = models.CharField(_("説明"), max_length=300, blank=True)
    made_at = models.DateTimeField(_("登録日時"), default=clock.now)
    made_by = models.ForeignKey(Person, models.PROTECT, verbose_name=_("登録者"), null=True, related_name="+")
    removed_at = models.DateTimeField(_("解除日時"), null=True)

    class Meta:
        verbose_name = _("関連")
        constraints = [
            models.UniqueConstraint(
                fields=["source", "target", "relation"],
                condition=models.Q(removed_at=None),
                name="link_once_per_relation",
            ),
            models.CheckConstraint(
                condition=~models.Q(source=models.F("target")), name="link_to_another_record"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} → {self.target}"


class Comment(models.Model):
    """コメント: what somebody said about a record; withdrawn ones stay, without their text shown."""

    record = models.ForeignKey(Record, models.PROTECT, verbose_name=_("記録"), related_name="comments")
    author = models.ForeignKey(Person, models.PROTECT, verbose_name=_("記入者"), null=True, related_name="+")
    text = models.TextField(_("内容"), max_length=4000)
    at = models.DateTimeField(_("日時"), default=clock.now)
    withdrawn_at = models.DateTimeField(_("取消日時"), null=True)

    class Meta:
        verbose_name = _("コメント")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.text[:40]


class Disposal(models.Model):
    """廃棄証明: that a record was destroyed, by whose decision, and the hashes of what it was (V20-063)."""

    record = models.OneToOneField(Record, models.PROTECT, verbose_name=_("記録"), related_name="disposal")
    kept_until = models.DateField(_("保存期限"))
    at = models.DateTimeField(_("廃棄日時"), default=clock.now)
    by = models.CharField(_("実施者"), max_length=100)
    approval = models.ForeignKey(
        Record, models.PROTECT, verbose_name=_("承認"), null=True, related_name="disposals_approved"
    )
    method = models.CharField(_("方法"), max_length=200)
    content_digest = models.CharField(_("内容のハッシュ値"), max_length=64)
    evidence_digests: models.JSONField[Any, Any] = models.JSONField(_("証跡のハッシュ値"), default=list)

    class Meta:
        verbose_name = _("廃棄証明")

    def __str__(self) -> str:
        return self.record.number
