"""What a statement says: its lines with risks and evidence, its frozen form, and differences between versions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, Max, Q

from sakimori.domains.controls.models import Control, ControlTest, Need, Standard, Statement, StatementRow
from sakimori.domains.controls.models import Mapping as Crosswalk
from sakimori.kernel.dossier.models import Evidence as Filed
from sakimori.kernel.dossier.models import Link
from sakimori.kernel.policy import policy
from sakimori.lib import clock
from sakimori.lib.dates import Cadence

from .catalogue import COMPANY


@dataclass(frozen=True)
class Evidence:
    """What shows that a control is in place; blank where nothing does."""

    count: int = 0
    latest: date | None = None
    planned_until: date | None = None
    planned: int = 0
    stale: bool = False
    through: tuple[str, ...] = ()  # controls of other standards whose evidence this one shares

    @property
    def state(self) -> str:
        """Return ``done``, ``stale``, ``planned`` or ``none``: never anything by default."""
        if self.count and not self.stale:
            return "done"
        if self.count:
            return "stale"
        return "planned" if self.planned else "none"


@dataclass(frozen=True)
class Line:
    """One row of a statement as it is shown, printed and exported."""

    control: Control
    row: StatementRow
    risks: tuple[tuple[int, str], ...] = ()
    evidence: Evidence = field(default_factory=Evidence)


def controls_of(standard: Standard) -> list[Control]:
    """Return what a statement for the standard must speak of: its own rows and the company's controls."""
    own = list(Control.objects.of(standard).assessable())
    added = Control.objects.current().filter(standard__slug=COMPANY).order_by("position")
    return own + [control for control in added if standard.slug != COMPANY]


def lines(statement: Statement) -> list[Line]:
    """Return the rows of a statement with risk numbers and evidence, in a fixed number of queries."""
    rows = list(statement.rows.select_related("control__standard", "exclusion").order_by(
        "control__standard_id", "control__position"
    ))  # fmt: skip
    own = [row for row in rows if row.control.standard_id == statement.standard_id]
    added = [row for row in rows if row.control.standard_id != statement.standard_id]
    controls = [row.control_id for row in rows]
    causes = _causes(controls)
    proofs = evidence_of(controls)
    return [
        Line(row.control, row, tuple(causes.get(row.control_id, ())), proofs[row.control_id])
        for row in own + added
    ]


def _causes(controls: Iterable[int]) -> dict[int, list[tuple[int, str]]]:
    found: dict[int, list[tuple[int, str]]] = defaultdict(list)
    needs = Need.objects.standing().filter(control_id__in=controls).order_by("cause__number")
    for control, cause, number in needs.values_list("control_id", "cause_id", "cause__number"):
        found[control].append((cause, number))
    return found


def evidence_of(controls: Iterable[int]) -> dict[int, Evidence]:
    """Return what proves each control: its own evidence, tests, and that of its counterparts elsewhere."""
    wanted = list(controls)
    counterparts = _counterparts(wanted)
    everything = {*wanted, *(pk for group in counterparts.values() for pk in group)}
    own = _own_evidence(everything)
    refs = dict(Control.objects.filter(pk__in=everything).values_list("pk", "ref"))
    plans = _plans(wanted)
    interval: Cadence = policy.value("soa.review")
    found = {}
    for pk in wanted:
        shared = {refs[other]: own[other] for other in counterparts.get(pk, ()) if other in own}
        found[pk] = _weigh(own.get(pk), shared, plans.get(pk), interval)
    return found


Proof = tuple[int, date]  # how many, and the day of the latest


def _weigh(
    own: Proof | None, shared: dict[str, Proof], plan: tuple[int, date | None] | None, interval: Cadence
) -> Evidence:
    proofs = [own] if own else list(shared.values())
    planned, until = plan or (0, None)
    if not proofs:
        return Evidence(planned=planned, planned_until=until)
    latest = max(day for _count, day in proofs)
    return Evidence(
        count=sum(count for count, _day in proofs),
        latest=latest,
        planned=planned,
        planned_until=until,
        stale=interval.after(latest) < clock.today(),
        through=() if own else tuple(sorted(shared)),
    )


def _counterparts(controls: Iterable[int]) -> dict[int, set[int]]:
    """Return the controls of other standards that ask for the same thing, in either direction."""
    wanted, found = set(controls), defaultdict(set)
    pairs = Crosswalk.objects.filter(Q(source_id__in=wanted) | Q(target_id__in=wanted))
    for source, target in pairs.values_list("source_id", "target_id"):
        if source in wanted:
            found[source].add(target)
        if target in wanted:
            found[target].add(source)
    return found


