"""Coverage of threats: every origin by every effect, with the controls that answer it (REG-003)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from sakimori.domains.risk.models import Risk
from sakimori.kernel.content.threats import EFFECTS, ORIGINS, THREATS
from sakimori.kernel.identity.models import Person


@dataclass(frozen=True)
class Combination:
    """One origin with one effect: threats of the catalogue, risks identified, controls linked to them."""

    origin: str
    effect: str
    threats: int
    risks: int
    controls: int

    @property
    def is_blank(self) -> bool:
        """Tell whether the catalogue knows such threats and no control is linked to any of them."""
        return bool(self.threats) and not self.controls


def coverage(person: Person, risks: Mapping[str, int]) -> list[tuple[str, list[Combination]]]:
    """Return the combinations by origin, in one query; ``risks``: how many there are of each threat."""
    mine = Risk.objects.visible_to(person).identified().order_by()
    linked: dict[str, set[int]] = defaultdict(set)
    answered = mine.filter(needs_controls__ended_at=None, needs_controls__isnull=False)
    for threat, control in answered.values_list("threat", "needs_controls__control_id").distinct():
        linked[threat].add(control)
    return [
        (
            origin.title,
            [_combine(origin.id, effect.id, effect.title, origin.title, risks, linked) for effect in EFFECTS],
        )
        for origin in ORIGINS
    ]


def _combine(
    origin: str,
    effect: str,
    effect_title: str,
    origin_title: str,
    risks: Mapping[str, int],
    linked: dict[str, set[int]],
) -> Combination:
    of_both = [threat.id for threat in THREATS if origin in threat.origin and effect in threat.effects]
    controls = set().union(*(linked.get(threat, set()) for threat in of_both))
    return Combination(
        origin_title,
        effect_title,
        len(of_both),
        sum(risks.get(threat, 0) for threat in of_both),
        len(controls),
    )
