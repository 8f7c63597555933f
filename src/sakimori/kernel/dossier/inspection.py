"""What an uploaded file really is: its first bytes decide, and its name must agree with them."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import filetype
from django.utils.translation import gettext as _

from sakimori.lib.errors import Refused

_CHUNK = 1024 * 1024
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_INSTALLER_CLASS = bytes.fromhex("84100c0000000000c000000000000046")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_PROGRAMS = frozenset(
    [
        "exe",
        "dll",
        "scr",
        "com",
        "pif",
        "bat",
        "cmd",
        "ps1",
        "psm1",
        "vbs",
        "vbe",
        "js",
        "jse",
        "wsf",
        "wsh",
        "hta",
        "msi",
        "msp",
        "jar",
        "lnk",
        "reg",
        "cpl",
        "sh",
        "elf",
        "app",
        "apk",
    ]
)
_TEXT = "text"
# extension: (media type, what the content may turn out to be)
_KINDS: dict[str, tuple[str, frozenset[str]]] = {
    **{
        name: (f"application/vnd.openxmlformats-officedocument.{rest}", frozenset({name[:3] + "x", "zip"}))
        for name, rest in {
            "docx": "wordprocessingml.document",
            "xlsx": "spreadsheetml.sheet",
            "pptx": "presentationml.presentation",
        }.items()
    },
    "xlsm": ("application/vnd.ms-excel.sheet.macroEnabled.12", frozenset({"xlsx", "zip"})),
    "docm": ("application/vnd.ms-word.document.macroEnabled.12", frozenset({"docx", "zip"})),
    "doc": ("application/msword", frozenset({"ole"})),
    "xls": ("application/vnd.ms-excel", frozenset({"ole"})),
    "ppt": ("application/vnd.ms-powerpoint", frozenset({"ole"})),
    "msg": ("application/vnd.ms-outlook", frozenset({"ole"})),
    "odt": ("application/vnd.oasis.opendocument.text", frozenset({"odt", "zip"})),
    "ods": ("application/vnd.oasis.opendocument.spreadsheet", frozenset({"ods", "zip"})),
    "pdf": ("application/pdf", frozenset({"pdf"})),
    "zip": ("application/zip", frozenset({"zip"})),
    "gz": ("application/gzip", frozenset({"gz"})),
    "png": ("image/png", frozenset({"png"})),
    "jpg": ("image/jpeg", frozenset({"jpg"})),
    "jpeg": ("image/jpeg", frozenset({"jpg"})),
    "gif": ("image/gif", frozenset({"gif"})),
    "webp": ("image/webp", frozenset({"webp"})),
    "bmp": ("image/bmp", frozenset({"bmp"})),
    "tif": ("image/tiff", frozenset({"tif"})),
    "tiff": ("image/tiff", frozenset({"tif"})),
    "heic": ("image/heic", frozenset({"heic"})),
    "mp3": ("audio/mpeg", frozenset({"mp3"})),
    "m4a": ("audio/mp4", frozenset({"m4a", "mp4"})),
    "wav": ("audio/wav", frozenset({"wav"})),
    "mp4": ("video/mp4", frozenset({"mp4", "m4v"})),
    "mov": ("video/quicktime", frozenset({"mov", "mp4"})),
    **{
        name: (f"text/{kind}", frozenset({_TEXT}))
        for name, kind in {
            "txt": "plain",
            "log": "plain",
            "csv": "csv",
            "md": "markdown",
            "json": "plain",
        }.items()
    },
    **{
        name: ("text/plain", frozenset({_TEXT}))
        for name in ("eml", "xml", "yaml", "yml", "conf", "cfg", "ini", "pem")
    },
}


def inspect(path: Path, file_name: str) -> str:
    """Return the media type; raise Refused unless content and name agree on an accepted kind."""
    extension = Path(file_name).suffix.lower().lstrip(".")
    with path.open("rb") as file:
        found = _kinds_of_content(file)
        if found & _PROGRAMS or extension in _PROGRAMS:
            text = _(
                "「%(name)s」は実行できるプログラムのため登録できません。画面の写しや PDF を登録してください。"
            )
            raise Refused(text % {"name": file_name}, rule="evidence.program", field="file")
        if extension not in _KINDS:
            text = _(
                "「%(name)s」の形式は登録できません。PDF、Office 文書、画像、テキスト、ZIP で登録してください。"
            )
            raise Refused(text % {"name": file_name}, rule="evidence.kind", field="file")
        media_type, accepted = _KINDS[extension]
        if not found & accepted:
            text = _(
                "「%(name)s」の中身は拡張子 .%(ext)s の形式ではありません。正しい拡張子の元のファイルを登録してください。"
            )
            raise Refused(
                text % {"name": file_name, "ext": extension}, rule="evidence.disguised", field="file"
            )
        if "zip" in accepted:
            _inspect_archive(file, file_name)
    return media_type


def _kinds_of_content(file: BinaryIO) -> frozenset[str]:
    """Return what the content may be: a text can begin like a picture or a program, but has no zero bytes."""
    head = file.read(65_536)
    file.seek(0)
    if head.startswith(_OLE):
        return frozenset({"msi" if _contains(file, _INSTALLER_CLASS) else "ole"})
    guessed = filetype.guess(head)
    kinds = {guessed.extension} if guessed else set()
    if b"\0" not in head or head.startswith(_UTF16):
        kinds = (kinds - _PROGRAMS) | {_TEXT}
    return frozenset(kinds)


def _contains(file: BinaryIO, wanted: bytes) -> bool:
    tail = b""
    found = False
    for chunk in _chunks(file):
        found = found or wanted in tail + chunk
        tail = chunk[-len(wanted) :]
    file.seek(0)
    return found


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    while chunk := file.read(_CHUNK):
        yield chunk


def _inspect_archive(file: BinaryIO, file_name: str) -> None:
    """Look at the list of names only; nothing is unpacked, so nothing can swell."""
    try:
        names = zipfile.ZipFile(file).namelist()
    except (zipfile.BadZipFile, UnicodeDecodeError, NotImplementedError):
        text = _(
            "「%(name)s」は壊れているため読めません。元のファイルを開けるか確かめてから登録してください。"
        )
        raise Refused(text % {"name": file_name}, rule="evidence.broken", field="file") from None
    inside = [name for name in names if Path(name).suffix.lower().lstrip(".") in _PROGRAMS]
    if inside:
        text = _(
            "「%(name)s」にプログラム（%(inside)s）が含まれるため登録できません。除いてから登録してください。"
        )
        values = {"name": file_name, "inside": inside[0]}
        raise Refused(text % values, rule="evidence.program", field="file")
