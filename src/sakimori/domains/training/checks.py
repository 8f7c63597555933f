"""What software can judge about readings: each function returns the offenders."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from sakimori.domains.documents.models import Document
from sakimori.kernel.findings import check
from sakimori.kernel.policy import policy
from sakimori.lib.fiscal import FiscalYear

from . import rules
from .models import Reading


@check("training.late", _("期限までに確認していない人のいる文書"), requirements=("REG-198", "REG-200"))
def late(today: date) -> QuerySet[Document]:
    """Documents that somebody has not passed in time."""
    return Document.objects.filter(pk__in=Reading.objects.late(today).values("document"))


@check(
    "training.excused", _("委員会が方法を決めていない実施困難の報告"), severity="major",
    role="committee_chair", requirements=("REG-201",),
)  # fmt: skip
def excused(today: date) -> QuerySet[Reading]:
    """Excuses for which the committee has not decided what is done instead."""
    return Reading.objects.filter(status=Reading.Status.EXCUSED, measure="")


@check(
    "training.retraining_late", _("再教育の期限を過ぎた人"), severity="major", role="education_manager",
    requirements=("PRC-175", "REG-132"),
)  # fmt: skip
def retraining_late(today: date) -> QuerySet[Reading]:
    """People who failed repeatedly and were not brought to pass in the time of the regulation."""
    oldest = policy.value("staff.training.again").before(today)
    return Reading.objects.retraining().filter(again_on__lt=oldest)


@check("training.hard_article", _("誤答の多い条のある文書（文言の見直しを提案）"), requirements=("V20-079",))
def hard_article(today: date) -> QuerySet[Document]:
    """Documents with an article that many misunderstand: whoever keeps it should put it in better words."""
    lines = rules.hard_articles(FiscalYear.of(today).year)
    return Document.objects.in_force().filter(slug__in={line.key.split("/")[0] for line in lines})
