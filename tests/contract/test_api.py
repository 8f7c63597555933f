"""The API of every register keeps the rights of its pages."""

from __future__ import annotations

import json

import pytest

from sakimori.kernel.records.models import Record

pytestmark = pytest.mark.django_db


def send(client, method, path, body):
    return getattr(client, method)(
        f"/api/registers/{path}", json.dumps(body), content_type="application/json"
    )


def test_reads_what_the_list_shows(case, as_person):
    (row,) = case.make()
    client = as_person(case.reader())
    found = client.get(f"/api/registers/{case.declared.slug}", {"size": "200"}).json()
    assert row.number in {item["number"] for item in found["items"]}
    one = client.get(f"/api/registers/{case.declared.slug}/{row.pk}").json()
    assert (one["number"], one["revision"]) == (row.number, row.revision)
    assert client.get(f"/api/registers/{case.declared.slug}/{row.pk}/history").status_code == 200


def test_does_not_tell_what_one_may_not_know(case, as_person):
    (row,) = case.make()
    case.hide(row)
    client = as_person(case.reader())
    paths = ("", "/history")
    assert {client.get(f"/api/registers/{case.declared.slug}/{row.pk}{p}").status_code for p in paths} == {
        404
    }
    numbers = {item["number"] for item in client.get(f"/api/registers/{case.declared.slug}").json()["items"]}
    assert row.number not in numbers


def test_refuses_writing_without_the_right(case, as_person):
    (row,) = case.make()
    adder, changer = case.stranger("add"), case.stranger("change", row)
    if adder is not None:
        assert send(as_person(adder), "post", case.declared.slug, {"values": {}}).status_code == 403
    if changer is not None:
        body = {"revision": row.revision, "values": {}}
        assert send(as_person(changer), "patch", f"{case.declared.slug}/{row.pk}", body).status_code == 403
    assert adder is not None or changer is not None


def test_a_stale_change_is_a_conflict(case, as_person):
    (row,) = case.make()
    writer = case.writer(row)
    if writer is None:
        assert not case.declared.form
        return
    Record.objects.filter(pk=row.pk).update(revision=row.revision + 3)
    body = {"revision": row.revision, "values": {}}
    assert send(as_person(writer), "patch", f"{case.declared.slug}/{row.pk}", body).status_code == 409


def test_strange_values_are_refused_not_swallowed(case, as_person):
    (row,) = case.make()
    writer = case.writer(row)
    if writer is None:
        assert not case.declared.form
        return
    for strange in ("\0", "x" * 5000, [1], {"id": "a"}, -(10**30), "🦊𠮷"):
        name = (
            case.declared.form[0]
            if isinstance(case.declared.form[0], str)
            else case.declared.form[0].fields[0]
        )
        current = case.declared.model.objects.get(pk=row.pk)
        body = {"revision": current.revision, "values": {name: strange, "no_such_field": strange}}
        assert send(as_person(writer), "patch", f"{case.declared.slug}/{row.pk}", body).status_code == 422
