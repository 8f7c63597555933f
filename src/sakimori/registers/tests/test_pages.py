"""Lists, rows, forms and commands, as people meet them."""

from __future__ import annotations

import pytest
from django.urls import reverse

from sakimori.kernel.identity.models import Department, Site
from sakimori.kernel.ledger import book
from sakimori.kernel.records import bulk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sample")]


def change_url(row):
    return reverse("registers:change", args=["departments", row.pk])


def typed(row, **values):
    known = {
        "code": row.code, "name": row.name, "parent": "", "head": str(row.head_id or ""),
        "site": str(row.site_id or ""), "in_scope": "true", "revision": str(row.revision),
    }  # fmt: skip
    return known | values


class TestLists:
    def test_shows_names_of_other_records_and_honest_blanks(self, as_person, ueno, cast):
        page = as_person(ueno).get("/registers/departments/").content.decode()
        assert "江藤 健" in page
        assert '<span class="blank">—</span>' in page

    def test_needs_the_same_number_of_queries_for_few_and_many_rows(
        self, as_person, ueno, cast, django_assert_max_num_queries
    ):
        client = as_person(ueno)
        client.get("/registers/sites/")
        with django_assert_max_num_queries(12) as few:
            client.get("/registers/people/")
        bulk.insert([type(ueno)(name=f"人{i}", department=cast.sales) for i in range(200)])
        with django_assert_max_num_queries(12) as many:
            client.get("/registers/people/?size=200")
        assert len(few) == len(many)

    def test_search_folds_width(self, as_person, ueno, cast):
        page = as_person(ueno).get("/registers/departments/", {"q": "ＥＩＧ"}).content.decode()
        assert "営業部" in page
        assert "製造部" not in page

    def test_filter_finds_the_rows_without_a_value(self, as_person, ueno, cast):
        Site.objects.create(name="倉庫")
        page = as_person(ueno).get("/registers/sites/", {"in_scope": "none"}).content.decode()
        assert "倉庫" in page
        assert "東京都" not in page

    def test_filter_by_a_value_that_is_not_offered_finds_nothing(self, as_person, ueno, cast):
        page = as_person(ueno).get("/registers/people/", {"category": "robot"}).content.decode()
        assert "条件に合う行がありません" in page

    def test_hides_retired_rows_until_asked(self, as_person, ueno, cast):
        row = Site.objects.create(name="旧倉庫", in_scope=False)
        as_person(ueno).post(f"/registers/sites/{row.pk}/do/register.retired/", {"reason": "閉鎖"})
        client = as_person(ueno)
        assert "旧倉庫" not in client.get("/registers/sites/").content.decode()
        assert "旧倉庫" in client.get("/registers/sites/", {"retired": "1"}).content.decode()

    @pytest.mark.parametrize(
        "address", ["?page=99999999", "?page=-1", "?sort=nothing", "?col=x", "?q=%00", "?size=7"]
    )
    def test_a_strange_address_still_gives_a_page(self, as_person, ueno, cast, address):
        assert as_person(ueno).get(f"/registers/people/{address}").status_code == 200

    def test_shows_nothing_to_people_who_left(self, as_person, suzuki):
        assert as_person(suzuki).get("/registers/people/").status_code == 302

    def test_asks_strangers_to_sign_in(self, client, cast):
        assert client.get("/registers/people/").status_code == 302


