"""Scales and formulas of risk, without Django: importance, likelihood, loss, value.

Two methods are known. The public Japanese one for small companies multiplies importance by a likelihood made
of threat and vulnerability; the regulation's own multiplies levels of likelihood and loss stated in numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Scale:
    """Whole levels from ``low`` to ``high``."""

    low: int
    high: int

    def holds(self, value: int) -> bool:
        """Tell whether ``value`` is a level of this scale."""
        return self.low <= value <= self.high

    @property
    def levels(self) -> tuple[int, ...]:
        """Return the levels, lowest first."""
        return tuple(range(self.low, self.high + 1))

    def moved_to(self, other: Scale, value: int) -> int:
        """Return the level of ``other`` that stands where ``value`` stands here; ends stay ends."""
        span = self.high - self.low
        return other.low + round((value - self.low) * (other.high - other.low) / span)


CIA_SCALES = (Scale(0, 2), Scale(1, 3), Scale(1, 5))
SME_LEVELS = Scale(1, 3)


def fitting_scales(values: Iterable[int], scales: Sequence[Scale] = CIA_SCALES) -> tuple[Scale, ...]:
    """Return the scales that hold every one of ``values``; several mean: ask."""
    found = set(values)
    return tuple(scale for scale in scales if all(scale.holds(value) for value in found))


def importance(
    levels: Sequence[int | None], *, scale: Scale, personal: bool, rule: str = "max"
) -> int | None:
    """Return the importance of an asset from its C, I and A levels; None while one is blank.

    ``personal``: personal data lifts the result to the top of the scale. ``rule`` is ``max``, ``sum`` or
    ``product``; raises KeyError for another.
    """
    stated = [level for level in levels if level is not None]
    if len(stated) < len(levels):
        return None
    top = {"max": scale.high, "sum": scale.high * 3, "product": scale.high**3}[rule]
    if personal:
        return top
    if rule == "max":
        return max(stated)
    if rule == "sum":
        return sum(stated)
    first, second, third = stated
    return first * second * third


def sme_likelihood(threat: int, vulnerability: int) -> int:
    """Return 被害発生可能性, 1 to 3, from threat and vulnerability of 1 to 3."""
    return max(1, threat + vulnerability - 3)


def sme_risk(importance_level: int, threat: int, vulnerability: int) -> int:
    """Return 重要度 × 被害発生可能性."""
    return importance_level * sme_likelihood(threat, vulnerability)


def level_for(amount: Decimal | float, limits: Mapping[int, Decimal]) -> int:
    """Return the highest level whose lower limit ``amount`` reaches; the lowest when it reaches none."""
    reached = [level for level, limit in limits.items() if amount >= limit]
    return max(reached, default=min(limits))
