"""Start the product: ``python -m sakimori.config.operation.start run|web|worker|demo``.

``run`` prepares the data, then keeps one web server and one worker alive until Ctrl-C. This process imports no
Django: it must answer at once and stay small.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from pathlib import Path

from . import data, fingerprint
from .address import Address, NoAddress
from .children import Child, Keeper

_MANAGE = [sys.executable, "-m", "sakimori.config.manage"]
_PREPARE = [sys.executable, "-m", "sakimori.config.operation.prepare"]


def main() -> int:
    """Do what was asked; return the exit status."""
    parser = argparse.ArgumentParser(prog="sakimori")
    parser.add_argument("what", choices=["run", "web", "worker", "demo"])
    parser.add_argument(
        "--empty", action="store_true", help="デモ会社を読み込まない / no demonstration company"
    )
    options = parser.parse_args()
    folder = data_folder()
    os.umask(0o077)  # what is written there is the company's
    try:
        with data.in_use(folder, alone=options.what in {"run", "demo"}) as descriptor:
            data.require_whole(folder)
            return _do(options.what, folder, descriptor, empty=options.empty)
    except data.InUse as error:
        return _refuse(f"このデータは使用中です: {error} / In use by another process ({folder}).")
    except (NoAddress, data.HalfRestored) as error:
        return _refuse(str(error))


def data_folder() -> Path:
    """Return where the company's data lies, as settings see it."""
    return Path(os.environ.get("SAKIMORI_DATA") or Path(__file__).resolve().parents[4] / "var").absolute()


def _do(what: str, folder: Path, descriptor: int, *, empty: bool) -> int:
    address = Address.choose(os.environ) if what in {"run", "web"} else None
    demo = "always" if what == "demo" else "new" if what == "run" and not empty else "never"
    if (status := _prepare(folder, demo)) or what == "demo":
        return status
    if address and (folder / data.SETUP_CODE).exists():
        code = (folder / data.SETUP_CODE).read_text("ascii")
        print(f"はじめの設定コード / Setup code: {code}", file=sys.stderr, flush=True)
    children = []
    if address:
        children.append(Child("web", address.server_command()))
    if what in {"run", "worker"}:
        children.append(Child("worker", [*_MANAGE, "worker"]))
    if what == "run" and address:
        data.announce(descriptor, address.url)
    return Keeper(children, address).run()


def _prepare(folder: Path, demo: str) -> int:
    """Bring the data up to the code; a new company is prepared aside, so that it exists whole or not at all."""
    fresh = not os.environ.get("DATABASE_URL") and not (folder / data.DATABASE).exists()
    command = [*_PREPARE, "--demo", demo]
    if not fresh:
        if demo != "always" and fingerprint.is_unchanged(folder):
            return 0
        status = _explained(subprocess.run(command, stderr=subprocess.PIPE, text=True))
        if status == 0:
            fingerprint.remember(folder)
        return status
    staging = data.stage(folder)
    environment = os.environ | {"SAKIMORI_DATA": str(staging)}
    status = _explained(subprocess.run(command, env=environment, stderr=subprocess.PIPE, text=True))
    if status == 0:
        data.commit(folder)
        fingerprint.remember(folder)
    return status


def _explained(result: subprocess.CompletedProcess[str]) -> int:
    sys.stderr.write(result.stderr)
    if result.returncode:
        reason = (result.stderr.strip().splitlines() or ["?"])[-1]
        _refuse(
            f"起動できません。データベースの準備に失敗しました / Not started, preparing failed:\n  {reason}"
        )
    return result.returncode


def _reason(stderr: str) -> str:
    """Return the exception's own words, without the way that led there."""
    return re.split(r"\n(?=[A-Za-z_][\w.]*(?:Error|Exception): )", stderr.strip())[-1]


def _refuse(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
