"""Word files to lines: automatic numbers counted, tables by rows, footnotes in place; the rest refused by its place."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any

import docx
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from lxml import etree

from sakimori.lib.errors import Refused

from .lines import Line
from .numbering import Numbering

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # an encrypted file, or one of the old format
_LARGEST = 200 * 1024 * 1024
_TRACKED = [qn(f"w:{name}") for name in ("ins", "del", "moveFrom", "moveTo", "cellIns", "cellDel")]
_TRACKED_SENTENCE = (
    "変更履歴（追加・削除の記録）が残っています。Wordですべて承諾または元に戻してから取り込んでください。"
)
_BOX = qn("w:txbxContent")


def read_word(data: bytes) -> tuple[list[Line], list[str]]:
    """Return the lines of a .docx file and what a person should know of them.

    Raises Refused for a password, the old format, a damaged file, and, with its place, for tracked changes,
    text boxes and tables within tables.
    """
    _refuse_foreign(data)
    try:
        document = docx.Document(io.BytesIO(data))
        return _Reader(document).read()
    except (KeyError, ValueError, etree.XMLSyntaxError, zipfile.BadZipFile) as error:
        raise Refused(
            f"Wordファイルが壊れているため、読めません（{error}）。", rule="manuscripts.broken"
        ) from None


def _refuse_foreign(data: bytes) -> None:
    if data.startswith(_OLE):
        text = "パスワードで保護されているか、古い形式（.doc）のファイルです。パスワードを外し、.docx で保存してください。"
        raise Refused(text, rule="manuscripts.password")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = {info.filename for info in archive.infolist()}
            size = sum(info.file_size for info in archive.infolist())
    except zipfile.BadZipFile:
        names, size = set(), 0
    if "word/document.xml" not in names:
        raise Refused("Wordの文書（.docx）ではありません。", rule="manuscripts.not_word")
    if size > _LARGEST:
        raise Refused("展開すると大きすぎるファイルです。図を減らしてください。", rule="manuscripts.size")


class _Reader:
    """One file being read."""

    def __init__(self, document: Any) -> None:
        self.document = document
        part = document.part
        related = {rel.reltype.rsplit("/", 1)[-1]: rel for rel in part.rels.values() if not rel.is_external}
        self.numbering = Numbering(part.numbering_part if "numbering" in related else None)
        self.notes = _notes(related)
        self.styles = {style.style_id: style.element for style in document.styles}
        self.count = 0
        self.remarks: list[str] = []

    def read(self) -> tuple[list[Line], list[str]]:
        body = self.document.element.body
        lines = list(self._lines(body))
        if any(node.get(qn("w:val"), "").startswith("tb") for node in body.iter(qn("w:textDirection"))):
            self.remarks.append("縦書きの部分を横書きとして取り込みました。")
        return lines, self.remarks

    def _lines(self, parent: Any) -> Iterator[Line]:
        for node in parent.iterchildren():
            if node.tag == qn("w:p"):
                yield from self._paragraph(node)
            elif node.tag == qn("w:tbl"):
                yield from self._table(node)
            elif node.tag in (qn("w:sdt"), qn("w:ins")):
                self._refuse_tracked(node, "")
                content = node.find(qn("w:sdtContent"))
                if content is not None and not any(True for _toc in node.iter(qn("w:docPartGallery"))):
                    yield from self._lines(content)

    def _paragraph(self, node: Any) -> Iterator[Line]:
        self.count += 1
        if self._is_contents(node):
            return
        text = self._text(node)
        mark = self._mark(node)
        self._refuse_tracked(node, text)
        if any(True for _box in node.iter(_BOX)):
            place = self._place(text)
            raise Refused(
                f"{place}: テキストボックスは取り込めません。本文に移してください。", rule="manuscripts.box"
            )
        for piece in text.split("\n"):
            if piece.strip():
                yield Line(piece.strip(), f"{self.count}段落目", mark, self._heading(node))
                mark = ""

    def _table(self, node: Any) -> Iterator[Line]:
        self.count += 1
        if any(True for _inner in node.iterchildren(qn("w:tr")) if list(_inner.iter(qn("w:tbl")))):
            place = self._place("")
            raise Refused(
                f"{place}: 表の中に表があります。一つの表に直してください。", rule="manuscripts.table"
            )
        self._refuse_tracked(node, "")
        for row in node.iterchildren(qn("w:tr")):
            cells = tuple(
                "".join(self._text(p) for p in cell.iter(qn("w:p"))).strip() for cell in row.iter(qn("w:tc"))
            )
            if any(cells):
                yield Line("｜".join(cells), f"{self.count}段落目の表", cells=cells)

    def _refuse_tracked(self, node: Any, text: str) -> None:
        if any(True for _found in node.iter(*_TRACKED)):
            raise Refused(f"{self._place(text)}: {_TRACKED_SENTENCE}", rule="manuscripts.tracked")

    def _place(self, text: str) -> str:
        shown = f"「{text[:20]}」" if text else ""
        return f"{self.count}段落目{shown}"

    def _text(self, node: Any) -> str:
        found = []
        for part in node.iter(*(qn(f"w:{n}") for n in ("t", "delText", "tab", "br", "cr", "footnoteReference",
                                                         "endnoteReference", "noBreakHyphen"))):  # fmt: skip
            if _within(part, node, qn("w:rt")):  # the reading above a word
                continue
            name = etree.QName(part).localname
            if name in ("t", "delText"):
                found.append(part.text or "")
            elif name.endswith("Reference"):
                found.append(self.notes.get((name[:3], part.get(qn("w:id"))), ""))
            elif name == "tab":
                found.append("" if _within(part, node, qn("w:tabs")) else "　")
            else:
                found.append("-" if name == "noBreakHyphen" else "\n")
        return "".join(found)

    def _mark(self, node: Any) -> str:
        for properties in self._properties(node):
            numbered = properties.find(qn("w:numPr"))
            if numbered is None:
                continue
            list_id, depth = (numbered.find(qn(f"w:{name}")) for name in ("numId", "ilvl"))
            if list_id is None:
                continue
            if list_id.get(qn("w:val")) == "0":
                return ""
            return self.numbering.mark(
                list_id.get(qn("w:val")), int(depth.get(qn("w:val"))) if depth is not None else 0
            )
        return ""

    def _properties(self, node: Any) -> Iterator[Any]:
        """Yield the properties of a paragraph, then of its style and those it is based on."""
        own = node.find(qn("w:pPr"))
        if own is None:
            return
        yield own
        style = own.find(qn("w:pStyle"))
        name = style.get(qn("w:val")) if style is not None else None
        for _step in range(20):
            element = self.styles.get(name)
            if element is None:
                return
            properties = element.find(qn("w:pPr"))
            if properties is not None:
                yield properties
            based = element.find(qn("w:basedOn"))
            name = based.get(qn("w:val")) if based is not None else None

    def _is_contents(self, node: Any) -> bool:
        """Tell whether the paragraph is a line of a table of contents."""
        style = node.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
        return style is not None and str(style.get(qn("w:val"))).lower().startswith("toc")

    def _heading(self, node: Any) -> int:
        for properties in self._properties(node):
            level = properties.find(qn("w:outlineLvl"))
            if level is not None and int(level.get(qn("w:val"))) < 9:
                return int(level.get(qn("w:val"))) + 1
        return 0


def _within(node: Any, top: Any, tag: str) -> bool:
    while (node := node.getparent()) is not None and node is not top:
        if node.tag == tag:
            return True
    return False


def _notes(related: dict[str, Any]) -> dict[tuple[str, str], str]:
    """Return the footnotes and endnotes by kind and id, each as it is set into the text."""
    found = {}
    for kind, tag in (("footnotes", "w:footnote"), ("endnotes", "w:endnote")):
        if kind not in related:
            continue
        for note in parse_xml(related[kind].target_part.blob).iterchildren(qn(tag)):
            words = "".join(t.text or "" for t in note.iter(qn("w:t"))).strip()
            if words:
                found[kind[:3], note.get(qn("w:id"))] = f"（注：{words}）"
    return found
