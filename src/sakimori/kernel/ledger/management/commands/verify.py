"""``./sakimori verify``: prove the ledger, or name the first entry that is not what was sealed."""

from __future__ import annotations

import os
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils.translation import gettext as _

from sakimori.kernel.ledger import heads, keys, seal
from sakimori.kernel.ledger.report import Report
from sakimori.kernel.ledger.verify import verify

_WORTH_PROCESSES = 200_000


class Command(BaseCommand):
    """Verify the whole ledger; exit code 1 when anything is wrong."""

    help = "証跡台帳をすべて確かめ、改ざん・欠落・並べ替えがあれば最初の一件を示します。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument(
            "--head", action="append", default=[], help="別に保管した先頭のファイル（複数可）"
        )
        parser.add_argument("--key", action="store_true", help="公開鍵も表示します")

    def handle(self, *args: Any, **options: Any) -> None:
        """Verify and print; CommandError gives exit code 1."""
        kept = heads.kept_elsewhere() + [_read(path) for path in options["head"]]
        head = seal.latest_head()
        large = head is not None and head.size >= _WORTH_PROCESSES and not connection.in_atomic_block
        start = time.perf_counter()
        report = verify(heads=kept, processes=min(os.cpu_count() or 1, 4) if large else 1)
        self._print(report, seconds=time.perf_counter() - start)
        if options["key"]:
            self.stdout.write(str(keys.verifier()))
        if not report.ok:
            raise CommandError(
                _("証跡台帳に %(count)s 件の食い違いがあります。") % {"count": len(report.problems)}
            )

    def _print(self, report: Report, *, seconds: float) -> None:
        for problem in report.problems:
            self.stderr.write(str(problem))
        facts = {
            "entries": f"{report.entries:,}",
            "heads": f"{report.heads:,}",
            "pending": f"{report.pending:,}",
            "openings": f"{report.openings:,}",
            "rate": f"{report.entries / seconds:,.0f}",
        }
        counts = _("証跡 %(entries)s 件、先頭 %(heads)s 個、秘匿値 %(openings)s 件を確かめました")
        self.stdout.write((counts + _("（毎秒 %(rate)s 件）。封印待ち %(pending)s 件。")) % facts)
        head = seal.latest_head()
        if report.ok and head is not None:
            self.stdout.write(
                _("改ざん・欠落・並べ替えはありません。台帳の先頭: %(root)s") % {"root": head.root.hex()}
            )


def _read(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(_("先頭のファイル %(path)s を読めません。") % {"path": path}) from error
