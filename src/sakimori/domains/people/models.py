"""What people signed: confidentiality agreements, pledges, employment contracts."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from sakimori.kernel.identity.models import Person
from sakimori.kernel.records.models import Record, RecordQuerySet


class AgreementQuerySet(RecordQuerySet["Agreement"]):
    """Agreements."""

    def in_force(self, day: date) -> Self:
        """Keep the agreements that bind on ``day``."""
        return self.current().filter(
            models.Q(binds_until=None) | models.Q(binds_until__gte=day), signed_on__lte=day
        )


class Agreement(Record):
    """誓約書・契約書: one signed paper of one person; ``owner`` is the signer."""

    class Kind(models.TextChoices):
        """Which paper it is."""

        NDA = "nda", _("秘密保持契約書")
        PLEDGE = "pledge", _("情報セキュリティ誓約書")
        CONTRACT = "contract", _("雇用契約書")
        LEAVING = "leaving", _("退職時誓約書")

    # Clauses a paper must hold, confirmed one by one (REG-082, REG-084, PRC-182).
    CLAUSES: ClassVar = ("own_duty", "company_duty", "protection", "measures", "survival")

    number_prefix = "AGR"
    default_audience = "hr"

    person = models.ForeignKey(Person, models.PROTECT, verbose_name=_("氏名"), related_name="agreements")
    agreement_kind = models.CharField(_("種類"), max_length=10, choices=Kind, db_index=True)
    text_version = models.CharField(_("書式の版"), max_length=20)
    signed_on = models.DateField(_("署名日"), db_index=True)
    own_duty = models.BooleanField(_("本人の責任の条項"), default=False)
    company_duty = models.BooleanField(_("組織の責任の条項"), default=False)
    protection = models.BooleanField(_("情報資産の保護・管理責任の条項"), default=False)
    measures = models.BooleanField(_("要求事項に従わない場合の処置の条項"), default=False)
    survival = models.BooleanField(_("終了後も責任が続く条項"), default=False)
    survives_years = models.PositiveSmallIntegerField(_("終了後の存続年数"), default=0, blank=True)
    binds_until = models.DateField(_("義務の終期"), null=True, blank=True, db_index=True)
    reconfirmed_on = models.DateField(_("再確認日"), null=True, blank=True)

    objects: ClassVar = AgreementQuerySet.as_manager()

    class Meta:
        verbose_name = _("誓約書・契約書台帳")
        indexes = [models.Index(fields=["person", "agreement_kind"], name="agreement_of_person")]

    def title(self) -> str:
        """Return kind and name."""
        return f"{self.get_agreement_kind_display()} {self.person.name}"

    @property
    def clauses(self) -> frozenset[str]:
        """Return the clauses that were confirmed."""
        return frozenset(name for name in self.CLAUSES if getattr(self, name))
