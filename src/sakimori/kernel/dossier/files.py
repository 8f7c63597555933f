"""Files by their hash: written once, readable by the service only, checked for what they really are.

The name a user gave says nothing about the content: what the first bytes are decides, and both must agree.
"""

from __future__ import annotations

import hashlib
import os
import uuid
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

import filetype
from django.conf import settings
from django.utils.translation import gettext as _

from sakimori.lib import clock
from sakimori.lib.errors import Refused

MEGABYTE = 1024 * 1024
_CHUNK = MEGABYTE
_ABANDONED_SECONDS = 24 * 3600

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


class Upload(Protocol):
    """A file on its way in."""

    def chunks(self) -> Iterable[bytes]:
        """Yield the content in pieces."""
        ...


@dataclass(frozen=True)
class Stored:
    """A file in the store."""

    sha256: str
    size: int
    file_name: str
    media_type: str


def _as_shipped() -> int:
    return 50 * MEGABYTE


_limit: Callable[[], int] = _as_shipped


def limited_by(source: Callable[[], int]) -> Callable[[], int]:
    """Let ``source`` say how many bytes a file may have; the regulations stand above this package."""
    global _limit
    _limit = source
    return source


def limit_bytes() -> int:
    """Return how many bytes a file may have."""
    return _limit()


def root() -> Path:
    """Return the folder of the store."""
    return Path(settings.MEDIA_ROOT) / "evidence"


def path_of(sha256: str) -> Path:
    """Return where the file with this hash lies."""
    return root() / sha256[:2] / sha256[2:4] / sha256


def store(upload: Upload, file_name: str) -> Stored:
    """Write a file into the store under its hash and return its facts.

    Raises Refused, with what to do, for a file that is too large, empty, of a kind not accepted, or not
    what its name says. The same content twice is one file.
    """
    name = Path(file_name.replace("\\", "/")).name[:255]
    incoming = root() / "incoming"
    incoming.mkdir(parents=True, exist_ok=True)
    _sweep(incoming)
    draft = incoming / uuid.uuid4().hex
    try:
        sha256, size = _receive(upload, draft, name)
        media_type = inspect(draft, name)
        _place(draft, path_of(sha256))
    finally:
        draft.unlink(missing_ok=True)
    return Stored(sha256, size, name, media_type)


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


def intact(sha256: str) -> bool:
    """Tell whether the stored file still has the content of its hash."""
    path = path_of(sha256)
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == sha256


def erase(sha256: str) -> None:
    """Destroy the stored file; the caller has made sure that no valid evidence needs it."""
    path_of(sha256).unlink(missing_ok=True)


def _receive(upload: Upload, draft: Path, name: str) -> tuple[str, int]:
    digest, size, limit = hashlib.sha256(), 0, limit_bytes()
    with draft.open("xb") as file:
        for chunk in upload.chunks():
            size += len(chunk)
            if size > limit:
                text = _("「%(name)s」は大きすぎます。%(limit)d MB 以下に分けて登録してください。")
                values = {"name": name, "limit": limit // MEGABYTE}
                raise Refused(text % values, rule="evidence.size", field="file")
            digest.update(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    if not size:
        text = _("「%(name)s」は空のファイルです。内容のあるファイルを選んでください。")
        raise Refused(text % {"name": name}, rule="evidence.empty", field="file")
    return digest.hexdigest(), size


def _place(draft: Path, final: Path) -> None:
    """Move the draft to its place once; what lies there already has the same content by its name."""
    final.parent.mkdir(parents=True, exist_ok=True)
    draft.chmod(0o440)
    try:
        os.link(draft, final)
    except FileExistsError:
        return
    folder = os.open(final.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _sweep(incoming: Path) -> None:
    """Remove what a killed process left behind."""
    limit = clock.now().timestamp() - _ABANDONED_SECONDS
    for path in incoming.iterdir():
        if path.stat().st_mtime < limit:
            path.unlink(missing_ok=True)


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
