import resource
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sakimori.lib.errors import Refused
from sakimori.lib.sheets import OutColumn, fill_layout, find_tables, open_book, write_table

DATA = Path(__file__).parents[4] / "tests" / "data"
COLUMNS = [OutColumn("番号"), OutColumn("名称", choices=("甲", "乙,丙")), OutColumn("日付")]


def read_back(path: Path) -> list[list[object]]:
    with open_book(path) as book:
        return [row.values for row in find_tables(book)[0].rows()]


def test_what_is_written_opens_in_another_library_with_its_furniture(tmp_path: Path) -> None:
    path = tmp_path / "o.xlsx"
    count = write_table(path, COLUMNS, [[1, "甲", date(2026, 4, 10)]], sheet="資産:台帳", notes=["記入要領"])
    workbook = openpyxl.load_workbook(path)
    page = workbook.worksheets[0]
    assert count == 1
    assert workbook.sheetnames == ["資産台帳", "記入要領", "選択肢"]
    assert page.freeze_panes == "A2"
    assert page.auto_filter.ref == "A1:C2"
    assert page["C2"].value == datetime(2026, 4, 10)
    assert page["C2"].is_date
    assert page.data_validations.dataValidation[0].formula1 == "選択肢!$B$1:$B$2"
    assert workbook["選択肢"]["B2"].value == "乙,丙"


@pytest.mark.parametrize("text", ["=1+1", "+81-3", "-1", "@sum", '=HYPERLINK("x")', "\t=1"])
def test_a_text_that_looks_like_a_formula_stays_a_text(tmp_path: Path, text: str) -> None:
    path = tmp_path / "f.xlsx"
    write_table(path, COLUMNS, [["1", text, "x"]])
    with zipfile.ZipFile(path) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")
    cell = openpyxl.load_workbook(path).worksheets[0]["B2"]
    assert cell.quotePrefix
    assert read_back(path)[0][1] == text


def test_every_type_is_written_as_itself(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    moment = datetime(2026, 4, 10, 0, 30, tzinfo=UTC)
    columns = [OutColumn(f"列{i}号") for i in "一二三四五"]
    write_table(path, columns, [[True, Decimal("1.5"), 3, moment, "字"], [None, "", float("nan"), 2.5, "字"]])
    first, second = read_back(path)
    assert first == [True, 1.5, 3, datetime(2026, 4, 10, 9, 30), "字"]
    assert second == [None, None, None, 2.5, "字"]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(min_size=1, max_size=80))
def test_any_text_comes_back_but_for_what_a_cell_cannot_hold(tmp_path: Path, text: str) -> None:
    path = tmp_path / "any.xlsx"
    write_table(path, COLUMNS, [["1", text, "x"]])
    back = read_back(path)[0][1]
    kept = "".join(c for c in text if c in "\n\t" or (c >= " " and c not in "\ufffe\uffff"))
    expected = kept.replace("\r\n", "\n") if "\r" not in text else None
    assert expected is None or (back or "") == expected


def test_memory_stays_flat_however_many_rows(tmp_path: Path) -> None:
    columns = [OutColumn(f"見出し{i}") for i in range(20)]
    write_table(tmp_path / "warm.xlsx", columns, [["値"] * 20] * 100)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    count = write_table(tmp_path / "big.xlsx", columns, (["値の長い文字列"] * 20 for _ in range(30_000)))
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert count == 30_000
    assert grown < 40 * 1024  # kilobytes; the rows themselves are 600,000 cells


def test_more_rows_than_a_sheet_holds_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sakimori.lib.sheets.writing.MAX_ROWS", 3)
    with pytest.raises(Refused, match="絞り込んで"):
        write_table(tmp_path / "m.xlsx", COLUMNS, [["1"]] * 3)


def test_a_layout_is_filled_and_keeps_everything_else(tmp_path: Path) -> None:
    target = tmp_path / "layout.xlsx"
    with open_book(DATA / "asset-ledger.xlsx") as book:
        table = find_tables(book)[0]
        rows = {
            row.number: {i: (row.values[i] if i < len(row.values) else None) for i in range(20)}
            for row in table.rows()
        }
        rows[6][2] = "=改名した資産"
        del rows[7]
        fill_layout(target, table, rows, [{0: 241, 2: "追加の資産"}])
    page = openpyxl.load_workbook(target)["情報資産管理台帳"]
    assert (page["C6"].value, page["C6"].data_type) == ("=改名した資産", "s")
    assert page["C7"].value is None
    assert page["C8"].value == "経費精算データ（本社）"
    assert page["B14"].value == "＜人事部分ここまで＞"
    assert page["C255"].value == "追加の資産"
    assert page["A257"].value == "※本台帳は社外秘とする。"
    assert "K4:M4" in {str(area) for area in page.merged_cells.ranges}


def test_a_layout_needs_a_workbook(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("番号,名称,備考\n1,甲,乙\n", encoding="utf-8")
    with open_book(path) as book, pytest.raises(Refused, match="Excel ブックから"):
        fill_layout(tmp_path / "x.xlsx", find_tables(book)[0], {})
