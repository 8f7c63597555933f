import io
import random
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sakimori.lib.errors import Refused
from sakimori.lib.sheets import door, find_tables, open_book
from sakimori.lib.tests.workbooks import MAIN, build, row, sheet

DATA = Path(__file__).parents[4] / "tests" / "data"
GOOD = (DATA / "asset-ledger.xlsx").read_bytes()
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def read_all(path: Path) -> int:
    with open_book(path, "台帳.xlsx") as book:
        return sum(1 for table in find_tables(book) for _ in table.rows())


def refusal(path: Path) -> str:
    with pytest.raises(Refused) as caught:
        read_all(path)
    return str(caught.value)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "空のファイル"),
        (b"%PDF-1.7 rest", "PDF"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 20, "PNG画像"),
        (OLE + b"\0" * 600, "古い形式"),
        (OLE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), "パスワード"),
        (b"PK\x03\x04 not a zip", "壊れている"),
        (b"\x00\x01\x02\x03binary", "表として読めません"),
        ("名称だけ".encode(), "見出し行のある表が見つかりません"),
        (b'a,b,c\n1,"open', "引用符"),
        (b"\xff\xfeabc", "表として読めません"),
    ],
)
def test_what_is_no_table_is_refused_with_what_to_do(tmp_path: Path, content: bytes, sentence: str) -> None:
    path = tmp_path / "upload"
    path.write_bytes(content)
    text = refusal(path)
    assert sentence in text
    assert "台帳.xlsx" in text
    assert text.endswith("。")


def test_a_zip_of_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    assert "Excel ブックではありません" in refusal(path)


def test_a_binary_workbook_is_refused(tmp_path: Path) -> None:
    path = build(tmp_path / "b.xlsx", sheet(""), extra={"xl/workbook.bin": b"x"})
    assert ".xlsb" in refusal(path)


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = build(tmp_path / "z.xlsx", sheet(""), extra={"xl/media/x.xml": b" " * (30 * 1024 * 1024)})
    assert path.stat().st_size < 100_000
    assert "展開すると異常に大きく" in refusal(path)


def test_a_file_over_the_limit_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "big.csv"
    with path.open("wb") as file:
        file.truncate(door.MAX_FILE_BYTES + 1)
    assert "50 MB 以下" in refusal(path)


def test_macros_are_ignored_and_said(tmp_path: Path) -> None:
    path = build(
        tmp_path / "m.xlsm",
        sheet(row(1, "番号", "名称", "備考") + row(2, "1", "甲", "乙")),
        extra={"xl/vbaProject.bin": b"macro"},
    )
    with open_book(path) as book:
        table = find_tables(book)[0]
        assert len(list(table.rows())) == 1
        assert "マクロは実行せず" in table.notes[0]


@pytest.mark.parametrize(
    "head",
    [
        '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>',
        '<!DOCTYPE x SYSTEM "file:///etc/passwd">',
    ],
)
def test_document_types_are_refused(tmp_path: Path, head: str) -> None:
    body = sheet(row(1, "番号", "名称", "備考") + row(2, "1", "&b;"))
    assert "壊れている" in refusal(build(tmp_path / "d.xlsx", head + body))


@pytest.mark.parametrize(
    "xml",
    [
        "",
        "<worksheet",
        f"<worksheet {MAIN}><sheetData><row r='1'><c t='s'><v>99</v></c></row></sheetData></worksheet>",
        f"<worksheet {MAIN}><sheetData><row r='x'></row></sheetData></worksheet>",
        f"<worksheet {MAIN}><sheetData><row r='1'><c r='A1'><v>abc</v></c></row></sheetData></worksheet>",
        f"<worksheet {MAIN}><sheetData><row r='1'><c t='zz'><v>1</v></c></row></sheetData></worksheet>",
        f"<worksheet {MAIN}><sheetData><row r='1'><c t='inlineStr'><is><t>&zz;</t></is></c></row></sheetData></worksheet>",
    ],
)
def test_broken_sheets_are_refused(tmp_path: Path, xml: str) -> None:
    assert refusal(build(tmp_path / "x.xlsx", xml)).endswith("。")


def mutate_parts(data: bytes, seed: int) -> bytes:
    """Change bytes inside the unpacked parts, so that the damage gets behind the archive's checksums."""
    chance = random.Random(seed)
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for part in source.infolist():
            content = bytearray(source.read(part))
            if chance.random() < 0.6:
                for _ in range(chance.randint(1, 8)):
                    position = chance.randrange(len(content))
                    content[position : position + chance.choice((0, 1, 30))] = chance.choice(
                        (b"<", b"&", b'"', b"\xff", b"9999999999", b"</row>", b"", b"A1:ZZ9", b"\x00")
                    )
            if chance.random() > 0.05:
                target.writestr(part.filename, bytes(content))
    return out.getvalue()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**9))
def test_damage_inside_a_workbook_is_read_or_refused(tmp_path: Path, seed: int) -> None:
    path = tmp_path / "m.xlsx"
    path.write_bytes(mutate_parts(GOOD, seed))
    try:
        assert read_all(path) >= 0
    except Refused as refused:
        assert str(refused).endswith("。")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(start=st.integers(0, len(GOOD) - 1), cut=st.integers(0, 3000), put=st.binary(max_size=40))
def test_a_damaged_upload_is_read_or_refused(tmp_path: Path, start: int, cut: int, put: bytes) -> None:
    path = tmp_path / "m.xlsx"
    path.write_bytes(GOOD[:start] + put + GOOD[start + cut :])
    try:
        assert read_all(path) >= 0
    except Refused as refused:
        assert str(refused).endswith("。")


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.one_of(st.binary(max_size=300), st.text(max_size=200).map(lambda text: text.encode())))
def test_any_bytes_are_read_or_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "any.csv"
    path.write_bytes(content)
    try:
        assert read_all(path) >= 0
    except Refused as refused:
        assert str(refused).endswith("。")
