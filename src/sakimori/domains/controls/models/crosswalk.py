"""Which controls of other standards ask for the same thing, directly or over a third standard."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from collections.abc import Mapping as Facts
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
    known: dict[int, list[Step]] = {}

    def learn(ends: set[int]) -> None:
        new = ends - set(known)
        known.update(_steps(Q(source_id__in=new) | Q(target_id__in=new), whole=whole, ends=new))

    return {pk: {} for pk in wanted} | _walk(homes, known, learn)


def whole_neighbours(homes: Facts[int, int]) -> dict[int, dict[int, int]]:
    """Return the same for control → standard of whole standards, with one query for all correspondences."""
    known = defaultdict(list, _steps(Q(), whole=True))
    return _walk(homes, known, lambda ends: None)


def _walk(
    homes: Facts[int, int], known: Facts[int, list[Step]], learn: Callable[[set[int]], None]
) -> dict[int, dict[int, int]]:
    ways = {pk: [(pk, frozenset([home]))] for pk, home in homes.items()}
    found: dict[int, dict[int, int]] = {pk: {} for pk in homes}
    for distance in range(1, FURTHEST + 1):
        learn({end for reached in ways.values() for end, _passed in reached})
        for pk, reached in ways.items():
            ways[pk] = _further(reached, known)
            for end, _passed in ways[pk]:
                found[pk].setdefault(end, distance)
    return found


Way = tuple[int, frozenset[int]]


def _further(reached: list[Way], known: Facts[int, list[Step]]) -> list[Way]:
    """Return where the ways lead with one more table."""
    return list(
        {
            (step.there, passed | {step.standard_id}): None
            for end, passed in reached
            for step in known.get(end, ())
            if step.standard_id not in passed
        }
    )


def _steps(wanted: Q, *, whole: bool, ends: set[int] | None = None) -> dict[int, list[Step]]:
    """Return the steps of the correspondences wanted, from both ends or from those named."""
    found: dict[int, list[Step]] = defaultdict(list)
    pairs = Mapping.objects.filter(wanted).filter(source__retired_at=None, target__retired_at=None)
    if whole:
        pairs = pairs.exclude(relation=Mapping.Relation.PARTIAL)
    columns = ("source_id", "target_id", "source__standard_id", "target__standard_id", "relation")
    for source, target, from_standard, to_standard, relation in pairs.values_list(*columns):
        if ends is None or source in ends:
            found[source].append(Step(source, target, to_standard, relation))
        if ends is None or target in ends:
            found[target].append(Step(target, source, from_standard, relation))
    return found | {end: [] for end in (ends or set()) - set(found)}
