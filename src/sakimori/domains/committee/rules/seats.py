"""Who sits in the committee, who is called only when needed, and how many must be there to decide."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import Q

from sakimori.domains.committee.models import AgendaItem, Attendance, Meeting
from sakimori.kernel.approvals.models import Application
from sakimori.kernel.identity import access
from sakimori.kernel.identity.models import Person
from sakimori.kernel.policy import policy
from sakimori.kernel.records.models import Record

CHAIRS = ("committee_chair", "committee_vice_chair")
SEATS = (*CHAIRS, "committee_member", access.HEAD)  # every head of a department is a member (REG-050)
NON_STANDING = ("consultant", "system_security_officer")  # attend only when the chair calls them (REG-046)
OFFICE = "security_office"
Seat = Attendance.Seat


def members(day: date | None = None) -> list[Person]:
    """Return the members on ``day``: chair, vice chair, members, and the head of every department."""
    return _holding(SEATS, day)


def non_standing(day: date | None = None) -> list[Person]:
    """Return those whom the chair may call, members left out."""
    seated = {person.pk for person in members(day)}
    return [person for person in _holding(NON_STANDING, day) if person.pk not in seated]


def office(day: date | None = None) -> list[Person]:
    """Return the people of the office."""
    return _holding((OFFICE,), day)


def _holding(roles: Iterable[str], day: date | None) -> list[Person]:
    found = {p.pk: p for role in roles for p in Person.objects.all().holding(role, day=day).order_by("pk")}
    return list(found.values())


def is_member(person: Person, day: date | None = None) -> bool:
    """Tell whether somebody sits in the committee."""
    return bool(person.roles(day) & set(SEATS))


def needed(seats: int) -> int:
    """Return how many of ``seats`` members must be present, by the regulation (V20-104)."""
    match policy.value("committee.quorum"):
        case "half":
            return -(-seats // 2)
        case "two_thirds":
            return -(-2 * seats // 3)
    return seats // 2 + 1


def application_of(record: Record | None) -> Application | None:
    """Return the application that an item is about: itself, or the open one about its record."""
    if record is None:
        return None
    about = Q(pk=record.pk) | Q(subject_id=record.pk, status=Application.Status.PENDING)
    return Application.objects.filter(about).order_by("-pk").first()


def concerned(item: AgendaItem) -> set[int]:
    """Return the people who may not take part in an item: applicant, subject, workers of its application."""
    application = application_of(item.record)
    return set(application.barred.values_list("pk", flat=True)) if application else set()


def may_decide(meeting: Meeting, recused: Iterable[int]) -> bool:
    """Tell whether enough members remain for an item, those who stand aside counted neither way."""
    aside = set(recused)
    seats = list(meeting.attendance.filter(seat=Seat.MEMBER).exclude(person__in=aside))
    present = sum(1 for seat in seats if seat.present)
    return present > 0 and present >= needed(len(seats))
