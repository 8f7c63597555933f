"""What software can judge about people: each function returns the offenders."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from sakimori.kernel.findings import check
from sakimori.kernel.identity.models import Person

from .models import Agreement


@check(
    "people.no_nda",
    _("有効な秘密保持契約のない従業者"),
    severity="major",
    requirements=("PRC-181", "REG-083"),
)
def no_nda(today: date) -> QuerySet[Person]:
    """Return active people who are not bound by a confidentiality agreement."""
    bound = Agreement.objects.in_force(today).filter(agreement_kind=Agreement.Kind.NDA)
    return Person.objects.active(today).exclude(pk__in=bound.values("person_id"))


@check("people.no_pledge", _("誓約書のない従業者"), requirements=("OPS-009", "PRC-166"))
def no_pledge(today: date) -> QuerySet[Person]:
    """Return active people who did not sign the pledge."""
    signed = Agreement.objects.in_force(today).filter(agreement_kind=Agreement.Kind.PLEDGE)
    return Person.objects.active(today).exclude(pk__in=signed.values("person_id"))


@check("people.no_department", _("部署の決まっていない従業者"), requirements=("REG-008",))
def no_department(today: date) -> QuerySet[Person]:
    """Return active people who belong to no department."""
    return Person.objects.active(today).filter(department=None)


@check(
    "people.not_reconfirmed", _("退職時の守秘義務が再確認されていない人"), requirements=("PRC-180", "REG-088")
)
def not_reconfirmed(today: date) -> QuerySet[Person]:
    """Return leavers who signed an agreement that survives, and did not confirm it when leaving."""
    open_ones = Agreement.objects.current().filter(survives_years__gt=0, reconfirmed_on=None)
    return Person.objects.filter(left_on__lte=today, pk__in=open_ones.values("person_id"))
