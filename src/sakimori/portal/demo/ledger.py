"""The ledger of assets comes in from Excel, once with faults and once right."""

from __future__ import annotations

from django.core.files.base import ContentFile

from sakimori.domains.assets.register import SHEET
from sakimori.kernel.exchange import imports
from sakimori.kernel.exchange.models import ImportBatch
from sakimori.kernel.identity.models import Person

from . import calendar
from .company import Stage
from .script import folder


def tell(stage: Stage) -> None:
    """A faulty file is refused and kept, then the right one goes in."""
    with calendar.on(calendar.ago(calendar.LEDGER_TAKEN_IN), 14):
        send("asset-ledger-faulty.xlsx", by=stage["kimura"])
    with calendar.on(calendar.ago(calendar.LEDGER_TAKEN_IN - 1), 11):
        imports.apply(send("asset-ledger.xlsx", by=stage["kimura"]), by=stage["kimura"])


def send(name: str, *, by: Person, shown_as: str = "") -> ImportBatch:
    """Upload a file of the story and check it."""
    file = ContentFile((folder() / name).read_bytes(), name=name)
    batch = imports.upload(sheet=SHEET.id, file=file, file_name=shown_as or name, by=by)
    return imports.dry_run(batch, by=by)
