"""Rows for the contract tests."""

from datetime import date

from sakimori.domains.assets.models import Asset, Distribution
from sakimori.kernel.identity.models import Department, Person


def make_asset(number: int) -> Asset:
    """Return a rated asset with owner and department."""
    owner = Person.objects.create(name=f"責任者{number}")
    unit = Department.objects.create(code=f"AD{number}", name=f"資産部{number}", head=owner)
    return Asset.objects.create(
        name=f"顧客名簿{number}", owner=owner, department=unit, storage=Asset.Storage.PAPER, business="営業",
        confidentiality=2, integrity=2, availability=1, importance=2, registered_on=date(2025, 4, 1),
    )  # fmt: skip


def make_distribution(number: int) -> Distribution:
    """Return one handing over."""
    asset = make_asset(number)
    return Distribution.objects.create(asset=asset, receiver=asset.owner, purpose="点検", owner=asset.owner)
