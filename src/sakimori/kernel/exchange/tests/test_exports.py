from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sakimori.kernel.exchange import exports, imports
from sakimori.kernel.exchange.columns import Sheet
from sakimori.kernel.identity.models import Person
from sakimori.kernel.ledger import book
from sakimori.lib.errors import NotAllowed

from .conftest import DATA, Send
from .ledger import Holding


def take_in(send: Send, by: Person) -> imports.ImportBatch:
    return imports.apply(imports.dry_run(send(DATA / "asset-ledger.xlsx"), by=by), by=by)


def test_an_export_comes_back_unchanged(send: Send, ueno: Person, holdings: Sheet) -> None:
    take_in(send, ueno)
    target = BytesIO()
    assert exports.export(Holding.objects.visible_to(ueno).current(), holdings, target, by=ueno) == 240
    batch = imports.dry_run(send(target.getvalue(), name="書き出し.xlsx"), by=ueno)
    assert imports.report(batch).problems == []
    assert (batch.counts["same"], batch.counts["new"], batch.counts["changed"], batch.counts["missing"]) == (
        240, 0, 0, 0,
    )  # fmt: skip
    assert batch.counts["recomputed"] == 0


def test_the_original_layout_is_filled_again(send: Send, ueno: Person, tmp_path: Path) -> None:
    batch = take_in(send, ueno)
    change = send(
        [["2", "=改名（A系列）", "製造部"], ["900", "新しい資産", "営業部"]],
        ("No.", "情報資産名称", "管理部署"),
    )
    imports.apply(imports.dry_run(change, by=ueno), by=ueno)
    target = tmp_path / "layout.xlsx"
    assert exports.export_layout(batch, target, by=ueno) == 241
    page = openpyxl.load_workbook(target)["情報資産管理台帳"]
    assert (page["C7"].value, page["C7"].data_type, page["F7"].value) == ("=改名（A系列）", "s", "製造部")
    assert page["B14"].value == "＜人事部分ここまで＞"
    assert (page["A255"].value, page["C255"].value) == ("900", "新しい資産")
    again = imports.dry_run(send(target.read_bytes()), by=ueno)
    assert (again.counts["same"], again.counts["new"], again.counts["problems"]) == (241, 0, 0)


def test_an_export_needs_the_right_and_is_noted(
    send: Send, ueno: Person, kato: Person, holdings: Sheet
) -> None:
    rows = Holding.objects.visible_to(ueno)
    exports.export(rows, holdings, BytesIO(), by=ueno)
    line = book.history(ueno)[0]
    assert (line.verb, line.facts["rows"]) == ("register.exported", 0)
    with pytest.raises(NotAllowed):
        exports.export(rows, holdings, BytesIO(), by=kato)


def test_an_export_needs_two_queries_however_many_rows(send: Send, ueno: Person, holdings: Sheet) -> None:
    take_in(send, ueno)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        exports.export(Holding.objects.current(), holdings, BytesIO(), by=ueno)
    reads = [q for q in queries if "exchange_tests_holding" in q["sql"]]
    assert len(reads) == 1


def test_a_template_offers_choices_and_says_what_is_required(holdings: Sheet, tmp_path: Path) -> None:
    target = tmp_path / "template.xlsx"
    exports.template(holdings, target)
    book_ = openpyxl.load_workbook(target)
    page = book_.worksheets[0]
    headings = [cell.value for cell in page[1]]
    assert headings[:2] == ["管理番号", "No."]
    assert "機密性（0～2）" in headings
    assert len(page.data_validations.dataValidation) == 2
    assert any("必須の列: 情報資産名称" in str(row[0].value) for row in book_["記入要領"].iter_rows())
