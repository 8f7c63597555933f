"""Every address: closed to the anonymous but for the list, Japanese, and the users' pages for administrators only."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from allauth import urls as allauth_urls
from django.conf import settings
from django.template.loader import get_template
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from sakimori.kernel.ledger.models import Entry
from sakimori.kernel.signin.middleware import PUBLIC
from sakimori.kernel.signin.models import Account
from sakimori.lib import catalogues, clock

from .conftest import NEXT, PASSWORD, person
from .test_steps import code_now, give_app

pytestmark = pytest.mark.django_db
TypeIn = Callable[..., Any]
ARGUMENTS = {"int": "1", "slug": "x", "str": "x", "path": "x", "uuid": "0" * 32}


def patterns(found: list[Any], prefix: str = "", space: str = "") -> Iterator[tuple[str, str]]:
    """Yield (name, address) of every pattern, its arguments filled in."""
    for entry in found:
        route = prefix + re.sub(r"<(\w+):\w+>", lambda m: ARGUMENTS.get(m[1], "x"), str(entry.pattern))
        if isinstance(entry, URLResolver):
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from patterns(entry.url_patterns, route, inner)
        elif isinstance(entry, URLPattern):
            yield f"{space}{entry.name}", "/" + re.sub(r"[\^$]", "", route)


def test_every_address_is_closed_to_the_anonymous_but_for_the_list(client: Client) -> None:
    checked = 0
    for name, address in patterns(get_resolver().url_patterns):
        if name in PUBLIC:
            continue
        for send in (client.get, client.post):
            response = send(address)
            if address.startswith("/api/"):
                assert response.status_code in {401, 404, 405}, address
            else:
                assert response.status_code in {302, 404}, address
                assert response.get("Location", "/signin/").startswith("/signin/"), address
        checked += 1
    assert checked > 25


def test_an_unknown_address_tells_the_anonymous_nothing(client: Client) -> None:
    assert client.get("/no-such-page/")["Location"] == "/signin/?next=/no-such-page/"


def test_htmx_and_the_api_are_told_in_their_own_way(client: Client) -> None:
    partial = client.get("/signin/mine/", headers={"HX-Request": "true"})
    assert (partial.status_code, partial["HX-Redirect"]) == (204, "/signin/?next=/signin/mine/")
    assert client.get("/api/whatever").status_code == 401


def test_none_of_the_frameworks_own_pages_can_be_reached(
    client: Client, yamada: Account, type_in: TypeIn
) -> None:
    type_in("E1001", PASSWORD)
    names = {name for name, _address in patterns(allauth_urls.urlpatterns)}
    assert {"account_signup", "account_reset_password", "account_email", "mfa_index"} <= names
    reachable = set()
    for name in names:
        try:
            address = reverse(name, args=[1] if name in {"mfa_remove_webauthn", "mfa_edit_webauthn"} else [])
        except NoReverseMatch:
            continue
        reachable.add(name)
        response = client.get(address, follow=True)
        text = response.content.decode()
        origins = " ".join(str(template.origin) for template in response.templates)
        assert "/allauth/templates/" not in origins, name
        if "text/html" in response["Content-Type"]:
            assert re.search(r"[ぁ-ん]", text), name
    assert reachable.isdisjoint(
        {
            "account_signup",
            "account_reset_password",
            "account_email",
            "account_set_password",
            "usersessions_list",
        }
    )


@pytest.mark.parametrize("name", ["login_cancelled", "authentication_error", "login"])
def test_pages_of_identity_providers_are_ours(name: str) -> None:
    assert "signin/templates" in get_template(f"socialaccount/{name}.html").origin.name


def test_signing_up_does_not_exist(client: Client) -> None:
    for address in ("/signin/signup/", "/accounts/signup/", "/signin/password/reset/"):
        assert client.get(address)["Location"].startswith("/signin/?next=")


def enter(type_in: TypeIn, account: Account, number: str) -> Client:
    browser, secret = Client(), give_app(account)
    type_in(number, PASSWORD, browser=browser)
    browser.post(reverse("mfa_authenticate"), {"code": code_now(secret)})
    return browser


def users_pages(account: Account) -> list[tuple[str, str]]:
    return [
        ("get", reverse("signin_users")),
        ("get", reverse("signin_report")),
        ("get", reverse("signin_user", args=[account.pk])),
        ("post", reverse("signin_open", args=[account.person_id])),
        ("post", reverse("signin_act", args=[account.pk, "disable"])),
    ]


def test_the_users_pages_exist_for_administrators_only(
    yamada: Account, head: Account, admin: Account, type_in: TypeIn
) -> None:
    for account, number in ((yamada, "E1001"), (head, "E1003")):
        browser = enter(type_in, account, number)
        for method, address in users_pages(yamada):
            assert getattr(browser, method)(address).status_code == 404, address
    browser = enter(type_in, admin, "E1009")
    assert [
        browser.get(address).status_code for method, address in users_pages(yamada) if method == "get"
    ] == [200] * 3


@pytest.mark.requirement("PRC-079")
def test_an_administrator_registers_a_person_and_sees_the_temporary_password_once(
    admin: Account, type_in: TypeIn
) -> None:
    newcomer = person("小林 茂", "コバヤシ シゲル", "E2001", "kobayashi@example.jp")
    browser = enter(type_in, admin, "E1009")
    assert "小林 茂" in browser.get("/signin/users/?state=none").content.decode()
    page = browser.post(reverse("signin_open", args=[newcomer.pk]))
    shown = re.search(r'id="temporary">([^<]+)<', page.content.decode())
    assert shown is not None
    assert "no-store" in page["Cache-Control"]
    account = Account.objects.get(person=newcomer)
    for address in ("/signin/users/", reverse("signin_user", args=[account.pk])):
        assert shown[1] not in browser.get(address).content.decode()
    assert "小林 茂" in browser.get("/signin/users/?state=temporary").content.decode()
    assert "小林 茂" in browser.get("/signin/users/report/").content.decode()
    own = Client()
    type_in("E2001", shown[1].replace("&amp;", "&"), browser=own)
    change = reverse("account_change_password")
    assert own.get("/signin/mine/")["Location"] == change
    form = {"oldpassword": shown[1].replace("&amp;", "&"), "password1": NEXT, "password2": NEXT}
    own.post(change, form)
    assert "小林 茂" not in browser.get("/signin/users/?state=temporary").content.decode()


@pytest.mark.requirement("PRC-084")
def test_the_report_lists_users_without_second_factor(admin: Account, head: Account, type_in: TypeIn) -> None:
    browser = enter(type_in, admin, "E1009")
    page = browser.get("/signin/users/report/").content.decode()
    assert "佐藤 一郎" in page
    assert (
        "高橋 誠"
        not in page[page.index("二要素認証のない利用者") : page.index("仮パスワードを変更していない")]
    )


@pytest.mark.parametrize("action", ["disable", "reset", "factors"])
def test_acts_need_a_reason_and_are_written_down(
    admin: Account, yamada: Account, type_in: TypeIn, action: str
) -> None:
    browser = enter(type_in, admin, "E1009")
    address = reverse("signin_act", args=[yamada.pk, action])
    before = Entry.objects.filter(record_id=yamada.pk).count()
    page = browser.post(address, {"revision": yamada.revision, "reason": ""}, follow=True)
    assert "理由を入力してください" in page.content.decode()
    browser.post(address, {"revision": yamada.revision, "reason": "本人の依頼"})
    entry = Entry.objects.filter(record_id=yamada.pk).latest("id")
    assert Entry.objects.filter(record_id=yamada.pk).count() == before + 1
    assert "本人の依頼" in entry.body
    assert entry.actor_id == admin.person_id


def test_a_stale_form_is_a_conflict(admin: Account, yamada: Account, type_in: TypeIn) -> None:
    browser = enter(type_in, admin, "E1009")
    address = reverse("signin_act", args=[yamada.pk, "reset"])
    form = {"revision": yamada.revision, "reason": "失念"}
    browser.post(address, form)
    page = browser.post(address, form, follow=True)
    assert "他の人が先に変更しました" in page.content.decode()


def test_unknown_acts_do_not_exist(admin: Account, yamada: Account, type_in: TypeIn) -> None:
    browser = enter(type_in, admin, "E1009")
    address = reverse("signin_act", args=[yamada.pk, "lock"])
    assert browser.post(address, {"revision": 0, "reason": "x"}).status_code == 404


@pytest.mark.parametrize("state", ["all", "locked", "temporary", "no-factor", "disabled", "none", "nonsense"])
def test_the_list_is_narrowed(admin: Account, yamada: Account, type_in: TypeIn, state: str) -> None:
    Account.objects.filter(pk=yamada.pk).update(locked_at=clock.now(), must_change=True, disabled_at=None)
    browser = enter(type_in, admin, "E1009")
    page = browser.get("/signin/users/", {"state": state}).content.decode()
    assert ("山田 太郎" in page) is (state in {"all", "locked", "temporary", "no-factor", "nonsense"})
    assert "山田 太郎" not in browser.get("/signin/users/", {"q": "鈴木"}).content.decode()


def test_the_language_is_chosen_and_kept(client: Client) -> None:
    catalogues.compile_all(settings.LOCALE_PATHS[0])
    response = client.post("/signin/language/", {"language": "en", "next": "/signin/"})
    assert response["Location"] == "/signin/"
    assert response.cookies[settings.LANGUAGE_COOKIE_NAME].value == "en"
    assert "Sign in" in client.get("/signin/").content.decode()
    client.post("/signin/language/", {"language": "ja", "next": "https://evil.example/"})
    assert "サインイン" in client.get("/signin/").content.decode()


def test_an_unknown_language_changes_nothing(client: Client) -> None:
    response = client.post("/signin/language/", {"language": "xx", "next": "/signin/"})
    assert settings.LANGUAGE_COOKIE_NAME not in response.cookies


def test_a_browser_in_english_is_spoken_to_in_japanese_until_english_is_chosen(client: Client) -> None:
    page = client.get("/signin/", headers={"Accept-Language": "en-US"})
    assert "パスワード" in page.content.decode()
    assert page["Content-Language"] == "ja"
