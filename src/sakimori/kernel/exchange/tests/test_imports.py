from dataclasses import replace
from pathlib import Path

import pytest

from sakimori.kernel.exchange import imports
from sakimori.kernel.exchange.columns import SHEETS
from sakimori.kernel.exchange.models import ImportBatch
from sakimori.kernel.identity.models import Person
from sakimori.kernel.ledger import book
from sakimori.lib.errors import Conflict, NotAllowed, Refused

from .conftest import DATA, HEADINGS, Send
from .ledger import SHEET, Holding

CIA = {"cia": [0, 2]}
ROWS = [["1", "単価表", "営業部", 2, 1, 0], ["2", "設計図", "製造部", 0, 0, 1]]


def checked(batch: ImportBatch, by: Person) -> ImportBatch:
    return imports.dry_run(batch, by=by)


def taken_in(batch: ImportBatch, by: Person) -> ImportBatch:
    return imports.apply(checked(batch, by), by=by)


def test_the_ledger_of_a_real_company_is_taken_in_whole(send: Send, ueno: Person) -> None:
    batch = send(DATA / "asset-ledger.xlsx")
    assert batch.state == ImportBatch.State.MAPPED
    assert batch.scales == CIA
    taken_in(batch, ueno)
    assert batch.counts["new"] == Holding.objects.count() == 240
    first = Holding.objects.get(ledger_no="1")
    assert (first.name, first.department.label, first.storage, first.importance) == (
        "単価表（本社）", "購買部", "mobile", 2,
    )  # fmt: skip
    assert Holding.objects.get(ledger_no="10").remarks == "=要確認"
    assert Holding.objects.get(ledger_no="2").confidentiality == 0
    assert str(Holding.objects.get(ledger_no="11").registered_on) == "2024-07-24"
    assert batch.rows.get(record=first).row == 6


def test_every_faulty_row_is_named_and_nothing_is_taken_in(send: Send, ueno: Person) -> None:
    batch = checked(send(DATA / "asset-ledger-faulty.xlsx"), ueno)
    report = imports.report(batch)
    found = {(p.row, p.column): p.sentence for p in report.problems}
    assert {row for row, _column in found} == {42, 66, 67, 134, 138, 140, 149, 162, 169, 176, 180}
    assert "存在しない日付" in found[42, "P"]
    assert "0～2 の範囲" in found[66, "K"]
    assert "数値ではありません" in found[67, "M"]
    assert "133行目と重複" in found[134, "A"]
    assert "計算結果のない数式" in found[138, "G"]
    assert "「第二営業課（旧）」という部署はありません" in found[169, "F"]
    assert str(report.problems[0]).startswith("情報資産管理台帳 42行目 P列「登録日」: ")
    assert (batch.counts["rows"], batch.counts["faulty"]) == (180, 11)
    with pytest.raises(NotAllowed, match="誤りを直して"):
        imports.apply(batch, by=ueno)
    assert Holding.objects.count() == 0


def test_the_same_file_twice_changes_nothing(send: Send, ueno: Person) -> None:
    taken_in(send(DATA / "asset-ledger.xlsx"), ueno)
    entries = book.history(Holding.objects.get(ledger_no="5"))
    again = taken_in(send(DATA / "asset-ledger.xlsx"), ueno)
    assert (again.counts["new"], again.counts["changed"], again.counts["same"]) == (0, 0, 240)
    assert book.history(Holding.objects.get(ledger_no="5")) == entries


def test_rows_without_a_number_are_recognised_by_being_the_same(send: Send, ueno: Person) -> None:
    rows = [["", "単価表", "営業部", 2, 1, 0]] * 2 + [["", "設計図", "製造部", 0, 1, 1]]
    assert taken_in(send(rows), ueno).counts["new"] == 3
    again = taken_in(send([*rows, ["", "新しい", "製造部", 0, 1, 1]]), ueno)
    assert (again.counts["new"], again.counts["same"]) == (1, 3)


def test_a_changed_row_is_shown_field_by_field_and_updated(send: Send, ueno: Person) -> None:
    taken_in(send(ROWS), ueno)
    changed = [["1", "単価表", "製造部", 2, 1, 2], ROWS[1]]
    batch = checked(send(changed), ueno)
    line = imports.report(batch).changed[0]
    assert {(c.heading, c.before, c.after) for c in line.changes} == {
        ("管理部署", "営業部", "製造部"),
        ("可用性", "0", "2"),
    }
    imports.apply(batch, by=ueno)
    row = Holding.objects.get(ledger_no="1")
    assert (row.department.label, row.availability, row.revision) == ("製造部", 2, 1)
    assert book.history(row)[0].reason == batch.number


