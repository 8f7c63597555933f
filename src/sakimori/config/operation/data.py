"""The company's data folder: it changes as a whole or not at all.

A new company and a restored backup are prepared in ``.incoming``. Renaming that folder to ``.arrived`` decides;
from then on the move into place is finished by whoever opens the folder next, however often it is killed.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

DATABASE = "sakimori.sqlite3"
SETUP_CODE = "setup-code"  # lies there while nobody can sign in
PREPARED = ".prepared"  # what the folder was last prepared by
DEMONSTRATION = "demonstration"  # this file's presence offers one-click sign-in
_INCOMING, _ARRIVED, _IN_USE, _SETTLING = ".incoming", ".arrived", ".in-use", ".settling"
_RESTORING = ".restoring"  # rows in PostgreSQL and files here may be of two different moments
_MACHINERY = {_INCOMING, _ARRIVED, _IN_USE, _SETTLING, _RESTORING, PREPARED}


class InUse(Exception):
    """Another process works on the folder."""


class HalfRestored(Exception):
    """A restore was killed between the database and the files; the message says what to do."""


def members(data: Path) -> list[str]:
    """Name what belongs to the company, without the folder's own machinery and SQLite's side files."""
    if not data.is_dir():
        return []
    side_files = {f"{DATABASE}-wal", f"{DATABASE}-shm", f"{DATABASE}-journal"}
    return sorted(entry.name for entry in data.iterdir() if entry.name not in _MACHINERY | side_files)


def stage(data: Path) -> Path:
    """Return an empty folder to prepare in; what an interrupted preparation left there is dropped."""
    incoming = data / _INCOMING
    shutil.rmtree(incoming, ignore_errors=True)
    incoming.mkdir(parents=True, mode=0o700)
    return incoming


def commit(data: Path) -> None:
    """Make the staged folder the data of this installation."""
    _flush(data / _INCOMING)
    os.rename(data / _INCOMING, data / _ARRIVED)
    _flush_folder(data)
    settle(data)


def settle(data: Path) -> None:
    """Finish a move that was decided; do nothing where none was."""
    if not (data / _ARRIVED).is_dir():
        return
    with (data / _SETTLING).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if (data / _ARRIVED).is_dir():
            _move_into_place(data, data / _ARRIVED)


def begin_restore(data: Path) -> None:
    """Note that database and files will change one after the other."""
    (data / _RESTORING).touch()
    _flush_folder(data)


def end_restore(data: Path) -> None:
    """Note that database and files belong together again."""
    (data / _RESTORING).unlink(missing_ok=True)


def require_whole(data: Path) -> None:
    """Finish a decided move; raise HalfRestored where files and database may not belong together."""
    settle(data)
    if (data / _RESTORING).exists():
        raise HalfRestored(
            "復元が途中で止まっています。もう一度「./sakimori restore 退避ファイル --force」を実行してください"
            " / A restore was interrupted: run it again with --force."
        )


def _move_into_place(data: Path, arrived: Path) -> None:
    for suffix in ("-wal", "-shm", "-journal"):  # they belong to the old database and would spoil the new one
        (data / f"{DATABASE}{suffix}").unlink(missing_ok=True)
    marker = arrived / ".old-removed"
    if not marker.exists():
        for name in members(data):
            _remove(data / name)
        marker.touch()
    for entry in sorted(arrived.iterdir(), key=lambda entry: entry.name == DATABASE):
        if entry != marker:
            os.replace(entry, data / entry.name)
    shutil.rmtree(arrived)
    _flush_folder(data)


@contextmanager
def in_use(data: Path, *, alone: bool) -> Iterator[int]:
    """Hold the folder, alone or with others; raise InUse where that cannot be. Yields the lock's descriptor."""
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(data / _IN_USE, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise InUse(os.pread(descriptor, 200, 0).decode("utf-8", "replace").strip()) from error
        yield descriptor
    finally:
        os.close(descriptor)


def announce(descriptor: int, text: str) -> None:
    """Say what the holder of the folder does there, for whoever finds it held."""
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, text.encode(), 0)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


def _flush(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
    _flush_folder(folder)


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
