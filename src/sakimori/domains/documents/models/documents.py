"""What is controlled: a document with its number, its place in the set, its keeper and its readers."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from sakimori.kernel.identity import access
from sakimori.kernel.records.models import Record, RecordQuerySet

if TYPE_CHECKING:
    from .editions import Edition


class DocumentQuerySet(RecordQuerySet["Document"]):
    """Documents."""

    def in_force(self) -> Self:
        """Keep what has an edition in force."""
        return self.filter(status=Document.Status.IN_FORCE)

    def internal(self) -> Self:
        """Leave out what was made outside the company."""
        return self.exclude(level=Document.Level.EXTERNAL)


class Document(Record):
    """文書: one document of the set, whatever its edition (REG-014, V20-055)."""

    class Level(models.TextChoices):
        """The tiers of the set, and what comes from outside."""

        BASIC_POLICY = "basic_policy", _("基本方針")
        POLICY = "policy", _("方針")
        REGULATION = "regulation", _("規程")
        PROCEDURE = "procedure", _("手順書")
        EXTERNAL = "external", _("外部文書")

    class Status(models.TextChoices):
        """Whether it binds anybody."""

        PLANNED = "planned", _("制定前")
        IN_FORCE = "in_force", _("施行中")
        ABOLISHED = "abolished", _("廃止")

    number_prefix = "DOC"
    default_audience = "everyone"

    code = models.CharField(_("文書番号"), max_length=40, unique=True)
    name = models.CharField(_("文書名"), max_length=120)
    level = models.CharField(_("階層"), max_length=12, choices=Level, default=Level.REGULATION, db_index=True)
    # The folder of the shipped regulation whose duties it carries; blank for the company's own.
    slug = models.CharField(_("付属規程"), max_length=60, blank=True, db_index=True)
    above = models.ForeignKey(
        "self", models.PROTECT, verbose_name=_("上位文書"), null=True, blank=True, related_name="below"
    )
    keeper = models.CharField(_("管理する役割"), max_length=40)
    readers_roles = models.JSONField(_("読む人の役割"), default=list)
    public = models.BooleanField(_("社外に公開"), default=False)
    classification = models.CharField(_("情報区分"), max_length=40, blank=True)
    status = models.CharField(_("状態"), max_length=10, choices=Status, default=Status.PLANNED, db_index=True)
    publisher = models.CharField(_("発行元"), max_length=120, blank=True)
    external_edition = models.CharField(_("発行元の版"), max_length=60, blank=True)
    place = models.CharField(_("保管場所"), max_length=200, blank=True)
    reviewed_on = models.DateField(_("最終見直し日"), null=True, blank=True, db_index=True)

    objects: ClassVar = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("文書台帳")

    def title(self) -> str:
        """Return number and name."""
        return f"{self.code} {self.name}"

    def search_text(self) -> str:
        """Return the name and the text in force, so that any word of a regulation finds it."""
        edition = self.current
        words = edition.words() if edition else ""
        return f"{self.title()} {self.publisher} {words}"

    @property
    def current(self) -> Edition | None:
        """Return the edition in force."""
        found: Edition | None = self.editions.filter(status="in_force").first()
        return found

    @property
    def keeper_title(self) -> str:
        """Return the title of the role that keeps it."""
        return access.role_title(self.keeper)

    @property
    def is_external(self) -> bool:
        """Tell whether it was made outside the company (V20-056)."""
        return self.level == self.Level.EXTERNAL

    @property
    def for_everybody(self) -> bool:
        """Tell whether everyone in the company must read it."""
        return access.EMPLOYEE in self.readers_roles
