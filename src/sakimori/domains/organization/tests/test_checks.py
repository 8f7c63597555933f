"""What software judges about the organization: each check finds its offender, and lets go of it once it is mended."""

from datetime import date, timedelta

import pytest

from sakimori.domains.organization import checks, rules
from sakimori.domains.organization.models import Circumstance, Instruction, Scope
from sakimori.kernel.approvals import approvals
from sakimori.kernel.approvals.models import Application
from sakimori.kernel.identity.actors import INSTALLER
from sakimori.kernel.identity.models import Appointment, Company, Department
from sakimori.kernel.policy import policy
from sakimori.lib import clock
from sakimori.lib.errors import Invalid, NotAllowed

from .conftest import TODAY

BEFORE = date(2025, 4, 1)


@pytest.fixture
def company(cast):
    return rules.found_company(name="さくら精機株式会社", by=cast.ueno)


def hold(person, role, **values):
    given = {"starts_on": BEFORE, "owner": person} | values
    return Appointment.objects.create(person=person, role=role, **given)


@pytest.mark.requirement("JPM-009", "PRC-012", "REG-031", "SYS-008", "OPS-008")
def test_a_vacant_role_is_found_until_all_are_held(company, cast):
    assert list(checks.vacant_role(TODAY)) == [company]
    for role, _unit, missing in rules.vacancies(TODAY):
        for number in range(missing if _unit is None else 0):
            hold((cast.ono, cast.eto)[number], role.id)
    assert not checks.vacant_role(TODAY)


@pytest.mark.requirement("REG-041")
def test_departments_without_officer_are_found(cast):
    found = set(checks.no_officer(TODAY))
    assert cast.production in found and cast.sales not in found
    hold(cast.ono, "security_officer", department=cast.production)
    assert cast.production not in checks.no_officer(TODAY)


def test_departments_without_head_are_found(cast):
    assert cast.systems in checks.no_head(TODAY) and cast.sales not in checks.no_head(TODAY)
    rules.set_head(cast.systems, head=cast.kubo, by=cast.ueno)
    assert cast.systems not in checks.no_head(TODAY)


@pytest.mark.requirement("V20-105")
def test_departments_without_a_seat_in_the_committee_are_found(cast):
    assert cast.production in checks.unrepresented(TODAY)
    hold(cast.ono, "committee_member")
    assert cast.production not in checks.unrepresented(TODAY)


class TestSeparation:
    @pytest.mark.requirement("OPS-010", "V20-145", "REG-038")
    def test_incompatible_roles_are_found_until_they_are_supervised(self, cast):
        row = hold(cast.kubo, "network_administrator", starts_on=TODAY)
        assert list(checks.incompatible(TODAY)) == [row]
        Appointment.objects.filter(pk=row.pk).update(supervisor=cast.ueno, supervision="月次で照合する")
        assert not checks.incompatible(TODAY)

    def test_what_has_no_exception_is_found_even_when_supervised(self, cast):
        row = hold(
            cast.ueno, "internal_auditor", supervisor=cast.aoki, supervision="照合する", starts_on=TODAY
        )
        assert list(checks.incompatible(TODAY)) == [row]

    @pytest.mark.requirement("OPS-011", "PRC-017")
    def test_a_supervision_nobody_confirmed_for_three_months_is_found(self, cast):
        row = hold(cast.kubo, "network_administrator", supervisor=cast.eto, supervision="月次で照合する")
        assert list(checks.unsupervised(TODAY)) == [row]
        with pytest.raises(NotAllowed):
            rules.confirm_supervision(appointment=row, observed="確かめた", sound=True, by=cast.ueno)
        rules.confirm_supervision(appointment=row, observed="操作記録を確かめた", sound=True, by=cast.eto)
        assert not checks.unsupervised(TODAY)
        assert list(checks.unsupervised(TODAY + timedelta(days=100))) == [row]

    def test_a_fault_stays_found_until_a_later_look_is_sound(self, cast):
        row = hold(cast.kubo, "network_administrator", supervisor=cast.eto, supervision="月次で照合する")
        fault = rules.confirm_supervision(appointment=row, observed="記録の欠け", sound=False, by=cast.eto)
        assert list(checks.unsound(TODAY)) == [fault]
        rules.confirm_supervision(appointment=row, observed="欠けなし", sound=True, by=cast.eto)
        assert not checks.unsound(TODAY)


class TestTerms:
    def test_an_ending_term_is_found_as_many_days_before_as_the_regulation_says(self, cast):
        row = hold(cast.ono, "change_manager", ends_on=TODAY + timedelta(days=policy.value("roles.notice")))
        assert list(checks.term_ends(TODAY)) == [row] and not checks.term_ends(TODAY - timedelta(days=1))

    @pytest.mark.requirement("JPM-009")
    def test_an_expired_term_without_successor_is_found(self, cast):
        row = hold(cast.ono, "change_manager", ends_on=TODAY - timedelta(days=1))
        assert list(checks.term_over(TODAY)) == [row]
        hold(cast.eto, "change_manager", starts_on=TODAY)
        assert not checks.term_over(TODAY)


@pytest.mark.requirement("SYS-086", "OPS-010")
def test_a_single_holder_of_a_role_for_two_is_found(cast):
    (only,) = checks.single_holder(TODAY)
    assert (only.role, only.person) == ("server_administrator", cast.kubo)
    hold(cast.ono, "server_administrator")
    assert not checks.single_holder(TODAY)


