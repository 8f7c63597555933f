"""Standards with their clauses and controls, why each is needed, and the statement of applicability.

Risk stands above this domain: it tells why a control is needed by writing a ``Need`` that points at the
risk's record, so that the statement can name the risk without knowing what a risk is.
"""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from sakimori.kernel.records.models import Record, RecordQuerySet


class Standard(Record):
    """規格: a set of requirements and controls, shipped, imported or the company's own."""

    class Source(models.TextChoices):
        """Where it came from."""

        SHIPPED = "shipped", _("製品に付属")
        IMPORTED = "imported", _("取込")
        COMPANY = "company", _("自社")

    number_prefix = "STD"
    default_audience = "everyone"

    slug = models.CharField(_("識別子"), max_length=200, unique=True)
    name = models.CharField(_("規格名"), max_length=300)
    short = models.CharField(_("略称"), max_length=60)
    edition = models.CharField(_("版"), max_length=60, blank=True)
    publisher = models.CharField(_("発行者"), max_length=200, blank=True)
    source = models.CharField(_("由来"), max_length=10, choices=Source)
    content_hash = models.CharField(_("内容のハッシュ値"), max_length=64)
    in_use = models.BooleanField(_("適用宣言の対象"), default=False)

    objects: ClassVar = RecordQuerySet["Standard"].as_manager()

    class Meta:
        verbose_name = _("規格一覧")

    def title(self) -> str:
        """Return the short name."""
        return self.short or self.name


class ControlQuerySet(RecordQuerySet["Control"]):
    """Clauses and controls."""

    def of(self, standard: Standard) -> Self:
        """Keep the current rows of one standard, in its own order."""
        return self.current().filter(standard=standard).order_by("position")

    def assessable(self) -> Self:
        """Keep what a statement must speak of: requirements and controls, not headings."""
        return self.filter(assessable=True)

    def selectable(self) -> Self:
        """Keep the controls, which may be applicable or not; clauses always are."""
        return self.assessable().filter(control_kind=Control.Kind.CONTROL)


class Control(Record):
    """One node of a standard; a company's own control belongs to the company's standard (V20-024)."""

    class Kind(models.TextChoices):
        """What the node is."""

        CLAUSE = "clause", _("要求事項")
        AREA = "area", _("分野")
        OBJECTIVE = "objective", _("管理目的")
        CONTROL = "control", _("管理策")

    number_prefix = "CTL"
    default_audience = "everyone"

    standard = models.ForeignKey(Standard, models.PROTECT, verbose_name=_("規格"), related_name="controls")
    ref = models.CharField(_("項番"), max_length=200, db_index=True)
    parent = models.ForeignKey(
        "self", models.PROTECT, verbose_name=_("上位項目"), null=True, blank=True, related_name="children"
    )
    position = models.PositiveIntegerField(_("順序"), default=0, db_index=True)
    control_kind = models.CharField(_("区分"), max_length=10, choices=Kind, db_index=True)
    assessable = models.BooleanField(_("評価対象"), default=True)
    excludable = models.BooleanField(_("除外可"), default=True)
    name = models.CharField(_("標題"), max_length=500)
    gloss = models.TextField(_("説明"), blank=True)
    attributes = models.JSONField(_("属性"), default=dict, blank=True)
    article = models.CharField(_("規程の条項"), max_length=200, blank=True)
    next_test_on = models.DateField(_("次回点検日"), null=True, blank=True, db_index=True)

    objects: ClassVar = ControlQuerySet.as_manager()

    class Meta:
        verbose_name = _("管理策一覧")
        constraints = [models.UniqueConstraint(fields=["standard", "ref"], name="control_ref_once")]

    def title(self) -> str:
        """Return number and name."""
        return f"{self.ref} {self.name}"

    def search_text(self) -> str:
        """Return number, name and explanation."""
        return f"{self.ref} {self.name} {self.gloss}"


class Mapping(models.Model):
    """One control of a standard answers to one of another (対応表)."""

    class Relation(models.TextChoices):
        """How far they agree."""

        EQUAL = "equal", _("同等")
        PARTIAL = "partial", _("一部")
        MERGED = "merged", _("統合")
        SPLIT = "split", _("分割")

    source = models.ForeignKey(Control, models.CASCADE, related_name="maps_to")
    target = models.ForeignKey(Control, models.CASCADE, related_name="mapped_from")
    relation = models.CharField(max_length=10, choices=Relation, default=Relation.PARTIAL)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "target"], name="mapping_once")]

    def __str__(self) -> str:
        return f"{self.source} → {self.target}"


class Reason(models.TextChoices):
    """Why a control is applied (適用の理由)."""

    RISK = "risk", _("リスク")
    LAW = "law", _("法令")
    CONTRACT = "contract", _("契約")
    PRACTICE = "practice", _("慣行・事業上の要求")


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
