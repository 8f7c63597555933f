"""Import and export from the console: the difference first, rows only when told to, and a way back in."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from sakimori.kernel.exchange.tests.ledger import SHEET
from sakimori.lib.sheets import OutColumn, write_table

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("holdings", "departments")]
HEADINGS = ("No.", "情報資産名称", "管理部署")
ROW = (1, "図面", "総務部")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return _written(tmp_path / "台帳.xlsx", ROW)


def _written(path: Path, *rows: tuple[object, ...]) -> Path:
    write_table(path, [OutColumn(heading) for heading in HEADINGS], rows)
    return path


def test_without_apply_only_the_difference_is_told(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("import", SHEET.id, str(file))
    assert "新規1件" in capsys.readouterr().out
    assert SHEET.model.objects.count() == 0


def test_with_apply_the_rows_are_taken_in_and_come_out_again(file: Path, tmp_path: Path) -> None:
    call_command("import", SHEET.id, str(file), "--apply")
    assert [row.label for row in SHEET.model.objects.all()] == ["図面"]
    call_command("export", SHEET.id, str(tmp_path / "out.xlsx"))
    call_command("import", SHEET.id, str(tmp_path / "out.xlsx"), "--apply")
    assert SHEET.model.objects.count() == 1


def test_a_faulty_file_is_named_cell_by_cell_and_changes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    faulty = _written(tmp_path / "誤り.xlsx", ROW, (2, "名簿", "ない部署"))
    with pytest.raises(CommandError, match="誤りがあるため取り込めません"):
        call_command("import", SHEET.id, str(faulty), "--apply")
    assert "ない部署" in capsys.readouterr().err
    assert SHEET.model.objects.count() == 0


def test_an_unknown_register_is_answered_by_the_known_ones(file: Path) -> None:
    with pytest.raises(CommandError, match=SHEET.id):
        call_command("import", "nothing", str(file))


def test_an_export_never_replaces_a_file(file: Path) -> None:
    with pytest.raises(CommandError, match="既にあります"):
        call_command("export", SHEET.id, str(file))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="読めません"):
        call_command("import", SHEET.id, str(tmp_path / "ない.xlsx"))
