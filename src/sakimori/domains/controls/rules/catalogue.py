"""Standards come in: shipped with the product, from other catalogues, or written by the company."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sakimori.domains.controls.models import (
    Control,
    ControlTest,
    Mapping,
    Need,
    Standard,
    Statement,
    StatementRow,
)
from sakimori.domains.controls.models.content import COMPANY
from sakimori.kernel.content.standards import CROSSWALKS, STANDARDS
from sakimori.kernel.content.standards import Standard as Piece
from sakimori.kernel.identity.actors import INSTALLER, Actor
from sakimori.kernel.identity.models import Person
from sakimori.kernel.ledger import book
from sakimori.kernel.ledger.book import command
from sakimori.kernel.records import bulk
from sakimori.kernel.records.models import Record
from sakimori.lib import clock
from sakimori.lib.errors import Invalid, NotAllowed

book.declare("control.installed", gettext_lazy("管理策の登録"))


@dataclass(frozen=True, kw_only=True)
class Line:
    """One node to install, whatever catalogue it came from; parents first."""

    ref: str
    kind: str
    name: str
    parent: str = ""
    gloss: str = ""
    external_id: str = ""
    assessable: bool = True
    attributes: dict[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.ref


@command("standard.installed", gettext_lazy("規格の登録"), right="soa.change")
def install(
    *,
    slug: str,
    name: str,
    short: str,
    lines: Sequence[Line],
    content_hash: str,
    edition: str = "",
    publisher: str = "",
    source: str = Standard.Source.IMPORTED,
    by: Actor,
) -> Standard:
    """Add a standard with all its nodes; refused when one of this name is there already (V20-100)."""
    if Standard.objects.filter(slug=slug).exists():
        raise NotAllowed(
            _("規格「%(name)s」は登録済みです。") % {"name": name}, rule="controls.standard_once"
        )
    standard = Standard.objects.create(
        slug=slug, name=name, short=short, edition=edition, publisher=publisher, source=source,
        content_hash=content_hash,
    )  # fmt: skip
    rows = {line.ref: _row(standard, position, line) for position, line in enumerate(lines)}
    for level in _by_depth(lines):
        for line in level:
            if line.parent:
                rows[line.ref].parent_id = rows[line.parent].pk
        bulk.insert([rows[line.ref] for line in level])
    book.append_many([book.Draft("control.installed", row) for row in rows.values()], by=by)
    return standard


def _row(standard: Standard, position: int, line: Line) -> Control:
    return Control(
        standard=standard, position=position, ref=line.ref, control_kind=line.kind, name=line.name,
        gloss=line.gloss, external_id=line.external_id, assessable=line.assessable,
        excludable=line.kind == Control.Kind.CONTROL, attributes=line.attributes,
    )  # fmt: skip


def _by_depth(lines: Sequence[Line]) -> Iterable[list[Line]]:
    """Yield the lines level by level: a parent needs its key before its children are stored."""
    depth: dict[str, int] = {}
    levels: list[list[Line]] = []
    for line in lines:
        level = depth[line.ref] = depth[line.parent] + 1 if line.parent else 0
        levels.extend([] for _missing in range(level + 1 - len(levels)))
        levels[level].append(line)
    return levels


def install_shipped(by: Actor = INSTALLER) -> list[Standard]:
    """Install the standards of ``content/standards`` that are not there yet, and the crosswalks."""
    known = set(Standard.objects.values_list("slug", flat=True))
    installed = [_install_piece(piece, by) for piece in STANDARDS if piece.id not in known]
    if installed:
        for slug in {walk.from_standard for walk in CROSSWALKS}:
            map_shipped(Standard.objects.get(slug=slug), by=by)
    return installed


def _install_piece(piece: Piece, by: Actor) -> Standard:
    titles = {attribute.id: attribute for attribute in piece.attributes}
    lines = [
        Line(
            ref=node.ref,
            kind=node.kind,
            name=node.title,
            parent=node.parent,
            gloss=node.gloss,
            assessable=node.kind in {"clause", "control"},
            attributes={
                titles[key].title: [titles[key].values.get(value, value) for value in values]
                for key, values in node.attributes.items()
            },
        )
        for node in piece.nodes
    ]
    return install(
        slug=piece.id, name=piece.title, short=piece.short, edition=str(piece.edition or ""),
        publisher=piece.publisher, source=Standard.Source.SHIPPED, content_hash=STANDARDS.version(piece.id),
        lines=lines, by=by,
    )  # fmt: skip


@command("standard.mapped", gettext_lazy("対応表の登録"), right="soa.change")
def map_shipped(standard: Standard, *, by: Actor) -> Standard:
    """Store which controls of other standards answer to those of this one, as the shipped crosswalks say."""
    relations = set(Mapping.Relation.values)
    for walk in (one for one in CROSSWALKS if one.from_standard == standard.slug):
        sources = dict(standard.controls.values_list("ref", "pk"))
        targets = dict(Control.objects.filter(standard__slug=walk.to_standard).values_list("ref", "pk"))
        Mapping.objects.bulk_create(
            [
                Mapping(
                    source_id=sources[source],
                    target_id=targets[target],
                    relation=row.relation if row.relation in relations else Mapping.Relation.PARTIAL,
                    note=row.note,
                )
                for row in walk.rows
                for source in row.from_
                for target in row.to
            ],
            ignore_conflicts=True,
        )
    return standard


@command("standard.retired", gettext_lazy("規格の取消"), right="soa.change")
def retire_standard(standard: Standard, *, reason: str, by: Actor) -> Standard:
    """Withdraw a standard nobody speaks of; the same catalogue can then be taken in again."""
    if not reason.strip():
        raise Invalid({"reason": _("取り消す理由を入力してください。")})
    if standard.source != Standard.Source.IMPORTED:
        raise NotAllowed(_("取り消せるのは取り込んだ規格だけです。"), rule="controls.only_imported_standards")
    users = [
        (_("適用宣言書"), Statement.objects.filter(standard=standard)),
        (_("適用宣言書の行"), StatementRow.objects.filter(control__standard=standard)),
        (_("リスクなどの必要"), Need.objects.standing().filter(control__standard=standard)),
        (_("点検記録"), ControlTest.objects.current().filter(control__standard=standard)),
    ]
    used = [label for label, rows in users if rows.exists()]
    if used:
        text = _("%(what)sがこの規格を参照しているため、取り消せません。")
        raise NotAllowed(text % {"what": "・".join(used)}, rule="controls.standard_in_use")
    standard.retired_at, standard.in_use = clock.now(), False
    standard.slug = f"{standard.slug[:170]} ({standard.number})"
    standard.save()
    nodes = standard.controls.values_list("pk", flat=True)
    Record.objects.filter(pk__in=nodes).update(retired_at=standard.retired_at)
    return standard


@command("standard.put_in_use", gettext_lazy("適用宣言の対象の変更"), right="soa.change")
def put_in_use(standard: Standard, *, in_use: bool, by: Actor) -> Standard:
    """Say whether the company makes a statement for this standard."""
    standard.in_use = in_use
    standard.save()
    return standard


@command("control.added", gettext_lazy("独自管理策の追加"), right="soa.change")
def add_company_control(*, ref: str, name: str, gloss: str = "", article: str = "", by: Actor) -> Control:
    """Add a control of the company's own; it enters every statement that is being worked on (V20-024)."""
    problems = {}
    if not ref.strip():
        problems["ref"] = _("項番を入力してください。")
    elif Control.objects.filter(ref=ref.strip()).exists():
        problems["ref"] = _("この項番は使われています。")
    if not name.strip():
        problems["name"] = _("管理策の名称を入力してください。")
    if problems:
        raise Invalid(problems)
    standard, _created = Standard.objects.get_or_create(
        slug=COMPANY,
        defaults={"name": _("自社の管理策"), "short": _("自社"), "source": Standard.Source.COMPANY},
    )
    control = Control.objects.create(
        standard=standard, ref=ref.strip(), name=name.strip(), gloss=gloss.strip(), article=article.strip(),
        control_kind=Control.Kind.CONTROL, position=standard.controls.count(),
    )  # fmt: skip
    drafts = Statement.objects.filter(status=Statement.Status.DRAFT)
    StatementRow.objects.bulk_create(StatementRow(statement=draft, control=control) for draft in drafts)
    return control


