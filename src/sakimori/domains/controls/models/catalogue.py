"""Standards, their clauses and controls, and how those of different standards correspond."""

from __future__ import annotations

from collections.abc import Mapping as Facts
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
    external_id = models.CharField(_("外部識別子"), max_length=500, blank=True, db_index=True)
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
    procedure = models.CharField(_("実施手順"), max_length=200, blank=True)
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

    def approval_state(self) -> Facts[str, object]:
        """Return what a signed exclusion is bound to: the control and the risks that need it (V20-003)."""
        blocking = self.needs.standing().filter(blocking=True)
        return {"control": self.number, "needed_by": sorted(blocking.values_list("cause__number", flat=True))}


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
