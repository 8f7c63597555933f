"""The API keeps the same gate, the same rights and the same rules as the pages."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from sakimori.kernel.identity.models import Site
from sakimori.kernel.ledger import book
from sakimori.lib import clock
from sakimori.lib.errors import Invalid
from sakimori.registers import tokens

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sample")]


def send(client, method, path, body, **extra):
    return getattr(client, method)(f"/api{path}", json.dumps(body), content_type="application/json", **extra)


def bearer(person, scope="write"):
    _token, secret = tokens.issue(
        person, name="連携", scope=scope, expires_on=clock.today() + timedelta(days=30)
    )
    return {"HTTP_AUTHORIZATION": f"Bearer {secret}"}


def test_lists_with_filters_and_search(as_person, kato, cast):
    found = as_person(kato).get("/api/registers/people?category=officer").json()
    assert [row["label"] for row in found["items"]] == ["青木 誠", "石田 隆"]
    assert found["items"][0]["values"]["department"]["label"] == "経営"


def test_creates_and_returns_the_row(as_person, ueno, cast):
    answer = send(
        as_person(ueno), "post", "/registers/sites", {"values": {"name": "仙台営業所", "in_scope": True}}
    )
    assert answer.status_code == 201
    assert Site.objects.get(pk=answer.json()["id"]).in_scope is True


def test_refuses_what_the_page_refuses(as_person, kato, cast):
    answer = send(as_person(kato), "post", "/registers/sites", {"values": {"name": "仙台営業所"}})
    assert answer.status_code == 403
    assert answer.json()["rule"] == "access.organization.change"


def test_names_each_wrong_field(as_person, ueno, cast):
    answer = send(as_person(ueno), "post", "/registers/sites", {"values": {"name": "", "colour": "red"}})
    assert answer.status_code == 422
    assert set(answer.json()["problems"]) == {"name", "colour"}


def test_changes_only_the_given_fields(as_person, ueno, cast):
    row = cast.sales
    answer = send(
        as_person(ueno), "patch", f"/registers/departments/{row.pk}",
        {"revision": row.revision, "values": {"head": cast.kato.number}, "reason": "異動"},
    )  # fmt: skip
    row.refresh_from_db()
    assert answer.status_code == 200
    assert (row.head_id, row.name) == (cast.kato.pk, "営業部")


def test_a_stale_revision_is_a_conflict_with_the_changes(as_person, ueno, cast):
    client, row = as_person(ueno), cast.sales
    body = {"revision": row.revision, "values": {"name": "第一営業部"}}
    send(client, "patch", f"/registers/departments/{row.pk}", body)
    answer = send(
        client, "patch", f"/registers/departments/{row.pk}", body | {"values": {"name": "第二営業部"}}
    )
    row.refresh_from_db()
    assert answer.status_code == 409
    assert answer.json()["changes"] == [{"field": "部署名", "before": "営業部", "after": "第一営業部"}]
    assert row.name == "第一営業部"


def test_calls_actions(as_person, ueno, cast):
    row = cast.head_office
    path = f"/registers/sites/{row.pk}/actions/register.retired"
    answer = send(as_person(ueno), "post", path, {"revision": row.revision, "values": {"reason": "移転"}})
    assert answer.json()["retired"] is True
    assert book.history(row)[0].reason == "移転"


def test_tells_the_history(as_person, ueno, cast):
    client, row = as_person(ueno), cast.sales
    send(client, "patch", f"/registers/departments/{row.pk}", {"revision": 0, "values": {"code": "E1"}})
    send(
        client,
        "patch",
        f"/registers/departments/{row.pk}",
        {"revision": row.revision, "values": {"code": "E1"}},
    )
    lines = client.get(f"/api/registers/departments/{row.pk}/history").json()
    assert lines[0]["changes"] == [{"field": "部署コード", "before": "EIG", "after": "E1"}]


def test_rows_one_may_not_know_are_not_found(as_person, kato, cast):
    Site.objects.update(audience="hr")
    assert as_person(kato).get(f"/api/registers/sites/{cast.head_office.pk}").status_code == 404
    assert as_person(kato).get("/api/registers/sites").json()["items"] == []


def test_strangers_get_nothing(client, cast):
    assert client.get("/api/registers").status_code == 401


class TestTokens:
    def test_act_as_their_owner(self, client, kato, cast):
        assert client.get("/api/registers/sites", **bearer(kato)).status_code == 200
        answer = send(client, "post", "/registers/sites", {"values": {"name": "仙台"}}, **bearer(kato))
        assert answer.status_code == 403

    def test_for_reading_do_not_write(self, client, ueno, cast):
        answer = send(
            client, "post", "/registers/sites", {"values": {"name": "仙台"}}, **bearer(ueno, "read")
        )
        assert (answer.status_code, answer.json()["rule"]) == (403, "token.read_only")

    def test_end_with_their_day(self, client, ueno, cast):
        header = bearer(ueno)
        with clock.at(clock.today() + timedelta(days=31)):
            assert client.get("/api/registers", **header).status_code == 401

    def test_end_when_revoked(self, client, ueno, cast):
        token, secret = tokens.issue(ueno, name="連携", scope="read", expires_on=clock.today())
        tokens.revoke(token, by=ueno)
        assert client.get("/api/registers", HTTP_AUTHORIZATION=f"Bearer {secret}").status_code == 401
        assert [line.verb for line in book.history(token)] == ["token.revoked", "token.issued"]

    def test_end_when_their_owner_leaves(self, client, ueno, cast):
        header = bearer(ueno)
        type(ueno).objects.filter(pk=ueno.pk).update(left_on=clock.today() - timedelta(days=1))
        assert client.get("/api/registers", **header).status_code == 401

    def test_are_not_stored_in_clear(self, ueno, cast):
        token, secret = tokens.issue(ueno, name="連携", scope="read", expires_on=clock.today())
        assert secret not in str(token.__dict__)

    def test_live_a_year_at_most(self, ueno, cast):
        with pytest.raises(Invalid) as refusal:
            tokens.issue(ueno, name="連携", scope="read", expires_on=clock.today() + timedelta(days=400))
        assert "expires_on" in refusal.value.problems


@pytest.mark.parametrize(
    "body",
    [
        {"values": {"name": None}},
        {"values": {"name": ["a"]}},
        {"values": {"name": "\0x", "in_scope": 7}},
        {"values": {"name": {"id": 10**30}}},
        {"values": []},
        {},
    ],
)
def test_strange_bodies_are_refused_with_a_sentence(as_person, ueno, cast, body):
    assert send(as_person(ueno), "post", "/registers/sites", body).status_code in {201, 422}


@pytest.mark.parametrize("path", ["sites/99999999999999999999", "sites/0", "nothing", "sites?page=abc&q=%00"])
def test_strange_addresses_are_answered(as_person, ueno, cast, path):
    assert as_person(ueno).get(f"/api/registers/{path}").status_code in {200, 404, 422}


def test_describes_itself(as_person, ueno):
    schema = as_person(ueno).get("/api/openapi.json").json()
    assert schema["openapi"].startswith("3.1")
    assert "/api/registers/{slug}" in schema["paths"]
