"""The company itself: one row, its name on every paper."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from sakimori.kernel.records.models import Record, RecordQuerySet


class Company(Record):
    """会社: the organization whose ISMS this installation runs."""

    number_prefix = "COM"
    default_audience = "everyone"

    name = models.CharField(_("会社名"), max_length=100)
    representative = models.CharField(_("代表者"), max_length=60, blank=True)
    address = models.CharField(_("本社所在地"), max_length=200, blank=True)
    business = models.TextField(_("事業内容"), blank=True)
    paper_class = models.CharField(_("帳票の機密表示"), max_length=20, default="社外秘")
    only = models.BooleanField(default=True, unique=True, editable=False)  # keeps the table at one row

    objects: ClassVar = RecordQuerySet["Company"].as_manager()

    class Meta:
        verbose_name = _("会社情報")

    def title(self) -> str:
        """Return the name."""
        return self.name

    @classmethod
    def here(cls) -> Company | None:
        """Return the company, or None before the guided start."""
        return cls.objects.first()
