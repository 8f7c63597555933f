"""Editions (版): what a document says, frozen when it is put forward, and what it changes in the company's numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from django.db import models
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from sakimori.kernel.content.parameters import PARAMETERS
from sakimori.kernel.dossier.models import Evidence
from sakimori.kernel.records.models import Record, RecordQuerySet
from sakimori.lib import canonical, provisions

from .documents import Document

OPEN = ("draft", "deliberation", "approved")


class EditionQuerySet(RecordQuerySet["Edition"]):
    """Editions."""

    def coming(self) -> Self:
        """Keep what is being worked on, deliberated, or waits for its day."""
        return self.filter(status__in=OPEN)


class Edition(Record):
    """文書の版: articles, reason, day. Its text is frozen from deliberation on (V20-053, OPS-002)."""

    class Status(models.TextChoices):
        """Its life."""

        DRAFT = "draft", _("起案中")
        DELIBERATION = "deliberation", _("審議・承認中")
        APPROVED = "approved", _("施行待ち")
        IN_FORCE = "in_force", _("施行中")
        WITHDRAWN = "withdrawn", _("旧版")
        DROPPED = "dropped", _("取下げ")

    class Form(models.TextChoices):
        """Whether the product holds its articles or a controlled file."""

        ARTICLES = "articles", _("条文")
        ORIGINAL = "original", _("原本ファイル")

    number_prefix = "EDN"
    default_audience = "office"

    document = models.ForeignKey(Document, models.PROTECT, verbose_name=_("文書"), related_name="editions")
    version = models.PositiveIntegerField(_("版数"), null=True, blank=True)
    status = models.CharField(_("状態"), max_length=12, choices=Status, default=Status.DRAFT, db_index=True)
    form = models.CharField(_("形式"), max_length=10, choices=Form, default=Form.ARTICLES)
    based_on = models.ForeignKey(
        "self", models.PROTECT, verbose_name=_("元の版"), null=True, blank=True, related_name="followers"
    )
    reason = models.TextField(_("改訂の理由"), blank=True)
    material = models.BooleanField(_("実質的な変更"), default=True)
    takes_effect_on = models.DateField(_("施行日"), null=True, blank=True, db_index=True)
    approved_on = models.DateField(_("承認日"), null=True, blank=True)
    withdrawn_on = models.DateField(_("旧版となった日"), null=True, blank=True)
    changes = models.JSONField(_("変更する値"), default=dict, blank=True)
    values = models.JSONField(_("条文の値"), default=dict, blank=True, editable=False)
    text_hash = models.CharField(_("内容のハッシュ値"), max_length=64, blank=True, editable=False)

    objects: ClassVar = EditionQuerySet.as_manager()

    class Meta:
        verbose_name = _("文書の版")
        constraints = [
            models.UniqueConstraint(fields=["document", "version"], name="edition_version_once"),
            models.UniqueConstraint(
                fields=["document"], condition=models.Q(status="in_force"), name="one_edition_in_force"
            ),
            models.UniqueConstraint(
                fields=["document"], condition=models.Q(status="deliberation"), name="one_edition_deliberated"
            ),
        ]

    def title(self) -> str:
        """Return document and version."""
        return f"{self.document.code} {self.document.name} {self.name}"

    @property
    def name(self) -> str:
        """Return how people call it: 第2版, or 改訂案."""
        return now("第%d版") % self.version if self.version else now("改訂案")

    @property
    def is_draft(self) -> bool:
        """Tell whether it is being worked on."""
        return self.status == self.Status.DRAFT

    @property
    def is_old(self) -> bool:
        """Tell whether nobody may go by it any more (V20-058)."""
        return self.status in (self.Status.WITHDRAWN, self.Status.DROPPED)

    def approval_state(self) -> Mapping[str, object]:
        """Return what an approval is bound to: the frozen text and values, word for word."""
        return {"number": self.number, "text": self.text_hash, "effective_on": str(self.takes_effect_on)}

    def content(self) -> dict[str, Any]:
        """Return all that the edition says, as its hash is taken over."""
        return {
            "document": self.document.code,
            "articles": [article.content() for article in self.articles.all()],
            "changes": self.changes,
            "values": self.values,
            "reason": self.reason,
            "material": self.material,
            "files": self.originals(),
        }

    def digest(self) -> str:
        """Return the hash of what the edition says."""
        return canonical.digest(self.content())

    def originals(self) -> list[str]:
        """Return the hashes of the controlled files of an edition without articles."""
        if self.form != self.Form.ORIGINAL:
            return []
        kept = Evidence.objects.filter(record=self, withdrawn_at=None)
        return sorted(kept.values_list("sha256", flat=True))

    def words(self) -> str:
        """Return the text without the names of parameters."""
        rows = self.articles.values_list("title", "text")
        return " ".join(f"{title} {provisions.words(text)}" for title, text in rows)

    def parameters(self) -> list[str]:
        """Return the names of the parameters that its articles state or govern, in their order."""
        found: dict[str, None] = {}
        for article in self.articles.all():
            found |= dict.fromkeys(provisions.parameters(article.text))
        folder = self.document.slug
        if folder:
            found |= dict.fromkeys(p.id for p in PARAMETERS if p.regulation == folder)
        return [name for name in found if name in PARAMETERS]


class EditionArticle(models.Model):
    """条: one article of one edition; its key stays the same through all editions."""

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="articles")
    key = models.CharField(max_length=60)
    position = models.PositiveIntegerField()
    chapter = models.CharField(_("章"), max_length=120, blank=True)
    title = models.CharField(_("題名"), max_length=120)
    text = models.TextField(_("条文"))
    requirements = models.JSONField(default=list)
    controls = models.JSONField(default=list)
    audience = models.JSONField(default=list)
    carries = models.JSONField(default=list)  # addresses of the shipped articles whose duties it carries

    class Meta:
        verbose_name = _("条")
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["edition", "key"], name="article_once")]

    def __str__(self) -> str:
        return f"{self.edition} {self.title}"

    def content(self) -> dict[str, Any]:
        """Return what the article says."""
        names = ("key", "chapter", "title", "text", "requirements", "controls", "audience", "carries")
        return {name: getattr(self, name) for name in names}
