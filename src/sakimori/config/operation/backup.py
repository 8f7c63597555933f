"""Put everything of a company into one file: ``./sakimori backup [FILE]``, while the product goes on running."""

from __future__ import annotations

import argparse
import os
import sqlite3
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder

from sakimori.lib import clock

from . import archive, data, tables


def main() -> int:
    """Write the backup named on the command line; return the exit status."""
    parser = argparse.ArgumentParser(prog="sakimori backup")
    parser.add_argument(
        "file", nargs="?", type=Path, help="退避先 / where to write; a dated name if left out"
    )
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sakimori.config.settings")
    django.setup()
    goal: Path = options.file or Path(f"sakimori-{clock.now():%Y%m%d-%H%M%S}.tar")
    if goal.exists():
        print(
            f"{goal} は既にあります。別の名前を指定してください / exists already; name another file",
            file=sys.stderr,
        )
        return 1
    try:
        write(goal)
    except (OSError, sqlite3.Error) as error:
        print(
            f"退避できませんでした。ファイルは作っていません / Backup failed, no file was made: {error}",
            file=sys.stderr,
        )
        return 1
    size = goal.stat().st_size
    print(
        f"{goal} に退避しました（{size:,} バイト）。署名鍵を含むため安全な場所に保管してください / backed up, keys included"
    )
    return 0


def write(goal: Path) -> None:
    """Write database, files and keys. The database comes first: what it names is then already among the files."""
    beside = goal.absolute().parent
    with (
        tempfile.TemporaryDirectory(prefix=".sakimori-", dir=beside) as folder,
        archive.written(goal) as writer,
    ):
        facts = _database(writer, Path(folder))
        for entry in data.members(settings.DATA_DIR):
            if entry != data.DATABASE:
                writer.add_folder("data", settings.DATA_DIR, entry)
        writer.finish({"created": clock.now().isoformat(), **facts})


def _database(writer: archive.Writer, folder: Path) -> dict[str, Any]:
    if connection.vendor == "sqlite":
        _copy_sqlite(settings.DATA_DIR / data.DATABASE, folder / data.DATABASE)
        writer.add(f"database/{data.DATABASE}", folder / data.DATABASE)
        return {"engine": "sqlite", "migrations": sorted(MigrationRecorder(connection).applied_migrations())}
    with transaction.atomic():
        facts = tables.copy_out(folder)
        migrations = sorted(MigrationRecorder(connection).applied_migrations())
    for name in facts["tables"]:
        writer.add(f"database/{name}.copy", folder / f"{name}.copy")
        (folder / f"{name}.copy").unlink()
    return {"engine": "postgresql", "migrations": migrations, **facts}


def _copy_sqlite(source: Path, goal: Path) -> None:
    with closing(sqlite3.connect(source)) as here, closing(sqlite3.connect(goal)) as there:
        here.backup(there)
        there.execute("PRAGMA journal_mode=DELETE")  # one file, without side files
        (verdict,) = there.execute("PRAGMA quick_check").fetchone()
    if verdict != "ok":
        raise sqlite3.DatabaseError(f"データベースが壊れています / the database is damaged: {verdict}")


if __name__ == "__main__":
    sys.exit(main())
