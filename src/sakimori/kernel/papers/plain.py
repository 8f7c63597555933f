"""A paper as plain data: the same words for every printer."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from .blocks import (
    Block,
    Clause,
    Facts,
    Heading,
    House,
    Labels,
    NewPage,
    Note,
    Paper,
    Table,
    Text,
    said,
    said_rows,
)


def plain(paper: Paper) -> dict[str, Any]:
    """Return everything that is printed, as text."""
    return {
        "house": _house(paper.house),
        "blocks": [_block(block) for block in paper.blocks],
        "landscape": paper.landscape,
        "size": paper.size,
        "cover": paper.cover,
        "revisions": said_rows(paper.revisions),
        "words": words(),
    }


def words() -> dict[str, str]:
    """Return the fixed words of the house form."""
    return {
        "number": _("文書番号"),
        "version": _("版"),
        "issued": _("発行日"),
        "department": _("主管"),
        "ledger": _("証跡台帳"),
        "draft": _("未承認"),
        "obsolete": _("旧版"),
        "copy": _("配付番号"),
        "blank": _("未"),
        "acting": _("（代行）"),
        "revisions": _("改訂履歴"),
        "date": _("日付"),
        "change": _("内容"),
    }


def _house(house: House) -> dict[str, Any]:
    return {
        "company": house.company,
        "number": house.number,
        "title": house.title,
        "version": house.version,
        "issued_on": said(house.issued_on) if house.issued_on else "",
        "classification": house.classification,
        "department": house.department,
        "form": house.form,
        "ledger_head": house.ledger_head,
        "draft": house.draft,
        "obsolete": house.obsolete,
        "copy": house.copy,
        "signatures": [
            {"role": s.role, "name": s.name, "on": said(s.on) if s.on else "", "acting": s.acting}
            for s in house.signatures
        ],
    }


def _block(block: Block) -> dict[str, Any]:  # noqa: C901 - one case per kind of block
    match block:
        case Heading():
            return {"kind": "heading", "text": block.text, "level": block.level}
        case Text():
            return {"kind": "text", "text": block.text}
        case Clause():
            return {"kind": "clause", "mark": block.mark, "text": block.text, "depth": block.depth}
        case Note():
            return {"kind": "note", "text": block.text}
        case Facts():
            rows = [[label, said(value)] for label, value in block.rows]
            if len(rows) % block.columns:
                rows.append(["", ""])
            return {"kind": "facts", "rows": rows, "columns": block.columns}
        case Table():
            return {
                "kind": "table",
                "columns": [{"title": c.title, "width": c.width, "align": c.align} for c in block.columns],
                "rows": said_rows(block.rows),
                "bold_rows": sorted(block.bold_rows),
                "empty": block.empty or _("該当なし"),
            }
        case Labels():
            return {
                "kind": "labels",
                "labels": [[one.mark, one.name, one.number, one.note] for one in block.labels],
            }
        case NewPage():
            return {"kind": "newpage"}
