"""What software can judge about assets: each function returns the offenders."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from sakimori.kernel.findings import check
from sakimori.kernel.policy import policy

from .models import Asset
from .rules import classes, scale_of


@check("assets.no_owner", _("管理責任者のいない資産"), severity="major", requirements=("V20-106", "PRC-037"))
def no_owner(today: date) -> QuerySet[Asset]:
    """Assets for which nobody answers."""
    return Asset.objects.without_owner()


@check("assets.owner_left", _("管理責任者が退職した資産"), severity="major", requirements=("PRC-037",))
def owner_left(today: date) -> QuerySet[Asset]:
    """Assets whose owner left the company."""
    return Asset.objects.owned_by_leavers(today)


@check("assets.unclassified", _("評価または区分が空欄の資産"), requirements=("PRC-042", "V20-116"))
def unclassified(today: date) -> QuerySet[Asset]:
    """Assets without ratings or class."""
    return Asset.objects.unclassified()


@check("assets.unconfirmed", _("棚卸しの期限を過ぎた資産"), requirements=("PRC-036", "V20-114", "JPM-032"))
def unconfirmed(today: date) -> QuerySet[Asset]:
    """Assets not confirmed within the interval of the regulation, counted from their entry."""
    oldest = policy.value("assets.inventory.interval").before(today)
    late = Q(confirmed_on__lt=oldest) | Q(confirmed_on=None, recorded_at__date__lt=oldest)
    return Asset.objects.current().filter(late)


@check("assets.unencrypted", _("暗号化されていない重要な資産"), severity="major", requirements=("V20-206",))
def unencrypted(today: date) -> QuerySet[Asset]:
    """Electronic assets of a class that demands encryption, without it or with nothing stated."""
    from_rank = policy.value("assets.encryption.rank")
    demanding = [name for name, row in classes().items() if row["rank"] >= from_rank]
    electronic = Asset.objects.current().exclude(storage=Asset.Storage.PAPER)
    return electronic.filter(classification__in=demanding).exclude(encrypted=True)


@check("assets.outside_server_room", _("サーバルーム外にある重要な電子データ"), requirements=("REG-268",))
def outside_server_room(today: date) -> QuerySet[Asset]:
    """Electronic information of top importance that is kept on anything but a server in the server room."""
    places = (Asset.Storage.OFFICE_PC, Asset.Storage.MOBILE, Asset.Storage.REMOVABLE)
    top = Asset.objects.current().filter(importance__gte=scale_of("confidentiality").high)
    inside = Q(storage=Asset.Storage.INTERNAL_SERVER) & ~Q(in_server_room=True)
    return top.filter(Q(storage__in=places) | inside)


@check("assets.not_labelled", _("区分の表示方法が決まっていない資産"), requirements=("JPM-037", "PRC-048"))
def not_labelled(today: date) -> QuerySet[Asset]:
    """Classified assets of which nobody said how the class is shown."""
    public = [name for name, row in classes().items() if row["rank"] == 0]
    return Asset.objects.current().exclude(classification__in=["", *public]).filter(labelling="")


@check("assets.folder_without_class", _("フォルダー名に区分のない電子データ"), requirements=("JPM-035",))
def folder_without_class(today: date) -> QuerySet[Asset]:
    """Assets labelled by their folder whose path does not hold the word of the class."""
    wrong = Q()
    for name, row in classes().items():
        wrong |= Q(classification=name) & ~Q(location__contains=str(row["label"]))
    return Asset.objects.current().filter(labelling=Asset.Labelling.FOLDER).filter(wrong)


@check(
    "assets.scope_unknown", _("関係者の決まっていない関係者限りの資産"), requirements=("PRC-045", "JPM-039")
)
def scope_unknown(today: date) -> QuerySet[Asset]:
    """Restricted assets with neither a list of permitted people nor a distribution on record."""
    highest = max(row["rank"] for row in classes().values())
    restricted = [name for name, row in classes().items() if row["rank"] == highest]
    rows = Asset.objects.current().filter(classification__in=restricted)
    return rows.filter(permitted=None, distributions=None)
