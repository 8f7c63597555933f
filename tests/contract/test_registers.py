"""What every register promises on its pages, whoever declared it."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sakimori.kernel.content.catalogue import REQUIREMENTS
from sakimori.kernel.records.models import Record
from sakimori.lib import clock
from sakimori.registers import details, forms, panels
from sakimori.registers.base import form_fields, registry
from sakimori.registers.inspection import check_registers

from .conftest import factory

pytestmark = pytest.mark.django_db
MOST_QUERIES = 12
MANY = 200


def test_declarations_are_right():
    assert check_registers() == []


@pytest.mark.parametrize("name", sorted(registry))
def test_names_requirements_that_exist(name):
    assert set(registry[name].requirements) <= set(REQUIREMENTS.all())


def typed_form(case, person, row):
    """Return what a browser would send back for the row's form."""
    form = forms.row_form(case.declared, person)(instance=row)
    data = {}
    for name in form.fields:
        value = form[name].value()
        if value is True:
            data[name] = "on"
        elif value not in (None, False):
            data[name] = str(value)
    return data


class TestLists:
    def test_show_their_rows(self, case, as_person):
        (row,) = case.make()
        page = as_person(case.reader()).get(case.url)
        assert page.status_code == 200
        assert f"/{row.pk}/" in page.content.decode()

    def test_say_what_to_do_when_empty(self, case, as_person):
        case.declared.model.objects.update(audience="platform", owner=None)
        page = as_person(
            case.cast.kobayashi if case.declared.opens_for(case.cast.kobayashi) else case.reader()
        )
        assert 'class="empty-state"' in page.get(case.url).content.decode()

    def test_cost_the_same_queries_for_few_and_many_rows(self, case, as_person):
        client = as_person(case.reader())
        case.make(2)
        client.get(case.url)
        counts = []
        for rows in (0, MANY):
            for number in range(rows):
                factory(case.declared)(number + 1000)
            with CaptureQueriesContext(connection) as queries:
                assert client.get(case.url, {"size": "200"}).status_code == 200
            counts.append(len(queries))
        # One fewer where none of the many points at another record: then no names are asked for.
        assert counts[1] <= counts[0] <= MOST_QUERIES

    def test_can_be_narrowed_sorted_and_arranged_by_everything_declared(self, case, as_person):
        case.make()
        client = as_person(case.reader())
        columns = {"col": [c if isinstance(c, str) else c.field for c in case.declared.columns]}
        filters = [item if isinstance(item, str) else item.field for item in case.declared.filters]
        asked = [{name: "none"} for name in filters] + [{f"{name}_from": "2020-01-01"} for name in filters]
        asked += [{"sort": f"-{name}"} for name in columns["col"]] + [columns, {"q": "あ"}, {"retired": "1"}]
        assert {client.get(case.url, params).status_code for params in asked} == {200}

    def test_hide_what_one_may_not_know(self, case, as_person):
        (row,) = case.make()
        case.hide(row)
        client = as_person(case.reader())
        assert f'value="{row.pk}"' not in client.get(case.url, {"retired": "1"}).content.decode()
        assert client.get(f"/records/{row.pk}/").status_code == 404
        assert client.get(f"{case.url}{row.pk}/").status_code == 404

    def test_leave_out_retired_rows(self, case, as_person):
        (row,) = case.make()
        Record.objects.filter(pk=row.pk).update(retired_at=clock.now())
        client = as_person(case.reader())
        address = details_address(client, row)
        assert address not in client.get(case.url).content.decode()
        assert address in client.get(case.url, {"retired": "1"}).content.decode()


def details_address(client, row):
    return client.get(f"/records/{row.pk}/")["Location"]


class TestRows:
    def test_have_a_page_with_all_tabs(self, case, as_person):
        (row,) = case.make()
        client = as_person(case.reader())
        url = details_address(client, row)
        page = client.get(url)
        assert page.status_code == 200
        assert row.number in page.content.decode()
        if not case.declared.detail_url:
            tabs = panels.tabs_of(case.declared)
            assert {client.get(url, {"tab": tab}).status_code for tab in tabs} == {200}

    def test_lead_to_their_page_from_anywhere(self, case, as_person):
        (row,) = case.make()
        answer = as_person(case.reader()).get(f"/records/{row.pk}/")
        assert answer.status_code == 302


