"""Printing as Word: the same blocks in a file that the company can go on editing."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from docx import Document
from docx.document import Document as Doc
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.table import _Cell
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from .blocks import Paper
from .plain import plain

FONT = "BIZ UDPGothic"
_ALIGN = {
    "left": WD_ALIGN_PARAGRAPH.LEFT,
    "center": WD_ALIGN_PARAGRAPH.CENTER,
    "right": WD_ALIGN_PARAGRAPH.RIGHT,
}
_SIZES = {"a4": (210, 297), "a3": (297, 420)}


def word(paper: Paper) -> bytes:
    """Return the paper as a .docx file."""
    data = plain(paper)
    document = Document()
    _set_up(document, data)
    _furnish(document, data)
    if paper.cover:
        _cover(document, data)
    else:
        _head(document, data)
    for block in data["blocks"]:
        _PRINTERS[block["kind"]](document, block)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def _set_up(document: Doc, data: dict[str, Any]) -> None:
    section = document.sections[0]
    short, long = (Mm(side) for side in _SIZES[data["size"]])
    section.page_width, section.page_height = (long, short) if data["landscape"] else (short, long)
    section.orientation = WD_ORIENT.LANDSCAPE if data["landscape"] else WD_ORIENT.PORTRAIT
    section.left_margin = section.right_margin = Mm(18)
    section.top_margin, section.bottom_margin = Mm(24), Mm(20)
    style = document.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(9.5)
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), FONT)
    document.core_properties.title = data["house"]["title"]
    document.core_properties.author = data["house"]["company"]


def _furnish(document: Doc, data: dict[str, Any]) -> None:
    """Fill header and footer of each page."""
    house, section = data["house"], document.sections[0]
    left = "　".join(
        part for part in (house["company"], house["form"], house["number"], house["version"]) if part
    )
    header = section.header.paragraphs[0]
    _run(header, left, size=8)
    marks = [data["words"][name] for name in ("draft", "obsolete") if house[name]]
    if house["copy"]:
        marks.append(f"{data['words']['copy']}：{house['copy']}")
    for text in (house["classification"], *marks):
        if text:
            _run(header, f"　　［{text}］", size=9, bold=True)
    footer = section.footer.paragraphs[0]
    if house["ledger_head"]:
        _run(footer, f"{data['words']['ledger']}：{house['ledger_head']}　　", size=7.5)
    for field, between in (("PAGE", " / "), ("NUMPAGES", "")):
        _field(footer, field)
        _run(footer, between, size=7.5)


def _field(paragraph: Paragraph, code: str) -> None:
    run = _run(paragraph, "", size=7.5)
    for kind, text in (("begin", ""), ("", code), ("end", "")):
        if kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
        else:
            mark = OxmlElement("w:instrText")
            mark.text = text
        run._r.append(mark)


def _head(document: Doc, data: dict[str, Any]) -> None:
    _run(document.add_paragraph(), data["house"]["title"], size=16, bold=True)
    _house_facts(document.add_paragraph(), data)
    _signatures(document, data)


def _cover(document: Doc, data: dict[str, Any]) -> None:
    for _line in range(8):
        document.add_paragraph()
    for text, size in ((data["house"]["title"], 22), (data["house"]["company"], 13)):
        paragraph = document.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        _run(paragraph, text, size=size, bold=True)
    _house_facts(document.add_paragraph(), data)
    _signatures(document, data)
    if data["revisions"]:
        words = data["words"]
        columns = [
            {"title": words[key], "width": 1, "align": "left"} for key in ("version", "date", "change")
        ]
        _heading(document, {"text": words["revisions"], "level": 2})
        _table(document, {"columns": columns, "rows": data["revisions"], "bold_rows": [], "empty": ""})
    _new_page(document, {})


def _house_facts(paragraph: Paragraph, data: dict[str, Any]) -> None:
    house, words = data["house"], data["words"]
    pairs = (
        ("number", "number"),
        ("version", "version"),
        ("issued", "issued_on"),
        ("department", "department"),
    )
    _run(paragraph, "　　".join(f"{words[w]}：{house[h]}" for w, h in pairs if house[h]), size=8.5)


def _signatures(document: Doc, data: dict[str, Any]) -> None:
    boxes = data["house"]["signatures"]
    if not boxes:
        return
    table = document.add_table(rows=2, cols=len(boxes), style="Table Grid")
    table.autofit = False
    for index, box in enumerate(boxes):
        signed = f"{box['name']}\n{box['on']}" if box["name"] else data["words"]["blank"]
        if box["acting"]:
            signed += f"\n{data['words']['acting']}"
        for row, text in enumerate((box["role"], signed)):
            cell = table.cell(row, index)
            cell.width = Mm(26)
            _write(cell, text, align="center")
    document.add_paragraph()


def _heading(document: Doc, block: dict[str, Any]) -> None:
    paragraph = document.add_heading(level=block["level"])
    _run(paragraph, block["text"], size=(13, 11, 10)[block["level"] - 1], bold=True)


def _text(document: Doc, block: dict[str, Any]) -> None:
    _run(document.add_paragraph(), block["text"], size=9.5 if block["kind"] == "text" else 8)


def _clause(document: Doc, block: dict[str, Any]) -> None:
    paragraph = document.add_paragraph()
    hanging = Mm(8) if block["mark"] else Mm(0)
    paragraph.paragraph_format.left_indent = Mm(6 * block["depth"]) + hanging
    paragraph.paragraph_format.first_line_indent = -hanging
    _run(paragraph, f"{block['mark']}\t{block['text']}" if block["mark"] else block["text"], size=9.5)


def _facts(document: Doc, block: dict[str, Any]) -> None:
    table = document.add_table(rows=0, cols=2 * block["columns"], style="Table Grid")
    for start in range(0, len(block["rows"]), block["columns"]):
        cells = table.add_row().cells
        for offset, (label, value) in enumerate(block["rows"][start : start + block["columns"]]):
            _write(cells[2 * offset], label, bold=True)
            _write(cells[2 * offset + 1], value)


def _table(document: Doc, block: dict[str, Any]) -> None:
    columns = block["columns"]
    table = document.add_table(rows=1, cols=len(columns), style="Table Grid")
    for cell, column in zip(table.rows[0].cells, columns, strict=True):
        _write(cell, column["title"], bold=True, align="center")
    repeat = OxmlElement("w:tblHeader")
    repeat.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(repeat)
    for number, row in enumerate(block["rows"]):
        cells = table.add_row().cells
        if number in block["bold_rows"]:
            _write(cells[0].merge(cells[-1]), row[0], bold=True)
            continue
        for cell, column, text in zip(cells, columns, row, strict=True):
            _write(cell, text, align=column["align"])
    if not block["rows"]:
        cells = table.add_row().cells
        _write(cells[0].merge(cells[-1]), block["empty"], align="center")
    _share_width(document, table, columns)


def _share_width(document: Doc, table: Any, columns: list[dict[str, Any]]) -> None:
    section = document.sections[0]
    page = section.page_width - section.left_margin - section.right_margin  # type: ignore[operator]
    total = sum(column["width"] for column in columns)
    for column, share in zip(table.columns, columns, strict=True):
        column.width = int(page * share["width"] / total)


def _labels(document: Doc, block: dict[str, Any]) -> None:
    table = document.add_table(rows=0, cols=2, style="Table Grid")
    for start in range(0, len(block["labels"]), 2):
        cells = table.add_row().cells
        for cell, (mark, name, number, note) in zip(cells, block["labels"][start : start + 2], strict=False):
            _run(cell.paragraphs[0], mark, size=20, bold=True)
            _run(cell.add_paragraph(), name, size=10, bold=True)
            _run(cell.add_paragraph(), f"{number}　{note}", size=8)


def _new_page(document: Doc, block: dict[str, Any]) -> None:
    document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)


def _write(cell: _Cell, text: str, *, bold: bool = False, align: str = "left") -> None:
    paragraph = cell.paragraphs[0]
    paragraph.alignment = _ALIGN[align]
    _run(paragraph, text, size=8.5, bold=bold)


def _run(paragraph: Paragraph, text: str, *, size: float, bold: bool = False) -> Run:
    run = paragraph.add_run(text)
    run.font.size, run.font.bold, run.font.name = Pt(size), bold or None, FONT
    run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), FONT)
    return run


_PRINTERS: dict[str, Callable[[Doc, dict[str, Any]], None]] = {
    "heading": _heading,
    "text": _text,
    "clause": _clause,
    "note": _text,
    "facts": _facts,
    "table": _table,
    "labels": _labels,
    "newpage": _new_page,
}