def _own_evidence(controls: set[int]) -> dict[int, Proof]:
    """Count files, tests that found the control working, and records named as its proof."""
    counted: dict[int, list[Proof]] = defaultdict(list)
    files = Filed.objects.valid().filter(record_id__in=controls)
    for pk, count, day in files.values_list("record_id").annotate(Count("id"), Max("happened_on")):
        counted[pk].append((count, day))
    tests = ControlTest.objects.current().filter(control_id__in=controls)
    tests = tests.exclude(result=ControlTest.Result.INEFFECTIVE)
    for pk, count, day in tests.values_list("control_id").annotate(Count("pk"), Max("effective_on")):
        counted[pk].append((count, day))
    links = Link.objects.filter(source_id__in=controls, relation=Link.Relation.PROVED_BY, removed_at=None)
    grouped = links.values_list("source_id").annotate(Count("id"), Max("target__effective_on"))
    for pk, count, day in grouped:
        counted[pk].append((count, day))
    return {pk: (sum(n for n, _d in rows), max(d for _n, d in rows)) for pk, rows in counted.items()}


def _plans(controls: Iterable[int]) -> dict[int, tuple[int, date | None]]:
    needs = Need.objects.standing().filter(control_id__in=controls, done=False)
    grouped = needs.values_list("control_id").annotate(Count("id"), Max("due_on"))
    return {pk: (count, day) for pk, count, day in grouped}


def frozen(statement: Statement) -> list[dict[str, object]]:
    """Return the statement word for word, as approval binds it."""
    return [
        {
            "ref": line.control.ref,
            "control": line.control.number,
            "name": line.control.name,
            "applicable": line.row.applicable,
            "reasons": line.row.reasons,
            "reason": line.row.reason,
            "impact": line.row.impact,
            "exclusion": line.row.exclusion.number if line.row.exclusion else "",
            "risks": [number for _pk, number in line.risks],
            "article": line.control.article,
            "state": line.evidence.state,
            "evidence": line.evidence.count,
            "latest": line.evidence.latest,
            "owner": line.control.owner_id,
        }
        for line in lines(statement)
    ]


@dataclass(frozen=True)
class Difference:
    """What two versions say differently of one control; ``before`` or ``after`` is None where it is missing."""

    ref: str
    name: str
    before: Mapping[str, object] | None
    after: Mapping[str, object] | None

    @property
    def fields(self) -> tuple[str, ...]:
        """Return the names of what differs."""
        if self.before is None or self.after is None:
            return ()
        return tuple(key for key in COMPARED if self.before.get(key) != self.after.get(key))


COMPARED = ("applicable", "reasons", "reason", "impact", "risks", "article", "state")


def said(statement: Statement) -> list[dict[str, object]]:
    """Return the frozen text of an approved version, the present one of a draft."""
    rows: list[dict[str, object]] = statement.frozen or frozen(statement)
    return rows


def difference(before: Statement, after: Statement) -> list[Difference]:
    """Return where two versions of one standard's statement differ."""
    old = {str(row["ref"]): row for row in said(before)}
    new = {str(row["ref"]): row for row in said(after)}
    found = []
    for ref in [*new, *(ref for ref in old if ref not in new)]:
        pair = Difference(ref, str((new.get(ref) or old[ref])["name"]), old.get(ref), new.get(ref))
        if pair.before is None or pair.after is None or pair.fields:
            found.append(pair)
    return found


@dataclass(frozen=True)
class Contrast:
    """A control of one standard beside its counterparts in another, where the statements disagree."""

    row: Mapping[str, object]
    counterparts: tuple[Mapping[str, object], ...]

    @property
    def disagree(self) -> bool:
        """Tell whether one is applied while none of the others is, or the other way round."""
        others = {row["applicable"] for row in self.counterparts}
        return bool(others) and self.row["applicable"] not in others


def across(statement: Statement, other: Statement) -> list[Contrast]:
    """Return every control of ``statement`` with its counterparts in ``other``, by the crosswalk.

    Where no table joins the two standards, the way leads over a third one.
    """
    numbers = {str(row["control"]): row for row in said(other)}
    keys = dict(Control.objects.filter(number__in=numbers).values_list("pk", "number"))
    own = {str(row["control"]): row for row in said(statement)}
    pks = dict(Control.objects.filter(number__in=own).values_list("number", "pk"))
    first = _counterparts(pks.values())
    second = _counterparts({pk for group in first.values() for pk in group})
    found = []
    for number, row in own.items():
        near = first.get(pks[number], set())
        reached = near & set(keys) or {far for pk in near for far in second.get(pk, ())} & set(keys)
        found.append(Contrast(row, tuple(numbers[keys[pk]] for pk in sorted(reached))))
    return found
