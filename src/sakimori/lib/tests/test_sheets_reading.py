from datetime import datetime
from pathlib import Path

import openpyxl
import pytest

from sakimori.lib.japanese import heading_key
from sakimori.lib.sheets import CellError, Formula, Row, Table, find_tables, open_book
from sakimori.lib.tests.workbooks import build, cell, merge, row, sheet

DATA = Path(__file__).parents[4] / "tests" / "data"
HEAD = row(1, "番号", "名称", "備考")
KNOWN = {heading_key(text) for text in ("番号", "名称", "備考")}


def read(path: Path, known: set[str] = KNOWN) -> tuple[Table, list[Row]]:
    with open_book(path) as book:
        table = find_tables(book, known)[0]
        return table, list(table.rows())


def values(path: Path, cells: str) -> list[object]:
    """Return the values of one row of raw cells under a heading of three columns."""
    build(path, sheet(HEAD + f'<row r="2">{cells}</row>'))
    return read(path)[1][0].values


def test_the_ledger_of_a_real_company_is_read_whole() -> None:
    table, rows = read(DATA / "asset-ledger.xlsx", set())
    assert (table.name, table.heading_rows, len(rows)) == ("情報資産管理台帳", (4, 5), 240)
    assert [column.heading for column in table.columns][9:12] == [
        "個人情報の種類/特定個人情報",
        "評価値/機密性",
        "評価値/完全性",
    ]
    assert rows[0].number == 6
    assert rows[-1].number == 254
    assert [(line.row, line.kind) for line in table.passed] == [
        (14, "section"),
        (41, "section"),
        (256, "footnote"),
    ]
    assert rows[0].values[15] == datetime(2025, 6, 19)


def test_a_word_typed_after_an_equals_sign_is_a_text_and_a_calculation_is_not() -> None:
    _, rows = read(DATA / "asset-ledger-faulty.xlsx", set())
    by_number = {row.number: row.values for row in rows}
    assert len(rows) == 180
    assert by_number[109][3] == "=要確認"
    assert isinstance(by_number[138][6], Formula)


def test_a_defined_name_is_a_calculation(tmp_path: Path) -> None:
    body = '<row r="2"><c r="A2"><v>1</v></c><c r="B2"><f>税率</f><v/></c></row>'
    path = build(tmp_path / "n.xlsx", sheet(HEAD + body), names='<definedName name="税率">$A$1</definedName>')
    assert read(path)[1][0].values[1] == Formula("=税率")


@pytest.mark.parametrize(
    ("xml", "expected"),
    [
        ('<c r="A2"><v>3</v></c>', 3),
        ('<c r="A2" t="n"><v>1.5</v></c>', 1.5),
        ('<c r="A2" t="b"><v>1</v></c>', True),
        ('<c r="A2" t="e"><v>#N/A</v></c>', CellError("#N/A")),
        ('<c r="A2" s="1"><v>45292</v></c>', datetime(2024, 1, 1)),
        ('<c r="A2" s="2"><v>45292</v></c>', datetime(2024, 1, 1)),
        ('<c r="A2" s="3"><v>45292</v></c>', 45292),
        ('<c r="A2" t="d"><v>2024-01-01</v></c>', datetime(2024, 1, 1)),
        ('<c r="A2" t="str"><f>A1</f><v>計算済</v></c>', "計算済"),
        ('<c r="A2"><f>1+1</f><v>2</v></c>', 2),
        ('<c r="A2"><f>1+1</f></c>', Formula("=1+1")),
        ('<c r="A2"><f>A1</f><v></v></c>', Formula("=A1")),
        (cell("A2", "a&amp;b&#x3042;&lt;"), "a&bあ<"),
        (cell("A2", "一_x000D_\n二"), "一\n二"),
        ('<c r="A2" t="inlineStr"><is><t><![CDATA[<b>]]></t></is></c>', "<b>"),
        (
            '<c r="A2" t="inlineStr"><is><r><t>漢</t></r><r><t>字</t></r><rPh><t>かんじ</t></rPh></is></c>',
            "漢字",
        ),
        ('<c t="inlineStr" r="A2"><is><t>=cmd</t></is></c>', "=cmd"),
        ("<c><v>9</v></c>", 9),
    ],
)
def test_every_kind_of_cell_is_read(tmp_path: Path, xml: str, expected: object) -> None:
    assert values(tmp_path / "c.xlsx", xml + cell("B2", "x"))[0] == expected


def test_shared_texts_come_without_their_reading_aids(tmp_path: Path) -> None:
    strings = "<si><t>防人</t><rPh sb='0' eb='2'><t>サキモリ</t></rPh></si><si><r><t>台</t></r><r><t>帳</t></r></si>"
    body = '<row r="2"><c r="A2" t="s"><v>0</v></c><c r="B2" t="s"><v>1</v></c></row>'
    path = build(tmp_path / "s.xlsx", sheet(HEAD + body), strings=strings)
    assert read(path)[1][0].values == ["防人", "台帳"]


def test_prefixed_names_and_the_1904_calendar_are_read(tmp_path: Path) -> None:
    plain = sheet(HEAD + '<row r="2"><c r="A2" s="1"><v>1</v></c><c r="B2"><v>2</v></c></row>')
    prefixed = plain.replace("</", "</x:").replace("<x:", "<").replace("</", "</x:")
    prefixed = plain.replace("<", "<x:").replace("<x:/", "</x:").replace("xmlns=", "xmlns:x=")
    path = build(tmp_path / "p.xlsx", prefixed, properties='date1904="1"')
    assert read(path)[1][0].values == [datetime(1904, 1, 2), 2]


