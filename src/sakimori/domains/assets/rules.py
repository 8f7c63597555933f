"""Every state change of the asset register."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sakimori.kernel import hooks
from sakimori.kernel.identity.actors import SYSTEM, Actor
from sakimori.kernel.identity.models import Department, Person
from sakimori.kernel.ledger import book
from sakimori.kernel.ledger.book import command
from sakimori.kernel.policy import policy
from sakimori.kernel.records.models import Record
from sakimori.lib import clock, scales
from sakimori.lib.errors import Invalid, NotAllowed

from .models import Asset, Distribution, Permitted

RATINGS = {
    "confidentiality": "assets.scale.confidentiality",
    "integrity": "assets.scale.integrity",
    "availability": "assets.scale.availability",
    "leak_impact": "assets.scale.impact",
}


@command("asset.registered", gettext_lazy("情報資産の登録"), right="asset.change")
def register_asset(*, name: str, department: Department | None = None, by: Actor, **values: object) -> Asset:
    """Enter an asset; without an owner named, the head of its department answers for it (JPM-038).

    Raises Invalid for missing or impossible values (V20-013: nobody answers for it is one).
    """
    asset = Asset(name=name.strip(), department=department)
    _assign(asset, values)
    default_owner(asset)
    complete(asset)
    asset.save()
    return asset


@command("asset.changed", gettext_lazy("情報資産の変更"), right="asset.change")
def change_asset(asset: Asset, *, reason: str = "", by: Actor, **values: object) -> Asset:
    """Change columns of an asset; importance and risk value are computed again."""
    _refuse_retired(asset)
    _assign(asset, values)
    default_owner(asset)
    complete(asset)
    asset.save()
    return asset


@command("asset.classified", gettext_lazy("情報資産の格付け"), right="asset.change")
def classify(
    asset: Asset,
    *,
    confidentiality: int,
    integrity: int,
    availability: int,
    classification: str,
    leak_impact: int | None = None,
    reason: str = "",
    by: Actor,
) -> Asset:
    """Rate an asset by the scales of the regulation and give it a class (REG-303, PRC-042, V20-116)."""
    _refuse_retired(asset)
    asset.confidentiality, asset.integrity, asset.availability = confidentiality, integrity, availability
    asset.leak_impact, asset.classification, asset.class_reason = leak_impact, classification, reason
    complete(asset)
    asset.save()
    return asset


@command("asset.owner_changed", gettext_lazy("管理責任者の変更"), right="asset.change")
def change_owner(asset: Asset, *, owner: Person, reason: str, by: Actor) -> Asset:
    """Make somebody else answer for the asset."""
    _refuse_retired(asset)
    if not owner.is_active:
        raise Invalid({"owner": _("在籍していない人は管理責任者にできません。")})
    asset.owner = owner
    asset.save()
    return asset


@command("asset.confirmed", gettext_lazy("情報資産の棚卸し"), right="asset.change")
def confirm(asset: Asset, *, note: str = "", by: Actor) -> Asset:
    """Confirm in the stock-taking that the entry is right (PRC-036, V20-114)."""
    _refuse_retired(asset)
    asset.confirmed_on = clock.today()
    asset.save()
    return asset


@command("asset.retired", gettext_lazy("情報資産の廃棄"), right="asset.change")
def dispose(asset: Asset, *, method: str, disposed_on: date, by: Actor) -> Asset:
    """Take an asset out of use; how and when it was destroyed stays on record (JPM-033)."""
    _refuse_retired(asset)
    problems = {}
    if not method.strip():
        problems["method"] = _("廃棄の方法を入力してください。")
    if disposed_on > clock.today():
        problems["disposed_on"] = _("廃棄日に未来の日付は入力できません。")
    if asset.holds.current().exists():
        problems["method"] = _("この情報システムに関連付けた資産が残っています。先に付け替えてください。")
    if problems:
        raise Invalid(problems)
    asset.retired_at = clock.now()
    asset.save()
    return asset


@command("asset.scope_set", gettext_lazy("利用者範囲の設定"), right="asset.change")
def set_scope(asset: Asset, *, who: Sequence[Record], by: Actor) -> Asset:
    """Name the departments and people who may use the asset (JPM-039)."""
    _refuse_retired(asset)
    allowed = {"identity.department", "identity.person"}
    if any(record.kind not in allowed for record in who):
        raise Invalid({"who": _("部署または人を選んでください。")})
    asset.permitted.all().delete()
    Permitted.objects.bulk_create(Permitted(asset=asset, who=record) for record in who)
    return asset


@command("asset.distributed", gettext_lazy("配布の記録"), right="asset.change", over="asset")
def distribute(*, asset: Asset, receiver: Person, purpose: str, by: Actor) -> Distribution:
    """Record that a restricted asset was handed over; the receiver counts as permitted (PRC-045)."""
    _refuse_retired(asset)
    if not purpose.strip():
        raise Invalid({"purpose": _("配布の目的を入力してください。")})
    return Distribution.objects.create(
        asset=asset, receiver=receiver, purpose=purpose.strip(), department_id=asset.department_id,
        owner_id=asset.owner_id,
    )  # fmt: skip


def handling_of(asset: Asset) -> list[tuple[str, str]]:
    """Return (operation, rule) for the asset's class, as the regulation in force says (PRC-039, V20-116).

    Empty while the asset has no class.
    """
    known = classes()
    if asset.classification not in known:
        return []
    rank = int(known[asset.classification]["rank"])
    highest = max(int(row["rank"]) for row in known.values())
    column = "low" if rank == 0 else "high" if rank == highest else "middle"
    return [(str(row["operation"]), str(row[column])) for row in policy.value("assets.handling")]


def permitted_people(asset: Asset) -> list[Record]:
    """Return who may use the asset: the named scope, or those it was handed to when none is named."""
    named = [row.who for row in asset.permitted.select_related("who")]
    if named:
        return named
    return [row.receiver for row in asset.distributions.current().select_related("receiver")]


def complete(asset: Asset) -> None:
    """Check the values and fill the computed columns; raise Invalid naming every problem."""
    problems = dict(_problems(asset))
    if problems:
        raise Invalid(problems)
    compute(asset)


def compute(asset: Asset) -> None:
    """Fill importance, likelihood and risk value from the stated levels (JPM-034, PRC-035)."""
    levels = [asset.confidentiality, asset.integrity, asset.availability]
    if policy.value("assets.importance.with_impact"):
        levels.append(asset.leak_impact)
    asset.importance = scales.importance(
        levels,
        scale=scale_of("confidentiality"),
        personal=asset.has_personal_data and policy.value("assets.importance.personal_data"),
        rule=policy.value("assets.importance.rule"),
    )
    asset.likelihood = asset.risk_value = None
    if asset.threat is not None and asset.vulnerability is not None:
        asset.likelihood = scales.sme_likelihood(asset.threat, asset.vulnerability)
        if asset.importance is not None:
            asset.risk_value = asset.importance * asset.likelihood


def scale_of(rating: str) -> scales.Scale:
    """Return the scale of a rating in the regulation in force."""
    return _span(tuple(int(row["value"]) for row in policy.value(RATINGS[rating])))


@functools.cache
def _span(values: tuple[int, ...]) -> scales.Scale:
    return scales.Scale(min(values), max(values))


def classes() -> dict[str, dict[str, Any]]:
    """Return the classes of information in force by id: label, rank (0 is public), meaning."""
    return {str(row["id"]): row for row in policy.value("assets.classes")}


def _problems(asset: Asset) -> Iterable[tuple[str, str]]:
    yield from _problems_of_entries(asset)
    yield from _problems_of_levels(asset)


def _problems_of_entries(asset: Asset) -> Iterable[tuple[str, str]]:
    if not asset.name:
        yield "name", _("情報資産の名称を入力してください。")
    if asset.owner_id is None:
        yield "owner", _("管理責任者を指定してください。部署に部門長がいれば、部署を選ぶだけで決まります。")
    if asset.classification and asset.classification not in classes():
        yield "classification", _("情報区分を一覧から選んでください。")
    if asset.registered_on and asset.registered_on > clock.today():
        yield "registered_on", _("登録日に未来の日付は入力できません。")
    if asset.system_id is not None and asset.system_id == asset.pk:
        yield "system", _("自分自身は関連情報システムにできません。")


def _problems_of_levels(asset: Asset) -> Iterable[tuple[str, str]]:
    for rating in RATINGS:
        value = getattr(asset, rating)
        if value is not None and not (scale := scale_of(rating)).holds(value):
            yield (
                rating,
                _("%(low)sから%(high)sで入力してください。") % {"low": scale.low, "high": scale.high},
            )
    for column in ("threat", "vulnerability"):
        value = getattr(asset, column)
        if value is not None and not scales.SME_LEVELS.holds(value):
            yield column, _("1から3で入力してください。")


def _assign(asset: Asset, values: dict[str, object]) -> None:
    for name, value in values.items():
        if not hasattr(asset, name):
            raise TypeError(f"an asset has no {name!r}")
        setattr(asset, name, value)


def default_owner(asset: Asset) -> None:
    """Let the head of the department answer for an asset without an owner (JPM-038)."""
    if asset.owner_id is not None or asset.department_id is None:
        return
    held = asset._state.fields_cache.get(
        "department"
    )  # an import sets the department itself: no query per row
    if not isinstance(held, Department):
        held = Department.objects.filter(pk=asset.department_id).first()
    asset.owner_id = held.head_id if held else None


def complete_imported(asset: Asset) -> None:
    """Fill and check a row that came from a file."""
    default_owner(asset)
    complete(asset)


def _refuse_retired(asset: Asset) -> None:
    if asset.retired_at is not None:
        raise NotAllowed(_("廃棄済みの資産は変更できません。"), rule="assets.retired")


IMPORTED = book.declare("asset.imported", gettext_lazy("情報資産の取込"))
IMPORT_CHANGED = book.declare("asset.import_changed", gettext_lazy("取込による変更"))


@hooks.on("parameter_changed")
def _on_parameter(name: str, **facts: object) -> None:
    """Compute every asset again when a scale or the rule of importance changes (V20-010)."""
    if name.startswith(("assets.scale.", "assets.importance.")):
        for asset in Asset.objects.current().iterator():
            _recompute(asset, reason=_("規程の変更"), by=SYSTEM)


@command("asset.recomputed", gettext_lazy("重要度の再計算"))
def _recompute(asset: Asset, *, reason: str, by: Actor) -> Asset:
    compute(asset)
    asset.save()
    return asset
