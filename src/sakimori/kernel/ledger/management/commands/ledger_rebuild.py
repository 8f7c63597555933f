"""Write the tree's tiles and the queue anew from the entries."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from sakimori.kernel.ledger import seal
from sakimori.lib.errors import Refused


class Command(BaseCommand):
    """Rebuild what can be rebuilt; entries, leaves and heads are never touched."""

    help = "証跡台帳の木の控えと封印の待ち行列を、証跡から作り直します。"

    def handle(self, *args: Any, **options: Any) -> None:
        """Rebuild and seal."""
        try:
            seal.rebuild()
            sealed = seal.seal()
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(
            _("木の控えを作り直しました。新たに %(count)s 件を封印しました。") % {"count": sealed}
        )
