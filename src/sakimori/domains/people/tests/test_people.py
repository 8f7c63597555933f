"""Joining, moving, leaving, signing; who sees what of whom; people from Excel."""

import json
from datetime import date, timedelta
from functools import partial

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import CharField, JSONField, TextField
from django.urls import reverse
from openpyxl import Workbook

from sakimori.domains.people import checks, rules
from sakimori.domains.people.models import Agreement
from sakimori.domains.people.views import coverage
from sakimori.kernel import hooks
from sakimori.kernel.dossier import retention
from sakimori.kernel.exchange import imports
from sakimori.kernel.identity.models import Appointment, Person
from sakimori.kernel.notices import notices
from sakimori.lib.errors import Invalid, NotAllowed

from .conftest import TODAY


def text(answer, status=200):
    assert answer.status_code == status, answer
    return answer.content.decode()


def sign(cast, person, kind="nda", **values):
    given = {"text_version": "第2版", "signed_on": date(2025, 4, 1), "protection": True, "survival": True,
             "own_duty": True, "survives_years": 3}  # fmt: skip
    return rules.register_agreement(person=person, agreement_kind=kind, by=cast.shimizu, **(given | values))


class TestRegister:
    @pytest.mark.requirement("REG-008")
    def test_hr_enters_a_person_with_a_category(self, as_person, cast):
        values = {
            "name": "新田 花",
            "category": "temporary",
            "department": cast.sales.number,
            "joined_on": "2026-06-01",
        }
        as_person(cast.shimizu).post("/registers/people/add/", values)
        made = Person.objects.get(name="新田 花")
        assert (made.category, made.department_id, made.joined_on) == ("temporary", cast.sales.pk, TODAY)

    def test_others_do_not_even_find_the_register(self, as_person, cast):
        assert as_person(cast.kato).get("/registers/people/").status_code == 404
        assert as_person(cast.kato).get("/api/registers/people").status_code == 404

    def test_a_colleague_is_shown_with_name_department_and_job_only(self, as_person, cast):
        page = text(as_person(cast.kato).get(reverse("people-person", args=[cast.eto.pk])))
        assert "江藤 健" in page and "営業部" in page
        assert cast.eto.email not in page and cast.eto.employee_number not in page
        assert cast.kato.email in text(
            as_person(cast.kato).get(reverse("people-person", args=[cast.kato.pk]))
        )

    def test_the_directory_finds_by_reading_and_leaves_out_who_left(self, as_person, cast):
        page = text(as_person(cast.kato).get(reverse("people-directory"), {"q": "エトウ"}))
        assert "江藤 健" in page and "石田 隆" not in page and cast.eto.email not in page
        assert "鈴木 茂" not in text(as_person(cast.kato).get(reverse("people-directory")))

    def test_hr_sees_roles_what_is_owned_and_agreements_on_the_page(self, as_person, cast):
        sign(cast, cast.kimura)
        page = text(as_person(cast.shimizu).get(reverse("people-person", args=[cast.kimura.pk])))
        assert "情報セキュリティ担当者" in page and "秘密保持契約書" in page and cast.kimura.email in page

    def test_an_employee_number_is_used_once(self, cast):
        with pytest.raises(Invalid) as refusal:
            rules.change_person(cast.kato, employee_number="E-eto", by=cast.shimizu)
        assert set(refusal.value.problems) == {"employee_number"}

    def test_nobody_but_hr_and_office_writes(self, cast):
        with pytest.raises(NotAllowed):
            rules.change_person(cast.kato, name="加藤", by=cast.eto)


class TestMoving:
    def test_is_announced_with_the_former_department(self, cast, monkeypatch):
        heard = []
        monkeypatch.setitem(hooks._hearers, "person_moved", [lambda **facts: heard.append(facts)])
        rules.move_person(cast.kato, to=cast.production, moved_on=TODAY, by=cast.shimizu)
        assert heard == [{"person": cast.kato, "former_department": cast.sales}]

    def test_a_department_changed_in_the_form_is_a_move_too(self, cast, monkeypatch):
        heard = []
        monkeypatch.setitem(hooks._hearers, "person_moved", [lambda **facts: heard.append(facts)])
        rules.change_person(cast.kato, department=cast.production, by=cast.shimizu)
        assert heard[0]["former_department"] == cast.sales

    def test_the_head_of_a_department_leaves_after_a_successor_is_named(self, cast):
        with pytest.raises(NotAllowed, match="後任の部門長"):
            rules.leave(cast.eto, left_on=TODAY, by=cast.shimizu)


