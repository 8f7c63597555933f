from __future__ import annotations

import io
import stat
import zipfile
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from pytest_django import Settings

from sakimori.kernel.dossier import files, inspection
from sakimori.lib.errors import Refused

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n"
PROGRAM = b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0" + b"\0" * 200
ELF = b"\x7fELF\x02\x01\x01\0" + b"\0" * 200
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + b"\0" * 64


@pytest.fixture(autouse=True)
def twenty_megabytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "_limit", lambda: 20 * files.MEGABYTE)


@pytest.fixture(autouse=True)
def store_here(tmp_path: Path, settings: Settings) -> None:
    settings.MEDIA_ROOT = tmp_path


def zipped(*names: str) -> bytes:
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return memory.getvalue()


def store(content: bytes, name: str) -> files.Stored:
    return files.store(ContentFile(content), name)


@pytest.mark.requirement("V20-226", "PRC-147")
def test_a_stored_file_is_read_only_and_found_by_its_hash() -> None:
    stored = store(PDF, "議事録.pdf")
    path = files.path_of(stored.sha256)
    assert path.read_bytes() == PDF
    assert stat.S_IMODE(path.stat().st_mode) == 0o440
    assert files.intact(stored.sha256)


def test_the_same_content_is_stored_once_and_never_written_again() -> None:
    first = store(PDF, "a.pdf")
    before = files.path_of(first.sha256).stat()
    second = store(PDF, "b.pdf")
    after = files.path_of(first.sha256).stat()
    assert first.sha256 == second.sha256
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


@pytest.mark.requirement("V20-226")
def test_a_changed_or_missing_file_is_noticed() -> None:
    stored = store(PDF, "a.pdf")
    path = files.path_of(stored.sha256)
    path.chmod(0o640)
    path.write_bytes(PDF + b"changed")
    assert not files.intact(stored.sha256)
    path.unlink()
    assert not files.intact(stored.sha256)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("手順.pdf", PROGRAM),
        ("手順.txt", PROGRAM),
        ("手順.docx", PROGRAM),
        ("手順.png", ELF),
        ("setup.exe", PROGRAM),
        ("backup.bat", b"@echo off\r\n"),
        ("手順.zip", zipped("readme.txt", "tool/setup.EXE")),
        ("手順.docx", zipped("[Content_Types].xml", "word/run.vbs")),
        ("手順.doc", inspection._OLE + b"\0" * 3_000_000 + inspection._INSTALLER_CLASS + b"\0" * 100),
    ],
)
def test_a_program_is_refused_whatever_its_name(name: str, content: bytes) -> None:
    with pytest.raises(Refused, match="プログラム") as refusal:
        store(content, name)
    assert refusal.value.rule == "evidence.program"


@pytest.mark.parametrize(
    ("name", "content"), [("図.png", PDF), ("表.xlsx", PDF), ("文書.pdf", PNG), ("文書.txt", PNG)]
)
def test_a_file_that_is_not_what_its_name_says_is_refused(name: str, content: bytes) -> None:
    with pytest.raises(Refused, match="拡張子") as refusal:
        store(content, name)
    assert refusal.value.rule == "evidence.disguised"


@pytest.mark.parametrize("name", ["page.html", "picture.svg", "data.bin", "無題", "model.7z"])
def test_a_kind_that_is_not_accepted_is_refused_with_what_to_use_instead(name: str) -> None:
    with pytest.raises(Refused, match="PDF、Office"):
        store(b"<html></html>", name)


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("一覧.csv", "氏名,部署\r\n山田,営業".encode("cp932"), "text/csv"),
        ("メモ.txt", "MZから始まるメモ".encode(), "text/plain"),
        ("メモ.txt", "BM案件の一覧".encode("utf-16"), "text/plain"),
        ("画面.png", PNG, "image/png"),
        ("記録.zip", zipped("記録.txt"), "application/zip"),
    ],
)
def test_what_offices_really_use_is_accepted(name: str, content: bytes, media_type: str) -> None:
    assert store(content, name).media_type == media_type


def test_a_broken_archive_is_refused() -> None:
    with pytest.raises(Refused, match="壊れている"):
        store(zipped("a.txt")[:40] + b"\0" * 100, "記録.zip")


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(Refused, match="空のファイル"):
        store(b"", "a.txt")


def test_a_file_over_the_limit_is_refused_and_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "_limit", lambda: files.MEGABYTE)
    with pytest.raises(Refused, match="1 MB"):
        store(b"x" * (1024 * 1024 + 1), "a.txt")
    assert [path for path in files.root().rglob("*") if path.is_file()] == []


def test_a_name_with_folders_in_it_is_reduced_to_its_last_part() -> None:
    assert store(PDF, "..\\..\\etc/passwd.pdf").file_name == "passwd.pdf"
