"""How far each standard is in place: areas and totals for the management, without a tree of rows."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Case, F, FilteredRelation, Q, When

from sakimori.kernel.identity.models import Person

from .catalogue import Control, Standard
from .proof import proved
from .statements import Statement


@dataclass
class Share:
    """A share of the controls applied or undecided: how many of them something recent shows to be in place."""

    label: str
    done: int = 0
    total: int = 0

    @property
    def percent(self) -> int | None:
        """Return the share in percent; None where nothing is applied."""
        return round(100 * self.done / self.total) if self.total else None


@dataclass
class Ring(Share):
    """A standard in use with its areas; ``statement`` is the key of the version counted, the one in force first."""

    pk: int = 0
    statement: int | None = None
    areas: tuple[Share, ...] = ()


Node = tuple[int, int | None, int, str, str, bool, bool | None]


def rings(person: Person) -> list[Ring]:
    """Return the standards in use, each with its areas; four queries for any number of controls."""
    found = _standards(person)
    chosen = [ring.statement or 0 for ring in found.values()]  # an empty list would empty the whole query
    rows = Control.objects.current().filter(standard_id__in=found).order_by("standard_id", "position")
    rows = rows.annotate(
        said=FilteredRelation("statement_rows", condition=Q(statement_rows__statement__in=chosen))
    )
    columns = ("pk", "parent_id", "standard_id", "label", "control_kind", "assessable", "said__applicable")
    nodes: list[Node] = list(rows.values_list(*columns))
    _count(found, nodes, proved({pk: home for pk, _p, home, _l, _k, assessable, _a in nodes if assessable}))
    return list(found.values())


def _standards(person: Person) -> dict[int, Ring]:
    in_force = Case(When(statements__status=Statement.Status.APPROVED, then=0), default=1)
    rows = Standard.objects.visible_to(person).current().filter(in_use=True)
    rows = rows.order_by("pk", in_force, F("statements__version").desc())
    found: dict[int, Ring] = {}
    for pk, label, statement in rows.values_list("pk", "label", "statements__pk"):
        found.setdefault(pk, Ring(label, pk=pk, statement=statement))
    return found


def _count(found: dict[int, Ring], nodes: list[Node], shown: set[int]) -> None:
    parents = {pk: parent for pk, parent, *_rest in nodes}
    inner = set(parents.values())
    areas: dict[int, dict[int, Share]] = defaultdict(dict)
    for pk, parent, home, label, *_rest in nodes:
        if parent not in parents:
            areas[home][pk] = Share(label)
    for pk, _parent, home, _label, kind, assessable, applicable in nodes:
        counts = assessable and (pk not in inner or kind == Control.Kind.CONTROL)
        if counts and applicable is not False:
            for share in (found[home], areas[home][_root(pk, parents)]):
                share.total += 1
                share.done += pk in shown
    for home, ring in found.items():
        ring.areas = tuple(areas[home].values())


def _root(pk: int, parents: dict[int, int | None]) -> int:
    above = parents[pk]
    while above is not None and above in parents:
        pk, above = above, parents[above]
    return pk
