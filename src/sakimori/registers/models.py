"""Views of lists that people keep, and the tokens by which programs read and write on a person's behalf."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from sakimori.kernel.identity.models import Person
from sakimori.kernel.records.models import Record, RecordQuerySet
from sakimori.lib import clock


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    """Saved views."""

    def offered_to(self, person: Person, slug: str) -> SavedViewQuerySet:
        """Keep the person's own views of a register, and those shared with a role of his."""
        mine = models.Q(person=person) | models.Q(shared_with__in=person.roles())
        return self.filter(mine, register=slug)


class SavedView(models.Model):
    """保存した表示: search, filters, columns and order of one list under a name."""

    person = models.ForeignKey(Person, models.CASCADE, verbose_name=_("作成者"), related_name="+")
    register = models.SlugField(_("台帳"), max_length=60)
    name = models.CharField(_("名前"), max_length=40)
    query = models.CharField(_("条件"), max_length=2000)
    shared_with = models.CharField(_("共有先の役割"), max_length=40, blank=True)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        verbose_name = _("保存した表示")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["person", "register", "name"], name="saved_view_named_once")
        ]

    def __str__(self) -> str:
        return self.name


class ApiToken(Record):
    """APIトークン: lets a program act as its owner, reading only or writing too, until a day."""

    class Scope(models.TextChoices):
        """What the token may do."""

        READ = "read", _("閲覧のみ")
        WRITE = "write", _("閲覧と登録・変更")

    number_prefix = "TKN"
    default_audience = "office"

    name = models.CharField(_("用途"), max_length=100)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    scope = models.CharField(_("権限"), max_length=5, choices=Scope, default=Scope.READ)
    expires_on = models.DateField(_("有効期限"))
    last_used_on = models.DateField(_("最終使用日"), null=True, editable=False)

    objects: ClassVar = RecordQuerySet["ApiToken"].as_manager()

    class Meta:
        verbose_name = _("APIトークン")

    def title(self) -> str:
        """Return what the token is for."""
        return self.name

    @property
    def is_valid(self) -> bool:
        """Tell whether the token still opens anything."""
        return self.retired_at is None and self.expires_on >= clock.today()
