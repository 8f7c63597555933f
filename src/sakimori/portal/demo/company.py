"""The company before anything happens: sites, departments, people, roles."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count
from random import Random

from sakimori.domains.organization import rules as organization
from sakimori.domains.people import rules as people
from sakimori.kernel.identity.actors import INSTALLER
from sakimori.kernel.identity.models import Department, Person, Site
from sakimori.kernel.signin import accounts
from sakimori.lib import clock, romaji

from .decisions import approve_all
from .script import AppointmentEntry, CompanyBook, PersonEntry, RoleBook, UnitEntry, read

_CATEGORIES = ("employee",) * 7 + ("contract", "temporary", "partner")


@dataclass
class Stage:
    """Who and what the story can speak of by key."""

    random: Random
    today: date
    sites: dict[str, Site] = field(default_factory=dict)
    units: dict[str, Department] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    numbers: count[int] = field(default_factory=lambda: count(1))

    def __getitem__(self, key: str) -> Person:
        return self.people[key]

    def unit_of(self, name: str) -> Department:
        """Return a department by its name."""
        return next(unit for unit in self.units.values() if unit.name == name)


def found(stage: Stage) -> None:
    """Enter company, sites, departments, people and their roles."""
    book = read("company.yaml", CompanyBook)
    organization.found_company(
        name=book.company.name, representative=book.company.representative, address=book.company.address,
        business=book.company.business, by=INSTALLER,
    )  # fmt: skip
    for site in book.sites:
        stage.sites[site.key] = organization.add_site(
            name=site.name, address=site.address, in_scope=True, by=INSTALLER
        )
    for unit in book.departments:
        stage.units[unit.code] = organization.add_department(
            code=unit.code, name=unit.name, parent=stage.units.get(unit.parent), site=stage.sites[unit.site],
            in_scope=True, by=INSTALLER,
        )  # fmt: skip
    sites = {unit.code: unit.site for unit in book.departments}
    for entry in book.cast:
        stage.people[entry.key] = _join(stage, entry, stage.sites[sites.get(entry.department, "honsha")])
    for unit in book.departments:
        _fill(stage, book, unit)
        organization.set_head(stage.units[unit.code], head=stage[unit.head], by=INSTALLER)


def _join(stage: Stage, entry: PersonEntry, site: Site) -> Person:
    number = next(stage.numbers)
    outside = entry.category == "external"
    return people.add_person(
        name=entry.name, kana=entry.kana, category=entry.category, job_title=entry.title,
        department=stage.units.get(entry.department), site=None if outside else site,
        email=f"{_mail_name(entry.kana)}{number}@sakura-seiki.example",
        employee_number="" if outside else f"S{number:04}",
        joined_on=clock.today() - timedelta(days=stage.random.randint(200, 9000)), by=INSTALLER,
    )  # fmt: skip


def _mail_name(kana: str) -> str:
    return romaji.of_kana(kana.split()[0]).lower()


def _fill(stage: Stage, book: CompanyBook, unit: UnitEntry) -> None:
    """Add people without a part until the department has its size."""
    there = sum(entry.department == unit.code for entry in book.cast)
    for _missing in range(unit.size - there):
        number = len(stage.people)
        family = book.families[number % len(book.families)]
        given = book.givens[number * 7 % len(book.givens)]
        entry = PersonEntry(
            key=f"p{number}", name=f"{family[0]} {given[0]}", kana=f"{family[1]} {given[1]}",
            category=stage.random.choice(_CATEGORIES), department=unit.code,
        )  # fmt: skip
        stage.people[entry.key] = _join(stage, entry, stage.sites[unit.site])


def appoint(stage: Stage) -> None:
    """Give every role through an application; the first two stand before anybody could approve."""
    book = read("roles.yaml", RoleBook)
    for founding in book.founding:
        organization.appoint(
            person=stage[founding.person], role=founding.role, starts_on=clock.today(), by=INSTALLER
        )
    for entry in book.appointments:
        if entry.days is None:
            give_role(stage, entry)
    for unit in read("company.yaml", CompanyBook).departments:
        if unit.officer:
            officer = AppointmentEntry(person=unit.officer, role="security_officer", reason="部署の担当者")
            give_role(stage, officer, stage.units[unit.code])


def open_accounts(stage: Stage) -> None:
    """Let whoever has a part in the story, and the company's heads, sign in; the administrator opens the rest."""
    accounts.open_account(stage["miyata"], temporary=None, by=INSTALLER)
    for entry in read("company.yaml", CompanyBook).cast:
        if entry.key not in ("miyata", "urabe"):
            accounts.open_account(stage[entry.key], temporary=None, by=stage["miyata"])
    for key in ("p50", "p60", "p70", "p80"):
        accounts.open_account(stage[key], temporary=None, by=stage["miyata"])


def appoint_late(stage: Stage) -> None:
    """Give the roles that begin during the year."""
    for entry in read("roles.yaml", RoleBook).appointments:
        if entry.days is not None:
            give_role(stage, entry)
            accounts.open_account(stage[entry.person], temporary=None, by=stage["miyata"])


def give_role(stage: Stage, entry: AppointmentEntry, unit: Department | None = None) -> None:
    """Apply for a role and have whoever appoints to it approve."""
    application = organization.request_appointment(
        person=stage[entry.person], role=entry.role, department=unit, starts_on=clock.today(),
        ends_on=None if entry.until is None else stage.today + timedelta(days=entry.until),
        reason=entry.reason, supervisor=stage.people.get(entry.supervisor), supervision=entry.supervision,
        by=stage["ueno"],
    )  # fmt: skip
    approve_all(application)
    stage[entry.person].forget_roles()
