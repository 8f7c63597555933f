"""Write a register as .xlsx: one row at a time, flat memory, every text a text and never a formula."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import IO
from xml.sax.saxutils import escape, quoteattr

from sakimori.lib.clock import JAPAN
from sakimori.lib.errors import Refused
from sakimori.lib.sheets.cells import letter

MAX_ROWS = 1_048_576
MAX_TEXT = 32_767
_BLOCK = 500
_EPOCH = date(1899, 12, 30)
ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
# What Excel would calculate if somebody edits the cell: kept a text by the quote prefix.
_LIKE_FORMULA = ("=", "+", "-", "@", "\t")

# Style numbers, in the order of _STYLES.
_PLAIN, _HEADING, _DAY, _MOMENT, _QUOTED = range(5)


@dataclass(frozen=True)
class OutColumn:
    """A column to write: its heading, width in characters (0: by the heading) and the values offered."""

    heading: str
    width: float = 0
    choices: tuple[str, ...] = ()

    @property
    def shown_width(self) -> float:
        """Return the width to set; a full-width character takes two."""
        wide = sum(1 if character.isascii() else 2 for character in self.heading)
        return self.width or min(max(wide + 3, 10), 40)


def write_table(
    target: Path | IO[bytes],
    columns: Sequence[OutColumn],
    rows: Iterable[Sequence[object]],
    *,
    sheet: str = "台帳",
    notes: Sequence[str] = (),
) -> int:
    """Write ``rows`` under ``columns`` to ``target``; return how many there were.

    ``notes`` become a sheet of instructions behind the table. Refuses more rows than a sheet holds.
    """
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=5) as archive:
        count = _write_sheet(archive, columns, rows)
        _write_text(archive, "xl/worksheets/sheet2.xml", _note_sheet(notes))
        _write_text(archive, "xl/worksheets/sheet3.xml", _choice_sheet(columns))
        for name, text in _fixed_parts(sheet):
            _write_text(archive, name, text)
    return count


def _write_sheet(
    archive: zipfile.ZipFile, columns: Sequence[OutColumn], rows: Iterable[Sequence[object]]
) -> int:
    number = 1
    with archive.open(_part("xl/worksheets/sheet1.xml"), "w", force_zip64=True) as stream:
        stream.write(_sheet_head(columns).encode())
        block: list[str] = []
        for row in rows:
            number += 1
            if number > MAX_ROWS:
                raise Refused(
                    f"Excel の1枚のシートには {MAX_ROWS - 1:,} 行までしか書き出せません。条件で絞り込んでください。",
                    rule="sheets.rows",
                )
            block.append(_row(number, row))
            if len(block) >= _BLOCK:
                stream.write("".join(block).encode())
                block.clear()
        block.append(_sheet_tail(columns, number))
        stream.write("".join(block).encode())
    return number - 1


def _row(number: int, values: Sequence[object]) -> str:
    cells = [_WRITERS[type(value)](value) for value in values]
    return f'<row r="{number}">{"".join(cells)}</row>'


def _text_cell(value: object) -> str:
    text = str(value)
    if not text:
        return _EMPTY
    style = f' s="{_QUOTED}"' if text.startswith(_LIKE_FORMULA) else ""
    return f'<c{style} t="inlineStr"><is><t xml:space="preserve">{clean(text)}</t></is></c>'


def clean(text: str) -> str:
    """Return ``text`` fit for a cell: no character that XML forbids, no longer than Excel allows."""
    if len(text) > MAX_TEXT:
        text = text[: MAX_TEXT - 1] + "…"
    return escape(_LOOKS_ESCAPED.sub("_x005F_", ILLEGAL.sub("", text)))


_EMPTY = "<c/>"


def _number_cell(value: object) -> str:
    return f"<c><v>{value}</v></c>"


def _float_cell(value: object) -> str:
    number = Decimal(str(value))
    return f"<c><v>{value}</v></c>" if number.is_finite() else _EMPTY


def _day_cell(value: object) -> str:
    assert isinstance(value, date)
    return f'<c s="{_DAY}"><v>{(value - _EPOCH).days}</v></c>'


def _moment_cell(value: object) -> str:
    assert isinstance(value, datetime)
    local = value.astimezone(JAPAN).replace(tzinfo=None) if value.tzinfo else value
    days = (local - datetime(1899, 12, 30)) / timedelta(days=1)
    return f'<c s="{_MOMENT}"><v>{days:.8f}</v></c>'


class _Writers(dict[type, Callable[[object], str]]):
    """How each type is written; a type not listed is written as its text."""

    def __missing__(self, kind: type) -> Callable[[object], str]:
        return _text_cell


_WRITERS = _Writers(
    {
        type(None): lambda value: _EMPTY,
        bool: lambda value: f'<c t="b"><v>{int(bool(value))}</v></c>',
        int: _number_cell,
        float: _float_cell,
        Decimal: _float_cell,
        date: _day_cell,
        datetime: _moment_cell,
    }
)

_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_HEADER = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def _sheet_head(columns: Sequence[OutColumn]) -> str:
    widths = "".join(
        f'<col min="{i}" max="{i}" width="{c.shown_width}" customWidth="1"/>'
        for i, c in enumerate(columns, start=1)
    )
    headings = "".join(
        f'<c s="{_HEADING}" t="inlineStr"><is><t xml:space="preserve">{clean(c.heading)}</t></is></c>'
        for c in columns
    )
    return (
        f'{_HEADER}<worksheet {_MAIN}><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        f'<sheetFormatPr defaultRowHeight="18"/><cols>{widths}</cols><sheetData>'
        f'<row r="1" ht="24" customHeight="1">{headings}</row>'
    )


def _sheet_tail(columns: Sequence[OutColumn], last: int) -> str:
    rules = [
        f'<dataValidation type="list" allowBlank="1" showErrorMessage="0" '
        f'sqref="{letter(i)}2:{letter(i)}{max(last, 2) + 1000}">'
        f"<formula1>選択肢!${letter(i)}$1:${letter(i)}${len(column.choices)}</formula1></dataValidation>"
        for i, column in enumerate(columns)
        if column.choices
    ]
    validations = f'<dataValidations count="{len(rules)}">{"".join(rules)}</dataValidations>' if rules else ""
    span = f"A1:{letter(len(columns) - 1)}{max(last, 1)}"
    return (
        f'</sheetData><autoFilter ref="{span}"/>{validations}'
        '<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.5" header="0.3" footer="0.3"/>'
        '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/></worksheet>'
    )


def _note_sheet(notes: Sequence[str]) -> str:
    rows = "".join(_row(number, [note]) for number, note in enumerate(notes, start=1))
    cols = '<cols><col min="1" max="1" width="100" customWidth="1"/></cols>'
    return f"{_HEADER}<worksheet {_MAIN}>{cols}<sheetData>{rows}</sheetData></worksheet>"


def _choice_sheet(columns: Sequence[OutColumn]) -> str:
    deepest = max((len(column.choices) for column in columns), default=0)
    rows = "".join(
        _row(i + 1, [c.choices[i] if i < len(c.choices) else None for c in columns]) for i in range(deepest)
    )
    return f"{_HEADER}<worksheet {_MAIN}><sheetData>{rows}</sheetData></worksheet>"


def _fixed_parts(sheet: str) -> Iterator[tuple[str, str]]:
    kinds = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    name = quoteattr(re.sub(r"[\[\]:*?/\\']", "", clean(sheet))[:31] or "台帳")
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{i}.xml" ContentType="{kinds}.worksheet+xml"/>'
        for i in (1, 2, 3)
    )
    yield (
        "[Content_Types].xml",
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kinds}.sheet.main+xml"/>{overrides}'
        f'<Override PartName="/xl/styles.xml" ContentType="{kinds}.styles+xml"/></Types>',
    )
    yield (
        "_rels/.rels",
        f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{_REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    )
    sheets = "".join(
        f'<Relationship Id="rId{i}" Type="{_REL}/worksheet" Target="worksheets/sheet{i}.xml"/>'
        for i in (1, 2, 3)
    )
    yield (
        "xl/_rels/workbook.xml.rels",
        f'<Relationships xmlns="{_PACKAGE}/relationships">{sheets}'
        f'<Relationship Id="rId4" Type="{_REL}/styles" Target="styles.xml"/></Relationships>',
    )
    yield (
        "xl/workbook.xml",
        f'<workbook {_MAIN} xmlns:r="{_REL}"><sheets><sheet name={name} sheetId="1" r:id="rId1"/>'
        '<sheet name="記入要領" sheetId="2" r:id="rId2"/>'
        '<sheet name="選択肢" sheetId="3" state="hidden" r:id="rId3"/></sheets></workbook>',
    )
    yield "xl/styles.xml", _STYLES


def _write_text(archive: zipfile.ZipFile, name: str, text: str) -> None:
    archive.writestr(_part(name), text if text.startswith("<?xml") else _HEADER + text)


def _part(name: str) -> zipfile.ZipInfo:
    """Give every part the same date, so that the same rows make the same file."""
    part = zipfile.ZipInfo(name, (2000, 1, 1, 0, 0, 0))
    part.compress_type = zipfile.ZIP_DEFLATED
    return part


_FONT = '<font><sz val="10"/><name val="Yu Gothic"/></font>'
_BOLD = '<font><b/><sz val="10"/><color rgb="FFFFFFFF"/><name val="Yu Gothic"/></font>'
_EDGE = "".join(
    f'<{side} style="thin"><color rgb="FFBFC7D1"/></{side}>' for side in ("left", "right", "top", "bottom")
)
_TOP = '<alignment vertical="top" wrapText="1"/>'
_STYLES = (
    f'<styleSheet {_MAIN}><numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy/mm/dd"/>'
    '<numFmt numFmtId="165" formatCode="yyyy/mm/dd\\ hh:mm"/></numFmts>'
    f'<fonts count="2">{_FONT}{_BOLD}</fonts>'
    '<fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/>'
    '</fill><fill><patternFill patternType="solid"><fgColor rgb="FF2F4B6E"/></patternFill></fill></fills>'
    f'<borders count="2"><border/><border>{_EDGE}</border></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="5">'
    f'<xf fontId="0" applyAlignment="1">{_TOP}</xf>'
    '<xf fontId="1" fillId="2" borderId="1" applyFont="1" applyFill="1" applyAlignment="1">'
    '<alignment horizontal="center" vertical="center" wrapText="1"/></xf>'
    f'<xf numFmtId="164" fontId="0" applyNumberFormat="1" applyAlignment="1">{_TOP}</xf>'
    f'<xf numFmtId="165" fontId="0" applyNumberFormat="1" applyAlignment="1">{_TOP}</xf>'
    f'<xf fontId="0" quotePrefix="1" applyAlignment="1">{_TOP}</xf></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
