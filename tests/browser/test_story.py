"""From a company's own ledger to an approved statement and the permission to operate, as five people walk it."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from playwright.sync_api import expect

from sakimori.domains.assets.models import Asset
from sakimori.domains.risk.models import Risk

from .conftest import Company
from .walker import Walker

pytestmark = [pytest.mark.postgres, pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DATA = Path(__file__).parents[1] / "data"
FAULTY_ROWS = (42, 66, 67, 134, 138, 140, 149, 162, 169, 176, 180)


def test_from_the_companys_ledger_to_the_permission_to_operate(company: Company, tmp_path: Path) -> None:
    cast = company.cast
    office = company.walk(cast.ueno)
    officer = company.walk(cast.kimura, phone=True)
    head = company.walk(cast.eto)
    member = company.walk(cast.ono)
    president = company.walk(cast.aoki, phone=True)

    a_faulty_ledger_is_refused_row_by_row(office)
    the_ledger_goes_in_is_taken_back_and_goes_in_again(office)
    asset = Asset.objects.current().filter(department=cast.sales, personal_data=True).order_by("pk")[0]
    the_officer_classifies_an_asset_on_his_phone(officer, asset)


def a_faulty_ledger_is_refused_row_by_row(office: Walker) -> None:
    upload(office, "asset-ledger-faulty.xlsx")
    for row in FAULTY_ROWS:
        office.reads(f"{row}行目")
    expect(office.page.get_by_role("button", name="この内容で取り込む")).to_have_count(0)
    office.shot("02-faulty")
    assert not Asset.objects.exists()


def the_ledger_goes_in_is_taken_back_and_goes_in_again(office: Walker) -> None:
    upload(office, "asset-ledger.xlsx")
    office.shot("03-difference").press("この内容で取り込む").reads("取り込みました")
    assert Asset.objects.current().count() == 240
    office.fill(reason="去年の台帳だった").press("取込を取り消す").reads("取込を取り消しました")
    assert not Asset.objects.current().exists()
    upload(office, "asset-ledger.xlsx")
    office.press("この内容で取り込む").press("台帳を見る").reads("情報資産").shot("04-list")
    assert Asset.objects.current().count() == 240


def upload(office: Walker, name: str) -> None:
    """Choose a workbook, confirm the guessed columns and the scale, and look at the dry run."""
    office.open("/registers/assets/import/")
    office.page.set_input_files("#file", DATA / name)
    office.press("次へ進む").press("列の対応を直す").reads("列の対応を確かめる", "情報資産名称", "機密性")
    if not office.page.locator('[name="scale.cia"]').input_value():
        office.fill(scale__cia="0-2")
    office.shot(f"01-columns-{name}").press("取り込む内容を確認する")


def the_officer_classifies_an_asset_on_his_phone(officer: Walker, asset: Asset) -> None:
    officer.open("/").open("/registers/assets/").open(f"/registers/assets/{asset.pk}/").shot("05-asset-phone")
    officer.press("変更する").fill(
        confidentiality="2", integrity="2", availability="1", classification="secret", reason="顧客の設計図を含む"
    )
    officer.press("変更を保存する").shot("06-classified")
    asset.refresh_from_db()
    assert (asset.classification, asset.importance) == ("secret", 2)
