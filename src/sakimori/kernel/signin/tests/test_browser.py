"""Signing in as people do, in Chromium: app, passkey, feedback while typing, on a desktop and on a phone."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from sakimori.kernel.identity.actors import SYSTEM
from sakimori.kernel.identity.models import Person
from sakimori.kernel.ledger.models import Entry
from sakimori.kernel.signin import accounts
from sakimori.kernel.signin.models import Account

from .conftest import NEXT, PASSWORD, account_of, appoint, person
from .test_steps import code_now

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PICTURES = os.environ.get("SAKIMORI_PICTURES", "")


def picture(page: Page, name: str) -> None:
    """Keep a picture where the run asks for some."""
    if PICTURES:
        page.screenshot(path=str(Path(PICTURES) / f"{name}.png"), full_page=True)


def sign_in(page: Page, address: str, name: str, password: str) -> None:
    page.goto(f"{address}/signin/")
    page.get_by_label("社員番号またはメールアドレス").fill(name)
    page.get_by_label("パスワード", exact=True).fill(password)
    page.get_by_role("button", name="サインイン", exact=True).click()


def virtual_authenticator(page: Page) -> None:
    """Give the browser a security chip that confirms every question."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
                "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True,
            }
        },
    )  # fmt: skip


def sign_out(page: Page, address: str) -> None:
    page.goto(f"{address}/signin/out/")
    page.locator("main").get_by_role("button", name="サインアウト").click()
    page.wait_for_url("**/signin/")


@pytest.mark.requirement("PRC-084")
def test_a_head_of_department_sets_an_app_up_and_signs_in_with_it(
    page: Page, live_server: Any, head: Account, axe: Callable[[Page], None]
) -> None:
    sign_in(page, live_server.url, "E1003", PASSWORD)
    expect(page.get_by_role("heading", name="二要素認証を設定してください")).to_be_visible()
    picture(page, "setup")
    axe(page)
    page.get_by_role("link", name="認証アプリ").click()
    expect(page.get_by_alt_text("認証アプリ用の二次元コード")).to_be_visible()
    assert page.evaluate("document.querySelector('.qr').naturalWidth") > 0
    picture(page, "app")
    axe(page)
    page.get_by_text("読み取れないときは").click()
    secret = page.locator("code.secret").inner_text()
    page.get_by_label("アプリに表示された6桁のコード").fill(code_now(secret))
    page.get_by_role("button", name="確認して有効にする").click()
    expect(page.get_by_role("heading", name="回復コード")).to_be_visible()
    picture(page, "codes")
    axe(page)
    sign_out(page, live_server.url)
    sign_in(page, live_server.url, "E1003", PASSWORD)
    expect(page.get_by_role("heading", name="二要素認証")).to_be_visible()
    picture(page, "second-step")
    axe(page)
    page.get_by_label("認証コードまたは回復コード").fill(code_now(secret, step=1))
    page.get_by_role("button", name="確認してサインイン").click()
    page.goto(f"{live_server.url}/signin/mine/")
    expect(page.get_by_text("設定済み").first).to_be_visible()
    picture(page, "mine")
    axe(page)


@pytest.mark.requirement("PRC-084")
def test_a_passkey_is_set_up_and_replaces_the_password(page: Page, live_server: Any, head: Account) -> None:
    virtual_authenticator(page)
    sign_in(page, live_server.url, "E1003", PASSWORD)
    page.get_by_role("link", name="パスキー").click()
    page.get_by_label("名前").fill("会社の PC")
    page.get_by_text("パスワードなしのサインインにも使う").click()
    picture(page, "passkey-add")
    page.get_by_role("button", name="端末で確認して追加").click()
    expect(page.get_by_role("heading", name="回復コード")).to_be_visible()
    sign_out(page, live_server.url)
    page.get_by_role("button", name="パスキーでサインイン").click()
    page.wait_for_url(lambda url: "/signin/" not in url)
    page.goto(f"{live_server.url}/signin/mine/")
    expect(page.get_by_text("会社の PC")).to_be_visible()
    means = [e.body for e in Entry.objects.filter(record_id=head.pk, verb="signin.succeeded").order_by("id")]
    assert '"means":"webauthn"' in means[-1]


