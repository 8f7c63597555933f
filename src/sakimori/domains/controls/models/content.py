"""What a statement says: its lines with risks and evidence, its frozen form, what is still missing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from sakimori.lib import canonical

from .catalogue import Control, Standard
from .needs import Need, Reason
from .proof import NOTHING, Evidence, evidence_of
from .statements import Statement, StatementRow

COMPANY = "company"  # the slug of the company's own standard
Said = dict[str, object]  # one control's part of a statement, as approval binds it


@dataclass(frozen=True)
class Line:
    """One row of a statement as it is shown, printed and exported."""

    control: Control
    row: StatementRow
    area: str = ""
    causes: tuple[Need, ...] = ()
    evidence: Evidence = NOTHING

    @property
    def risks(self) -> list[str]:
        """Return the numbers of the risks that need the control."""
        return [need.cause.number for need in self.causes if need.reason == Reason.RISK]

    @property
    def blocking(self) -> list[str]:
        """Return the numbers of the risks above the level: they forbid a silent exclusion."""
        return [need.cause.number for need in self.causes if need.blocking]

    @property
    def reason_words(self) -> list[str]:
        """Return the classes of reasons in words."""
        return reason_words(self.row.reasons)

    @property
    def is_complete(self) -> bool:
        """Tell whether decision and reason are stated."""
        return self.row.applicable is not None and bool(self.row.reason)

    @property
    def is_unproved(self) -> bool:
        """Tell whether the control was selected and nothing shows that it is in place (V20-029)."""
        return bool(self.row.applicable) and not self.evidence.is_implemented

    @property
    def decision(self) -> str:
        """Return the decision in words."""
        return decision_words(self.row.applicable)


def decision_words(applicable: object) -> str:
    """Return 採用, 除外 or an honest blank."""
    return {True: _("採用"), False: _("除外")}.get(applicable, _("未決定"))  # type: ignore[call-overload, no-any-return]


def reason_words(reasons: object) -> list[str]:
    """Return the words of stored classes of reasons."""
    labels = dict(Reason.choices)
    return [str(labels.get(code, code)) for code in (reasons if isinstance(reasons, list) else [])]


def controls_of(standard: Standard) -> list[Control]:
    """Return what a statement for the standard must speak of: its own rows and the company's (V20-024)."""
    own = list(Control.objects.of(standard).assessable())
    if standard.slug == COMPANY:
        return own
    return own + list(Control.objects.current().filter(standard__slug=COMPANY).order_by("position", "pk"))


def areas_of(standards: Iterable[int]) -> dict[int, Control]:
    """Return the topmost heading above every node of these standards, the node itself where nothing is above."""
    nodes = {node.pk: node for node in Control.objects.filter(standard_id__in=list(standards))}
    tops: dict[int, Control] = {}
    for node in nodes.values():
        path = [node]
        while path[-1].pk not in tops and path[-1].parent_id in nodes:
            path.append(nodes[path[-1].parent_id])
        top = tops.get(path[-1].pk, path[-1])
        tops.update((passed.pk, top) for passed in path)
    return tops


def lines(statement: Statement) -> list[Line]:
    """Return the rows of a statement with risk numbers and evidence, in a fixed number of queries."""
    rows = list(statement.rows.select_related("control__standard", "control__owner", "exclusion"))
    rows.sort(
        key=lambda row: (
            row.control.standard_id != statement.standard_id, row.control.position, row.control_id
        )
    )  # fmt: skip
    controls = [row.control_id for row in rows]
    causes = _causes(controls)
    proofs = evidence_of(controls)
    tops = areas_of({row.control.standard_id for row in rows})
    return [
        Line(
            row.control, row, _area(tops[row.control_id]), tuple(causes.get(row.control_id, ())),
            proofs[row.control_id],
        )
        for row in rows
    ]  # fmt: skip


def _area(top: Control) -> str:
    if top.control_kind == Control.Kind.CONTROL:
        return str(top.standard.short)
    return f"{top.ref} {top.name}"


def _causes(controls: Sequence[int]) -> dict[int, list[Need]]:
    found: dict[int, list[Need]] = defaultdict(list)
    needs = Need.objects.standing().filter(control_id__in=controls)
    for need in needs.select_related("cause").order_by("cause__number"):
        found[need.control_id].append(need)
    return found


def frozen(statement: Statement) -> list[Said]:
    """Return the statement word for word, as approval binds it; JSON types only."""
    return [_said(line) for line in lines(statement)]


def _said(line: Line) -> Said:
    row, control = line.row, line.control
    said = canonical.plain(
        {
            "ref": control.ref,
            "control": control.number,
            "standard": control.standard.short,
            "area": line.area,
            "kind": control.control_kind,
            "name": control.name,
            "applicable": row.applicable,
            "reasons": row.reasons,
            "reason": row.reason,
            "impact": row.impact,
            "exclusion": row.exclusion.number if row.exclusion else "",
            "risks": line.risks,
            "grounds": [need.cause.label for need in line.causes if need.reason != Reason.RISK],
            "article": control.article,
            "owner": control.owner.label if control.owner else "",
            "state": line.evidence.state,
            "state_words": line.evidence.words,
            "evidence": line.evidence.count,
            "latest": line.evidence.latest,
        }
    )
    assert isinstance(said, dict)
    return said


def said(statement: Statement) -> list[Said]:
    """Return the frozen text of a version that was submitted, the present one of a draft."""
    rows: list[Said] = statement.frozen or frozen(statement)
    return rows


def missing(found: Iterable[Line]) -> list[tuple[Control, str]]:
    """Return what keeps a statement from being submitted, with a sentence each (V20-025)."""
    problems = []
    for line in found:
        if line.row.applicable is None:
            problems.append((line.control, _("採否が決まっていません。")))
        elif not line.row.reason.strip():
            problems.append((line.control, _("理由が空欄です。")))
        elif line.row.applicable is False and not line.row.impact.strip():
            problems.append((line.control, _("除外の影響判断が空欄です。")))
    return problems
