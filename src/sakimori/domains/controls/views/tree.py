"""The tree of a standard: areas, objectives and controls with what is decided and what shows it."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from sakimori.domains.controls.models import Control, Standard, Statement, StatementRow
from sakimori.domains.controls.models.content import decision_words
from sakimori.domains.controls.models.proof import NOTHING, Evidence, evidence_of
from sakimori.kernel.identity import access
from sakimori.registers.views.gate import PersonRequest, for_person

from ..register import Standards

NARROWED = {
    "": _("すべて"), "no_article": _("規程の条項なし"), "no_procedure": _("実施手順なし"),
    "unproved": _("証跡なし・古い"), "undecided": _("未決定"),
}  # fmt: skip


@dataclass
class Branch:
    """A node with what lies below; ``total`` counts the applied controls, ``done`` those shown to be in place."""

    node: Control
    evidence: Evidence = NOTHING
    applicable: bool | None = None
    children: list[Branch] = field(default_factory=list)
    done: int = 0
    total: int = 0
    leaves: int = 0

    @property
    def is_leaf(self) -> bool:
        """Tell whether nothing lies below."""
        return not self.children

    @property
    def percent(self) -> int:
        """Return the share of applied controls that are in place."""
        return round(100 * self.done / self.total) if self.total else 0

    @property
    def decision(self) -> str:
        """Return the decision of the statement in words."""
        return decision_words(self.applicable)

    def shows(self, narrowed: str) -> bool:
        """Tell whether the leaf is of the kind asked for."""
        match narrowed:
            case "no_article":
                return not self.node.article
            case "no_procedure":
                return not self.node.procedure
            case "unproved":
                return self.applicable is not False and not self.evidence.is_implemented
            case "undecided":
                return self.applicable is None
        return True


@for_person
def tree(request: PersonRequest, pk: int | None = None) -> HttpResponse:
    """Show one standard as a tree; the first in use when none is named."""
    standards = list(Standards.rows(request.person).current().order_by("-in_use", "source", "pk"))
    chosen = next((one for one in standards if pk in (None, one.pk)), None)
    if chosen is None and pk is not None:
        raise Http404
    context: dict[str, object] = {
        "standards": standards,
        "chosen": chosen,
        "may_change": access.may(request.person, "soa.change"),
        "crumbs": [(_("規格と管理策"), "")],
    }
    if chosen is not None:
        narrowed = request.GET.get("only", "")
        narrowed = narrowed if narrowed in NARROWED else ""
        context |= _of(chosen, narrowed)
        context["filters"] = [(key, words, key == narrowed) for key, words in NARROWED.items()]
        context["visible"] = Statement.objects.visible_to(request.person).filter(standard=chosen).exists()
    return render(request, "controls/tree.html", context)


def _of(standard: Standard, narrowed: str) -> dict[str, object]:
    statements = list(standard.statements.order_by("-version"))
    newest = statements[0] if statements else None
    force = next((one for one in statements if one.status == Statement.Status.APPROVED), None)
    roots = branches(standard, force or newest)
    whole = [sum(getattr(root, name) for root in roots) for name in ("done", "total", "leaves")]
    counted = {
        "controls": sum(_count(root, Control.Kind.CONTROL) for root in roots),
        "clauses": sum(_count(root, Control.Kind.CLAUSE) for root in roots),
    }
    if narrowed:
        roots = [root for root in roots if _prune(root, narrowed)]
    return {
        "roots": roots, "newest": newest, "force": force, "done": whole[0], "total": whole[1],
        "percent": round(100 * whole[0] / whole[1]) if whole[1] else 0, "counted": counted,
        "narrowed": narrowed,
    }  # fmt: skip


def branches(standard: Standard, statement: Statement | None) -> list[Branch]:
    """Return the standard's nodes as trees, with the decisions of ``statement`` and today's evidence."""
    nodes = list(Control.objects.of(standard).select_related("owner"))
    decided: dict[int, bool | None] = {}
    if statement is not None:
        rows = StatementRow.objects.filter(statement=statement)
        decided = dict(rows.values_list("control_id", "applicable"))
    proofs = evidence_of([node.pk for node in nodes if node.assessable])
    made = {n.pk: Branch(n, proofs.get(n.pk, NOTHING), decided.get(n.pk)) for n in nodes}
    roots: list[Branch] = []
    for node in nodes:
        parent = made.get(node.parent_id) if node.parent_id else None
        (parent.children if parent else roots).append(made[node.pk])
    for node in reversed(nodes):  # children stand behind their parents
        _sum(made[node.pk])
    return roots


def _sum(branch: Branch) -> None:
    if branch.children:
        branch.done = sum(child.done for child in branch.children)
        branch.total = sum(child.total for child in branch.children)
        branch.leaves = sum(child.leaves for child in branch.children)
    if branch.node.assessable and (not branch.children or branch.node.control_kind == Control.Kind.CONTROL):
        branch.leaves += 1
        branch.total += branch.applicable is not False
        branch.done += branch.applicable is not False and branch.evidence.is_implemented


def _count(branch: Branch, kind: str) -> int:
    waiting, found = [branch], 0
    while waiting:
        one = waiting.pop()
        found += one.node.control_kind == kind and one.node.assessable
        waiting.extend(one.children)
    return found


def _prune(branch: Branch, narrowed: str) -> bool:
    """Leave only the leaves asked for and what leads to them."""
    branch.children = [child for child in branch.children if _prune(child, narrowed)]
    return bool(branch.children) or (branch.node.assessable and branch.leaves == 1 and branch.shows(narrowed))