def test_the_fast_and_the_exact_reading_agree(tmp_path: Path) -> None:
    _, fast = read(DATA / "asset-ledger.xlsx", set())
    with open_book(DATA / "asset-ledger.xlsx") as book:
        xml = "<!-- a comment makes every row go through the parser -->"
        source = openpyxl.load_workbook(book.path).worksheets[1]
    body = "".join(
        f'<row r="{r}">{xml}'
        + "".join(cell(f"{c.column_letter}{r}", str(c.value)) for c in source[r] if c.value is not None)
        + "</row>"
        for r in range(4, 20)
    )
    _, exact = read(build(tmp_path / "e.xlsx", sheet(body, after=merge("K4:M4", "A4:A5"))), set())
    shown = [[str(v) if v is not None else None for v in row.values] for row in fast[: len(exact)]]
    assert [row.values for row in exact] == shown


def test_a_table_behind_instructions_and_titles_is_found(tmp_path: Path) -> None:
    guide = sheet(row(1, "記入要領") + row(2, "番号は変えないこと"))
    main = sheet(row(1, "台帳") + row(3, "番号", "名称", "備考") + row(4, "1", "甲") + row(5, "2", "乙"))
    table, rows = read(build(tmp_path / "t.xlsx", guide, main))
    assert (table.name, table.heading_rows, [r.number for r in rows]) == ("表2", (3,), [4, 5])


def test_a_hidden_sheet_comes_behind_an_equal_visible_one(tmp_path: Path) -> None:
    one = sheet(HEAD + row(2, "1", "甲", "乙"))
    table, _ = read(build(tmp_path / "h.xlsx", one, one, states={1: "hidden"}))
    assert table.name == "表2"


def test_two_heading_rows_join_by_merged_cells(tmp_path: Path) -> None:
    body = row(1, "No", "評価", "", "備考") + row(2, "", "機密性", "完全性") + row(3, "1", "2", "3", "x")
    path = build(tmp_path / "m.xlsx", sheet(body, after=merge("B1:C1", "A1:A2", "D1:D2")))
    table, rows = read(path, set())
    assert [c.heading for c in table.columns] == ["No", "評価/機密性", "評価/完全性", "備考"]
    assert len(rows) == 1


def test_two_heading_rows_of_a_text_file_join_without_merging(tmp_path: Path) -> None:
    path = tmp_path / "two.csv"
    path.write_text("No,評価,,備考\n,機密性,完全性,\n1,2,3,x\n", encoding="utf-8")
    table, rows = read(path, {"no", "機密性", "完全性", "備考"})
    assert [c.heading for c in table.columns] == ["No", "評価/機密性", "評価/完全性", "備考"]
    assert [r.number for r in rows] == [3]


def test_a_cell_merged_over_rows_counts_for_each_of_them(tmp_path: Path) -> None:
    body = HEAD + row(2, "1", "甲", "共通") + row(3, "2", "乙") + row(4, "3", "丙")
    _, rows = read(build(tmp_path / "v.xlsx", sheet(body, after=merge("C2:C3"))))
    assert [r.values[2:] for r in rows] == [["共通"], ["共通"], []]


def test_sections_footnotes_totals_and_repeated_headings_are_no_rows(tmp_path: Path) -> None:
    body = (
        HEAD
        + row(2, "", "＜人事部分ここまで＞")
        + row(3, "1", "甲", "x")
        + row(4, "番号", "名称", "備考")
        + '<row r="5">'
        + cell("A5", "合計")
        + '<c r="C5"><v>3</v></c></row>'
        + row(6, "部門の見出し")
        + row(8, "※ 社外秘")
        + row(9, "名前だけの行")
    )
    table, rows = read(build(tmp_path / "s.xlsx", sheet(body, after=merge("A6:C6"))))
    assert [(p.row, p.kind) for p in table.passed] == [
        (2, "section"),
        (4, "heading"),
        (5, "total"),
        (6, "section"),
        (8, "footnote"),
    ]
    assert [r.number for r in rows] == [3, 9]


def test_hidden_rows_and_columns_and_calculated_cells_are_told(tmp_path: Path) -> None:
    body = (
        HEAD
        + row(2, "1", "甲", attributes=' hidden="1"')
        + ('<row r="3"><c r="A3"><f>1+1</f><v>2</v></c>' + cell("B3", "乙") + "</row>")
    )
    path = build(tmp_path / "h.xlsx", sheet(body, before='<cols><col min="3" max="3" hidden="1"/></cols>'))
    table, rows = read(path)
    assert len(rows) == 2
    assert "（C）" in table.notes[0]
    assert "2行目" in table.notes[1]
    assert "計算結果" in table.notes[2]


@pytest.mark.parametrize(
    ("codec", "told"),
    [("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8"), ("utf-16", "UTF-16"), ("cp932", "Shift_JIS")],
)
def test_text_files_of_every_usual_encoding_are_read(tmp_path: Path, codec: str, told: str) -> None:
    path = tmp_path / "台帳.csv"
    path.write_bytes('番号,名称,備考\r\n1,"髙橋\n①㈱",=1+1\r\n'.encode(codec))
    table, rows = read(path)
    assert rows[0].values == ["1", "髙橋\n①㈱", "=1+1"]
    assert told in table.notes[0]
    assert table.name == "台帳"


def test_tab_separated_text_is_read(tmp_path: Path) -> None:
    path = tmp_path / "t.tsv"
    path.write_text("番号\t名称\t備考\n1\t甲, 乙\t\n", encoding="utf-8")
    assert read(path)[1][0].values == ["1", "甲, 乙", None]


def test_an_apostrophe_that_guards_a_formula_is_no_part_of_the_text(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("番号,名称,備考\n1,'=cmd,'引用'\n", encoding="utf-8")
    assert read(path)[1][0].values == ["1", "=cmd", "'引用'"]
