"""The one file of a backup: a tar of ``database/…``, ``data/…`` and, as its last member, ``manifest.json``.

The manifest names every member with its SHA-256, so that a file without it is an unfinished one and a changed byte
is found before anything is replaced. The members are read by any tar; nothing of ours is needed to get at them.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Any

MANIFEST = "manifest.json"
FORMAT = 1
_CHUNK = 1 << 20


class Unreadable(Exception):
    """The file is not a whole and unchanged backup; the message says what is wrong."""


class Writer:
    """Adds members to a new archive."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        self._members: dict[str, dict[str, Any]] = {}

    def add(self, name: str, path: Path) -> None:
        """Add one file under this name."""
        with path.open("rb") as file:
            state = os.fstat(file.fileno())
            info = tarfile.TarInfo(name)
            info.size, info.mtime, info.mode = state.st_size, int(state.st_mtime), 0o600
            reader = _HashingReader(file)
            self._tar.addfile(info, reader)
        self._members[name] = {"size": info.size, "sha256": reader.digest.hexdigest()}

    def add_folder(self, prefix: str, root: Path, entry: str) -> None:
        """Add a file or a folder with all its files."""
        top = root / entry
        for path in [top] if top.is_file() else sorted(top.rglob("*")):
            if path.is_file():
                self.add(f"{prefix}/{path.relative_to(root).as_posix()}", path)

    def finish(self, facts: dict[str, Any]) -> None:
        """Write the manifest."""
        manifest = {"format": FORMAT, **facts, "members": self._members}
        text = json.dumps(manifest, ensure_ascii=False, indent=1).encode()
        info = tarfile.TarInfo(MANIFEST)
        info.size, info.mode = len(text), 0o600
        self._tar.addfile(info, io.BytesIO(text))


class _HashingReader(io.RawIOBase):
    """Reads a file and notes the hash of what was read."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        block = self._file.read(size)
        self.digest.update(block)
        return block


@contextmanager
def written(path: Path) -> Iterator[Writer]:
    """Yield a writer; the file appears under its name only when everything was written."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.unfinished")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar:
                yield Writer(tar)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def unpack(path: Path, goal: Path) -> dict[str, Any]:
    """Unpack below the goal and return the manifest; raise Unreadable unless every byte is as it was written.

    The manifest is left beside the members.
    """
    try:
        file = path.open("rb")
    except OSError as error:
        raise Unreadable(str(error)) from error
    try:
        with file, tarfile.open(fileobj=file, mode="r:") as tar:
            found, manifest = _unpack_members(tar, goal)
    except (tarfile.TarError, ValueError) as error:
        raise Unreadable(f"{path}: {error}") from error
    if manifest is None or manifest.get("format") != FORMAT:
        raise Unreadable(
            f"{path}: 目録 {MANIFEST} がありません（途中で切れた退避です） / no manifest: an unfinished backup"
        )
    expected = {name: member["sha256"] for name, member in manifest["members"].items()}
    for name in sorted(found.keys() | expected.keys()):
        if found.get(name) != expected.get(name):
            raise Unreadable(f"{path}: {name} が退避したときと違います / differs from what was backed up")
    (goal / MANIFEST).write_text(json.dumps(manifest), "utf-8")
    return manifest


def _unpack_members(tar: tarfile.TarFile, goal: Path) -> tuple[dict[str, str], dict[str, Any] | None]:
    found: dict[str, str] = {}
    manifest = None
    for info in tar:
        source = tar.extractfile(info) if info.isreg() else None
        if source is None:
            raise ValueError(f"{info.name} is not a plain file")
        if info.name == MANIFEST:
            manifest = json.load(source)
            continue
        target = goal / _safe(info.name)
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        digest = hashlib.sha256()
        with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            while block := source.read(_CHUNK):
                digest.update(block)
                file.write(block)
        found[info.name] = digest.hexdigest()
    return found, manifest


def _safe(name: str) -> PurePosixPath:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or path.parts[0] not in {"data", "database"}:
        raise ValueError(f"{name} does not belong in a backup")
    return path
