"""What is printed of the organization: chart, roles, scope."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext as _

from sakimori.domains.organization.models import Scope
from sakimori.kernel.approvals.models import Application
from sakimori.kernel.identity.models import Department, Person, Site
from sakimori.kernel.papers.blocks import Block, Column, Facts, Heading, Note, Paper, Table, Text
from sakimori.kernel.papers.letterhead import house_of, without_record
from sakimori.lib import clock
from sakimori.registers.views.gate import PersonRequest, for_person
from sakimori.registers.views.printing import printed

from .chart import asked_day
from .roles import entries
from .scope import TEXTS, open_scope
from .shown import Post, Unit, picture_on


def _named(people: tuple[Person, ...]) -> str:
    return "、".join(person.name for person in people)


def _posts(posts: list[Post]) -> Table:
    rows = [
        (
            post.role.title,
            _named(post.holders) or _("（空席）"),
            _("不足 %d 名") % post.missing if post.missing else "",
        )
        for post in posts
    ]
    return Table((Column(_("役割"), 3), Column(_("氏名"), 4), Column(_("備考"), 2)), rows)


def _rows(units: list[Unit], depth: int = 0) -> list[tuple[object, ...]]:
    found: list[tuple[object, ...]] = []
    for unit in units:
        name = "　" * depth + ("└ " if depth else "") + unit.name
        head = unit.head.name if unit.head else _("（空席）")
        found.append((name, head, _named(unit.officers) or _("（未任命）")))
        found += _rows(unit.below, depth + 1)
    return found


@for_person
def print_chart(request: PersonRequest, form: str) -> HttpResponse:
    """Print the chart of any day (JPM-244, REG-032, REG-045)."""
    day = asked_day(request)
    shown = picture_on(day)
    columns = (Column(_("部署"), 3), Column(_("部門長"), 2), Column(_("情報セキュリティ担当者"), 3))
    blocks: tuple[Block, ...] = (
        Note(_("%s 現在") % f"{day:%Y年}{day.month}月{day.day}日"),
        Heading(_("情報セキュリティ委員会")), _posts(shown.seats),
        Heading(_("監査")), _posts(shown.audit),
        Heading(_("責任者・管理者")), _posts(shown.roles),
        Heading(_("部署")), Table(columns, _rows(shown.units), empty=_("部署が登録されていません。")),
    )  # fmt: skip
    house = without_record(title=_("情報セキュリティ体制図"), issued_on=day)
    return printed(Paper(house=house, blocks=blocks), form, f"chart-{day:%Y%m%d}")


@for_person
def print_roles(request: PersonRequest, form: str) -> HttpResponse:
    """Print roles, duties and holders (PRC-008, V20-069)."""
    columns = (
        Column(_("役割"), 2), Column(_("責任"), 4), Column(_("任命者"), 1.6), Column(_("現任"), 3),
        Column(_("兼任できない役割"), 2.4),
    )  # fmt: skip
    rows = [
        (
            entry.role.title,
            list(entry.role.duties),
            entry.appointed_by,
            [row.person.name for row in entry.holders]
            or [unit.head.name for unit in entry.heads if unit.head],
            list(entry.forbidden),
        )
        for entry in entries()
    ]
    house = without_record(title=_("役割と責任"), issued_on=clock.today())
    return printed(Paper(house=house, blocks=(Table(columns, rows),), landscape=True), form, "roles")


@for_person
def print_scope(request: PersonRequest, pk: int, form: str) -> HttpResponse:
    """Print one version of the scope (V20-007)."""
    scope = open_scope(request, pk)
    blocks: list[Block] = []
    for name in TEXTS:
        blocks += [Heading(str(Scope._meta.get_field(name).verbose_name)), Text(getattr(scope, name) or "—")]  # type: ignore[union-attr]
    states = {True: _("範囲内"), False: _("範囲外"), None: _("未定")}
    units = [
        *(
            (unit.name, _("部署"), states[unit.in_scope])
            for unit in Department.objects.current().order_by("code")
        ),
        *((site.name, _("拠点"), states[site.in_scope]) for site in Site.objects.current().order_by("name")),
    ]
    blocks += [
        Heading(_("部署と拠点")),
        Table((Column(_("名称"), 4), Column(_("種類")), Column(_("適用範囲"))), units),
        Heading(_("対象システム")),
        Facts(
            tuple((str(place), name) for place, name in enumerate(scope.systems, 1)) or ((_("システム"), ""),)
        ),
    ]
    application = Application.objects.filter(subject=scope).order_by("-pk").first()
    house = house_of(
        scope, title=_("適用範囲定義書"), version=f"第{scope.version}版", issued_on=scope.approved_on,
        application=application, approved=scope.status in (Scope.Status.APPROVED, Scope.Status.SUPERSEDED),
    )  # fmt: skip
    return printed(Paper(house=house, blocks=tuple(blocks)), form, f"scope-{scope.version}")
