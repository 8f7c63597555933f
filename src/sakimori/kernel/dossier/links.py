"""Link records with each other, across registers and domains."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sakimori.kernel.identity.actors import Actor, System
from sakimori.kernel.identity.models import Person
from sakimori.kernel.ledger.book import command
from sakimori.kernel.records.models import Record
from sakimori.lib import clock
from sakimori.lib.errors import NotAllowed

from .evidence import require
from .models import Link

REVERSED = {
    "related": gettext_lazy("関連する"),
    "caused_by": gettext_lazy("結果として生む"),
    "supersedes": gettext_lazy("置き換えられる"),
    "concerns": gettext_lazy("対象となる"),
    "proved_by": gettext_lazy("証跡となる"),
    "part_of": gettext_lazy("含む"),
}


@dataclass(frozen=True)
class Neighbour:
    """The other end of a link, and what it is to this record."""

    link: Link
    record: Record
    relation_label: str


def link(source: Record, target: Record, *, relation: str, note: str = "", by: Actor) -> Link:
    """Link ``source`` to ``target``; raise NotAllowed for itself, an unknown relation or a repetition."""
    require(by, "record.link", source)
    if relation not in Link.Relation.values:
        raise NotAllowed(
            _("関係「%s」はありません。一覧から選んでください。") % relation, rule="link.relation"
        )
    if source.pk == target.pk:
        raise NotAllowed(_("記録を自分自身に関連付けることはできません。"), rule="link.self", field="target")
    if not isinstance(by, System) and not Record.objects.visible_to(by).filter(pk=target.pk).exists():
        raise NotAllowed(_("関連付ける先の記録が見つかりません。"), rule="link.target", field="target")
    found = _between(source, target, relation)
    if found is not None:
        raise NotAllowed(_("この関連は既に登録されています。"), rule="link.twice", field="target")
    _link(origin=source, target=target, relation=relation, remark=note, by=by)
    made = _between(source, target, relation)
    assert made is not None
    return made


@command("link.made", gettext_lazy("関連付け"))
def _link(*, origin: Record, target: Record, relation: str, remark: str, by: Actor) -> Record:
    person = None if isinstance(by, System) else by
    Link.objects.create(
        source_id=origin.pk, target_id=target.pk, relation=relation, note=remark, made_by=person
    )
    return origin


def unlink(made: Link, *, reason: str = "", by: Actor) -> None:
    """Remove a link; that it stood stays in the history of its source."""
    require(by, "record.link", made.source)
    if made.removed_at:
        raise NotAllowed(_("この関連は既に解除されています。"), rule="link.removed")
    _unlink(origin=made.source, made=made, target=made.target, relation=made.relation, reason=reason, by=by)


@command("link.removed", gettext_lazy("関連の解除"))
def _unlink(*, origin: Record, made: Link, target: Record, relation: str, reason: str, by: Actor) -> Record:
    made.removed_at = clock.now()
    made.save(update_fields=["removed_at"])
    return origin


def links_of(record: Record, viewer: Person) -> list[Neighbour]:
    """Return the linked records that the viewer may know of, in the order of linking."""
    found = Link.objects.filter(Q(source_id=record.pk) | Q(target_id=record.pk), removed_at=None)
    known = set(
        Record.objects.visible_to(viewer)
        .filter(Q(links_in__in=found) | Q(links_out__in=found))
        .values_list("pk", flat=True)
    )
    neighbours = []
    for made in found.select_related("source", "target").order_by("id"):
        outward = made.source_id == record.pk
        other = made.target if outward else made.source
        if other.pk in known:
            label = made.get_relation_display() if outward else str(REVERSED[made.relation])
            neighbours.append(Neighbour(made, other, label))
    return neighbours


def _between(source: Record, target: Record, relation: str) -> Link | None:
    return Link.objects.filter(
        source_id=source.pk, target_id=target.pk, relation=relation, removed_at=None
    ).first()
