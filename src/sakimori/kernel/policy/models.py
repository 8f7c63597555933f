"""Revisions of parameters: each holds from its day on, until a later one does."""

from __future__ import annotations

import secrets
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from sakimori.kernel.content.parameters import PARAMETERS
from sakimori.kernel.records.models import Record, RecordQuerySet


def _stamp() -> str:
    return secrets.token_hex(8)


class ParameterRevision(Record):
    """規程パラメータの改定: a value, the day from which it holds (``effective_on``), and the application behind it."""

    number_prefix = "PRM"
    default_audience = "everyone"

    name = models.CharField(_("パラメータ"), max_length=80, db_index=True)
    value = models.JSONField(_("値"), null=True)
    reason = models.TextField(_("理由"))
    application = models.ForeignKey(
        Record,
        models.PROTECT,
        verbose_name=_("申請"),
        null=True,
        blank=True,
        related_name="parameter_revisions",
    )
    # Tells processes that hold the revisions in memory whether the newest one is still the newest.
    stamp = models.CharField(max_length=16, default=_stamp, editable=False)

    objects: ClassVar = RecordQuerySet["ParameterRevision"].as_manager()

    class Meta:
        verbose_name = _("規程パラメータの改定")

    def title(self) -> str:
        """Return the title of the parameter."""
        return PARAMETERS[self.name].title if self.name in PARAMETERS else self.name
