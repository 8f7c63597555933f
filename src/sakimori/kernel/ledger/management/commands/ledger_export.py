"""Write the sealed ledger to a folder or ZIP that anyone can check without the product."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from sakimori.kernel.ledger.export import export
from sakimori.lib.errors import Refused


class Command(BaseCommand):
    """Export the ledger."""

    help = "封印済みの証跡台帳を、検証プログラムとともにフォルダーまたは ZIP に書き出します。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("target", type=Path, help="新しいフォルダー、または .zip で終わるファイル")
        parser.add_argument("--openings", action="store_true", help="秘匿した値（個人情報）も含めます")

    def handle(self, *args: Any, **options: Any) -> None:
        """Export and print what was written."""
        try:
            head = export(options["target"], openings=options["openings"])
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        facts = {"size": f"{head.size:,}", "target": options["target"]}
        self.stdout.write(_("証跡 %(size)s 件を %(target)s に書き出しました。") % facts)
