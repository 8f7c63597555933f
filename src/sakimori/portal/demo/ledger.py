"""The ledger of assets: faulty, right, wrong and taken back; classified, confirmed, in part forgotten."""

from __future__ import annotations

from django.core.files.base import ContentFile

from sakimori.domains.assets import rules as assets
from sakimori.domains.assets.models import Asset
from sakimori.domains.assets.register import SHEET
from sakimori.kernel.exchange import imports
from sakimori.kernel.exchange.models import ImportBatch
from sakimori.kernel.identity.models import Person
from sakimori.kernel.ledger import seal

from . import calendar
from .company import Stage
from .script import folder

_SCATTERED = ("office_pc", "mobile", "removable")


def tell(stage: Stage) -> None:
    """Refuse and keep a faulty file, take in the right one, and last year's by mistake and out again."""
    clerk = stage["kimura"]
    with calendar.on(calendar.ago(calendar.LEDGER_TAKEN_IN), 14):
        send("asset-ledger-faulty.xlsx", by=clerk, shown_as="情報資産管理台帳（記入中）.xlsx")
    with calendar.on(calendar.ago(calendar.LEDGER_TAKEN_IN - 1), 11):
        imports.apply(send("asset-ledger.xlsx", by=clerk, shown_as="情報資産管理台帳.xlsx"), by=clerk)
    with calendar.on(calendar.ago(calendar.LEDGER_TAKEN_IN - 5), 9):
        wrong = imports.apply(
            send("asset-ledger-last-year.xlsx", by=clerk, shown_as="台帳_最新版.xlsx"), by=clerk
        )
    with calendar.on(calendar.ago(calendar.LEDGER_TAKEN_IN - 5), 13):
        imports.undo(wrong, reason="前年度の台帳を誤って取り込んだため", by=clerk)
    with calendar.on(calendar.ago(190), 15):
        _classify(stage)
        _dispose(stage)
        seal.seal()


def send(name: str, *, by: Person, shown_as: str = "") -> ImportBatch:
    """Upload a file of the story and check it."""
    file = ContentFile((folder() / name).read_bytes(), name=name)
    batch = imports.upload(sheet=SHEET.id, file=file, file_name=shown_as or name, by=by)
    return imports.dry_run(batch, by=by)


def _classify(stage: Stage) -> None:
    """Set class, labelling and the day of confirmation for most assets; every ninth stays unclassified."""
    ranks = {int(row["rank"]): name for name, row in assets.classes().items()}
    labels = {name: str(row["label"]) for name, row in assets.classes().items()}
    heads = {unit.pk: unit.head for unit in stage.units.values()}
    for place, asset in enumerate(Asset.objects.current().order_by("pk")):
        if place % 9 == 8:
            continue
        rank = min(asset.confidentiality or 0, max(ranks))
        by = heads.get(asset.department_id or 0) or stage["kimura"]
        assets.change_asset(
            asset, classification=ranks[rank], class_reason="機密性の評価による",
            labelling="place" if asset.storage == "paper" else "folder", by=by,
            encrypted=None if asset.storage == "paper" else place % 4 != 3,
            in_server_room=True if asset.storage == "internal_server" and place % 9 else None,
            location=_location(asset, place, labels[ranks[rank]]),
        )  # fmt: skip
        if rank == max(ranks) and place % 7:
            assets.set_scope(asset, who=[unit for unit in (asset.department, stage["kimura"]) if unit], by=by)
        if place % 3:
            assets.confirm(asset, by=by)


def gather(stage: Stage) -> None:
    """Move what matters most from PCs and media to the server, but for what was overlooked (REG-268)."""
    top = assets.scale_of("confidentiality").high
    scattered = Asset.objects.current().filter(storage__in=_SCATTERED, importance=top).order_by("pk")
    for place, asset in enumerate(scattered):
        if place % 5:
            assets.change_asset(
                asset,
                storage="internal_server",
                in_server_room=True,
                reason="サーバへの集約",
                by=stage["kimura"],
            )


def _location(asset: Asset, place: int, label: str) -> str:
    """Return shelf or folder; the folder carries the class but for those that were set up before the regulation."""
    if asset.storage == "paper":
        return f"{'A' if place % 2 else 'B'}棟 {place % 7 + 1}番棚"
    unit = asset.department.label if asset.department else "全社"
    return f"/共有/{unit}/{label}/{asset.name}" if place % 16 else f"/共有/{unit}/{asset.name}"


def _dispose(stage: Stage) -> None:
    for asset in (
        Asset.objects.current().filter(storage="removable", risks=None, holds=None).order_by("pk")[:3]
    ):
        assets.dispose(
            asset, method="媒体を破砕した（立会い2名）", disposed_on=calendar.ago(190), by=stage["ueno"]
        )
