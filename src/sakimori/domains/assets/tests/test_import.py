"""The company's own ledger goes in, and comes out again."""

from pathlib import Path

import pytest
from django.core.files.base import File

from sakimori.domains.assets.models import Asset
from sakimori.domains.assets.register import SHEET
from sakimori.kernel.exchange import imports
from sakimori.kernel.identity.actors import SYSTEM
from sakimori.kernel.identity.models import Department
from sakimori.kernel.ledger import book
from sakimori.kernel.policy import policy
from sakimori.lib.errors import Refused

DATA = Path(__file__).parents[5] / "tests" / "data"
UNITS = ("購買部", "開発設計部", "経理部", "品質保証部", "経営企画部")


@pytest.fixture
def company(cast):
    policy.adopt_preset("industry-model", by=SYSTEM)
    for number, name in enumerate(UNITS):
        Department.objects.create(code=f"X{number}", name=name, head=cast.ono)
    Department.objects.filter(head=None).update(head=cast.eto)
    return cast


def checked(name, by):
    with (DATA / name).open("rb") as file:
        batch = imports.upload(sheet=SHEET.id, file=File(file, name), file_name=name, by=by)
    return imports.dry_run(batch, by=by)


@pytest.mark.requirement("JPM-032", "REG-302")
def test_the_real_ledger_goes_in_as_a_whole(company):
    batch = checked("asset-ledger.xlsx", company.ueno)
    report = imports.report(batch)
    assert not report.problems
    imports.apply(batch, by=company.ueno)
    assert Asset.objects.count() == 240
    row = Asset.objects.get(ledger_no="14")
    assert (row.name, row.storage, row.importance, row.risk_value) == (
        "アカウント管理台帳（浜松工場）",
        "cloud",
        2,
        6,
    )
    assert row.owner_id == company.ono.pk and row.registered_on.isoformat() == "2024-01-01"
    assert book.history(row)[0].actor_label == company.ueno.name


def test_personal_data_forces_the_top_value_and_the_difference_is_reported(company):
    batch = checked("asset-ledger.xlsx", company.ueno)
    told = {
        (line.row, line.heading): (line.stated, line.computed) for line in imports.report(batch).recomputed
    }
    assert told[236, "重要度"] == ("1", "2")


def test_a_faulty_ledger_changes_nothing_and_names_every_row(company):
    batch = checked("asset-ledger-faulty.xlsx", company.ueno)
    rows = {problem.row for problem in imports.report(batch).problems}
    assert rows == {42, 66, 67, 134, 138, 140, 149, 162, 169, 176, 180}
    with pytest.raises(Refused):
        imports.apply(batch, by=company.ueno)
    assert not Asset.objects.exists()


def test_an_import_is_undone_as_a_whole(company):
    batch = checked("asset-ledger.xlsx", company.ueno)
    imports.apply(batch, by=company.ueno)
    batch.refresh_from_db()
    imports.undo(batch, reason="別の年度の台帳だった", by=company.ueno)
    assert not Asset.objects.current().exists()
