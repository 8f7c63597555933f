"""The pages of the organization, as the people they are for."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from sakimori.domains.organization import rules
from sakimori.domains.organization.models import Chart, Circumstance, Commitment, Scope
from sakimori.kernel.approvals import approvals
from sakimori.kernel.approvals.models import Application
from sakimori.kernel.dossier import evidence
from sakimori.kernel.identity.actors import INSTALLER
from sakimori.kernel.identity.models import Appointment
from sakimori.lib import clock
from sakimori.lib.errors import NotAllowed

from .conftest import TODAY


def text(answer, status=200):
    assert answer.status_code == status, answer
    return answer.content.decode()


@pytest.fixture
def office(as_person, cast):
    return as_person(cast.ueno)


@pytest.mark.requirement("JPM-244", "REG-045", "REG-031")
def test_the_chart_names_holders_and_shows_empty_seats(office, cast):
    page = text(office.get(reverse("organization-chart")))
    assert "石田 隆" in page and "副委員長" in page and "空席" in page and "営業部" in page
    rules.appoint(person=cast.ono, role="committee_vice_chair", starts_on=TODAY, by=INSTALLER)
    before = page.count("空席")
    assert text(office.get(reverse("organization-chart"))).count("空席") == before - 1


@pytest.mark.requirement("REG-032", "JPM-245")
def test_a_former_chart_can_be_drawn_and_printed_by_its_day(office, cast):
    with clock.at(date(2026, 5, 1)):
        rules.set_head(cast.sales, head=cast.kato, by=cast.ueno)
    rules.set_head(cast.sales, head=cast.kimura, by=cast.ueno)
    assert Chart.objects.count() == 2
    former = text(office.get(reverse("organization-chart"), {"on": "2026-05-10"}))
    assert ">加藤 由美<" in former.split("営業部")[1][:300]
    assert ">木村 浩二<" in text(office.get(reverse("organization-chart"))).split("営業部")[1][:300]
    printed = office.get(reverse("organization-chart-print", args=["docx"]), {"on": "2026-05-10"})
    assert printed.status_code == 200 and printed["Content-Disposition"].endswith('chart-20260510.docx"')


def test_several_changes_of_one_day_are_one_version(office, cast):
    rules.set_head(cast.sales, head=cast.kato, by=cast.ueno)
    rules.set_head(cast.sales, head=cast.kimura, by=cast.ueno)
    assert Chart.objects.count() == 1


@pytest.mark.requirement("JPM-245")
def test_a_changed_chart_waits_for_its_confirmation_by_the_chair(office, as_person, cast):
    rules.set_head(cast.sales, head=cast.kato, by=cast.ueno)
    chart = Chart.objects.get()
    office.post(reverse("organization-kept-chart", args=[chart.pk]))
    chart.refresh_from_db()
    assert chart.confirmed_on is None
    as_person(cast.ishida).post(reverse("organization-kept-chart", args=[chart.pk]))
    chart.refresh_from_db()
    assert chart.confirmed_on == TODAY


@pytest.mark.requirement("PRC-008", "OPS-008", "V20-069")
def test_the_catalogue_tells_duties_holders_and_vacancies(office):
    page = text(office.get(reverse("organization-roles")))
    assert "管理策の統括" in page and "石田 隆" in page and "空席 1" in page and "部署で空席" in page


@pytest.mark.requirement("V20-145", "PRC-015")
def test_the_table_of_separation_names_who_combines_what(office, cast):
    Appointment.objects.create(
        person=cast.kubo, role="network_administrator", starts_on=TODAY, owner=cast.kubo
    )
    page = text(office.get(reverse("organization-separation")))
    assert "cell-broken" in page and page.count("久保 翔") >= 2


class TestAppointing:
    def ask(self, client, cast, **values):
        given = {
            "person": cast.eto.number,
            "role": "change_manager",
            "starts_on": "2026-06-01",
            "reason": "後任",
        }
        return client.post(reverse("organization-appoint"), given | values)

    @pytest.mark.requirement("SYS-262")
    def test_leads_to_an_application_and_takes_effect_only_when_approved(self, office, as_person, cast):
        answer = self.ask(office, cast)
        application = Application.objects.get()
        assert answer.status_code == 302 and not Appointment.objects.filter(person=cast.eto).exists()
        approvals.decide(application, decision="approve", comment="", by=cast.ishida)
        made = Appointment.objects.get(person=cast.eto)
        assert (made.role, made.starts_on) == ("change_manager", TODAY)

    @pytest.mark.requirement("REG-047")
    def test_the_chair_must_be_an_officer(self, office, cast):
        page = text(self.ask(office, cast, role="committee_chair"), 422)
        assert "役員だけです" in page and not Application.objects.exists()

    @pytest.mark.requirement("REG-037")
    def test_system_roles_are_for_members_of_that_department(self, office, cast):
        assert "部署コードSYSの所属者だけ" in text(
            self.ask(office, cast, role="system_security_officer"), 422
        )

    @pytest.mark.requirement("SYS-253", "REG-038")
    def test_network_and_servers_are_not_given_to_one_person(self, office, cast):
        values = {"person": cast.kubo.number, "role": "network_administrator"}
        page = text(self.ask(office, cast, **values), 422)
        assert "兼任できません" in page and not Application.objects.exists()

    @pytest.mark.requirement("REG-040")
    def test_an_operator_needs_a_supervising_administrator(self, office, cast):
        values = {"person": cast.kubo.number, "role": "operator"}
        assert "監督する管理者を指定" in text(self.ask(office, cast, **values), 422)

    def test_is_for_the_office_only(self, as_person, cast):
        assert as_person(cast.kato).get(reverse("organization-appoint")).status_code == 403


@pytest.mark.requirement("REG-049")
def test_a_deputy_is_named_for_a_period_with_a_reason(as_person, cast):
    chair = as_person(cast.ishida)
    values = {"principal": cast.ishida.number, "deputy": cast.ono.number, "starts_on": "2026-06-01",
              "ends_on": "2026-06-10", "reason": "海外出張"}  # fmt: skip
    assert "本人以外" in text(
        chair.post(reverse("organization-deputy"), values | {"deputy": cast.ishida.number}), 422
    )
    too_long = chair.post(reverse("organization-deputy"), values | {"ends_on": "2027-06-01"})
    assert "代理の期間は規程により" in text(too_long, 422)
    assert chair.post(reverse("organization-deputy"), values).status_code == 302
    assert cast.ishida.deputies.get().deputy == cast.ono


@pytest.mark.requirement("REG-009")
def test_only_the_president_commits_the_management_and_once_a_year(office, as_person, cast):
    for answer in (
        office.get(reverse("organization-commit")),
        office.post(reverse("organization-commit"), {"text": "支持する"}),
    ):
        assert "社長です" in text(answer, 403)
    assert "システムセキュリティ責任者です" in text(office.get(reverse("organization-instruct")), 403)
    president = as_person(cast.aoki)
    assert president.post(reverse("organization-commit"), {"text": "支持する"}).status_code == 302
    assert Commitment.objects.get().signed_on == TODAY
    assert "署名済み" in text(president.post(reverse("organization-commit"), {"text": "再び"}), 422)
    assert "今年度は表明済み" in text(as_person(cast.kato).get(reverse("organization-chart")))


def test_the_worksheet_names_blank_categories(office):
    page = text(office.get(reverse("organization-context")))
    assert "11 区分がまだ書かれていません" in page
    office.post(reverse("organization-context"), {"category": "law", "content": "個人情報保護法の改正"})
    page = text(office.get(reverse("organization-context")))
    assert "10 区分が" in page and "個人情報保護法の改正" in page
    assert Circumstance.objects.get().fiscal_year == 2026


def test_the_worksheet_is_not_for_everybody(as_person, cast):
    assert as_person(cast.kubo).post(reverse("organization-context"), {}).status_code == 403


class TestScope:
    FIVE = {
        "business": "精密部品の製造", "organization": "全部署", "location": "本社", "assets": "設計図",
        "technology": "社内ネットワーク",
    }  # fmt: skip

    def begin(self, office):
        office.post(reverse("organization-scope-start"))
        return Scope.objects.order_by("-version").first()

    def test_the_first_is_offered_where_there_is_none(self, office):
        assert "第1版を起案する" in text(office.get(reverse("organization-scope-current")))

    @pytest.mark.requirement("V20-007", "REG-006", "REG-007")
    def test_is_submitted_only_when_whole_and_approved_by_the_president(self, office, cast):
        scope = self.begin(office)
        submit = reverse("organization-scope-submit", args=[scope.pk])
        assert "書かれていません" in text(office.post(submit, follow=True))
        office.post(
            reverse("organization-scope-edit", args=[scope.pk]), self.FIVE | {"systems": "基幹\n販売"}
        )
        cast.sales.in_scope = None
        cast.sales.save()
        assert "内か外かが決まっていません: 営業部" in text(office.post(submit, follow=True))
        cast.sales.in_scope = False
        cast.sales.save()
        Appointment.objects.create(person=cast.ono, role="committee_member", starts_on=TODAY)
        assert "対象システムの図がありません" in text(office.post(submit, follow=True))
        evidence.attach(
            scope, SimpleUploadedFile("図.txt", "基幹と販売".encode()), file_name="図.txt", by=cast.ueno
        )
        office.post(submit)
        application = Application.objects.get()
        approvals.decide(application, decision="approve", comment="", by=cast.ono)
        approvals.decide(application, decision="approve", comment="", by=cast.aoki)
        scope.refresh_from_db()
        assert (scope.status, scope.systems) == ("approved", ["基幹", "販売"])
        assert cast.sales.number not in scope.units["departments"]
        printed = office.get(reverse("organization-scope-print", args=[scope.pk, "docx"]))
        assert printed.status_code == 200

    @pytest.mark.requirement("REG-007")
    def test_a_diagram_names_its_systems_and_its_lack_has_a_reason(self, office, cast):
        Appointment.objects.create(person=cast.ono, role="committee_member", starts_on=TODAY)
        without = Scope.objects.create(version=1, **self.FIVE, no_diagram="設備がないため")
        rules.submit_scope(without, by=cast.ueno)
        assert without.status == "submitted"
        blank = Scope.objects.create(version=2, **self.FIVE)
        evidence.attach(blank, SimpleUploadedFile("図.txt", b"x"), file_name="図.txt", by=cast.ueno)
        blank.refresh_from_db()
        with pytest.raises(NotAllowed, match="図に載せたシステムが書かれていません"):
            rules.submit_scope(blank, by=cast.ueno)

    def test_differences_to_the_former_version_are_marked(self, office):
        former = Scope.objects.create(version=1, status="approved", **self.FIVE)
        scope = self.begin(office)
        assert scope.business == former.business
        changed = self.FIVE | {"location": "本社と工場"}
        office.post(reverse("organization-scope-edit", args=[scope.pk]), changed)
        page = text(office.get(reverse("organization-scope", args=[scope.pk])))
        assert page.count("前の版から変更") == 1 and "第1版の記述" in page

    def test_a_stale_form_is_a_conflict(self, office):
        scope = self.begin(office)
        answer = office.post(
            reverse("organization-scope-edit", args=[scope.pk]), self.FIVE | {"revision": "99"}
        )
        assert answer.status_code == 409
