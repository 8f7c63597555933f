"""Standards, controls, their tests and grounds, and the statements of applicability as registers."""

from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from sakimori.registers import navigation
from sakimori.registers.base import Action, Column, Filter, Register, Section, Tones, register

from . import rules
from .models import Control, ControlQuerySet, ControlTest, Ground, Standard, Statement


def _without_article(rows: ControlQuerySet, value: str) -> ControlQuerySet:
    return rows.filter(article="") if value == "none" else rows.exclude(article="")


@register
class Standards(Register):
    """規格: shipped, imported, the company's own."""

    model = Standard
    slug = "standards"
    title = _("規格一覧")
    explanation = _("製品に付属する規格、取り込んだ規格、自社の管理策。適用宣言書は規格ごとに作ります。")
    group = "risk"
    icon = "books"
    order = 60
    columns = (
        Column("number", default=False), "short", "name", "edition", "publisher", "source", "in_use",
    )  # fmt: skip
    filters = ("source", "in_use")
    search = ("name", "short")
    few_rows = True
    actions = (
        Action(rules.put_in_use, icon="toggle-right"),
        Action(
            rules.retire_standard, icon="ban", danger=True, allowed_when=lambda row: row.source == "imported"
        ),
    )
    detail = (Section(_("規格"), ("short", "name", "edition", "publisher", "source", "in_use", "slug")),)
    requirements = ("V20-100", "PRC-001", "REG-021")


@register
class Controls(Register):
    """管理策: every clause and control of every standard."""

    model = Control
    slug = "controls"
    title = _("管理策一覧")
    explanation = _("全規格の要求事項と管理策。規程の条項、実施手順、責任者、次回点検日を管理します。")
    group = "risk"
    icon = "shield-check"
    order = 62
    columns: ClassVar = (
        "ref", "name", "standard", "control_kind", "article", "procedure", "owner", "next_test_on",
        Column("number", default=False), Column("gloss", default=False),
    )  # fmt: skip
    default_sort = "ref"
    filters: ClassVar = (
        "standard",
        "control_kind",
        Filter(
            "article",
            _("規程の条項"),
            choices=(("none", _("なし")), ("some", _("あり"))),
            apply=_without_article,
        ),
        "next_test_on",
    )
    search = ("ref", "name", "gloss", "article")
    tones: ClassVar = (
        Tones("control_kind", {"control": "blue", "clause": "purple", "objective": "gray", "area": "gray"}),
    )
    detail_url = "controls:control"
    requirements = ("V20-075", "V20-100", "OPS-003", "PRC-001", "V20-024")


@register
class ControlTests(Register):
    """管理策の点検: what was measured, with what result."""

    model = ControlTest
    slug = "control-tests"
    title = _("管理策点検記録")
    explanation = _("管理策が効いているかを確かめた記録。管理策の画面から登録します。")
    group = "risk"
    icon = "checklist"
    order = 64
    columns = ("number", "control", "effective_on", "method", "measured", "result", "decision", "owner")
    filters = ("result", "decision")
    search = ("method", "measured")
    tones: ClassVar = (
        Tones("result", {"effective": "green", "partly": "yellow", "ineffective": "red"}),
        Tones("decision", {"keep": "green", "change": "orange", "drop": "gray"}),
    )
    detail = (
        Section(
            _("点検"),
            ("control", "effective_on", "method", "measured", "result", "decision", "owner"),
        ),
    )
    requirements = ("V20-075", "REG-322")


@register
class Grounds(Register):
    """適用の根拠: laws, contracts and practices that need controls."""

    model = Ground
    slug = "grounds"
    title = _("適用の根拠")
    explanation = _("リスクのほかに管理策を必要とする法令・契約・慣行。管理策の画面から登録します。")
    group = "risk"
    icon = "gavel"
    order = 66
    columns = ("number", "reason", "name", "detail")
    filters = ("reason",)
    search = ("name", "detail")
    detail = (Section(_("根拠"), ("reason", "name", "detail")),)
    requirements = ("V20-023",)


@register
class Statements(Register):
    """適用宣言書: every version for every standard."""

    model = Statement
    slug = "statements"
    title = _("適用宣言書")
    explanation = _("規格ごとの版。承認された版は凍結され、内容のハッシュ値で証明できます。")
    group = "risk"
    icon = "certificate"
    order = 58
    columns = ("number", "standard", "version", "status", "approved_on", "change_summary", "recorded_at")
    default_sort = "-number"
    filters = ("standard", "status")
    tones: ClassVar = (
        Tones(
            "status",
            {"draft": "yellow", "submitted": "blue", "approved": "green", "superseded": "gray"},
        ),
    )
    detail_url = "controls:statement"
    requirements = ("V20-025", "V20-023", "V20-029")


navigation.add(
    navigation.Entry(
        _("規格と管理策"), "controls:tree", "list-tree", "risk", order=56, opens=Controls.opens_for
    )
)
navigation.add(
    navigation.Entry(
        _("規格の取込"), "controls:import", "package-import", "risk", order=70, right="soa.change"
    )
)