@pytest.mark.requirement("SYS-290", "SYS-262")
def test_administrators_without_an_approval_on_record_are_found(cast):
    hold(cast.eto, "system_security_officer")
    cast.kato.department = cast.systems
    cast.kato.save()
    bare = Appointment.objects.get(role="server_administrator")
    assert list(checks.not_approved(TODAY)) == [bare]
    application = rules.request_appointment(
        person=cast.kato, role="network_administrator", department=None, starts_on=TODAY, ends_on=None,
        reason="増員", by=cast.ueno,
    )  # fmt: skip
    approvals.decide(application, decision="approve", comment="", by=cast.eto)
    assert Application.objects.get().status == "approved" and list(checks.not_approved(TODAY)) == [bare]
    hold(cast.ono, "network_administrator")
    assert checks.not_approved(TODAY).count() == 2


@pytest.mark.requirement("REG-040")
def test_an_operator_without_a_supervising_administrator_is_found(cast):
    row = hold(cast.kato, "operator", supervisor=cast.kubo)
    assert not checks.no_supervisor(TODAY)
    Appointment.objects.filter(role="server_administrator").update(ends_on=TODAY - timedelta(days=1))
    assert list(checks.no_supervisor(TODAY)) == [row]


@pytest.mark.requirement("REG-006")
def test_units_neither_in_nor_out_are_found(cast):
    Department.objects.filter(pk=cast.sales.pk).update(in_scope=None)
    assert [record.pk for record in checks.unscoped(TODAY)] == [cast.sales.pk]


def test_a_company_without_scope_diagram_commitment_or_context_is_found(company, cast):
    for found in (checks.no_scope, checks.no_commitment, checks.context_blank):
        assert list(found(TODAY)) == [company]
    scope = Scope.objects.create(version=1, status="approved")
    assert list(checks.no_diagram(TODAY)) == [scope] and not checks.no_scope(TODAY)
    rules.commit(text="支持する", by=cast.aoki)
    assert not checks.no_commitment(TODAY) and list(checks.no_commitment(date(2027, 4, 1))) == [company]
    for category in Circumstance.Category.values:
        rules.add_circumstance(category=category, content="状況", by=cast.ueno)
    assert not checks.context_blank(TODAY) and checks.undecided(TODAY).count() == 11


@pytest.mark.requirement("JPM-245")
def test_a_chart_is_found_until_the_chair_confirms_it(cast):
    rules.set_head(cast.systems, head=cast.kubo, by=cast.ueno)
    (chart,) = checks.chart_unconfirmed(TODAY)
    rules.confirm_chart(chart, by=cast.ishida)
    assert not checks.chart_unconfirmed(TODAY)
    with clock.at(date(2026, 6, 2)):
        rules.set_head(cast.personnel, head=cast.shimizu, by=cast.ueno)
    assert checks.chart_unconfirmed(TODAY).get() != chart


class TestInstructions:
    @pytest.fixture
    def officer(self, cast):
        hold(cast.eto, "system_security_officer")
        hold(cast.ono, "client_administrator")
        return cast.eto

    def give(self, cast, **values):
        given = {"work": "修正プログラムの適用", "worker": cast.kubo, "verifier": cast.ono, "due_on": TODAY}
        return rules.give_instruction(**(given | values))

    @pytest.mark.requirement("REG-038")
    def test_are_never_verified_by_the_worker(self, cast, officer):
        with pytest.raises(Invalid) as refusal:
            self.give(cast, verifier=cast.kubo, by=officer)
        assert set(refusal.value.problems) == {"verifier"}

    @pytest.mark.requirement("REG-037")
    def test_run_from_the_officer_to_the_worker_and_his_verifier(self, cast, officer):
        with pytest.raises(NotAllowed):
            self.give(cast, by=cast.ueno)
        row = self.give(cast, by=officer)
        with pytest.raises(NotAllowed):
            rules.verify_work(row, by=cast.ono)
        rules.report_work(row, result="適用した", by=cast.kubo)
        rules.verify_work(row, by=cast.ono)
        assert Instruction.objects.get().status == "verified"


@pytest.mark.requirement("PRC-009")
def test_an_appointment_is_announced_to_all_staff(cast):
    row = hold(cast.ono, "committee_member")
    rules.announce(row, by=cast.ueno)
    row.refresh_from_db()
    assert row.announced_on == TODAY


def test_nobody_appoints_without_approval_but_the_installer(cast):
    values = {"person": cast.ono, "role": "change_manager", "starts_on": TODAY}
    with pytest.raises(NotAllowed, match="承認が要ります"):
        rules.appoint(**values, by=cast.ueno)
    application = Application.objects.create(
        form="role-appointment", applicant=cast.ueno, answers={}, submitted_at=clock.now(), expires_on=TODAY
    )
    with pytest.raises(NotAllowed):
        rules.appoint(**values, application=application, by=cast.ueno)
    assert rules.appoint(**values, by=INSTALLER).person == cast.ono


def test_there_is_one_company(company, cast):
    with pytest.raises(NotAllowed):
        rules.found_company(name="別会社", by=cast.ueno)
    rules.change_company(company, paper_class="秘", by=cast.ueno)
    assert Company.here().paper_class == "秘"