@command("control.dropped", gettext_lazy("独自管理策の廃止"), right="soa.change")
def drop_company_control(control: Control, *, reason: str, by: Actor) -> Control:
    """Give up a control of the company's own; versions already submitted keep it."""
    if control.standard.slug != COMPANY:
        raise NotAllowed(
            _("廃止できるのは自社で追加した管理策だけです。規格の管理策は適用宣言書で除外してください。"),
            rule="controls.only_company_controls",
        )
    if not reason.strip():
        raise Invalid({"reason": _("廃止する理由を入力してください。")})
    if control.needs.standing().exists():
        raise NotAllowed(
            _("この管理策を必要とするリスクや根拠があるため、廃止できません。"), rule="controls.needed"
        )
    control.retired_at = clock.now()
    control.save()
    StatementRow.objects.filter(control=control, statement__status=Statement.Status.DRAFT).delete()
    return control


@command("control.article_named", gettext_lazy("規程の条項・実施手順・責任者"), right="soa.change")
def name_article(
    control: Control,
    *,
    article: str,
    procedure: str | None = None,
    owner: Person | None = None,
    by: Actor,
) -> Control:
    """Name what carries the control (regulation, procedure) and who answers for it (OPS-003, PRC-001)."""
    control.article = article.strip()
    if procedure is not None:
        control.procedure = procedure.strip()
    if owner is not None:
        control.owner = owner
    control.save()
    return control