class TestAgreements:
    @pytest.mark.requirement("REG-082", "REG-084", "PRC-165")
    def test_a_contract_without_its_clauses_is_refused_at_each_clause(self, cast):
        with pytest.raises(Invalid) as refusal:
            sign(cast, cast.kato, "contract", own_duty=False)
        assert set(refusal.value.problems) == {"own_duty", "company_duty", "measures"}

    @pytest.mark.requirement("PRC-182", "PRC-179", "JPM-024")
    def test_the_duty_of_a_leaver_ends_years_after_his_last_day(self, cast):
        nda = sign(cast, cast.kato)
        assert nda.binds_until is None
        rules.leave(cast.kato, left_on=date(2026, 6, 30), by=cast.shimizu)
        nda.refresh_from_db()
        assert nda.binds_until == date(2029, 6, 30)

    @pytest.mark.requirement("PRC-180", "REG-088")
    def test_a_leaver_who_did_not_confirm_his_duties_is_found(self, cast):
        nda = sign(cast, cast.kato)
        rules.leave(cast.kato, left_on=date(2026, 5, 31), by=cast.shimizu)
        assert list(checks.not_reconfirmed(TODAY)) == [cast.kato]
        nda.refresh_from_db()
        rules.reconfirm(nda, reconfirmed_on=TODAY, by=cast.shimizu)
        assert not checks.not_reconfirmed(TODAY)

    @pytest.mark.requirement("PRC-181", "OPS-009", "PRC-166")
    def test_the_coverage_names_everybody_who_has_not_signed(self, as_person, cast):
        everybody = set(Person.objects.active())
        assert set(checks.no_nda(TODAY)) == set(checks.no_pledge(TODAY)) == everybody
        sign(cast, cast.kato)
        sign(cast, cast.kato, "pledge")
        assert cast.kato not in checks.no_nda(TODAY) and cast.kato not in checks.no_pledge(TODAY)
        units, missing = coverage()
        kato = next(one for one in missing if one.person == cast.kato)
        assert kato.papers == ("雇用契約書",)
        assert next(unit for unit in units if unit.department == "営業部").signed == (1, 1, 0)
        page = text(as_person(cast.shimizu).get(reverse("people-coverage")))
        assert "まだ署名のない人" in page
        assert as_person(cast.kato).get(reverse("people-coverage")).status_code == 403
        assert as_person(cast.shimizu).get(reverse("people-coverage-print", args=["docx"])).status_code == 200

    def test_is_read_by_the_signer_and_hr_only(self, as_person, cast):
        nda = sign(cast, cast.kato)
        assert set(Agreement.objects.visible_to(cast.kato)) == {nda}
        assert not Agreement.objects.visible_to(cast.eto).exists()
        assert as_person(cast.eto).get(f"/registers/agreements/{nda.pk}/").status_code == 404

    @pytest.mark.requirement("REG-083")
    def test_the_form_of_the_person_registers_a_signature(self, as_person, cast):
        url = f"/registers/people/{cast.kato.pk}/do/agreement.signed/"
        values = {"agreement_kind": "nda", "text_version": "第2版", "signed_on": "2026-06-01", "protection": "on",
                  "survival": "on", "survives_years": "3"}  # fmt: skip
        assert as_person(cast.shimizu).post(url, values | {"survives_years": "0"}).status_code == 422
        assert as_person(cast.shimizu).post(url, values).status_code == 302
        assert Agreement.objects.get().clauses == {"protection", "survival"}


class TestPeopleFromExcel:
    """One rule for one person and for a list of them."""

    HEADINGS = ("社員番号", "氏名", "所属", "退職日")

    @pytest.fixture
    def heard(self, monkeypatch, settings, tmp_path):
        settings.DATA_DIR = tmp_path
        told = []
        for name in ("person_joined", "person_moved", "person_leaves"):
            others = hooks._hearers[name]
            hear = partial(lambda name, **facts: told.append((name, facts)), name)
            monkeypatch.setitem(hooks._hearers, name, [*others, hear])
        return told

    @staticmethod
    def upload(cast, tmp_path, *rows):
        book = Workbook()
        for row in rows:
            book.active.append(row)
        path = tmp_path / "名簿.xlsx"
        book.save(path)
        upload = SimpleUploadedFile("名簿.xlsx", path.read_bytes())
        return imports.upload(sheet="people.people", file=upload, file_name="名簿.xlsx", by=cast.shimizu)

    def take_in(self, cast, tmp_path, *rows):
        batch = self.upload(cast, tmp_path, self.HEADINGS, *rows)
        batch = imports.dry_run(batch, by=cast.shimizu)
        if imports.report(batch).is_clean:
            imports.apply(batch, by=cast.shimizu)
        return batch

    def test_another_department_is_a_move_and_taking_it_back_is_one_too(self, cast, heard, tmp_path):
        batch = self.take_in(cast, tmp_path, ("E-kato", "加藤 由美", "製造部", None))
        assert heard == [("person_moved", {"person": cast.kato, "former_department": cast.sales})]
        imports.undo(batch, reason="名簿の誤り", by=cast.shimizu)
        assert heard[1:] == [("person_moved", {"person": cast.kato, "former_department": cast.production})]

    @pytest.mark.requirement("PRC-182")
    def test_a_last_day_ends_roles_binds_the_surviving_duties_and_begins_the_leaving(
        self, cast, heard, tmp_path
    ):
        nda = sign(cast, cast.kato)
        self.take_in(cast, tmp_path, ("E-kato", "加藤 由美", "営業部", "2026/6/30"))
        assert [(name, facts["person"]) for name, facts in heard] == [("person_leaves", cast.kato)]
        nda.refresh_from_db()
        assert nda.binds_until == date(2029, 6, 30)

    def test_a_head_with_a_last_day_is_refused_as_on_his_own_page(self, cast, heard, tmp_path):
        batch = self.take_in(cast, tmp_path, ("E-eto", "江藤 健", "営業部", "2026/6/30"))
        (problem,) = imports.report(batch).problems
        assert problem.heading == "退職日" and "後任の部門長" in problem.sentence and heard == []

    def test_who_is_new_joins_and_who_stays_the_same_is_not_told_of(self, cast, heard, tmp_path):
        rows = ("A-001", "新田 花", "営業部", None), ("E-kato", "加藤 由美", "営業部", None)
        batch = self.take_in(cast, tmp_path, *rows)
        assert [name for name, _facts in heard] == ["person_joined"]
        assert imports.report(batch).counts["same"] == 1


