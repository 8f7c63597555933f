"""The kit in a browser: quick with scripts, complete without them, usable by everybody."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, expect

from tests.cast import Cast, make_cast

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("sample"),
]


@pytest.fixture
def company(transactional_db: None) -> Cast:
    return make_cast()


@pytest.fixture
def enter(live_server, company: Cast, as_person: Callable) -> Callable[[Page], str]:
    """Return a function that signs a page in as 事務局 and returns the server's address."""

    def sign_in(page: Page) -> str:
        session = as_person(company.ueno).cookies[settings.SESSION_COOKIE_NAME].value
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}
        page.context.add_cookies([cookie])
        return str(live_server.url)

    return sign_in


def test_typing_narrows_the_list_and_the_address_says_so(enter, page: Page):
    page.goto(f"{enter(page)}/registers/departments/")
    page.fill("#q", "営業")
    expect(page.locator(".list-table tbody tr")).to_have_count(1)
    assert "q=%E5%96%B6%E6%A5%AD" in page.url
    expect(page.locator("#q")).to_be_focused()


def test_the_palette_opens_by_key_and_leads_to_a_page(enter, page: Page):
    page.goto(f"{enter(page)}/registers/departments/")
    page.keyboard.press("Control+k")
    expect(page.locator("#palette")).to_be_visible()
    page.keyboard.type("従業者")
    expect(page.locator("#palette-found a.chosen")).to_contain_text("従業者名簿")
    page.keyboard.press("Enter")
    page.wait_for_url("**/registers/people/")


def test_suggestions_come_while_typing_a_name(enter, company: Cast, page: Page):
    page.goto(f"{enter(page)}/registers/departments/{company.sales.pk}/change/")
    page.fill("#id_head", "加藤")
    page.locator("#id_head").press_sequentially(" ")
    option = page.locator("#id_head_list option")
    expect(option.first).to_have_attribute("value", f"加藤 由美（{company.kato.number}）")


def test_everything_works_without_scripts(enter, company: Cast, browser: Browser):
    page = browser.new_context(java_script_enabled=False, locale="ja-JP").new_page()
    address = enter(page)
    page.goto(f"{address}/registers/departments/")
    page.fill("#q", "営業")
    page.press("#q", "Enter")
    page.click(".row-link")
    page.click("text=変更する")
    page.fill("#id_head", company.kato.number)
    page.fill("#reason", "異動")
    page.click("text=変更を保存する")
    assert "加藤 由美" in page.inner_text("main")
    page.click("text=履歴")
    assert "江藤 健" in page.inner_text(".timeline")
    page.context.close()


def test_two_people_at_one_row_choose_per_field(enter, company: Cast, visitor: Callable[..., Page]):
    first, second = visitor(), visitor()
    address = f"/registers/departments/{company.sales.pk}/change/"
    for page in (first, second):
        page.goto(enter(page) + address)
    first.fill("#id_name", "第一営業部")
    first.click("text=変更を保存する")
    second.fill("#id_code", "EIH")
    second.click("text=変更を保存する")
    expect(second.locator("h1")).to_have_text("他の人が先に変更しました")
    second.click("text=選んだ値で保存する")
    expect(second.locator("h1")).to_have_text("第一営業部")
    company.sales.refresh_from_db()
    assert (company.sales.name, company.sales.code) == ("第一営業部", "EIH")


def test_the_side_bar_is_a_drawer_on_a_phone(enter, phone: Page):
    phone.goto(f"{enter(phone)}/registers/departments/")
    expect(phone.locator("#sidebar")).to_be_hidden()
    phone.click(".topbar-menu")
    phone.click("#sidebar >> text=拠点一覧")
    phone.wait_for_url("**/registers/sites/")


@pytest.mark.parametrize("width", [1440, 390])
def test_pages_have_no_serious_faults(
    enter, company: Cast, visitor: Callable[..., Page], axe: Callable, width: int
):
    page = visitor(phone=width == 390)
    address = enter(page)
    row = f"/registers/departments/{company.sales.pk}/"
    for path in (
        "/registers/departments/", "/registers/departments/?q=x", row, f"{row}?tab=evidence", f"{row}?tab=comments",
        f"{row}?tab=history", f"{row}change/", f"{row}do/register.retired/", "/registers/departments/add/",
        "/registers/departments/views/", "/tokens/", "/search/?q=営業", "/registers/none/",
    ):  # fmt: skip
        page.goto(address + path)
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
