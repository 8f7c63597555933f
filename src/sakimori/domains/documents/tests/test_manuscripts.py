"""A company's own files: read rightly, or refused with the place; mapped to the duties of the shipped set."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date
from typing import Any

import docx
import pytest
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from sakimori.domains.documents import rules
from sakimori.domains.documents.models import Document, Edition, suggestions
from sakimori.kernel.content.regulations import articles_of
from sakimori.lib import provisions
from sakimori.lib.errors import NotAllowed, Refused
from sakimori.lib.manuscripts import Manuscript, read_markdown, read_word, split
from tests.cast import Cast


def word(fill: Callable[[Any], None]) -> bytes:
    """Return a Word file made by ``fill``."""
    document = docx.Document()
    fill(document)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def read(fill: Callable[[Any], None]) -> Manuscript:
    return split(*read_word(word(fill)))


def paragraphs(*texts: str) -> Callable[[Any], None]:
    def fill(document: Any) -> None:
        for text in texts:
            document.add_paragraph(text)

    return fill


def element(tag: str, parent: Any = None, **attributes: str) -> Any:
    found = OxmlElement(f"w:{tag}")
    for name, value in attributes.items():
        found.set(qn(f"w:{name}"), value)
    if parent is not None:
        parent.append(found)
    return found


def test_numbers_written_by_hand_part_articles_paragraphs_and_items() -> None:
    found = read(paragraphs(
        "情報管理規程", "第１章　総則", "（目的）", "第１条　この規程は、情報の管理を定める。", "２　紙を含む。",
        "第２条（適用範囲）次の者に適用する。", "(1) 役員", "(2) 従業員", "ア　正社員", "イ　派遣社員",
        "第１条に定める者は、これに従う。", "附則", "この規程は2026年4月1日から施行する。",
    ))  # fmt: skip
    assert found.title == "情報管理規程"
    assert [(a.number, a.chapter, a.title) for a in found.articles] == [
        ("第1条", "総則", "目的"), ("第2条", "", "適用範囲"), ("", "", "附則"),
    ]  # fmt: skip
    first, second, _supplement = (provisions.read(a.text) for a in found.articles)
    assert len(first) == 2 and second[0].items[1].items[1].text == "派遣社員"
    assert second[1].text == "第1条に定める者は、これに従う。"


def test_decimal_numbers_make_chapters_articles_and_paragraphs() -> None:
    found = read(
        paragraphs(
            "4 管理", "4.1 登録", "4.1.1 申請による。", "4.1.2 次を守る。", "(1) 甲", "4.2 廃棄", "裁断する。"
        )
    )
    assert [(a.number, a.chapter, a.title) for a in found.articles] == [
        ("4.1", "管理", "登録"),
        ("4.2", "", "廃棄"),
    ]
    assert found.articles[0].text == "申請による。\n\n次を守る。\n- 甲"


def test_automatic_numbers_are_counted_as_word_counts_them() -> None:
    def fill(document: Any) -> None:
        root = document.part.numbering_part.element
        abstract = element("abstractNum", abstractNumId="90")
        root.insert(0, abstract)
        for depth, (form, text) in enumerate(
            (("decimal", "第%1条"), ("decimal", "(%2)"), ("aiueoFullWidth", "%3"))
        ):
            level = element("lvl", abstract, ilvl=str(depth))
            element("start", level, val="1")
            element("numFmt", level, val=form)
            element("lvlText", level, val=text)
        number = element("num", root, numId="90")
        element("abstractNumId", number, val="90")
        for depth, text in (
            (0, "目的"),
            (0, "対象"),
            (1, "役員"),
            (1, "従業員"),
            (2, "正社員"),
            (0, "雑則"),
            (1, "細目"),
        ):
            if text == "役員":
                document.add_paragraph("次の者とする。")
            properties = document.add_paragraph(text)._p.get_or_add_pPr()
            listed = element("numPr", properties)
            element("ilvl", listed, val=str(depth))
            element("numId", listed, val="90")

    found = read(fill)
    assert [(a.number, a.title) for a in found.articles] == [
        ("第1条", "目的"),
        ("第2条", "対象"),
        ("第3条", "雑則"),
    ]
    assert found.articles[1].text == "次の者とする。\n- 役員\n- 従業員\n  - 正社員"


def test_a_table_becomes_items_and_is_pointed_out() -> None:
    def fill(document: Any) -> None:
        document.add_paragraph("第1条（期間）次のとおりとする。")
        table = document.add_table(rows=2, cols=2)
        for cell, text in zip(table._cells, ("区分", "期間", "極秘", "5年"), strict=True):
            cell.text = text

    found = read(fill)
    assert found.articles[0].text == "次のとおりとする。\n- 区分｜期間\n- 極秘｜5年"
    assert "表を「期間」の号に直しました" in found.remarks[0]


def test_a_footnote_is_set_into_its_sentence_and_vertical_writing_is_told() -> None:
    def fill(document: Any) -> None:
        paragraph = document.add_paragraph("第1条（目的）守る。")
        element("footnoteReference", paragraph.add_run()._r, id="2")
        element("textDirection", document.sections[0]._sectPr, val="tbRl")

    notes = (
        '<w:footnotes xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:footnote w:id="2">'
        "<w:p><w:r><w:t>社外を含む</w:t></w:r></w:p></w:footnote></w:footnotes>"
    )
    found = split(*read_word(with_part(word(fill), "footnotes", notes)))
    assert found.articles[0].text == "守る。（注：社外を含む）"
    assert "縦書き" in found.remarks[0]


def with_part(data: bytes, name: str, xml: str) -> bytes:
    """Return the file with one more part, named in its relations."""
    source, file = zipfile.ZipFile(io.BytesIO(data)), io.BytesIO()
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    with zipfile.ZipFile(file, "w") as made:
        for info in source.infolist():
            text = source.read(info)
            if info.filename == "word/_rels/document.xml.rels":
                line = f'<Relationship Id="rId99" Type="{kind}/{name}" Target="{name}.xml"/>'
                text = text.replace(b"</Relationships>", line.encode() + b"</Relationships>")
            made.writestr(info, text)
        made.writestr(f"word/{name}.xml", xml)
    return file.getvalue()


def tracked(document: Any) -> None:
    document.add_paragraph("第1条（目的）守る。")
    paragraph = document.add_paragraph("第2条（対象）")
    run = element("r", element("ins", paragraph._p, id="1", author="x"))
    element("t", run).text = "全員とする。"


def boxed(document: Any) -> None:
    document.add_paragraph("第1条（目的）守る。")
    run = document.add_paragraph("囲み")._p
    element("txbxContent", element("pict", element("r", run)))


def nested(document: Any) -> None:
    document.add_paragraph("第1条（目的）守る。")
    document.add_table(rows=1, cols=1)._cells[0].add_table(rows=1, cols=1)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "パスワードで保護"),
        (b"%PDF-1.7", "Wordの文書（.docx）ではありません"),
        (word(tracked), "2段落目「第2条（対象）全員とする。」: 変更履歴"),
        (word(boxed), "2段落目「囲み」: テキストボックス"),
        (word(nested), "2段落目: 表の中に表"),
        (word(paragraphs("目次", "なにもない")), "条（第1条）、番号（1.2）、見出しのどれも見つかりません"),
        (word(paragraphs("第1条（目的）守る。"))[:-900], ".docx"),
    ],
)
def test_what_cannot_be_read_rightly_is_refused_with_its_place(data: bytes, sentence: str) -> None:
    with pytest.raises(Refused) as refusal:
        split(*read_word(data))
    assert sentence in str(refusal.value)


def test_markdown_is_read_by_its_headings_lists_and_tables() -> None:
    text = (
        "# 利用規程\n\n## パスワード\n\n次を守る。\n\n1. 長くする\n   - 記号を含める\n2. 使い回さない\n\n"
        "## 廃棄\n\n| 媒体 | 方法 |\n|---|---|\n| 紙 | 裁断 |\n"
    )
    found = split(*read_markdown(text.encode()))
    assert (found.title, [a.title for a in found.articles]) == ("利用規程", ["パスワード", "廃棄"])
    assert found.articles[0].text == "次を守る。\n- 長くする\n  - 記号を含める\n- 使い回さない"


def test_nothing_of_a_file_is_lost_without_a_word() -> None:
    found = read(
        paragraphs(
            "利用規程", "制定 2020年4月1日", "第1条（目的）守る。", "{{危険}} と [[括弧]] は文字のまま残る。"
        )
    )
    assert [line.text for line in found.left_over] == ["制定 2020年4月1日"]
    assert provisions.parameters(found.articles[0].text) == []
    assert "危険" in found.articles[0].text


@pytest.mark.django_db
@pytest.mark.requirement("V20-049")
def test_own_articles_are_mapped_by_likeness_and_carry_the_duties_of_the_shipped_ones(
    control: Document, cast: Cast, tomorrow: date
) -> None:
    shipped = articles_of("document-control")
    lines = ["文書規程"]
    for number, article in enumerate(shipped, 1):
        first = provisions.words(article.text).strip().split("\n")[0]
        lines += [f"第{number}条（{article.title}の定め）{first}"]
    data = word(paragraphs(*lines))
    edition = rules.take_over(
        document=control, data=data, file_name="文書規程.docx", reason="自社の文", by=cast.ueno
    )
    assert edition.evidence.count() == 1
    rows = [(a.key, a.title, a.text) for a in edition.articles.all()]
    found = suggestions.of_articles(rows, within="document-control")
    best = [found[key][0].article.key if found[key] else "" for key, _title, _text in rows]
    assert sum(one == article.key for one, article in zip(best, shipped, strict=True)) >= 0.9 * len(shipped)
    rules.describe(edition, reason="自社の文", takes_effect_on=tomorrow, material=True, by=cast.ueno)
    assert any("定める条がなくなり" in str(fault) for fault in rules.faults(edition))
    chosen = {key: [article.id] for (key, _t, _x), article in zip(rows, shipped, strict=True)}
    rules.map_articles(edition, chosen=chosen, by=cast.ueno)
    assert rules.faults(edition) == []


@pytest.mark.django_db
def test_a_file_may_be_kept_as_a_controlled_original_with_the_same_life(
    shelf: dict[str, Document], cast: Cast, tomorrow: date
) -> None:
    new = {
        "code": "X-1",
        "name": "就業規則",
        "level": "regulation",
        "keeper": "hr",
        "above": shelf["security-policy"],
    }
    edition = rules.bring(
        rules.keep_original, None, data=b"%PDF-1.7\nrules", file_name="rules.pdf", reason="登録", new=new, by=cast.ueno
    )  # fmt: skip
    rules.describe(edition, reason="登録", takes_effect_on=tomorrow, material=True, by=cast.ueno)
    rules.submit_edition(edition, by=cast.ueno)
    assert edition.status == Edition.Status.DELIBERATION and len(edition.content()["files"]) == 1
    with pytest.raises(NotAllowed, match="原本ファイルに戻せません"):
        rules.keep_original(
            document=shelf["document-control"], data=b"%PDF-1.7", file_name="a.pdf", reason="x", by=cast.ueno
        )