@pytest.mark.requirement("V20-063")
def test_no_table_holds_the_name_of_somebody_who_was_erased(cast, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    name, mail = "消江 花子", "kieru@sakura-seiki.example"
    rows = (("社員番号", "氏名", "メールアドレス", "所属"), ("Z-9", name, mail, "営業部"))
    batch = TestPeopleFromExcel.upload(cast, tmp_path, *rows)
    imports.apply(imports.dry_run(batch, by=cast.shimizu), by=cast.shimizu)
    person = Person.objects.get(employee_number="Z-9")
    signed = sign(cast, person)
    notices.send(
        "organization.appointment", [person], record=signed, context={"role": "委員", "person": name}
    )
    Appointment.objects.create(person=person, role="operator", starts_on=TODAY, owner=person)
    assert holding(name) >= {"records_record.label", "identity_person.name", "notices_notice.body"}
    rules.leave(person, left_on=TODAY, by=cast.shimizu)
    Person.objects.filter(pk=person.pk).update(keep_until=TODAY - timedelta(days=1))
    Appointment.objects.create(person=cast.ono, role="document_manager", starts_on=TODAY)
    cast.ono.forget_roles()
    retention.dispose(Person.objects.get(pk=person.pk), approval=cast.sales, by=cast.ono)
    assert holding(name) == holding(mail) == set()
    assert not any(tmp_path.rglob(batch.sha256))


def holding(word):
    """Return the columns of all tables in which the word stands."""
    found = set()
    for model in apps.get_models():
        for field in model._meta.local_concrete_fields:
            if isinstance(field, CharField | TextField | JSONField):
                texts = model._base_manager.values_list(field.attname, flat=True)
                if any(word in json.dumps(text, ensure_ascii=False, default=str) for text in texts):
                    found.add(f"{model._meta.db_table}.{field.column}")
    return found


def test_a_list_from_the_personnel_system_is_read_under_its_own_headings(cast, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    book = Workbook()
    sheet = book.active
    sheet.append(["社員No", "名前", "カナ", "部署", "役職", "メール", "雇用形態", "入社年月日"])
    sheet.append(
        [
            "A-001",
            "新田 花",
            "ニッタ ハナ",
            "営業部",
            "主任",
            "nitta@sakura-seiki.example",
            "派遣社員",
            "令和6年4月1日",
        ]
    )
    sheet.append(
        [
            "E-kato",
            "加藤 由美",
            "カトウ ユミ",
            "製造部",
            "",
            "kato@sakura-seiki.example",
            "正社員",
            "2020/4/1",
        ]
    )
    path = tmp_path / "社員名簿.xlsx"
    book.save(path)
    upload = SimpleUploadedFile("社員名簿.xlsx", path.read_bytes())
    batch = imports.upload(sheet="people.people", file=upload, file_name="社員名簿.xlsx", by=cast.shimizu)
    batch = imports.dry_run(batch, by=cast.shimizu)
    found = imports.report(batch)
    assert found.problems == [] and (found.counts["new"], found.counts["changed"]) == (1, 1)
    imports.apply(batch, by=cast.shimizu)
    made = Person.objects.get(employee_number="A-001")
    assert (made.category, made.joined_on, made.department_id) == (
        "temporary",
        date(2024, 4, 1),
        cast.sales.pk,
    )
    cast.kato.refresh_from_db()
    assert cast.kato.department_id == cast.production.pk
