"""Catalogues of other tools become standards with their controls, and their mapping sets correspondences."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sakimori.domains.controls.models import Control, Mapping, Standard
from sakimori.kernel.identity.actors import Actor
from sakimori.kernel.ledger.book import command
from sakimori.lib.canonical import digest
from sakimori.lib.errors import NotAllowed
from sakimori.lib.grc.shape import Catalogue, Correspondence, Framework, Node

from .catalogue import Line, install

Ends = dict[str, dict[str, int]]  # controls by their id in the file, per framework


@command("catalogue.imported", gettext_lazy("規格カタログの取込"), right="soa.change")
def import_catalogue(*, catalogue: Catalogue, file_name: str, sha256: str, by: Actor) -> Standard:
    """Take a whole file over, or nothing; return the first standard concerned (V20-100).

    Mapping sets join standards that are there, by their own identifiers or those of the shipped ones.
    """
    installed = [_install(framework, by) for framework in catalogue.frameworks]
    joined = _join(catalogue.correspondences)
    if not installed and not joined:
        raise NotAllowed(
            _("対応表が指す規格がまだ登録されていません。先に両方の規格を取り込んでください。"),
            rule="controls.mapping_without_standards",
        )
    if installed:
        return installed[0]
    ends = {row.source_framework for row in catalogue.correspondences}
    return next(standard for end in sorted(ends) if (standard := _standard(end)) is not None)


def _install(framework: Framework, by: Actor) -> Standard:
    return install(
        slug=framework.id[:200],
        name=framework.name,
        short=(framework.ref or framework.name)[:60],
        edition=framework.version[:60],
        publisher=framework.publisher[:200],
        content_hash=digest([[n.id, n.ref, n.name, n.parent, n.gloss] for n in framework.nodes]),
        lines=_lines(framework.nodes),
        by=by,
    )


def _lines(nodes: Sequence[Node]) -> list[Line]:
    refs = {node.id: node.ref for node in nodes}
    return [
        Line(
            ref=node.ref, kind=_kind(node), name=node.name, parent=refs.get(node.parent, ""), gloss=node.gloss,
            external_id=node.id, assessable=node.assessable, attributes=node.attributes,
        )
        for node in nodes
    ]  # fmt: skip


def _kind(node: Node) -> str:
    if node.clause:
        return Control.Kind.CLAUSE
    if node.assessable:
        return Control.Kind.CONTROL
    return Control.Kind.OBJECTIVE if node.parent else Control.Kind.AREA


def _join(correspondences: Sequence[Correspondence]) -> int:
    """Store the correspondences whose both ends are known; return how many there are."""
    known: Ends = {}
    rows = []
    for row in correspondences:
        source = _end(row.source_framework, row.source, known)
        target = _end(row.target_framework, row.target, known)
        if source is not None and target is not None and source != target:
            rows.append(Mapping(source_id=source, target_id=target, relation=row.relation, note=row.note))
    Mapping.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1000)
    return len(rows)


def _end(framework: str, identity: str, known: Ends) -> int | None:
    if framework not in known:
        known[framework] = _controls(framework)
    found = known[framework]
    return found.get(identity) or found.get(identity.rpartition(":")[2])


def _controls(framework: str) -> dict[str, int]:
    standard = _standard(framework)
    rows = standard.controls.current().values_list("pk", "external_id", "ref") if standard else ()
    found: dict[str, int] = {}
    for pk, external_id, ref in rows:
        found[ref.casefold()] = pk
        if external_id:
            found[external_id] = pk
    return found


def _standard(framework: str) -> Standard | None:
    """Return the standard of this identifier, or the shipped one that its last part names."""
    last = framework.rpartition(":")[2]
    found: Standard | None = Standard.objects.current().filter(slug__in=[framework[:200], last]).first()
    return found