def test_rows_only_in_the_register_are_listed_and_stay(send: Send, ueno: Person) -> None:
    taken_in(send(ROWS), ueno)
    batch = taken_in(send(ROWS[:1]), ueno)
    assert [line.label for line in imports.report(batch).missing] == ["設計図"]
    assert Holding.objects.current().count() == 2


def test_the_management_number_finds_its_row_and_an_unknown_one_is_refused(send: Send, ueno: Person) -> None:
    taken_in(send(ROWS), ueno)
    number = Holding.objects.get(ledger_no="2").number
    headings = ("管理番号", "情報資産名称", "管理部署")
    taken_in(send([[number, "改訂図", "製造部"]], headings), ueno)
    assert Holding.objects.get(ledger_no="2").name == "改訂図"
    report = imports.report(
        checked(send([["HLD-99999", "x", "製造部"], ["", "y", "製造部"]], headings), ueno)
    )
    assert "台帳にありません" in report.problems[0].sentence


def test_stored_values_are_recomputed_and_differences_told(send: Send, ueno: Person) -> None:
    batch = checked(send([["1", "表", "営業部", 2, 1, 0, 1]], (*HEADINGS, "重要度")), ueno)
    told = imports.report(batch).recomputed[0]
    assert (told.row, told.column, told.heading, told.stated, told.computed) == (2, "G", "重要度", "1", "2")
    imports.apply(batch, by=ueno)
    assert Holding.objects.get().importance == 2


def test_levels_of_another_scale_are_moved(send: Send, ueno: Person) -> None:
    batch = send(
        [["1", "表", "営業部", 3, 1, 2]] * 1 + [[str(n), "x", "営業部", 1, 2, 3] for n in range(2, 9)]
    )
    assert "cia" not in batch.scales
    with pytest.raises(Refused, match="段階") as refused:
        checked(batch, ueno)
    assert refused.value.field == "cia"
    batch = imports.choose(batch, tab=batch.tab, mapping=batch.mapping, scales={"cia": [1, 3]}, by=ueno)
    taken_in(batch, ueno)
    row = Holding.objects.get(ledger_no="1")
    assert (row.confidentiality, row.integrity, row.availability) == (2, 0, 1)


@pytest.mark.parametrize(
    ("levels", "scale"), [([0, 1, 2], [0, 2]), ([1, 3, 5], [1, 5]), ([1, 2, 3], None), ([1, 2, 1], None)]
)
def test_a_scale_is_taken_from_the_values_or_asked_for(send: Send, levels: list[int], scale: object) -> None:
    batch = send([[str(n), "表", "営業部", *levels] for n in range(1, 5)])
    assert batch.scales.get("cia") == scale


def test_a_scale_said_in_the_heading_needs_no_guess(send: Send) -> None:
    headings = ("No.", "情報資産名称", "管理部署", "機密性（1～3）", "完全性", "可用性")
    assert send([["1", "表", "営業部", 1, 2, 1]], headings).scales == {"cia": [1, 3]}


def test_a_missing_column_is_asked_for_and_a_wrong_mapping_refused(send: Send, ueno: Person) -> None:
    batch = send([["1", "表", "営業部"]], ("No.", "件名のような列", "管理部署"))
    assert batch.state == ImportBatch.State.UPLOADED
    assert [col.field for col in imports.guess(batch).missing] == ["name"]
    for mapping in ({"A": "ledger_no"}, {"A": "name", "B": "name"}, {"Z": "name"}, {"A": "nothing"}):
        with pytest.raises(Refused, match="列"):
            imports.choose(batch, tab=batch.tab, mapping=mapping, by=ueno)
    imports.choose(batch, tab=batch.tab, mapping={"A": "ledger_no", "B": "name", "C": "department"}, by=ueno)
    assert taken_in(batch, ueno).counts["new"] == 1


def test_a_row_may_name_another_row_of_the_same_file(send: Send, ueno: Person) -> None:
    headings = ("No.", "情報資産名称", "上位資産")
    taken_in(send([["1", "子", "2"], ["2", "親", ""], ["3", "孫", "1"]], headings), ueno)
    child = Holding.objects.get(ledger_no="1")
    assert child.parent.name == "親"
    assert Holding.objects.get(ledger_no="3").parent == child
    again = taken_in(send([["1", "子", "2"], ["2", "親", ""], ["3", "孫", "1"]], headings), ueno)
    assert again.counts["same"] == 3
    report = imports.report(checked(send([["4", "誤", "77"]], headings), ueno))
    assert "「77」という資産はありません" in report.problems[0].sentence


def test_the_domain_judges_each_row(send: Send, ueno: Person) -> None:
    report = imports.report(checked(send([["1", "禁止", "営業部", 0, 1, 2]]), ueno))
    assert (report.problems[0].column, report.problems[0].sentence) == ("B", "この名称は使えません。")


