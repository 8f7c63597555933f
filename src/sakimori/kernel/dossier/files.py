"""Files by their hash: written once, readable by the service only; ``inspection`` says what is accepted."""

from __future__ import annotations

import errno
import hashlib
import os
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from django.conf import settings
from django.utils.translation import gettext as _

from sakimori.lib import clock
from sakimori.lib.errors import Refused

from . import inspection

MEGABYTE = 1024 * 1024
_ABANDONED_SECONDS = 24 * 3600
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


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
    draft = incoming / uuid.uuid4().hex
    with room("evidence.disk_full"):
        incoming.mkdir(parents=True, exist_ok=True)
        _sweep(incoming)
        try:
            sha256, size = _receive(upload, draft, name)
            media_type = inspection.inspect(draft, name)
            _place(draft, path_of(sha256))
        finally:
            draft.unlink(missing_ok=True)
    return Stored(sha256, size, name, media_type)


@contextmanager
def room(rule: str) -> Iterator[None]:
    """Turn a full disk into a refusal by ``rule`` that says what to do."""
    try:
        yield
    except OSError as error:
        if error.errno not in _FULL:
            raise
        text = _(
            "保存先の空き容量が足りないため、ファイルを保存できませんでした（何も登録していません）。"
            "システム管理者に空き容量の確保を依頼し、もう一度登録してください。"
        )
        raise Refused(text, rule=rule, field="file") from error


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
