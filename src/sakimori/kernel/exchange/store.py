"""Uploaded tables, kept under DATA_DIR/uploads by the hash of their content."""

from __future__ import annotations

import hashlib
import os
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Protocol

from django.conf import settings
from django.utils.translation import gettext as _

from sakimori.kernel.dossier.files import room
from sakimori.lib.errors import Refused
from sakimori.lib.sheets import MAX_FILE_BYTES


class Upload(Protocol):
    """A file on its way in."""

    def chunks(self) -> Iterable[bytes]:
        """Yield the content in pieces."""


@dataclass(frozen=True)
class Stored:
    """A file in the store."""

    sha256: str
    size: int
    file_name: str


def path_of(sha256: str) -> Path:
    """Return where the upload with this hash lies."""
    return Path(settings.DATA_DIR) / "uploads" / sha256[:2] / sha256


def store(upload: Upload, file_name: str) -> Stored:
    """Write an upload under its hash; the same content twice is one file. Refuses more than the limit."""
    name = PurePath(file_name.replace("\\", "/")).name[:200] or "upload"
    folder = Path(settings.DATA_DIR) / "uploads" / "incoming"
    draft = folder / uuid.uuid4().hex
    with room("exchange.disk_full"):
        folder.mkdir(parents=True, exist_ok=True)
        try:
            sha256, size = _receive(upload, draft, name)
            final = path_of(sha256)
            final.parent.mkdir(parents=True, exist_ok=True)
            os.replace(draft, final)
        finally:
            draft.unlink(missing_ok=True)
    return Stored(sha256, size, name)


def _receive(upload: Upload, draft: Path, name: str) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    with draft.open("xb") as file:
        for chunk in upload.chunks():
            size += len(chunk)
            if size > MAX_FILE_BYTES:
                values = {"name": name, "limit": MAX_FILE_BYTES // 1024 // 1024}
                text = _("「%(name)s」は大きすぎます。%(limit)d MB 以下に分けてください。")
                raise Refused(text % values, rule="exchange.size", field="file")
            digest.update(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    return digest.hexdigest(), size
