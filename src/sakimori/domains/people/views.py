"""The page of one person, the directory for everybody, and who signed what."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from sakimori.kernel.identity import access
from sakimori.kernel.identity.models import Department, Person
from sakimori.kernel.papers.blocks import Column, Facts, Paper, Table
from sakimori.kernel.papers.letterhead import without_record
from sakimori.lib import clock, japanese
from sakimori.lib.numerals import whole
from sakimori.registers.views.gate import PersonRequest, for_person
from sakimori.registers.views.printing import printed
from sakimori.registers.views.rows import page_of

from . import panels
from .models import Agreement
from .register import People

PAGE = 50
Kind = Agreement.Kind
COUNTED = (Kind.NDA, Kind.PLEDGE, Kind.CONTRACT)
# Who has a contract of work with the company; the others sign confidentiality and pledge only.
EMPLOYED = (Person.Category.EMPLOYEE, Person.Category.CONTRACT)


@for_person
def show(request: PersonRequest, pk: int) -> HttpResponse:
    """Show a person: whole to those who need it and to himself, name, department and job to all others."""
    row = Person.objects.visible_to(request.person).select_related("department", "site").filter(pk=pk).first()
    if row is None:
        raise Http404
    if People.opens_for(request.person):
        return render(request, "registers/detail.html", page_of(request, People, row))
    context = {
        "row": row,
        "own": row.pk == request.person.pk,
        "roles": panels.roles(row, request.person),
        "agreements": panels.agreements(row, request.person),
        "crumbs": [(_("社員を探す"), reverse("people-directory")), (row.name, "")],
    }
    return render(request, "people/person.html", context)


@for_person
def directory(request: PersonRequest) -> HttpResponse:
    """Find colleagues by name, reading or department; nothing personal is shown."""
    text = japanese.nfkc(request.GET.get("q", "")).strip()
    rows = Person.objects.visible_to(request.person).active().select_related("department")
    if text:
        wanted = Q(name__icontains=text) | Q(kana__icontains=text) | Q(job_title__icontains=text)
        rows = rows.filter(wanted | Q(department__label__icontains=text))
    unit = request.GET.get("department", "")
    if (department := whole(unit)) is not None:
        rows = rows.filter(department_id=department)
    page = Paginator(rows.order_by("department__label", "kana", "pk"), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "text": text,
        "unit": unit,
        "departments": Department.objects.visible_to(request.person).current().order_by("code"),
        "crumbs": [(_("社員を探す"), "")],
    }
    return render(request, "people/directory.html", context)


@dataclass
class Coverage:
    """How many people of one department signed what."""

    department: str
    people: int = 0
    signed: tuple[int, ...] = (0,) * len(COUNTED)


@dataclass(frozen=True)
class Missing:
    """One person and the papers he did not sign."""

    person: Person
    papers: tuple[str, ...]


def coverage() -> tuple[list[Coverage], list[Missing]]:
    """Return signatures by department, and who has not signed what (PRC-181, OPS-009, PRC-166)."""
    today = clock.today()
    signed: dict[str, set[int]] = {kind: set() for kind in COUNTED}
    rows = Agreement.objects.in_force(today).filter(agreement_kind__in=COUNTED)
    for kind, person_id in rows.values_list("agreement_kind", "person_id"):
        signed[kind].add(person_id)
    units: dict[str, Coverage] = {}
    missing = []
    for person in (
        Person.objects.active(today).select_related("department").order_by("department__label", "kana")
    ):
        name = person.department.label if person.department else _("所属なし")
        unit = units.setdefault(name, Coverage(name))
        unit.people += 1
        has = [person.pk in signed[kind] for kind in COUNTED]
        unit.signed = tuple(count + one for count, one in zip(unit.signed, has, strict=True))
        wanted = [True, True, person.category in EMPLOYED]
        lacks = [
            str(kind.label) for kind, one, need in zip(COUNTED, has, wanted, strict=True) if need and not one
        ]
        if lacks:
            missing.append(Missing(person, tuple(lacks)))
    return list(units.values()), missing


@for_person
def show_coverage(request: PersonRequest) -> HttpResponse:
    """Show who is bound by which paper, and who is not."""
    access.require(request.person, "people.view")
    units, missing = coverage()
    people = sum(unit.people for unit in units)
    totals = [sum(unit.signed[place] for unit in units) for place in range(len(COUNTED))]
    context = {
        "units": units,
        "missing": missing,
        "people": people,
        "kinds": [str(kind.label) for kind in COUNTED],
        "totals": list(zip([kind.label for kind in COUNTED], totals, strict=True)),
        "may_change": access.may(request.person, "people.change"),
        "crumbs": [(_("誓約・契約の状況"), "")],
    }
    return render(request, "people/coverage.html", context)


@for_person
def print_coverage(request: PersonRequest, form: str) -> HttpResponse:
    """Print the state of signatures as PDF or Word."""
    access.require(request.person, "people.view")
    units, missing = coverage()
    columns = (
        Column(_("部署"), 3),
        Column(_("人数"), 1, "right"),
        *(Column(str(k.label), 1.5, "right") for k in COUNTED),
    )
    rows = [(unit.department, unit.people, *unit.signed) for unit in units]
    lacking = Table(
        (Column(_("氏名"), 2), Column(_("所属"), 2), Column(_("未締結の書面"), 4)),
        [(m.person.name, m.person.department and m.person.department.label, list(m.papers)) for m in missing],
        empty=_("全員が締結しています。"),
    )
    facts = Facts(((_("在籍者"), sum(unit.people for unit in units)), (_("未締結者"), len(missing))))
    house = without_record(title=_("誓約書・契約書の締結状況"), issued_on=clock.today())
    paper = Paper(house=house, blocks=(facts, Table(columns, rows), lacking))
    return printed(paper, form, "agreements")
