"""What shows that a control is in place: counted from evidence, tests and linked records, never typed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Max
from django.utils.translation import gettext as _

from sakimori.kernel.dossier.models import Evidence as Filed
from sakimori.kernel.dossier.models import Link
from sakimori.kernel.policy import policy
from sakimori.lib import clock
from sakimori.lib.dates import Cadence

from .catalogue import Control
from .crosswalk import neighbours, whole_neighbours
from .needs import ControlTest, Need

TONES = {"done": "green", "through": "blue", "stale": "yellow", "planned": "orange", "none": "red"}


@dataclass(frozen=True)
class Evidence:
    """What shows that a control is in place; blank where nothing does."""

    count: int = 0
    latest: date | None = None
    planned: int = 0
    planned_until: date | None = None
    stale: bool = False
    through: tuple[str, ...] = ()  # controls of other standards whose evidence this one shares

    @property
    def state(self) -> str:
        """Return ``done``, ``through``, ``stale``, ``planned`` or ``none``: nothing counts as done by default."""
        if self.count and self.stale:
            return "stale"
        if self.count:
            return "through" if self.through else "done"
        return "planned" if self.planned else "none"

    @property
    def is_implemented(self) -> bool:
        """Tell whether something recent shows that the control works."""
        return self.state in ("done", "through")

    @property
    def words(self) -> str:
        """Return the state as people read it."""
        facts = {"n": self.count, "day": _day(self.latest), "refs": "・".join(self.through[:3])}
        match self.state:
            case "done":
                return _("実施（%(n)s件、%(day)s）") % facts
            case "through":
                return _("他規格の管理策を通じて実施（%(refs)s、%(n)s件、%(day)s）") % facts
            case "stale":
                return _("証跡が古い（%(n)s件、%(day)s）") % facts
            case "planned":
                until = _("、%sまで") % _day(self.planned_until) if self.planned_until else ""
                return _("計画中（%(n)s件%(until)s）") % {"n": self.planned, "until": until}
        return _("証跡なし")

    @property
    def short(self) -> str:
        """Return the state in a word or two."""
        return {
            "done": _("実施"), "through": _("他規格を通じて実施"), "stale": _("証跡が古い"),
            "planned": _("計画中"), "none": _("証跡なし"),
        }[self.state]  # fmt: skip

    @property
    def detail(self) -> str:
        """Return what stands behind the state: how many proofs, of which day, of whose."""
        if not self.count:
            return _("%sまで") % _day(self.planned_until) if self.planned_until else ""
        counted = _("%(n)s件、%(day)s") % {"n": self.count, "day": _day(self.latest)}
        return f"{'・'.join(self.through[:3])}　{counted}" if self.through else counted

    @property
    def tone(self) -> str:
        """Return the colour that goes with the words."""
        return TONES[self.state]


def oldest_signature(today: date) -> date:
    """Return the day before which a signature under an exclusion holds no longer (V20-003, REG-316)."""
    return policy.value("risk.acceptance.validity").after(today, -1)  # type: ignore[no-any-return]


def _day(day: date | None) -> str:
    return day.strftime("%Y/%m/%d") if day else ""


Proof = tuple[int, date]  # how many, and the day of the latest
NOTHING = Evidence()


def evidence_of(controls: Iterable[int]) -> dict[int, Evidence]:
    """Return what proves each control: its own evidence, or that of its whole counterparts elsewhere.

    A correspondence that holds in part only proves nothing. The number of queries does not depend on the controls.
    """
    wanted = list(controls)
    counterparts = neighbours(wanted, whole=True)
    everything = {*wanted, *(pk for group in counterparts.values() for pk in group)}
    own = _own_evidence(everything)
    refs = dict(Control.objects.filter(pk__in=set(own)).values_list("pk", "ref"))
    plans = _plans(wanted)
    oldest = policy.value("soa.review")
    found = {}
    for pk in wanted:
        shared = {refs[other]: own[other] for other in counterparts[pk] if other in own}
        found[pk] = _weigh(own.get(pk), shared, plans.get(pk, (0, None)), oldest)
    return found


def _weigh(
    own: Proof | None, shared: Mapping[str, Proof], plan: tuple[int, date | None], interval: Cadence
) -> Evidence:
    fresh = {ref: proof for ref, proof in shared.items() if not _is_old(proof, interval)}
    if own is not None and (not _is_old(own, interval) or not fresh):
        chosen: Mapping[str, Proof] = {"": own}
    else:
        chosen = fresh or shared
    if not chosen:
        return Evidence(planned=plan[0], planned_until=plan[1])
    latest = max(day for _count, day in chosen.values())
    return Evidence(
        count=sum(count for count, _latest in chosen.values()),
        latest=latest,
        planned=plan[0],
        planned_until=plan[1],
        stale=interval.after(latest) < clock.today(),
        through=tuple(sorted(ref for ref in chosen if ref)),
    )


def _is_old(proof: Proof, interval: Cadence) -> bool:
    return interval.after(proof[1]) < clock.today()


def proved(homes: Mapping[int, int]) -> set[int]:
    """Return which of the controls (control → standard) something recent shows to be in place, in two queries.

    The same judgement as ``evidence_of``, for pages that count whole standards.
    """
    fresh = {pk for pk, day in _latest().items() if not _is_old((1, day), policy.value("soa.review"))}
    return {pk for pk, others in whole_neighbours(homes).items() if pk in fresh or fresh & others.keys()}


def _latest() -> dict[int, date]:
    """Return the day of the newest proof of each control that has any, in one query."""
    files = Filed.objects.valid().order_by().values_list("record_id").annotate(Max("happened_on"))
    tests = ControlTest.objects.current().exclude(result=ControlTest.Result.INEFFECTIVE).order_by()
    links = Link.objects.filter(relation=Link.Relation.PROVED_BY, removed_at=None).order_by()
    every = files.filter(record__kind=Control._meta.label_lower).union(
        tests.values_list("control_id").annotate(Max("effective_on")),
        links.values_list("source_id").annotate(Max("target__effective_on")),
        all=True,
    )
    found: dict[int, date] = {}
    for pk, day in every:
        found[pk] = max(day, found.get(pk, day))
    return found


def _own_evidence(controls: set[int]) -> dict[int, Proof]:
    """Count files, tests that found the control working, and records named as its proof."""
    counted: dict[int, list[Proof]] = defaultdict(list)
    files = Filed.objects.valid().filter(record_id__in=controls).order_by()
    for pk, count, day in files.values_list("record_id").annotate(Count("id"), Max("happened_on")):
        counted[pk].append((count, day))
    tests = ControlTest.objects.current().filter(control_id__in=controls).order_by()
    tests = tests.exclude(result=ControlTest.Result.INEFFECTIVE)
    for pk, count, day in tests.values_list("control_id").annotate(Count("pk"), Max("effective_on")):
        counted[pk].append((count, day))
    links = Link.objects.filter(source_id__in=controls, relation=Link.Relation.PROVED_BY, removed_at=None)
    grouped = links.order_by().values_list("source_id").annotate(Count("id"), Max("target__effective_on"))
    for pk, count, day in grouped:
        counted[pk].append((count, day))
    return {pk: (sum(n for n, _d in rows), max(d for _n, d in rows)) for pk, rows in counted.items()}


def _plans(controls: Iterable[int]) -> dict[int, tuple[int, date | None]]:
    needs = Need.objects.standing().filter(control_id__in=list(controls), done=False, due_on__isnull=False)
    grouped = needs.order_by().values_list("control_id").annotate(Count("id"), Max("due_on"))
    return {pk: (count, day) for pk, count, day in grouped}
