"""Risks of the assets."""

from __future__ import annotations

from decimal import Decimal

from sakimori.domains.assets.models import Asset
from sakimori.domains.risk import rules as risk
from sakimori.kernel.content.threats import VULNERABILITIES

from . import calendar
from .company import Stage


def tell(stage: Stage) -> None:
    """Identify and analyse."""
    with calendar.on(calendar.ago(60)):
        risk.open_round(name="リスクアセスメント", fiscal_year=2026, by=stage["mori"])
        for asset in Asset.objects.current().order_by("pk")[:60]:
            weakness = stage.random.choice(list(VULNERABILITIES))
            found = risk.identify(
                asset=asset, threat=weakness.threats[0], vulnerability=weakness.id,
                reason="部署の洗い出しで挙がった", situation="日常の業務で", cause=weakness.gloss,
                impact="業務が止まり、取引先に迷惑がかかる", by=stage["ueno"],
            )  # fmt: skip
            risk.analyse(
                found, method="regulation", frequency=Decimal("0.5"), loss_amount=Decimal(3000000), loss_extent=2,
                loss_parties=2, affected="取引先", harm_reason="過去の事例から見積もった", no_control_reason="なし", by=stage["ueno"],
            )  # fmt: skip
