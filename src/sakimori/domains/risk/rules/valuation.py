"""The methods of valuation: from stated facts to likelihood, loss and value, with what was used.

Nothing here writes. The levels come from the regulation in force on the day, and are returned with the
result so that the value can be computed again years later (REG-311, V20-010).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sakimori.kernel.policy import policy
from sakimori.lib import scales
from sakimori.lib.errors import Invalid

if TYPE_CHECKING:
    from sakimori.domains.assets.models import Asset
    from sakimori.domains.risk.models import Risk

REGULATION = "regulation"
SME = "sme"
_REGULATION_FACTS = {
    "frequency": gettext_lazy("想定頻度を1年当たりの回数で入力してください。"),
    "loss_amount": gettext_lazy("想定損害額を円で入力してください。"),
    "loss_extent": gettext_lazy("影響範囲を選んでください。"),
    "loss_parties": gettext_lazy("被害を受ける人を選んでください。"),
}
_SME_FACTS = {
    "threat_level": gettext_lazy("脅威の発生頻度を選んでください。"),
    "vulnerability_level": gettext_lazy("脆弱性の程度を選んでください。"),
}


@dataclass(frozen=True)
class Valuation:
    """A computed value and the conditions it was computed under."""

    likelihood: int
    loss: int
    value: int
    level: int
    expected_loss: Decimal | None
    conditions: dict[str, object]

    @property
    def above_level(self) -> bool:
        """Tell whether the value exceeds the acceptance level."""
        return self.value > self.level


def acceptance_level(day: date | None = None) -> int:
    """Return the highest value that needs no treatment (V20-012)."""
    level: int = policy.value("risk.acceptance.level", on=day)
    return level


def level_of(risk: Risk, day: date | None = None) -> int:
    """Return the level decided for this risk alone, or else the regulation's (REG-312)."""
    return acceptance_level(day) if risk.own_level is None else risk.own_level


def limits(name: str, column: str, day: date | None = None) -> dict[int, Decimal]:
    """Return level → the number from which it applies, of one scale of the regulation."""
    return {int(row["value"]): Decimal(str(row[column])) for row in policy.value(name, on=day)}


def levels(name: str, day: date | None = None) -> tuple[int, ...]:
    """Return the levels of one scale of the regulation, lowest first."""
    return tuple(sorted(int(row["value"]) for row in policy.value(name, on=day)))


def axes(method: str, day: date | None = None) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the levels of likelihood and of loss under a method, lowest first: the heat map's axes."""
    if method == SME:
        return scales.SME_LEVELS.levels, levels("assets.scale.confidentiality", day)
    return levels("risk.scale.likelihood", day), levels("risk.scale.amount", day)


def harms_of(asset: Asset) -> dict[str, int | None]:
    """Return the harm to the business when each property is lost, as the asset was rated (V20-017)."""
    return {
        "harm_confidentiality": asset.confidentiality,
        "harm_integrity": asset.integrity,
        "harm_availability": asset.availability,
    }


def missing_facts(risk: Risk) -> dict[str, str]:
    """Return a sentence for each fact that the risk's method asks for and nobody stated."""
    demanded = _SME_FACTS if risk.method == SME else _REGULATION_FACTS
    missing = {name: str(text) for name, text in demanded.items() if getattr(risk, name) in (None, "")}
    if risk.asset.importance is None:  # the order of the work: assets are rated before their risks (REG-298)
        text = _("情報資産「%(asset)s」の機密性・完全性・可用性を先に評価してください。")
        missing["asset"] = text % {"asset": risk.asset.name}
    return missing


def value_of(risk: Risk, day: date) -> Valuation:
    """Compute the present value of a risk by its method; raise Invalid naming every missing fact."""
    if missing := missing_facts(risk):
        raise Invalid(missing)
    if risk.method == SME:
        return _by_sme(risk, day)
    return _by_regulation(risk, day)


def _by_regulation(risk: Risk, day: date) -> Valuation:
    assert risk.frequency is not None and risk.loss_amount is not None
    assert risk.loss_extent is not None and risk.loss_parties is not None
    per_year = limits("risk.scale.likelihood", "per_year", day)
    from_yen = limits("risk.scale.amount", "from", day)
    likelihood = scales.level_for(risk.frequency, per_year)
    by_amount = scales.level_for(risk.loss_amount, from_yen)
    loss = max(by_amount, risk.loss_extent, risk.loss_parties)
    conditions: dict[str, object] = {
        "method": REGULATION,
        "formula": "起こりやすさ × 損害（金額・範囲・利害関係者のうち最大の段階）",
        "day": day,
        "per_year": {str(level): number for level, number in per_year.items()},
        "from_yen": {str(level): number for level, number in from_yen.items()},
        "loss_by_amount": by_amount,
    }
    expected = (risk.frequency * risk.loss_amount).quantize(Decimal(1))
    return Valuation(likelihood, loss, likelihood * loss, level_of(risk, day), expected, conditions)


def _by_sme(risk: Risk, day: date) -> Valuation:
    importance = risk.asset.importance
    assert importance is not None
    assert risk.threat_level is not None and risk.vulnerability_level is not None
    likelihood = scales.sme_likelihood(risk.threat_level, risk.vulnerability_level)
    conditions: dict[str, object] = {
        "method": SME,
        "formula": "重要度 × 被害発生可能性（最大値(1, 脅威 + 脆弱性 − 3)）",
        "day": day,
        "importance": importance,
        "importance_rule": policy.value("assets.importance.rule", on=day),
    }
    value = scales.sme_risk(importance, risk.threat_level, risk.vulnerability_level)
    return Valuation(likelihood, importance, value, level_of(risk, day), None, conditions)


def residual(method: str, likelihood: int, loss: int) -> int:
    """Return the value that remains; raise Invalid for levels outside the method's axes."""
    rows, columns = axes(method)
    problems = {}
    if likelihood not in rows:
        problems["expected_likelihood"] = _outside(rows)
    if loss not in columns:
        problems["expected_loss"] = _outside(columns)
    if problems:
        raise Invalid(problems)
    return likelihood * loss


def _outside(levels: tuple[int, ...]) -> str:
    return _("%(low)sから%(high)sで入力してください。") % {"low": levels[0], "high": levels[-1]}
