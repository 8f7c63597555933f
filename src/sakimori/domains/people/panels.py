"""What stands around a person: roles, deputies, what he answers for, what he signed."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from sakimori.kernel.identity import access
from sakimori.kernel.identity.models import Appointment, Department, Deputy, Person
from sakimori.kernel.records.models import Record
from sakimori.lib import clock
from sakimori.registers.base import of_kind
from sakimori.registers.panels import Panel, register

from .models import Agreement

KIND = ("identity.person",)
SHOWN = 30
_NOT_ASSETS = ("people.agreement", "identity.appointment", "identity.deputy", "signin.account")


def roles(row: Person, person: Person) -> Panel:
    """Show the roles held, from when, and those of the past."""
    appointments = Appointment.objects.visible_to(person).filter(person=row).order_by("-starts_on")
    held = set(Appointment.objects.in_force().filter(person=row).values_list("pk", flat=True))
    context = {
        "appointments": [(one, access.role_title(one.role), one.pk in held) for one in appointments],
        "heads": Department.objects.current().filter(head=row).order_by("code"),
    }
    return Panel(_("役割と任命"), "people/panels/roles.html", context)


def deputies(row: Person, person: Person) -> Panel | None:
    """Show who acts for the person, and for whom he acts, now and to come."""
    rows = Deputy.objects.visible_to(person).filter(ends_on__gte=clock.today())
    rows = rows.filter(Q(principal=row) | Q(deputy=row)).select_related("principal", "deputy")
    return Panel(_("代理"), "people/panels/deputies.html", {"deputies": rows}) if rows else None


def owned(row: Person, person: Person) -> Panel:
    """Show what the person answers for, register by register."""
    rows = Record.objects.visible_to(person).current().filter(owner_id=row.pk)
    rows = rows.exclude(kind__in=_NOT_ASSETS).exclude(kind__startswith="approvals.")
    found = rows.order_by("kind", "number")[: SHOWN + 1]
    context = {
        "owned": [(one, _kind_of(one)) for one in found[:SHOWN]],
        "more": len(found) > SHOWN,
    }
    return Panel(_("責任を負うもの"), "people/panels/owned.html", context)


def _kind_of(record: Record) -> str:
    declared = of_kind(record.kind)
    return declared.name() if declared is not None else ""


def agreements(row: Person, person: Person) -> Panel | None:
    """Show what the person signed, to those who may know."""
    rows = Agreement.objects.visible_to(person).current().filter(person=row).order_by("-signed_on")
    may_know = person.pk == row.pk or "hr" in person.reach().everywhere
    return (
        Panel(_("誓約書・契約書"), "people/panels/agreements.html", {"agreements": rows})
        if may_know
        else None
    )


register("people.roles", roles, order=10, kinds=KIND)
register("people.deputies", deputies, order=20, kinds=KIND)
register("people.owned", owned, order=30, kinds=KIND)
register("people.agreements", agreements, order=40, kinds=KIND)
