"""Sessions: they end when idle, too long, signed out elsewhere, or when their owner may no longer be here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from sakimori.kernel.identity.actors import SYSTEM
from sakimori.kernel.identity.models import Person
from sakimori.kernel.ledger.models import Entry
from sakimori.kernel.policy import policy
from sakimori.kernel.signin import accounts
from sakimori.kernel.signin.models import Account, Session
from sakimori.lib import clock

from .conftest import PASSWORD

pytestmark = pytest.mark.django_db
TypeIn = Callable[..., Any]
MINE = "/signin/mine/"


def is_out(client: Client, page: str = MINE) -> bool:
    return client.get(page).get("Location", "").startswith("/signin/?next=")


def test_a_session_ends_after_the_idle_time_of_the_regulation_and_not_before(
    client: Client, yamada: Account, type_in: TypeIn
) -> None:
    type_in("E1001", PASSWORD)
    start, limit = clock.now(), timedelta(minutes=policy.value("signin.session.idle"))
    with clock.at(start + limit - timedelta(seconds=30)):
        assert not is_out(client)
    with clock.at(start + limit * 2 - timedelta(seconds=60)):  # used meanwhile
        assert not is_out(client)
    with clock.at(start + limit * 3):
        assert is_out(client)
        assert "しばらく操作がなかったため" in client.get("/signin/").content.decode()
    assert Entry.objects.filter(record_id=yamada.pk, verb="signin.session_expired").count() == 1
    assert not Session.objects.exists()


def test_a_session_ends_after_the_longest_time_though_used(
    client: Client, yamada: Account, type_in: TypeIn
) -> None:
    type_in("E1001", PASSWORD)
    start = clock.now()
    for minutes in range(10, 12 * 60, 10):
        with clock.at(start + timedelta(minutes=minutes)):
            assert not is_out(client)
    with clock.at(start + timedelta(hours=12, minutes=1)):
        assert is_out(client)


def test_the_cookie_ends_with_the_browser_and_is_out_of_reach_of_scripts(
    client: Client, yamada: Account, type_in: TypeIn
) -> None:
    response = type_in("E1001", PASSWORD)
    cookie = response.cookies["sakimori"]
    assert (cookie["max-age"], cookie["expires"]) == ("", "")
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


@pytest.mark.parametrize("leave", ["disabled", "left", "not-yet"])
def test_a_session_ends_with_the_right_to_be_here(
    client: Client, yamada: Account, type_in: TypeIn, leave: str
) -> None:
    type_in("E1001", PASSWORD)
    assert not is_out(client)
    if leave == "disabled":
        accounts.disable(yamada, reason="休職", by=SYSTEM)
    elif leave == "left":
        Person.objects.filter(pk=yamada.person_id).update(left_on=clock.today() - timedelta(days=1))
    else:
        Person.objects.filter(pk=yamada.person_id).update(joined_on=clock.today() + timedelta(days=1))
    assert is_out(client)


def test_an_owner_signs_out_everywhere_else(client: Client, yamada: Account, type_in: TypeIn) -> None:
    others = [Client(), Client()]
    for browser in (*others, client):
        type_in("E1001", PASSWORD, browser=browser)
    assert client.get(MINE).content.decode().count("サインアウト</button>") >= 3
    client.post(reverse("signin_end_others"))
    assert [is_out(browser) for browser in (*others, client)] == [True, True, False]


def test_an_owner_ends_one_session_and_not_that_of_another_person(
    client: Client, yamada: Account, suzuki: Account, type_in: TypeIn
) -> None:
    type_in("E1002", PASSWORD, browser=(foreign := Client()))
    type_in("E1001", PASSWORD, browser=(other := Client()))
    type_in("E1001", PASSWORD)
    mine = Session.objects.filter(account=yamada).exclude(key=client.session.session_key).get()
    theirs = Session.objects.get(account=suzuki)
    assert client.post(reverse("signin_end_session", args=[theirs.pk])).status_code == 404
    assert client.post(reverse("signin_end_session", args=[mine.pk])).status_code == 302
    assert (is_out(foreign), is_out(other), is_out(client)) == (False, True, False)


def test_signing_out_asks_first_and_ends_the_session(
    client: Client, yamada: Account, type_in: TypeIn
) -> None:
    type_in("E1001", PASSWORD)
    assert "サインアウトしますか" in client.get("/signin/out/").content.decode()
    assert not is_out(client)
    assert client.post("/signin/out/")["Location"] == "/signin/"
    assert is_out(client)
    assert not Session.objects.exists()
    assert Entry.objects.filter(record_id=yamada.pk, verb="signin.left").exists()


def test_a_request_that_reads_does_not_write_the_session_each_time(
    client: Client, yamada: Account, type_in: TypeIn, django_assert_num_queries: Any
) -> None:
    type_in("E1001", PASSWORD)
    client.get(MINE)
    seen = Session.objects.get().seen_at
    client.get(MINE)
    assert Session.objects.get().seen_at == seen


def test_pages_of_a_signed_in_person_are_not_kept_by_caches(
    client: Client, yamada: Account, type_in: TypeIn
) -> None:
    type_in("E1001", PASSWORD)
    assert "no-store" in client.get(MINE)["Cache-Control"]


def test_the_key_of_the_session_changes_at_sign_in(client: Client, yamada: Account, type_in: TypeIn) -> None:
    client.get("/signin/")
    session = client.session
    session["left-by-a-stranger"] = 1
    session.save()
    before = session.session_key
    type_in("E1001", PASSWORD)
    assert client.session.session_key != before
