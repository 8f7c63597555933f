"""Load the demonstration company: ``./sakimori demo``."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from sakimori.lib.errors import Refused
from sakimori.portal.demo.load import load


class Command(BaseCommand):
    """Tell one year of さくら精機株式会社 through the rules of the product."""

    help = "デモ会社「さくら精機株式会社」を空のデータベースに読み込みます。"
    requires_system_checks = []  # the start has run them

    def handle(self, *args: Any, **options: Any) -> None:
        """Load it; say how long each part took when asked to (``-v 2``)."""
        try:
            load(self.stdout.write if options["verbosity"] > 1 else lambda line: None)
        except Refused as refused:
            raise CommandError(str(refused)) from refused
