"""Rows for the contract tests: one function per register."""

from datetime import date

from sakimori.domains.organization.models import (
    Chart,
    Circumstance,
    Commitment,
    Instruction,
    InterestedParty,
    Scope,
    Supervision,
)
from sakimori.kernel.identity.models import Appointment, Company, Department, Deputy, Person, Site
from sakimori.lib import canonical

START = date(2025, 4, 1)


def _person(number: int, what: str) -> Person:
    return Person.objects.create(name=f"{what}{number}", joined_on=START)


def make_department(number: int) -> Department:
    """Return a department that is neither in nor out of the scope."""
    return Department.objects.create(code=f"D{number}", name=f"部署{number}")


def make_site(number: int) -> Site:
    """Return a site."""
    return Site.objects.create(name=f"拠点{number}", address="東京都")


def make_appointment(number: int) -> Appointment:
    """Return the appointment of a member of the committee."""
    person = _person(number, "委員")
    return Appointment.objects.create(person=person, role="committee_member", starts_on=START, owner=person)


def make_deputy(number: int) -> Deputy:
    """Return a deputy."""
    principal, deputy = _person(number, "本人"), _person(number, "代理")
    return Deputy.objects.create(
        principal=principal,
        deputy=deputy,
        starts_on=START,
        ends_on=date(2030, 1, 1),
        reason="出張",
        owner=principal,
    )


def make_scope(number: int) -> Scope:
    """Return a former version of the scope."""
    return Scope.objects.create(version=number, status=Scope.Status.SUPERSEDED, business="製造業")


def make_circumstance(number: int) -> Circumstance:
    """Return a circumstance nobody judged yet."""
    return Circumstance.objects.create(
        category=Circumstance.Category.LAW, fiscal_year=2026, content=f"法改正{number}"
    )


def make_interestedparty(number: int) -> InterestedParty:
    """Return a party with its expectation."""
    return InterestedParty.objects.create(name=f"取引先{number}", expectation="情報の保護")


def make_commitment(number: int) -> Commitment:
    """Return the commitment of one year."""
    return Commitment.objects.create(fiscal_year=1000 + number, text="支持する", signed_on=START)


def make_supervision(number: int) -> Supervision:
    """Return a supervision that found nothing."""
    return Supervision.objects.create(
        appointment=make_appointment(number), observed="操作記録を確かめた", sound=True
    )


def make_chart(number: int) -> Chart:
    """Return an empty chart."""
    content: dict[str, object] = {"committee": {}, "roles": {}, "departments": []}
    return Chart.objects.create(content=content, content_hash=canonical.digest(content))


def make_instruction(number: int) -> Instruction:
    """Return an instruction that was given."""
    return Instruction.objects.create(
        work=f"作業{number}", worker=_person(number, "作業者"), verifier=_person(number, "確認者"),
        due_on=date(2030, 1, 1),
    )  # fmt: skip


def make_company(number: int) -> Company:
    """Return the company; there is only one."""
    return Company.here() or Company.objects.create(name="さくら精機株式会社")
