"""Standards come in: shipped with the product, from other catalogues, or written by the company."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sakimori.domains.controls.models import Control, Mapping, Standard
from sakimori.kernel.content.standards import CROSSWALKS, STANDARDS
from sakimori.kernel.identity.actors import INSTALLER, Actor
from sakimori.kernel.identity.models import Person
from sakimori.kernel.ledger import book
from sakimori.kernel.ledger.book import command
from sakimori.kernel.records import bulk
from sakimori.lib.errors import Invalid, NotAllowed

COMPANY = "company"
book.declare("control.installed", gettext_lazy("管理策の登録"))


@dataclass(frozen=True, kw_only=True)
class Line:
    """One node to install, whatever catalogue it came from; parents first."""

    ref: str
    kind: str
    name: str
    parent: str = ""
    gloss: str = ""
    assessable: bool = True
    attributes: dict[str, object] = field(default_factory=dict)


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
    is_control = line.kind == Control.Kind.CONTROL
    return Control(
        standard=standard, position=position, ref=line.ref, control_kind=line.kind, name=line.name,
        gloss=line.gloss, assessable=line.assessable, excludable=is_control, attributes=line.attributes,
    )  # fmt: skip


def _by_depth(lines: Sequence[Line]) -> Iterable[list[Line]]:
    """Yield the lines level by level: a parent needs its key before its children are stored."""
    depth: dict[str, int] = {}
    for line in lines:
        depth[line.ref] = depth[line.parent] + 1 if line.parent else 0
    for level in range(max(depth.values(), default=-1) + 1):
        yield [line for line in lines if depth[line.ref] == level]


def install_shipped(by: Actor = INSTALLER) -> list[Standard]:
    """Install the standards of ``content/standards`` that are not there yet, and the crosswalks."""
    installed = []
    with transaction.atomic():
        for piece in STANDARDS:
            if Standard.objects.filter(slug=piece.id).exists():
                continue
            installed.append(
                install(
                    slug=piece.id,
                    name=piece.title,
                    short=piece.short,
                    edition=str(piece.edition or ""),
                    publisher=piece.publisher,
                    source=Standard.Source.SHIPPED,
                    content_hash=STANDARDS.version(piece.id),
                    lines=[
                        Line(
                            ref=node.ref, kind=node.kind, name=node.title, parent=node.parent, gloss=node.gloss,
                            assessable=node.kind in {"clause", "control"},
                            attributes={key: list(values) for key, values in node.attributes.items()},
                        )
                        for node in piece.nodes
                    ],
                    by=by,
                )
            )  # fmt: skip
        if installed:
            _map_shipped()
    return installed


def _map_shipped() -> None:
    for walk in CROSSWALKS:
        sources = dict(Control.objects.filter(standard__slug=walk.from_standard).values_list("ref", "pk"))
        targets = dict(Control.objects.filter(standard__slug=walk.to_standard).values_list("ref", "pk"))
        relations = set(Mapping.Relation.values)
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


@command("control.added", gettext_lazy("独自管理策の追加"), right="soa.change")
def add_company_control(*, ref: str, name: str, gloss: str, by: Actor) -> Control:
    """Add a control of the company's own; it appears in every statement (V20-024)."""
    problems = {}
    if not ref.strip():
        problems["ref"] = _("項番を入力してください。")
    elif Control.objects.filter(standard__slug=COMPANY, ref=ref.strip()).exists():
        problems["ref"] = _("この項番は使われています。")
    if not name.strip():
        problems["name"] = _("管理策の名称を入力してください。")
    if problems:
        raise Invalid(problems)
    standard, _created = Standard.objects.get_or_create(
        slug=COMPANY,
        defaults={"name": _("自社の管理策"), "short": _("自社"), "source": Standard.Source.COMPANY},
    )
    return Control.objects.create(
        standard=standard, ref=ref.strip(), name=name.strip(), gloss=gloss.strip(),
        control_kind=Control.Kind.CONTROL, position=standard.controls.count(),
    )  # fmt: skip


@command("standard.put_in_use", gettext_lazy("適用宣言の対象の変更"), right="soa.change")
def put_in_use(standard: Standard, *, in_use: bool, by: Actor) -> Standard:
    """Say whether the company makes a statement for this standard."""
    standard.in_use = in_use
    standard.save()
    return standard


@command("control.article_named", gettext_lazy("管理策の規程条項"), right="soa.change")
def name_article(control: Control, *, article: str, owner: Person | None = None, by: Actor) -> Control:
    """Name the article of the regulations that carries the control, and who answers for it (OPS-003)."""
    control.article = article.strip()
    if owner is not None:
        control.owner = owner
    control.save()
    return control