class TestWriting:
    def test_a_new_row_is_stored_with_its_entry(self, as_person, ueno, cast):
        answer = as_person(ueno).post(
            "/registers/sites/add/", {"name": "仙台営業所", "address": "", "in_scope": ""}
        )
        row = Site.objects.get(name="仙台営業所")
        assert answer.status_code == 302
        assert [line.verb for line in book.history(row)] == ["register.added"]

    def test_whoever_lacks_the_right_is_told_who_has_it(self, as_person, kato, cast):
        answer = as_person(kato).post("/registers/sites/add/", {"name": "仙台営業所"})
        assert answer.status_code == 403
        assert "情報セキュリティ事務局" in answer.content.decode()
        assert not Site.objects.filter(name="仙台営業所").exists()

    def test_errors_stand_at_the_field_and_the_input_is_kept(self, as_person, ueno, cast):
        answer = as_person(ueno).post("/registers/sites/add/", {"name": "本社", "address": "残る住所"})
        page = answer.content.decode()
        assert answer.status_code == 422
        assert 'aria-invalid="true"' in page
        assert "残る住所" in page

    def test_a_change_is_written_with_before_and_after(self, as_person, ueno, cast):
        as_person(ueno).post(change_url(cast.sales), typed(cast.sales, head=cast.kato.number, reason="異動"))
        line = book.history(cast.sales)[0]
        assert (line.verb, line.reason) == ("register.changed", "異動")
        assert [(c.field, c.before, c.after) for c in line.changes] == [
            ("head_id", cast.eto.pk, cast.kato.pk)
        ]

    def test_history_shows_names_instead_of_keys(self, as_person, ueno, cast):
        client = as_person(ueno)
        client.post(change_url(cast.sales), typed(cast.sales, head=cast.kato.number))
        page = client.get(f"/registers/departments/{cast.sales.pk}/?tab=history").content.decode()
        assert "<del>江藤 健</del>" in page
        assert "<ins>加藤 由美</ins>" in page

    def test_nothing_different_writes_nothing(self, as_person, ueno, cast):
        as_person(ueno).post(change_url(cast.sales), typed(cast.sales))
        assert book.history(cast.sales) == []

    def test_an_unknown_name_is_refused_at_its_field(self, as_person, ueno, cast):
        answer = as_person(ueno).post(change_url(cast.sales), typed(cast.sales, head="名無し"))
        assert answer.status_code == 422
        assert "「名無し」は見つかりません" in answer.content.decode()

    def test_someone_who_left_cannot_be_chosen(self, as_person, ueno, cast):
        answer = as_person(ueno).post(change_url(cast.sales), typed(cast.sales, head=cast.suzuki.number))
        assert answer.status_code == 422

    def test_a_retired_row_cannot_be_changed(self, as_person, ueno, cast):
        client = as_person(ueno)
        client.post(f"/registers/departments/{cast.sales.pk}/do/register.retired/", {"reason": "統合"})
        assert client.post(change_url(cast.sales), typed(cast.sales, name="新")).status_code == 403


@pytest.mark.requirement("V20-060")
class TestRowsOneMayNotKnow:
    def test_are_not_found(self, as_person, kato, cast):
        Site.objects.filter(pk=cast.head_office.pk).update(audience="hr")
        answer = as_person(kato).get(f"/registers/sites/{cast.head_office.pk}/")
        assert answer.status_code == 404

    def test_are_not_named_in_lists_of_others(self, as_person, kato, cast):
        Site.objects.filter(pk=cast.head_office.pk).update(audience="hr")
        page = as_person(kato).get("/registers/departments/").content.decode()
        assert "（非公開）" in page
        assert "本社" not in page

    def test_are_not_offered_to_choose(self, as_person, kato, cast):
        Site.objects.filter(pk=cast.head_office.pk).update(audience="hr")
        assert "本社" not in as_person(kato).get("/lookup/identity.site/").content.decode()


class TestTwoPeopleEditOneRow:
    def edit(self, client, row, **values):
        return client.post(change_url(row), typed(row, **values))

    def test_the_second_sees_both_versions_and_nothing_is_overwritten(self, as_person, ueno, cast):
        stale = Department.objects.get(pk=cast.sales.pk)
        self.edit(as_person(ueno), stale, name="第一営業部")
        answer = self.edit(as_person(ueno), stale, name="営業本部", code="EIH")
        page = answer.content.decode()
        assert answer.status_code == 409
        assert "第一営業部" in page
        assert "営業本部" in page
        assert "両方が変更" in page
        assert Department.objects.get(pk=stale.pk).name == "第一営業部"

    def test_a_field_that_only_the_other_touched_is_suggested_from_him(self, as_person, ueno, cast):
        stale = Department.objects.get(pk=cast.sales.pk)
        self.edit(as_person(ueno), stale, name="第一営業部")
        page = self.edit(as_person(ueno), stale, code="EIH").content.decode()
        assert '<input type="radio" name="pick.name" value="theirs" checked>' in page
        assert '<input type="radio" name="pick.code" value="mine" checked>' in page

    def test_the_choice_per_field_is_stored(self, as_person, ueno, cast):
        stale = Department.objects.get(pk=cast.sales.pk)
        self.edit(as_person(ueno), stale, name="第一営業部")
        fresh = Department.objects.get(pk=stale.pk)
        picks = {"pick.name": "theirs", "pick.code": "mine", "revision": str(fresh.revision)}
        answer = self.edit(as_person(ueno), stale, name="営業本部", code="EIH", **picks)
        fresh.refresh_from_db()
        assert answer.status_code == 302
        assert (fresh.name, fresh.code) == ("第一営業部", "EIH")
