"""The dashboard on paper."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from sakimori.domains.risk.views.heat import Map
from sakimori.kernel.papers.blocks import Block, Column, Facts, Heading, Note, Paper, Table, Text
from sakimori.kernel.papers.letterhead import without_record


def dashboard(shown: Mapping[str, Any]) -> Paper:
    """Return what the page shows, as a paper for the management's meeting."""
    permit = shown["permit"]
    blocks: tuple[Block, ...] = (
        Heading(_("運用の許可")),
        Text(_permission(permit)),
        Heading(_("主な数字")),
        Facts(tuple((one.label, one.value) for one in shown["figures"]), columns=2),
        Note(shown["heat"].sentence),
        *(block for made in shown["heat"].maps for block in (Heading(made.title, 2), _map(made))),
        Heading(_("情報資産の種別")), _kinds(shown["kinds"]),
        Heading(_("規格ごとの実施状況")), _areas(shown["standards"]),
        Heading(_("管理策が結び付いていない脅威")), _gaps(shown["coverage"]),
        Heading(_("前回の見直し以降の変化")), Note(shown["changes_sentence"]), _changes(shown["changes"]),
        Heading(_("期限が近い受容")), _expiring(shown["expiring"]),
    )  # fmt: skip
    return Paper(house=without_record(title=_("ISMS運用状況"), issued_on=shown["today"]), blocks=blocks)


def _permission(permit: Any) -> str:
    if permit is None:
        return _("有効な運用許可がありません。残留リスクの承認を申請してください。")
    text = _("%(number)s により %(day)s から許可されています。残留リスク %(count)s件、最大値 %(highest)s。")
    return text % {
        "number": permit.number, "day": permit.signed_on, "count": permit.count,
        "highest": _("なし") if permit.highest is None else permit.highest,
    }  # fmt: skip


def _map(made: Map) -> Table:
    columns = (
        Column(_("起こりやすさ＼損害"), 2),
        *(Column(f"{n} {name}", 1, "center") for n, name in made.columns),
    )
    rows = [(f"{n} {name}", *(cell.count or "" for cell in cells)) for n, name, cells in made.rows]
    return Table(columns, rows)


def _kinds(kinds: Any) -> Table:
    titles = (_("登録"), _("区分・評価済み"), _("責任者あり"), _("管理策あり"))
    columns = (Column(_("種別"), 2), *(Column(title, 1, "right") for title in titles))
    return Table(columns, [(k.label, k.count, k.classified, k.owned, k.covered) for k in kinds])


def _areas(standards: Any) -> Table:
    columns = (
        Column(_("規格"), 2), Column(_("分野"), 4), Column(_("適用"), 1, "right"), Column(_("証跡あり"), 1, "right"),
    )  # fmt: skip
    rows = [(ring.label, area.label, area.total, area.done) for ring in standards for area in ring.areas]
    return Table(columns, rows, empty=_("適用宣言の対象の規格がありません。"))


def _gaps(found: Any) -> Table:
    rows = [(c.origin, c.effect, c.threats, c.risks) for _origin, line in found for c in line if c.is_blank]
    columns = (
        Column(_("起こり方"), 2), Column(_("影響"), 2), Column(_("脅威"), 1, "right"),
        Column(_("リスク"), 1, "right"),
    )  # fmt: skip
    return Table(columns, rows, empty=_("すべての組合せに管理策が結び付いています。"))


def _changes(found: Any) -> Table:
    columns = (Column(_("事項"), 4), Column(_("件数"), 1, "right"))
    return Table(columns, [(subject.title, subject.count) for subject in found.subjects])


def _expiring(rows: Any) -> Table:
    columns = (Column(_("番号")), Column(_("受容"), 4), Column(_("値"), 1, "right"), Column(_("期限")))
    made = [(row.number, row.label, row.accepted_value, row.expires_on) for row in rows]
    return Table(columns, made, empty=_("90日以内に期限が来る受容はありません。"))
