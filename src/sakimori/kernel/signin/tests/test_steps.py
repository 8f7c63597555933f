"""What a person must do before anything else: change a temporary or expired password, set up a second factor."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.test import Client
from django.urls import get_resolver, reverse

from sakimori.kernel.ledger.models import Entry
from sakimori.kernel.notices.models import Notice
from sakimori.kernel.policy.models import ParameterRevision
from sakimori.kernel.signin import accounts, credentials
from sakimori.kernel.signin.models import Account
from sakimori.kernel.signin.secret import Secret
from sakimori.lib import clock

from .conftest import NEXT, PASSWORD, account_of, person

pytestmark = pytest.mark.django_db
TypeIn = Callable[..., Any]


def code_now(secret: str, step: int = 0) -> str:
    counters = list(yield_hotp_counters_from_time())
    return format_hotp_value(hotp_value(secret, counters[1] + step))


def give_app(account: Account) -> str:
    secret = generate_totp_secret()
    TOTP.activate(account.person.user, secret)
    RecoveryCodes.activate(account.person.user)
    return secret


def in_force(name: str, value: object) -> None:
    ParameterRevision(name=name, value=value, effective_on=clock.today(), reason="試験").save()


def plain_pages() -> list[str]:
    """Every address of the product that takes no argument."""
    names = {name for name in get_resolver().reverse_dict if isinstance(name, str)}
    pages = []
    for name in sorted(names):
        possibilities = get_resolver().reverse_dict.getlist(name)
        pages += ["/" + url for bits, *_rest in possibilities for url, params in bits if not params]
    return pages


@pytest.mark.requirement("SYS-068", "PRC-079")
def test_after_the_first_sign_in_every_page_leads_to_the_change_of_password(
    client: Client, type_in: TypeIn
) -> None:
    account_of(person("小林 茂", "コバヤシ シゲル", "E2001", "k@example.jp"), changed=False)
    type_in("E2001", "Temporary-83-kite")
    change = reverse("account_change_password")
    open_pages = {"/signin/out/", "/signin/again/", "/signin/again/code/", "/signin/again/passkey/", change}
    led = 0
    for page in plain_pages():
        if page in open_pages or page.startswith("/api/"):
            continue
        response = client.get(page)
        if response.get("Location") == change:
            led += 1
        else:
            assert page in {
                "/signin/",
                "/signin/code/",
                "/signin/passkey/",
                "/signin/stopped/",
                "/signin/language/",
                "/signin/mine/password/judge/",
                "/start/",  # the guided start asks for its own code, and is gone once a company stands
                "/start/finish/",
            }, page
    assert led > 5
    page = client.get(change).content.decode()
    assert "仮パスワードのままです" in page
    form = {"oldpassword": "Temporary-83-kite", "password1": NEXT, "password2": NEXT}
    assert client.post(change, form).status_code == 302
    assert client.get("/signin/mine/").status_code == 200


@pytest.mark.requirement("SYS-068")
def test_a_reset_password_must_be_changed_too(
    client: Client, yamada: Account, admin: Account, type_in: TypeIn
) -> None:
    accounts.reset_password(yamada, temporary=Secret("Another-55-Moss"), reason="失念", by=admin.person)
    type_in("E1001", "Another-55-Moss")
    assert client.get("/signin/mine/")["Location"] == reverse("account_change_password")


def test_the_age_of_a_password_is_the_regulations(client: Client, yamada: Account, type_in: TypeIn) -> None:
    day = credentials.expires_on(yamada)
    assert day is not None
    assert (day.year * 12 + day.month) - (clock.today().year * 12 + clock.today().month) == 3
    with clock.at(day + timedelta(days=1)):
        type_in("E1001", PASSWORD)
        assert client.get("/signin/mine/")["Location"] == reverse("account_change_password")
        assert "有効期間が過ぎました" in client.get(reverse("account_change_password")).content.decode()


def test_a_regulation_without_a_maximum_age_lets_passwords_live(yamada: Account) -> None:
    in_force("signin.password.max_age", None)
    assert credentials.expires_on(yamada) is None


@pytest.mark.requirement("V20-187")
@pytest.mark.parametrize(
    ("name", "value", "password"),
    [("signin.password.length", 20, "Lantern_92-quiet"), ("signin.password.classes", 4, "Lantern92quiet")],
)
def test_a_revised_regulation_is_obeyed_from_its_day_on(
    client: Client, yamada: Account, type_in: TypeIn, name: str, value: int, password: str
) -> None:
    type_in("E1001", PASSWORD)
    change = reverse("account_change_password")
    form = {"oldpassword": PASSWORD, "password1": password, "password2": password}
    assert credentials.password_problems(yamada, password) == []
    in_force(name, value)
    page = client.post(change, form)
    assert page.status_code == 200
    assert "条件を満たしていません" in page.content.decode()


@pytest.mark.parametrize(
    ("old", "first", "second", "sentence"),
    [
        ("wrong-Password-1", NEXT, NEXT, "現在のパスワードが違います"),
        (PASSWORD, NEXT, NEXT + "x", "確認のパスワードが一致しません"),
        (PASSWORD, "short", "short", "8文字以上"),
        (PASSWORD, "Yamada-2024x", "Yamada-2024x", "似ていないこと"),
        (PASSWORD, PASSWORD, PASSWORD, "過去10回に使ったパスワードと異なること"),
    ],
)
def test_a_change_of_password_is_refused_with_the_reason(
    client: Client, yamada: Account, type_in: TypeIn, old: str, first: str, second: str, sentence: str
) -> None:
    type_in("E1001", PASSWORD)
    form = {"oldpassword": old, "password1": first, "password2": second}
    page = client.post(reverse("account_change_password"), form).content.decode()
    assert sentence in page
    assert f'value="{first}"' not in page


def test_guessing_the_present_password_on_the_change_page_locks_too(
    client: Client, yamada: Account, type_in: TypeIn
) -> None:
    type_in("E1001", PASSWORD)
    for _n in range(10):
        client.post(
            reverse("account_change_password"), {"oldpassword": "no", "password1": NEXT, "password2": NEXT}
        )
    assert Account.objects.get(pk=yamada.pk).locked_at is not None


def test_a_changed_password_signs_out_every_other_browser_and_is_told(
    client: Client, yamada: Account, type_in: TypeIn
) -> None:
    type_in("E1001", PASSWORD, browser=(other := Client()))
    type_in("E1001", PASSWORD)
    form = {"oldpassword": PASSWORD, "password1": NEXT, "password2": NEXT}
    client.post(reverse("account_change_password"), form)
    assert client.get("/signin/mine/").status_code == 200
    assert other.get("/signin/mine/")["Location"].startswith("/signin/")
    assert Notice.objects.filter(kind="signin.password_changed", recipient=yamada.person).exists()


@pytest.mark.requirement("V20-187", "PRC-085")
def test_what_is_typed_is_judged_at_once(client: Client, yamada: Account, type_in: TypeIn) -> None:
    type_in("E1001", PASSWORD)
    page = client.get(reverse("account_change_password")).content.decode()
    assert f'hx-post="{reverse("signin_judge")}"' in page
    judged = client.post(reverse("signin_judge"), {"password1": "yamadaxy"}).content.decode()
    assert judged.count("（満たしていない）") == 2
    judged = client.post(reverse("signin_judge"), {"password1": NEXT}).content.decode()
    assert judged.count("（満たしている）") == 4
    assert NEXT not in judged


@pytest.mark.requirement("PRC-084")
def test_a_role_with_mandatory_second_factor_leads_everywhere_to_its_set_up(
    client: Client, head: Account, type_in: TypeIn
) -> None:
    type_in("E1003", PASSWORD)
    setup = reverse("signin_setup")
    refused = [page for page in plain_pages() if client.get(page).get("Location") == setup]
    assert len(refused) > 5
    assert "/signin/mine/" in refused
    assert "部門長" in client.get(setup).content.decode()
    page = client.get(reverse("mfa_activate_totp"))
    secret = page.context["form"].secret
    assert "data:image/svg+xml;base64," in page.content.decode()
    assert client.post(reverse("mfa_activate_totp"), {"code": code_now(secret)}).status_code == 302
    assert client.get("/signin/mine/").status_code == 200


def test_an_employee_without_such_a_role_is_not_asked(
    client: Client, yamada: Account, type_in: TypeIn
) -> None:
    type_in("E1001", PASSWORD)
    assert client.get("/signin/mine/").status_code == 200


def test_the_regulation_may_demand_it_of_everyone_or_of_nobody(yamada: Account, head: Account) -> None:
    in_force("signin.mfa.required", "everyone")
    assert accounts.demands_second_factor(yamada)
    ParameterRevision.objects.all().delete()
    in_force("signin.mfa.required", "nobody")
    assert not accounts.demands_second_factor(head)


def test_the_code_of_the_app_is_asked_after_the_password(
    client: Client, head: Account, type_in: TypeIn
) -> None:
    secret = give_app(head)
    assert type_in("E1003", PASSWORD)["Location"] == reverse("mfa_authenticate")
    assert client.get("/signin/mine/")["Location"].startswith("/signin/?next=")
    page = client.post(reverse("mfa_authenticate"), {"code": "000000"}).content.decode()
    assert "コードが正しくありません" in page
    assert client.post(reverse("mfa_authenticate"), {"code": code_now(secret)})["Location"] == "/"
    assert client.get("/signin/mine/").status_code == 200
    entry = Entry.objects.filter(record_id=head.pk, verb="signin.succeeded").latest("id")
    assert '"means":"password+totp"' in entry.body


def test_a_used_code_is_not_accepted_again(head: Account, type_in: TypeIn) -> None:
    code = code_now(give_app(head))
    for browser, status in ((Client(), 302), (Client(), 200)):
        type_in("E1003", PASSWORD, browser=browser)
        assert browser.post(reverse("mfa_authenticate"), {"code": code}).status_code == status


def test_wrong_codes_lock_the_account_like_wrong_passwords(
    client: Client, head: Account, type_in: TypeIn
) -> None:
    secret = give_app(head)
    type_in("E1003", PASSWORD)
    for _n in range(10):
        client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert Account.objects.get(pk=head.pk).locked_at is not None
    assert client.post(reverse("mfa_authenticate"), {"code": code_now(secret)}).status_code == 200
    assert "_auth_user_id" not in client.session


def test_a_right_password_between_wrong_codes_does_not_reset_the_count(
    head: Account, type_in: TypeIn
) -> None:
    give_app(head)
    for _round in range(5):
        browser = Client()
        type_in("E1003", PASSWORD, browser=browser)
        for _n in range(2):
            browser.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert Account.objects.get(pk=head.pk).locked_at is not None


def test_a_recovery_code_lets_in_once_and_is_written_down(head: Account, type_in: TypeIn) -> None:
    give_app(head)
    user = head.person.user
    codes = Authenticator.objects.get(user=user, type="recovery_codes").wrap().get_unused_codes()
    for browser, status in ((Client(), 302), (Client(), 200)):
        type_in("E1003", PASSWORD, browser=browser)
        assert browser.post(reverse("mfa_authenticate"), {"code": codes[0]}).status_code == status
    used = Entry.objects.filter(record_id=head.pk, verb="signin.recovery_code_used")
    assert ['"left":9' in entry.body for entry in used] == [True]


def test_secrets_are_stored_encrypted(head: Account) -> None:
    secret = give_app(head)
    stored = Authenticator.objects.get(user=head.person.user, type="totp").data["secret"]
    assert secret not in stored
    assert (
        Authenticator.objects.get(user=head.person.user, type="totp").wrap().validate_code(code_now(secret))
    )


def test_the_last_mandatory_factor_cannot_be_removed_and_a_voluntary_one_can(
    client: Client, head: Account, yamada: Account, type_in: TypeIn
) -> None:
    for account, number, kept in ((head, "E1003", True), (yamada, "E1001", False)):
        secret = give_app(account)
        browser = Client()
        type_in(number, PASSWORD, browser=browser)
        browser.post(reverse("mfa_authenticate"), {"code": code_now(secret)})
        browser.post(reverse("mfa_deactivate_totp"))
        user = account.person.user
        assert Authenticator.objects.filter(user=user, type="totp").exists() is kept
    assert Entry.objects.filter(record_id=yamada.pk, verb="signin.factor_removed").exists()
    assert Notice.objects.filter(kind="signin.factor_removed", recipient=yamada.person).exists()


def test_reset_factors_demands_new_ones(
    client: Client, yamada: Account, admin: Account, type_in: TypeIn
) -> None:
    give_app(yamada)
    accounts.reset_factors(yamada, reason="端末の紛失", by=admin.person)
    assert not Authenticator.objects.filter(user=yamada.person.user).exists()
    type_in("E1001", PASSWORD)
    assert client.get("/signin/mine/")["Location"] == reverse("signin_setup")
