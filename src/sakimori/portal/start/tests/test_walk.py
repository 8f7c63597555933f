"""The guided start in a browser, on an installation as ``./sakimori run --empty`` prepares it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.plugins.database import LivePostgres

pytestmark = pytest.mark.browser


def test_somebody_with_the_code_sets_the_company_up(
    live_pg_empty: LivePostgres, page: Page, phone: Page, axe: Callable[[Page], None]
) -> None:
    page.goto(live_pg_empty.url)
    expect(page.get_by_label("設定コード")).to_be_visible()
    axe(page)
    page.get_by_label("設定コード").fill("2222-2222-2222-2222")
    page.get_by_role("button", name="始める").click()
    expect(page.get_by_text("設定コードが違います")).to_be_visible()
    typed = (live_pg_empty.data / "setup-code").read_text()
    page.get_by_label("設定コード").fill(typed)
    page.get_by_role("button", name="始める").click()
    page.get_by_label("会社名").fill("さくら精機株式会社")
    page.get_by_role("button", name="保存して次へ").click()
    page.get_by_label("規程一式").check()
    page.get_by_role("button", name="この値で始める").click()
    expect(page.get_by_role("heading", name="拠点と部署", exact=True)).to_be_visible()
    for step in ("company", "parameters", "units", "people", "roles", "scope", "ledger", "accounts"):
        page.goto(f"{live_pg_empty.url}/start/{step}/")
        axe(page)

    phone.goto(f"{live_pg_empty.url}/start/")
    phone.get_by_label("設定コード").fill(typed)
    phone.get_by_role("button", name="始める").tap()
    expect(phone.get_by_role("heading", name="拠点と部署", exact=True)).to_be_visible()
    for step in ("units", "people", "roles", "scope", "ledger"):
        phone.goto(f"{live_pg_empty.url}/start/{step}/")
        assert phone.evaluate("document.documentElement.scrollWidth") <= 390
