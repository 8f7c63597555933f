"""The door for uploaded tables: what kind of file is it really, and is it safe to open?"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path

import filetype

from sakimori.lib.errors import Refused

MAX_FILE_BYTES = 50 * 1024 * 1024
MAX_UNPACKED_BYTES = 1024 * 1024 * 1024
MAX_PARTS = 5_000
# Sheets of repeated words shrink 50-fold; only what is built to burst shrinks more than this.
MAX_RATIO = 150
_RATIO_FROM_BYTES = 20 * 1024 * 1024

_SAVE_AS_XLSX = "Excel で開き「名前を付けて保存」から Excel ブック（.xlsx）として保存し直してください。"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_KNOWN_TYPES = {
    "application/pdf": "PDF",
    "image/png": "PNG画像",
    "image/jpeg": "JPEG画像",
    "application/x-rar-compressed": "RAR書庫",
    "application/x-7z-compressed": "7z書庫",
    "application/gzip": "gzip書庫",
    "application/x-msdownload": "実行ファイル",
    "application/x-exe": "実行ファイル",
}


@dataclass(frozen=True)
class Identified:
    """A file that may be opened: ``kind`` is "xlsx" or "csv"; notes are for the person who uploaded it."""

    kind: str
    notes: tuple[str, ...] = ()


def identify(path: Path, name: str) -> Identified:
    """Decide by content what ``path`` is; refuse what cannot be a table, with what to do about it."""
    size = path.stat().st_size
    if size == 0:
        raise _refused(f"「{name}」は空のファイルです。内容のあるファイルを選んでください。")
    if size > MAX_FILE_BYTES:
        raise _refused(
            f"「{name}」は{size / 1024 / 1024:.0f} MB あります。"
            f"{MAX_FILE_BYTES // 1024 // 1024} MB 以下に分けてください。"
        )
    with path.open("rb") as file:
        head = file.read(8192)
    if head.startswith(b"PK"):
        return _identify_zip(path, name)
    if head.startswith(_OLE):
        raise _refused(_ole_sentence(path, name))
    guess = filetype.guess(head)
    if head.startswith(b"%PDF") or guess is not None:
        mime = "application/pdf" if guess is None else guess.mime
        raise _refused(
            f"「{name}」の中身は{_KNOWN_TYPES.get(mime, mime)}です。"
            "表は Excel ブック（.xlsx、.xlsm）か CSV で用意してください。"
        )
    return Identified("csv")


def _ole_sentence(path: Path, name: str) -> str:
    """Tell an encrypted workbook from one in the format before 2007."""
    with path.open("rb") as file:
        content = file.read()
    if "EncryptedPackage".encode("utf-16-le") in content:
        return f"「{name}」はパスワードで保護されています。Excel でパスワードを解除して保存し直してください。"
    return f"「{name}」は古い形式（.xls など）です。{_SAVE_AS_XLSX}"


def _identify_zip(path: Path, name: str) -> Identified:
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, EOFError):
        raise broken(name) from None
    _check_size(parts, name)
    if any(part.flag_bits & 0x1 for part in parts):
        raise _refused(f"「{name}」はパスワード付きの書庫です。パスワードを解除してください。")
    names = {part.filename for part in parts}
    if "xl/workbook.bin" in names:
        raise _refused(f"「{name}」はバイナリ形式（.xlsb）です。{_SAVE_AS_XLSX}")
    if "xl/workbook.xml" not in names:
        raise _refused(
            f"「{name}」は Excel ブックではありません。"
            "表は Excel ブック（.xlsx、.xlsm）か CSV で用意してください。"
        )
    if "xl/vbaProject.bin" in names:
        return Identified("xlsx", ("マクロが含まれています。マクロは実行せず、表の値だけを読みます。",))
    return Identified("xlsx")


def _check_size(parts: list[zipfile.ZipInfo], name: str) -> None:
    """Refuse by the declared sizes, before anything is unpacked (unpacking stops at them)."""
    unpacked = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts) or 1
    bursts = unpacked > _RATIO_FROM_BYTES and unpacked / packed > MAX_RATIO
    if len(parts) > MAX_PARTS or unpacked > MAX_UNPACKED_BYTES or bursts:
        raise _refused(
            f"「{name}」は展開すると異常に大きくなる（{unpacked / 1024 / 1024:,.0f} MB）ため開きません。"
            "必要な行だけを新しいブックに写して保存し直してください。"
        )


def broken(name: str) -> Refused:
    """Return the refusal of a file that is damaged."""
    return _refused(
        f"「{name}」は壊れているため読み込めません。Excel で開けることを確かめ、保存し直してください。"
    )


def _refused(sentence: str) -> Refused:
    return Refused(sentence, rule="sheets.file")
