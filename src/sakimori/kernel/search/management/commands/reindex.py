"""Build the search index anew."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from sakimori.kernel.search import upkeep


class Command(BaseCommand):
    """Index every record."""

    help = "検索の索引を作り直します。"

    def handle(self, *args: Any, **options: Any) -> None:
        """Rebuild and say how many records were indexed."""
        self.stdout.write(f"{upkeep.rebuild():,} 件の記録を索引に入れました。")