def test_a_refused_passkey_is_explained_and_a_locked_account_stays_out(
    page: Page, live_server: Any, head: Account
) -> None:
    virtual_authenticator(page)
    sign_in(page, live_server.url, "E1003", PASSWORD)
    page.get_by_role("link", name="パスキー").click()
    page.get_by_text("パスワードなしのサインインにも使う").click()
    page.get_by_role("button", name="端末で確認して追加").click()
    expect(page.get_by_role("heading", name="回復コード")).to_be_visible()
    sign_out(page, live_server.url)
    accounts.lock(Account.objects.get(pk=head.pk), by=SYSTEM)
    page.get_by_role("button", name="パスキーでサインイン").click()
    expect(page.get_by_text("サインインできませんでした")).to_be_visible()


@pytest.mark.requirement("V20-187", "PRC-085")
def test_the_conditions_turn_green_while_the_new_password_is_typed(
    phone: Page, live_server: Any, yamada: Account, axe: Callable[[Page], None]
) -> None:
    sign_in(phone, live_server.url, "E1001", PASSWORD)
    phone.goto(f"{live_server.url}/signin/mine/password/")
    expect(phone.locator(".check-open")).to_have_count(5)
    new = phone.get_by_label("新しいパスワード", exact=True)
    assert new.get_attribute("type") == "password"
    new.press_sequentially("yamada")
    expect(phone.locator(".check-missing")).to_have_count(4)
    picture(phone, "password-phone")
    axe(phone)
    new.fill("")
    new.press_sequentially(NEXT)
    expect(phone.locator(".check-ok")).to_have_count(4)
    phone.get_by_label("現在のパスワード").fill(PASSWORD)
    phone.get_by_label("新しいパスワード（確認）").fill(NEXT)
    phone.get_by_role("button", name="変更する").click()
    expect(phone.get_by_text("パスワードを変更しました")).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_entrance_of_the_demonstration_on_desktop_and_phone(
    page: Page, phone: Page, live_server: Any, settings: Any, head: Account, office: Person, admin: Account,
    yamada: Account, axe: Callable[[Page], None],
) -> None:  # fmt: skip
    settings.SAKIMORI_DEMO = True
    for role, number in (("president", 1), ("committee_chair", 2), ("internal_audit_manager", 3), ("hr", 4)):
        owner = person(
            f"体験 {'一二三四'[number - 1]}郎", "タイケン", f"E40{number}", f"t{number}@example.jp"
        )
        appoint(owner, role)
    for browser, name in ((page, "entrance"), (phone, "entrance-phone")):
        browser.goto(f"{live_server.url}/signin/")
        expect(browser.get_by_text("役割を選んで入る")).to_be_visible()
        picture(browser, name)
        axe(browser)
        assert browser.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="情報セキュリティ事務局").click()
    page.wait_for_url(lambda url: "/signin/" not in url)


def test_an_administrator_registers_a_user_on_a_phone(
    page: Page, phone: Page, live_server: Any, settings: Any, admin: Account, head: Account, yamada: Account,
    axe: Callable[[Page], None],
) -> None:  # fmt: skip
    settings.SAKIMORI_DEMO = True
    person("小林 茂", "コバヤシ シゲル", "E2001", "kobayashi@example.jp")
    account_of(person("加藤 陽子", "カトウ ヨウコ", "E2002", "kato@example.jp"), changed=False)
    accounts.lock(Account.objects.get(pk=yamada.pk), by=SYSTEM)
    for browser, width in ((page, "desktop"), (phone, "phone")):
        browser.goto(f"{live_server.url}/signin/")
        browser.get_by_role("button", name="製品管理者 高橋 誠").click()
        browser.wait_for_url(lambda url: "/signin/" not in url)
        for address, name in (
            ("users/", "users"),
            ("users/?state=none", "people"),
            ("users/report/", "report"),
            (f"users/{yamada.pk}/", "user"),
            ("mine/", "own"),
        ):
            browser.goto(f"{live_server.url}/signin/{address}")
            picture(browser, f"{name}-{width}")
            axe(browser)
            assert browser.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
    phone.goto(f"{live_server.url}/signin/users/?state=none")
    phone.locator("li", has_text="小林 茂").get_by_role("button", name="登録する").click()
    expect(phone.get_by_text("小林 茂 さんの仮パスワード")).to_be_visible()
    picture(phone, "temporary-phone")
    axe(phone)
