"""Papers: the same words as PDF and as Word, in the form of the house."""

import io
from datetime import date

import pytest
from docx import Document
from pypdf import PdfReader

from sakimori.kernel import papers

HOUSE = papers.House(
    company="さくら精機株式会社",
    number="SOA-00001",
    title="適用宣言書",
    version="第2版",
    issued_on=date(2026, 4, 10),
    classification="社外秘",
    signatures=(
        papers.Signature("作成", "上野 花子", date(2026, 4, 1)),
        papers.Signature("評価", "石田 守", date(2026, 4, 5), acting=True),
        papers.Signature("承認"),
    ),
    ledger_head="12345 / 9f86d081",
)


def rows(count):
    return [(f"A.5.{n}", "髙橋さんの𠮷野家対策", True, None) for n in range(count)]


def paper(count=3, **values):
    table = papers.Table(
        (papers.Column("項番"), papers.Column("管理策", 3), papers.Column("採否"), papers.Column("証跡")),
        rows(count),
        empty="管理策はありません",
    )
    blocks = (
        papers.Heading("管理策"),
        papers.Text("一行目\n二行目"),
        papers.Facts((("範囲", "全社"),)),
        table,
    )
    return papers.Paper(house=values.pop("house", HOUSE), blocks=blocks, **values)


def pdf_pages(given):
    return [page.extract_text() for page in PdfReader(io.BytesIO(papers.pdf(given))).pages]


def word_text(given):
    document = Document(io.BytesIO(papers.word(given)))
    cells = [c.text for t in document.tables for r in t.rows for c in r.cells]
    sections = document.sections[0]
    edges = [p.text for p in (*sections.header.paragraphs, *sections.footer.paragraphs)]
    return "\n".join([*(p.text for p in document.paragraphs), *cells, *edges])


@pytest.mark.parametrize("text_of", [lambda p: "\n".join(pdf_pages(p)), word_text], ids=["pdf", "word"])
def test_both_forms_say_everything(text_of):
    text = text_of(paper())
    for words in (
        "適用宣言書",
        "SOA-00001",
        "第2版",
        "社外秘",
        "上野 花子",
        "A.5.2",
        "二行目",
        "12345 / 9f86d081",
        "代行",
    ):
        assert words in text, words


def test_rare_kanji_are_printed_as_text():
    assert "𠮷野家" in pdf_pages(paper())[0] and "髙橋" in pdf_pages(paper())[0]


def test_a_box_that_nobody_signed_is_shown_as_unsigned():
    assert "未" in pdf_pages(paper())[0]
    signed = papers.House(company="さくら精機株式会社", number="X", title="記録")
    assert "未" not in pdf_pages(paper(house=signed))[0]


def test_table_headings_classification_and_page_count_stand_on_every_page():
    pages = pdf_pages(paper(count=120))
    assert len(pages) > 2
    for number, text in enumerate(pages, 1):
        assert "項番" in text and "社外秘" in text
        assert f"{number} / {len(pages)}" in text


def test_an_empty_table_says_so_and_a_blank_is_a_dash():
    assert "管理策はありません" in pdf_pages(paper(count=0))[0]
    assert "—" in pdf_pages(paper(count=1))[0]


def test_an_unapproved_paper_is_marked():
    draft = papers.House(company="さくら精機株式会社", number="X", title="案", draft=True)
    assert "未承認" in pdf_pages(paper(house=draft))[0].replace("\n", "")
    assert "未承認" in word_text(paper(house=draft))


def test_a_cover_carries_the_revisions():
    given = paper(cover=True, revisions=(("第1版", date(2025, 4, 1), "初版"), ("第2版", None, "見直し")))
    assert "改訂履歴" in pdf_pages(given)[0] and "見直し" in word_text(given)


@pytest.mark.parametrize("text_of", [lambda p: "\n".join(pdf_pages(p)), word_text], ids=["pdf", "word"])
def test_labels_bear_mark_name_and_number(text_of):
    labels = papers.Labels(
        tuple(papers.Label("極秘", f"図面{n}", f"AST-{n}", "開発設計部") for n in range(3))
    )
    text = text_of(papers.Paper(house=HOUSE, blocks=(labels,)))
    assert text.count("極秘") == 3 and "図面2" in text and "AST-2" in text


def test_markup_in_a_text_is_printed_and_not_obeyed():
    sly = papers.Paper(house=HOUSE, blocks=(papers.Text("#pagebreak() *太字* $x$ @ref <label>"),))
    pages = pdf_pages(sly)
    assert len(pages) == 1 and "#pagebreak() *太字* $x$ @ref <label>" in pages[0]