class TestWriting:
    def test_is_refused_without_the_right(self, case, as_person):
        (row,) = case.make()
        adder, changer = case.stranger("add"), case.stranger("change", row)
        if adder is not None:
            assert as_person(adder).post(f"{case.url}add/", {}).status_code == 403
        if changer is not None:
            client, url = as_person(changer), f"{case.url}{row.pk}/change/"
            assert client.get(url).status_code == client.post(url, {"revision": "0"}).status_code == 403
        assert adder is not None or changer is not None

    def test_a_stale_form_overwrites_nothing(self, case, as_person):
        (row,) = case.make()
        writer = case.writer(row)
        if writer is None:
            assert not case.declared.form
            return
        data = typed_form(case, writer, case.declared.model.objects.get(pk=row.pk))
        Record.objects.filter(pk=row.pk).update(revision=row.revision + 3)
        before = case.declared.model.objects.get(pk=row.pk).snapshot()
        answer = as_person(writer).post(f"{case.url}{row.pk}/change/", data | {"revision": str(row.revision)})
        assert answer.status_code == 409
        assert case.declared.model.objects.get(pk=row.pk).snapshot() == before

    def test_an_unchanged_form_changes_nothing(self, case, as_person):
        (row,) = case.make()
        writer = case.writer(row)
        if writer is None:
            assert not case.declared.form
            return
        stored = case.declared.model.objects.get(pk=row.pk)
        data = typed_form(case, writer, stored)
        answer = as_person(writer).post(
            f"{case.url}{row.pk}/change/", data | {"revision": str(stored.revision)}
        )
        assert answer.status_code == 302, answer.content.decode()
        after = case.declared.model.objects.get(pk=row.pk)
        assert [getattr(after, n) for n in form_fields(case.declared)] == [
            getattr(stored, n) for n in form_fields(case.declared)
        ]

    def test_every_action_is_refused_without_its_right(self, case, as_person):
        (row,) = case.make()
        for action in details.all_actions(case.declared):
            verb = action.command.verb
            auditor = case.cast.sato  # reads, and may do nothing
            if case.declared.opens_for(auditor) and case.declared.rows(auditor).filter(pk=row.pk).exists():
                url = f"{case.url}{row.pk}/do/{verb.name}/"
                assert as_person(auditor).post(url, {}).status_code in {403, 422}, verb.name

    def test_every_action_that_is_offered_has_a_form(self, case, as_person):
        (row,) = case.make()
        stored = case.declared.model.objects.get(pk=row.pk)
        for name in ("ueno", "kubo", "shimizu"):
            person = getattr(case.cast, name)
            if not case.declared.rows(person).filter(pk=row.pk).exists():
                continue
            for offer in details.offers(case.declared, stored, person):
                assert as_person(person).get(f"{case.url}{row.pk}/do/{offer.verb}/").status_code == 200


class TestExports:
    @pytest.mark.parametrize("form", ["csv", "xlsx"])
    def test_hold_what_is_shown(self, case, as_person, form):
        (row,) = case.make()
        answer = as_person(case.cast.ueno).get(f"{case.url}export/{form}/", {"col": ["number"]})
        if not case.declared.opens_for(case.cast.ueno):
            assert answer.status_code == 404
            return
        assert answer.status_code == 200
        content = b"".join(answer.streaming_content)
        if form == "csv" and case.declared.rows(case.cast.ueno).filter(pk=row.pk).exists():
            assert row.number in content.decode()

    def test_are_refused_without_the_right(self, case, as_person):
        expected = 403 if case.declared.opens_for(case.cast.kato) else 404
        assert as_person(case.cast.kato).get(f"{case.url}export/csv/").status_code == expected
