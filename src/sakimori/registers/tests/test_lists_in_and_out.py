"""Saved views, many rows at once, exports, tokens' page, and what lies around a record."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from sakimori.kernel.dossier import comments, evidence, links
from sakimori.kernel.identity.models import Department, Site
from sakimori.kernel.ledger import book
from sakimori.registers.models import SavedView

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sample")]
DEPARTMENTS = "/registers/departments/"


class TestSavedViews:
    def keep(self, client, **more):
        return client.post(
            f"{DEPARTMENTS}views/", {"name": "営業系", "query": "q=営業&page=3&in_scope="} | more
        )

    def test_keep_what_narrows_and_forget_the_page(self, as_person, ueno, cast):
        answer = self.keep(as_person(ueno))
        assert answer["Location"] == f"{DEPARTMENTS}?q=%E5%96%B6%E6%A5%AD"
        assert "営業系" in as_person(ueno).get(DEPARTMENTS).content.decode()

    def test_are_private_unless_shared_with_a_role(self, as_person, ueno, kato, cast):
        self.keep(as_person(ueno))
        assert "営業系" not in as_person(kato).get(DEPARTMENTS).content.decode()
        self.keep(as_person(ueno), shared_with="employee")
        assert "営業系" in as_person(kato).get(DEPARTMENTS).content.decode()

    def test_are_shared_only_with_roles_one_holds(self, as_person, kato, cast):
        assert self.keep(as_person(kato), shared_with="president").status_code == 422

    def test_are_removed_by_their_owner_only(self, as_person, ueno, kato, cast):
        self.keep(as_person(ueno))
        view = SavedView.objects.get()
        assert as_person(kato).post(f"{DEPARTMENTS}views/{view.pk}/remove/").status_code == 404
        assert as_person(ueno).post(f"{DEPARTMENTS}views/{view.pk}/remove/").status_code == 302
        assert not SavedView.objects.exists()


class TestManyRowsAtOnce:
    def send(self, client, rows, reason="統合"):
        data = {"act": "register.retired", "row": [str(row.pk) for row in rows], "reason": reason}
        return client.post(f"{DEPARTMENTS}bulk/", data)

    def test_every_row_gets_its_entry(self, as_person, ueno, cast):
        rows = [cast.sales, cast.production]
        assert self.send(as_person(ueno), rows).status_code == 302
        assert [book.history(row)[0].verb for row in rows] == ["register.retired"] * 2

    def test_one_refusal_stores_nothing_and_is_named(self, as_person, ueno, cast):
        client = as_person(ueno)
        self.send(client, [cast.sales])
        answer = self.send(client, [cast.sales, cast.production])
        assert answer.status_code == 422
        assert "registers.state" in answer.content.decode()
        assert Department.objects.get(pk=cast.production.pk).retired_at is None

    def test_without_the_right_nothing_happens(self, as_person, kato, cast):
        assert self.send(as_person(kato), [cast.sales]).status_code == 422
        assert Department.objects.get(pk=cast.sales.pk).retired_at is None

    def test_without_rows_one_is_told_to_choose(self, as_person, ueno, cast):
        page = as_person(ueno).post(f"{DEPARTMENTS}bulk/", {"act": "register.retired"}, follow=True)
        assert "行が選ばれていません" in page.content.decode()


class TestExports:
    def content(self, answer):
        return b"".join(answer.streaming_content)

    def test_hold_the_narrowed_rows_in_the_chosen_columns(self, as_person, ueno, cast):
        answer = as_person(ueno).get(f"{DEPARTMENTS}export/xlsx/", {"q": "営業", "col": ["name", "head"]})
        rows = list(load_workbook(io.BytesIO(self.content(answer))).active.iter_rows(values_only=True))
        assert [row[:2] for row in rows if row[0]] == [("部署名", "部門長"), ("営業部", "江藤 健")]

    def test_a_text_never_becomes_a_formula(self, as_person, ueno, cast):
        Site.objects.create(name="=1+1")
        text = self.content(as_person(ueno).get("/registers/sites/export/csv/")).decode("utf-8-sig")
        assert "'=1+1" in text

    def test_are_noted_in_the_ledger(self, as_person, ueno, cast):
        self.content(as_person(ueno).get(f"{DEPARTMENTS}export/csv/"))
        assert book.history(ueno)[0].verb == "register.exported"


def test_a_token_is_shown_once(as_person, kato, cast):
    client = as_person(kato)
    made = client.post("/tokens/", {"name": "連携", "scope": "read", "expires_on": "2000-01-01"})
    assert made.status_code == 422
    from_today = client.get("/tokens/").context["form"].initial["expires_on"]
    made = client.post("/tokens/", {"name": "連携", "scope": "read", "expires_on": from_today.isoformat()})
    assert "skm_" in made.content.decode()
    assert "skm_" not in client.get("/tokens/").content.decode()


class TestAroundARecord:
    def test_evidence_is_attached_and_withdrawn_with_a_reason(
        self, as_person, ueno, cast, settings, tmp_path
    ):
        settings.MEDIA_ROOT = tmp_path
        client, row = as_person(ueno), cast.sales
        file = SimpleUploadedFile("議事録.txt", "出席者".encode())
        client.post(
            f"/records/{row.pk}/evidence/", {"file": file, "note": "議事録", "happened_on": "2026-01-15"}
        )
        (attached,) = evidence.evidence_of(row)
        assert "議事録.txt" in client.get(f"{DEPARTMENTS}{row.pk}/?tab=evidence").content.decode()
        client.post(f"/evidence/{attached.pk}/withdraw/", {"reason": "誤登録"})
        assert not evidence.evidence_of(row)

    def test_links_show_on_both_sides(self, as_person, ueno, cast):
        client = as_person(ueno)
        client.post(
            f"/records/{cast.sales.pk}/links/", {"target": cast.production.number, "relation": "related"}
        )
        for row, other in ((cast.sales, "製造部"), (cast.production, "営業部")):
            assert other in client.get(f"{DEPARTMENTS}{row.pk}/?tab=evidence").content.decode()
        (neighbour,) = links.links_of(cast.sales, ueno)
        client.post(f"/links/{neighbour.link.pk}/remove/", {"from": str(cast.production.pk)})
        assert links.links_of(cast.sales, ueno) == []

    def test_only_the_author_withdraws_a_comment(self, as_person, ueno, kato, cast):
        as_person(kato).post(f"/records/{cast.sales.pk}/comments/", {"text": "確認しました"})
        (said,) = comments.comments_of(cast.sales)
        as_person(ueno).post(f"/comments/{said.pk}/withdraw/")
        assert comments.comments_of(cast.sales).count() == 1
        as_person(kato).post(f"/comments/{said.pk}/withdraw/")
        assert comments.comments_of(cast.sales).count() == 0

    @pytest.mark.parametrize("path", ["records/{}/evidence", "records/{}/links", "records/{}/comments"])
    def test_of_a_record_one_may_not_know_is_not_found(self, as_person, kato, cast, path):
        Department.objects.update(audience="hr")
        assert as_person(kato).post(f"/{path.format(cast.sales.pk)}/", {}).status_code == 404


class TestSuggestions:
    def test_find_by_reading_and_number(self, as_person, ueno, cast):
        client = as_person(ueno)
        assert "加藤 由美" in client.get("/lookup/identity.person/", {"head": "カトウ"}).content.decode()
        assert (
            "加藤 由美" in client.get("/lookup/identity.person/", {"head": cast.kato.number}).content.decode()
        )

    def test_leave_out_people_who_left(self, as_person, ueno, cast):
        assert (
            "鈴木" not in as_person(ueno).get("/lookup/identity.person/", {"head": "鈴木"}).content.decode()
        )

    @pytest.mark.parametrize("kind", ["auth.user", "nothing", "a.b", "sessions.session"])
    def test_are_given_of_registers_only(self, as_person, ueno, kind):
        assert as_person(ueno).get(f"/lookup/{kind}/").status_code == 404
