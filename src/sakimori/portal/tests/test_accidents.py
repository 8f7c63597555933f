"""A failing database or a full disk: a sentence that says what to do, and nothing half written."""

from __future__ import annotations

import errno

import pytest
from django.db import OperationalError, connection
from django.urls import reverse
from django.utils import translation

from sakimori.domains.assets.models import Asset
from sakimori.kernel.ledger import entries, reading
from sakimori.portal import accidents

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _japanese():
    with translation.override("ja"):
        yield


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (OperationalError("database or disk is full"), "ディスクに空きがありません"),
        (OperationalError("database is locked"), "30秒ほど待ってから"),
        (OperationalError("attempt to write a readonly database"), "書き込めません"),
        (OSError(errno.ENOSPC, "No space left on device"), "ディスクに空きがありません"),
    ],
)
def test_trouble_in_the_middle_of_a_command_is_told_and_leaves_nothing(
    as_person, cast, monkeypatch, error, sentence
):
    def fail(*_args, **_kwargs):
        raise error

    client = as_person(cast.ueno)
    client.raise_request_exception = False
    before = reading.entries().count()
    monkeypatch.setattr(entries, "write", fail)  # the row is stored, its entry is not: both must go
    values = {
        "name": "見積書控え",
        "department": cast.sales.pk,
        "storage": "paper",
        "asset_kind": "information",
    }
    answer = client.post(reverse("registers:add", args=["assets"]), values)
    page = answer.content.decode()
    assert answer.status_code == 503 and answer["Retry-After"] and answer["Content-Security-Policy"]
    assert sentence in page and "何も保存していません" in page and "Traceback" not in page
    assert not Asset.objects.filter(name="見積書控え").exists()
    assert reading.entries().count() == before and not connection.in_atomic_block


def test_trouble_before_the_page_begins_is_told_too(as_person, cast, monkeypatch):
    def fail(*_args, **_kwargs):
        raise OperationalError("database is locked")

    client = as_person(cast.ueno)
    client.raise_request_exception = False
    monkeypatch.setattr("sakimori.config.middleware.RequestContext._person", fail)
    answer = client.get("/")
    assert answer.status_code == 503 and "ほかの処理がデータベースを使っています" in answer.content.decode()


def test_any_other_accident_keeps_its_own_page(as_person, cast, monkeypatch):
    def fail(*_args, **_kwargs):
        raise RuntimeError("something else")

    client = as_person(cast.ueno)
    client.raise_request_exception = False
    monkeypatch.setattr("sakimori.portal.home.queue.work_of", fail)
    answer = client.get("/")
    assert answer.status_code == 500 and "処理中に問題が起きました" in answer.content.decode()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [("could not extend file: No space left on device", "ディスク"), ("server closed the connection", "接続できません"),
     ("deadlock detected", "ほかの処理"), ("no such table: x", "")],
)  # fmt: skip
def test_both_databases_are_understood(words, sentence):
    told = accidents.explain(OperationalError(words))
    assert (sentence in told) if sentence else told == ""