def test_a_change_after_the_check_stops_the_import(send: Send, ueno: Person) -> None:
    taken_in(send(ROWS), ueno)
    batch = checked(send([["1", "改名", "営業部", 2, 1, 0], ROWS[1]]), ueno)
    Holding.objects.filter(ledger_no="1").update(name="誰かが変えた")
    Holding.objects.filter(ledger_no="1").update(name="改名")
    with pytest.raises(Conflict, match="もう一度確認"):
        imports.apply(batch, by=ueno)
    assert batch.state == ImportBatch.State.CHECKED


def test_an_import_is_undone_as_if_it_had_not_been(send: Send, ueno: Person) -> None:
    taken_in(send(ROWS), ueno)
    batch = taken_in(
        send([["1", "改名", "製造部", 0, 0, 0], ROWS[1], ["3", "新規", "営業部", 1, 1, 0]]), ueno
    )
    imports.undo(batch, reason="取り違え", by=ueno)
    row = Holding.objects.get(ledger_no="1")
    assert (row.name, row.label, row.department.label, row.confidentiality) == (
        "単価表",
        "単価表",
        "営業部",
        2,
    )
    assert row.importance == 2
    assert not Holding.objects.current().filter(ledger_no="3").exists()
    assert book.history(row)[0].reason == "取り違え"
    with pytest.raises(NotAllowed, match="取消済み"):
        imports.undo(batch, reason="もう一度", by=ueno)


def test_what_was_undone_comes_back_under_its_number(send: Send, ueno: Person) -> None:
    batch = taken_in(send(ROWS), ueno)
    number = Holding.objects.get(ledger_no="1").number
    imports.undo(batch, reason="列の誤り", by=ueno)
    assert Holding.objects.current().count() == 0
    again = taken_in(send(ROWS), ueno)
    assert Holding.objects.current().count() == Holding.objects.count() == 2
    assert Holding.objects.get(ledger_no="1").number == number
    imports.undo(again, reason="やはり", by=ueno)
    assert Holding.objects.current().count() == 0


def test_rows_changed_since_are_named_and_keep_the_import_from_being_undone(send: Send, ueno: Person) -> None:
    first = taken_in(send(ROWS), ueno)
    taken_in(send([["1", "あとの変更", "営業部", 2, 1, 0]]), ueno)
    with pytest.raises(imports.ChangedSince, match="あとの変更") as refused:
        imports.undo(first, reason="取り違え", by=ueno)
    assert [record.label for record in refused.value.records] == ["あとの変更"]
    assert Holding.objects.current().count() == 2


def test_undoing_needs_a_reason(send: Send, ueno: Person) -> None:
    batch = taken_in(send(ROWS), ueno)
    with pytest.raises(Refused, match="理由"):
        imports.undo(batch, reason=" ", by=ueno)


def test_who_has_not_the_right_may_not_import(
    send: Send, kobayashi: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = send(ROWS)
    monkeypatch.setitem(SHEETS, "holdings", replace(SHEET, right="asset.import"))
    for step in (imports.dry_run, imports.apply):
        with pytest.raises(NotAllowed, match="権限"):
            step(batch, by=kobayashi)


def test_a_head_takes_in_rows_of_the_own_department_only(
    send: Send, eto: Person, departments: object
) -> None:
    batch = send(ROWS)
    batch = imports.dry_run(batch, by=eto)
    assert [(p.row, p.sentence) for p in imports.report(batch).problems] == [
        (3, "この部署の行を取り込む権限がありません。")
    ]


def test_every_created_row_has_its_entry(send: Send, ueno: Person) -> None:
    batch = taken_in(send(ROWS), ueno)
    line = book.history(Holding.objects.get(ledger_no="1"))[0]
    changed = {change.field: change.after for change in line.changes}
    assert (line.verb, line.reason) == ("holding.registered", batch.number)
    assert changed["name"] == "単価表"
    assert [entry.verb for entry in book.history(batch)] == [
        "import.applied",
        "import.checked",
        "import.uploaded",
    ]


def test_text_files_and_macros_are_taken_too(send: Send, ueno: Person) -> None:
    text = "No.,情報資産名称,管理部署,機密性,完全性,可用性\r\n1,単価表,営業部,２,1,0\r\n"
    assert taken_in(send(text.encode("cp932"), name="台帳.csv"), ueno).counts["new"] == 1


def test_a_value_too_long_for_its_column_is_a_fault(send: Send, ueno: Person) -> None:
    report = imports.report(checked(send([["1", "あ" * 151, "営業部", 0, 1, 2]]), ueno))
    assert "150文字以内" in report.problems[0].sentence


def test_a_file_is_kept_once_under_its_hash(send: Send, tmp_path: Path) -> None:
    one, other = send(ROWS), send(ROWS)
    assert one.sha256 == other.sha256
    assert imports.store.path_of(one.sha256).is_file()
