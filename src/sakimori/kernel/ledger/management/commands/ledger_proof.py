"""Write one entry with the proof that it is in the sealed ledger."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from sakimori.kernel.ledger import proofs
from sakimori.kernel.ledger.export import export_proof
from sakimori.lib.errors import Refused


class Command(BaseCommand):
    """Prove one record's newest entry, or a given entry."""

    help = "記録の最新の証跡一件を、ほかの証跡を見せずに確かめられる証明とともに書き出します。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("number", help="記録の番号（例 AST-00012）、--entry を付けたときは証跡の番号")
        parser.add_argument("--entry", action="store_true", help="証跡の番号で指定します")
        parser.add_argument("--to", type=Path, default=Path("."), help="書き出すフォルダー")

    def handle(self, *args: Any, **options: Any) -> None:
        """Prove, write and print where."""
        number = options["number"]
        if options["entry"] and not number.isdecimal():
            raise CommandError(_("証跡の番号は数字で指定してください。"))
        try:
            proved = proofs.of_entry(int(number)) if options["entry"] else proofs.of_record(number)
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        path = export_proof(proved, options["to"])
        self.stdout.write(_("証明を書き出しました: %(path)s") % {"path": path})
