"""The sign-in page: one answer for every failure, the lock, the last sign-in, and the demonstration."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from sakimori.kernel.identity.actors import SYSTEM
from sakimori.kernel.identity.models import Person
from sakimori.kernel.ledger.models import Entry
from sakimori.kernel.notices.models import Notice
from sakimori.kernel.signin import accounts, adapters, credentials
from sakimori.kernel.signin.models import Account, Attempt, Strangers
from sakimori.kernel.signin.secret import Secret
from sakimori.lib import clock

from .conftest import NEXT, PASSWORD, account_of, appoint, person

pytestmark = pytest.mark.django_db
TypeIn = Callable[..., Any]
LIMIT = 10


def verbs(account: Account) -> list[str]:
    return list(Entry.objects.filter(record_id=account.pk).order_by("id").values_list("verb", flat=True))


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def fail(type_in: TypeIn, name: str, times: int) -> None:
    for _n in range(times):
        type_in(name, "wrong-Password-1")


@pytest.mark.parametrize("name", ["E1001", "e1001", "yamada@example.jp", " YAMADA@example.jp "])
def test_number_or_mail_address_and_password_let_in(
    client: Client, yamada: Account, type_in: TypeIn, name: str
) -> None:
    response = type_in(name, PASSWORD)
    assert (response.status_code, response["Location"]) == (302, "/")
    assert signed_in(client)
    assert verbs(yamada)[-1] == "signin.succeeded"


def test_the_page_leads_where_the_visitor_wanted_but_never_to_another_host(
    yamada: Account, type_in: TypeIn
) -> None:
    assert type_in("E1001", PASSWORD, next="/signin/mine/")["Location"] == "/signin/mine/"
    assert type_in("E1001", PASSWORD, browser=Client(), next="https://evil.example/")["Location"] == "/"


@pytest.mark.requirement("V20-185")
def test_every_failure_gets_the_same_answer(
    yamada: Account, suzuki: Account, head: Account, type_in: TypeIn
) -> None:
    accounts.lock(suzuki, by=SYSTEM)
    accounts.disable(head, reason="休職", by=SYSTEM)
    pages = []
    for name, password in [
        ("E1001", "wrong-Password-1"),
        ("nobody", "wrong-Password-1"),
        ("E1002", PASSWORD),
        ("E1002", "wrong-Password-1"),
        ("E1003", "wrong-Password-1"),
    ]:
        response = type_in(name, password, browser=Client())
        assert response.status_code == 200
        text = response.content.decode()
        assert str(adapters.REFUSED) in text
        pages.append(_without_token(text).replace(name, ""))
    assert len(set(pages)) == 1


def _without_token(text: str) -> str:
    return "\n".join(
        line for line in text.splitlines() if "csrfmiddlewaretoken" not in line and 'name="login"' not in line
    )


def test_a_disabled_account_is_refused_after_the_right_password_too(
    client: Client, yamada: Account, type_in: TypeIn
) -> None:
    accounts.disable(yamada, reason="休職", by=SYSTEM)
    response = client.post("/signin/", {"login": "E1001", "password": PASSWORD}, follow=True)
    assert str(adapters.REFUSED) in response.content.decode()
    assert not signed_in(client)


def test_who_left_cannot_sign_in(client: Client, yamada: Account, type_in: TypeIn) -> None:
    Person.objects.filter(pk=yamada.person_id).update(left_on=clock.today() - timedelta(days=1))
    type_in("E1001", PASSWORD)
    assert not signed_in(client)


def test_a_user_of_the_framework_without_account_cannot_sign_in(client: Client, type_in: TypeIn) -> None:
    User.objects.create_user("ghost", "ghost@example.jp", PASSWORD)
    type_in("ghost", PASSWORD)
    assert not signed_in(client)


@pytest.mark.requirement("SYS-070")
def test_ten_failures_in_a_row_lock_the_account_and_owner_and_administrators_are_told(
    client: Client, yamada: Account, admin: Account, type_in: TypeIn
) -> None:
    fail(type_in, "E1001", LIMIT - 1)
    assert Account.objects.get(pk=yamada.pk).locked_at is None
    fail(type_in, "E1001", 1)
    assert Account.objects.get(pk=yamada.pk).locked_at is not None
    assert verbs(yamada)[-2:] == ["signin.failed", "account.locked"]
    type_in("E1001", PASSWORD)
    assert not signed_in(client)
    told = set(Notice.objects.filter(kind__startswith="signin.locked").values_list("kind", "recipient_id"))
    assert told == {("signin.locked_owner", yamada.person_id), ("signin.locked", admin.person_id)}


def test_nine_failures_and_a_success_begin_the_count_anew(
    client: Client, yamada: Account, type_in: TypeIn
) -> None:
    fail(type_in, "E1001", LIMIT - 1)
    type_in("E1001", PASSWORD)
    client.post("/signin/out/")
    fail(type_in, "E1001", LIMIT - 1)
    assert Account.objects.get(pk=yamada.pk).locked_at is None


def test_number_and_mail_address_are_counted_together(yamada: Account, type_in: TypeIn) -> None:
    fail(type_in, "E1001", 5)
    fail(type_in, "yamada@example.jp", 5)
    assert Account.objects.get(pk=yamada.pk).locked_at is not None


def test_a_lock_stops_one_person_and_nobody_else(
    client: Client, yamada: Account, suzuki: Account, type_in: TypeIn
) -> None:
    fail(type_in, "E1001", LIMIT)
    fail(type_in, "nobody", LIMIT)
    type_in("E1002", PASSWORD)
    assert signed_in(client)


def test_the_lock_holds_in_every_browser_and_is_lifted_by_an_administrator(
    client: Client, yamada: Account, admin: Account, type_in: TypeIn
) -> None:
    fail(type_in, "E1001", LIMIT)
    type_in("E1001", PASSWORD, browser=(other := Client()))
    assert not signed_in(other)
    accounts.unlock(Account.objects.get(pk=yamada.pk), reason="電話で本人確認", by=admin.person)
    type_in("E1001", PASSWORD)
    assert signed_in(client)
    entry = Entry.objects.get(record_id=yamada.pk, verb="account.unlocked")
    assert "電話で本人確認" in entry.body


def test_the_lock_lifts_by_itself_after_the_time_of_the_regulation(
    client: Client, yamada: Account, type_in: TypeIn
) -> None:
    fail(type_in, "E1001", LIMIT)
    with clock.at(clock.now() + timedelta(minutes=29)):
        type_in("E1001", PASSWORD)
        assert not signed_in(client)
    with clock.at(clock.now() + timedelta(minutes=31)):
        type_in("E1001", PASSWORD)
        assert signed_in(client)
    assert Account.objects.get(pk=yamada.pk).failures == 0


def test_a_locked_account_writes_no_more_entries(yamada: Account, type_in: TypeIn) -> None:
    fail(type_in, "E1001", LIMIT)
    before = Entry.objects.count(), Attempt.objects.count()
    fail(type_in, "E1001", 15)
    assert (Entry.objects.count(), Attempt.objects.count()) == before


def test_unknown_names_leave_a_count_and_nothing_else(yamada: Account, type_in: TypeIn) -> None:
    entries = Entry.objects.count()
    for n in range(12):
        type_in(f"my-secret-password-{n}", "wrong-Password-1")
    assert Strangers.objects.get().attempts == 12
    assert Entry.objects.count() == entries
    assert not Attempt.objects.exists()


@pytest.mark.requirement("V20-185")
def test_the_last_sign_in_and_failures_since_are_shown(
    client: Client, yamada: Account, type_in: TypeIn
) -> None:
    with clock.at(date(2026, 11, 2)):
        type_in("E1001", PASSWORD, browser=Client())
    fail(type_in, "E1001", 2)
    type_in("E1001", PASSWORD)
    page = client.get("/signin/mine/").content.decode()
    assert "前回のサインイン: 2026-11-02 09:00" in page
    assert "その後の失敗: 2回" in page


def test_a_first_sign_in_says_so(client: Client, yamada: Account, type_in: TypeIn) -> None:
    type_in("E1001", PASSWORD)
    assert "初めてのサインインです" in client.get("/signin/mine/").content.decode()


@pytest.mark.requirement("PRC-085")
def test_the_password_is_masked_and_never_sent_back(yamada: Account, type_in: TypeIn) -> None:
    page = type_in("E1001", "wrong-Password-1").content.decode()
    field = page[page.index('type="password"') - 200 : page.index('type="password"') + 200]
    assert 'name="password"' in field
    assert "wrong-Password-1" not in page


def test_a_temporary_password_runs_out(client: Client, type_in: TypeIn) -> None:
    newcomer = account_of(person("小林 茂", "コバヤシ シゲル", "E2001", "k@example.jp"), changed=False)
    assert newcomer.temporary_until is not None
    with clock.at(newcomer.temporary_until + timedelta(minutes=1)):
        page = client.post("/signin/", {"login": "E2001", "password": "Temporary-83-kite"}, follow=True)
    assert "仮パスワードの期限が切れました" in page.content.decode()
    assert not signed_in(client)


@pytest.mark.requirement("JPM-089")
def test_an_expired_password_lets_in_only_to_be_changed_and_later_not_at_all(
    client: Client, yamada: Account, type_in: TypeIn
) -> None:
    expires = credentials.expires_on(yamada)
    assert expires is not None
    with clock.at(expires):
        assert type_in("E1001", PASSWORD)["Location"] == "/"
        assert client.get("/signin/mine/").status_code == 200
    other = Client()
    with clock.at(expires + timedelta(days=14)):
        type_in("E1001", PASSWORD, browser=other)
        assert other.get("/signin/mine/")["Location"] == reverse("account_change_password")
    late = Client()
    with clock.at(expires + timedelta(days=15)):
        page = late.post("/signin/", {"login": "E1001", "password": PASSWORD}, follow=True)
        assert "失効しました" in page.content.decode()
        assert not signed_in(late)


def test_a_duress_word_signs_in_as_usual_and_calls_for_help(
    client: Client, yamada: Account, office: Person, type_in: TypeIn
) -> None:
    credentials.set_duress_word(yamada, word=Secret(NEXT), by=yamada.person)
    type_in("E1001", PASSWORD, browser=(usual := Client()))
    assert not Notice.objects.filter(kind="signin.duress").exists()
    type_in("E1001", NEXT)
    assert signed_in(client)
    assert [n.recipient_id for n in Notice.objects.filter(kind="signin.duress")] == [office.pk]
    assert "signin.duress" in verbs(yamada)
    pages = [_without_token(c.get("/signin/mine/").content.decode()) for c in (usual, client)]
    assert "通報" not in pages[1]
    assert "duress" not in pages[1].replace("/signin/mine/duress/", "")


def test_a_duress_word_must_be_a_good_password_and_another_one(yamada: Account) -> None:
    for word in (PASSWORD, "short", "Password1!"):
        with pytest.raises(Exception, match="."):
            credentials.set_duress_word(yamada, word=Secret(word), by=yamada.person)


def test_there_is_no_demonstration_where_it_is_not_switched_on(
    client: Client, yamada: Account, settings: Any
) -> None:
    settings.SAKIMORI_DEMO = False
    assert client.post(reverse("signin_demonstrate", args=[yamada.person_id])).status_code == 404
    assert not signed_in(client)
    assert "体験用" not in client.get("/signin/").content.decode()


def test_the_demonstration_signs_in_by_one_click_without_second_factor(
    client: Client, settings: Any, office: Person, yamada: Account
) -> None:
    settings.SAKIMORI_DEMO = True
    page = client.get("/signin/").content.decode()
    assert "体験用" in page
    assert "中村 文" in page
    assert client.post(reverse("signin_demonstrate", args=[office.pk]))["Location"] == "/"
    assert client.get("/signin/mine/").status_code == 200
    settings.SAKIMORI_DEMO = False  # the same session, where the demonstration is over
    assert client.get("/signin/mine/")["Location"] == reverse("signin_setup")


def test_the_demonstration_shows_only_its_cards(client: Client, settings: Any, yamada: Account) -> None:
    settings.SAKIMORI_DEMO = True
    outsider = person("外部 太郎", "ガイブ タロウ", "E3001", "x@example.jp", category="external")
    appoint(outsider, "nobody-knows-this-role")
    assert client.post(reverse("signin_demonstrate", args=[outsider.pk])).status_code == 404
    assert client.get(reverse("signin_demonstrate", args=[yamada.person_id])).status_code == 405


def test_the_address_of_a_stopped_account_tells_nothing(client: Client, db: None) -> None:
    assert client.get("/signin/stopped/")["Location"] == "/signin/"


def test_a_form_from_elsewhere_is_refused_in_japanese(yamada: Account) -> None:
    strict = Client(enforce_csrf_checks=True)
    response = strict.post("/signin/", {"login": "E1001", "password": PASSWORD})
    assert response.status_code == 403
    assert "送信できませんでした" in response.content.decode()
