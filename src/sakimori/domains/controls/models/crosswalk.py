"""Which controls of other standards ask for the same thing, directly or over a third standard."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from .catalogue import Control, Mapping

FURTHEST = 3  # tables between one standard and another; further away the subject has drifted


@dataclass(frozen=True)
class Step:
    """One correspondence, read from either end."""

    here: int
    there: int
    standard_id: int  # of ``there``
    relation: str


def neighbours(controls: Iterable[int], *, whole: bool = False) -> dict[int, dict[int, int]]:
    """Return for each control the controls of other standards that correspond, with how many tables lie between.

    A way never returns to a standard it has passed, so that two controls of one standard do not become
    neighbours because both were merged into a third. ``whole``: leave out correspondences that hold in part only.
    """
    wanted = list(controls)
    homes = dict(Control.objects.filter(pk__in=wanted).values_list("pk", "standard_id"))
    ways = {pk: [(pk, frozenset([homes[pk]]))] for pk in wanted if pk in homes}
    found: dict[int, dict[int, int]] = {pk: {} for pk in wanted}
    known: dict[int, list[Step]] = {}
    for distance in range(1, FURTHEST + 1):
        ends = {end for reached in ways.values() for end, _passed in reached}
        known.update(_steps(ends - set(known), whole=whole))
        for pk, reached in ways.items():
            ways[pk] = _further(reached, known)
            for end, _passed in ways[pk]:
                found[pk].setdefault(end, distance)
    return found


Way = tuple[int, frozenset[int]]


def _further(reached: list[Way], known: dict[int, list[Step]]) -> list[Way]:
    """Return where the ways lead with one more table."""
    return list(
        {
            (step.there, passed | {step.standard_id}): None
            for end, passed in reached
            for step in known.get(end, ())
            if step.standard_id not in passed
        }
    )


def _steps(ends: set[int], *, whole: bool) -> dict[int, list[Step]]:
    found: dict[int, list[Step]] = defaultdict(list)
    pairs = Mapping.objects.filter(Q(source_id__in=ends) | Q(target_id__in=ends))
    pairs = pairs.filter(source__retired_at=None, target__retired_at=None)
    if whole:
        pairs = pairs.exclude(relation=Mapping.Relation.PARTIAL)
    columns = ("source_id", "target_id", "source__standard_id", "target__standard_id", "relation")
    for source, target, from_standard, to_standard, relation in pairs.values_list(*columns):
        if source in ends:
            found[source].append(Step(source, target, to_standard, relation))
        if target in ends:
            found[target].append(Step(target, source, from_standard, relation))
    return found | {end: [] for end in ends - set(found)}
