"""What software can judge about the mechanisms themselves."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from sakimori.kernel.dossier import retention
from sakimori.kernel.dossier.models import Evidence
from sakimori.kernel.obligations import obligations
from sakimori.kernel.obligations.models import Obligation, Occurrence
from sakimori.kernel.policy import policy
from sakimori.kernel.records.models import Record

from .registry import check


@check(
    "records.evidence_damaged",
    _("証跡ファイルの欠落・改変"),
    severity="critical",
    requirements=("V20-226", "OPS-106"),
)
def evidence_damaged(today: date) -> QuerySet[Record]:
    """Return records with an evidence file that is missing or no longer has the content of its hash."""
    damaged = Evidence.objects.filter(erased_at=None).exclude(damaged_at=None)
    return Record.objects.filter(pk__in=damaged.values("record_id"))


@check(
    "records.disposal_due",
    _("保存期限を過ぎた記録"),
    role="document_manager",
    requirements=("PRC-148", "V20-063"),
)
def disposal_due(today: date) -> QuerySet[Record]:
    """Return records whose time is over and that nothing holds back: dispose of them or keep them longer."""
    return retention.due(today)


@check(
    "records.disposal_soon",
    _("まもなく保存期限の終わる記録"),
    role="document_manager",
    requirements=("PRC-148",),
)
def disposal_soon(today: date) -> QuerySet[Record]:
    """Return records whose time ends within the days of notice: decide whether to keep them longer."""
    return retention.ending(today, int(policy.value("records.disposal.notice")))


@check("obligations.no_holder", _("担当者のいない義務"), severity="major", requirements=("REG-041",))
def no_holder(today: date) -> QuerySet[Obligation]:
    """Return obligations open now whose role nobody holds."""
    rows = Occurrence.objects.none()
    for role, department in obligations.unheld(today):
        rows = rows | Occurrence.objects.opened(today).filter(
            role=role, department_id=department, assignee=None
        )
    return Obligation.objects.filter(pk__in=rows.values("obligation_id"))
