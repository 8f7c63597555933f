"""Put a backup in place: ``./sakimori restore FILE [--force]``. The old state stays until the new one is proved.

The archive is unpacked and filled beside the data, migrated to this version's tables and verified there. Only then it
becomes the data, by one rename. On PostgreSQL the rows are replaced in one transaction just before that.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from . import archive, data
from .children import end_with_parent
from .start import data_folder

_FILL = [sys.executable, "-m", "sakimori.config.operation.fill"]


def main() -> int:
    """Restore the file of the command line; return the exit status."""
    parser = argparse.ArgumentParser(prog="sakimori restore")
    parser.add_argument("file", type=Path)
    parser.add_argument(
        "--force", action="store_true", help="今のデータを置き換える / replace the present data"
    )
    parser.add_argument(
        "--unverified", action="store_true", help="台帳の検証に失敗しても復元する / in spite of verify"
    )
    options = parser.parse_args()
    folder = data_folder()
    os.umask(0o077)
    try:
        with data.in_use(folder, alone=True):
            data.settle(folder)
            return _restore(folder, options)
    except data.InUse as error:
        return _refuse(
            f"使用中のデータは置き換えられません。先に停止してください: {error} / Stop the product first."
        )
    except OSError as error:
        return _refuse(f"復元できません。データは元のままです / Not restored, the data is as it was: {error}")
    except archive.Unreadable as error:
        return _refuse(
            f"退避ファイルを読めません。何も変えていません / Not a sound backup, nothing was changed:\n  {error}"
        )


def _restore(folder: Path, options: argparse.Namespace) -> int:
    if data.members(folder) and not options.force:
        return _refuse(
            f"{folder} は空ではありません。置き換えるには --force を付けてください / not empty; --force replaces it"
        )
    staging = data.stage(folder)
    try:
        manifest = archive.unpack(options.file, staging)
        if (refusal := _other_engine(manifest)) is not None:
            return _refuse(refusal)
        _spread(staging)
        if _fill(folder, staging, options):
            return _refuse(
                "復元を取りやめました。データは元のままです / Restore abandoned; the data is as it was."
            )
        shutil.rmtree(staging / "database", ignore_errors=True)
        (staging / archive.MANIFEST).unlink()
        data.commit(folder)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    data.end_restore(folder)
    print(f"{options.file}（{manifest['created']}）から復元しました / restored")
    return 0


def _other_engine(manifest: dict[str, Any]) -> str | None:
    here = "postgresql" if os.environ.get("DATABASE_URL") else "sqlite"
    if manifest["engine"] == here:
        return None
    made = manifest["engine"]
    return (
        f"この退避は {made} のものです。{made} の上に復元してください。{made} から {here} へは移せません"
        f" / made on {made}; restore it there, it cannot move to {here}"
    )


def _spread(staging: Path) -> None:
    """Turn the archive's two folders into the form of a data folder."""
    for source in (staging / "data", staging / "database"):
        if source.name == "database" and not (source / data.DATABASE).exists():
            continue  # rows of PostgreSQL, read from where they lie
        for entry in list(source.iterdir()) if source.is_dir() else []:
            os.replace(entry, staging / entry.name)
        shutil.rmtree(source, ignore_errors=True)


def _fill(folder: Path, staging: Path, options: argparse.Namespace) -> int:
    """Migrate, and on PostgreSQL load the rows, in a process that sees the staged folder as its data."""
    command = [
        *_FILL,
        *(["--force"] if options.force else []),
        *(["--unverified"] if options.unverified else []),
    ]
    environment = os.environ | {"SAKIMORI_DATA": str(staging)}
    status = subprocess.run(command, env=environment, preexec_fn=end_with_parent).returncode
    if status > 0:  # it ended by itself and took its transaction back; of a killed one nothing is known
        data.end_restore(folder)
    return status


def _refuse(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
