"""What software can judge about risks: each function returns the offenders."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from sakimori.domains.assets.models import Asset
from sakimori.kernel.findings import check

from .models import Risk, Round, Treatment


@check(
    "risk.untreated",
    _("対応も受容も決まっていない高いリスク"),
    severity="major",
    requirements=("REG-313", "V20-020"),
)
def untreated(today: date) -> QuerySet[Risk]:
    """Risks above the level without treatment or acceptance."""
    return Risk.objects.without_treatment()


@check("risk.no_owner", _("リスク所有者のいないリスク"), severity="major", requirements=("PRC-037",))
def no_owner(today: date) -> QuerySet[Risk]:
    """Risks that nobody owns."""
    return Risk.objects.identified().filter(owner=None)


@check("risk.review_overdue", _("見直し期限を過ぎた受容リスク"), requirements=("SYS-198", "REG-316"))
def review_overdue(today: date) -> QuerySet[Risk]:
    """Find the accepted risks whose re-evaluation is due."""
    return Risk.objects.review_due(today)


@check("risk.treatment_overdue", _("期限を過ぎたリスク対応"), severity="major", requirements=("V20-028",))
def treatment_overdue(today: date) -> QuerySet[Treatment]:
    """Approved plans that were to be done before today."""
    return Treatment.objects.current().filter(status=Treatment.Status.APPROVED, due_on__lt=today)


@check("risk.effect_unjudged", _("有効性を評価していない管理策"), requirements=("REG-322",))
def effect_unjudged(today: date) -> QuerySet[Treatment]:
    """Finished plans whose effect was to be measured before today."""
    done = Treatment.objects.current().filter(status=Treatment.Status.DONE)
    return done.filter(effect_review_on__lt=today, effect_decision="")


@check("risk.asset_not_assessed", _("リスクを評価していない資産"), requirements=("REG-297", "V20-014"))
def asset_not_assessed(today: date) -> QuerySet[Asset]:
    """Find the current assets of which no risk was identified or passed over, once no round is at work on them.

    A round under way lists what it has not reached and cannot be closed before.
    """
    assets: QuerySet[Asset] = Asset.objects.current().filter(risks=None)
    return assets.none() if Round.objects.filter(status=Round.Status.OPEN).exists() else assets
