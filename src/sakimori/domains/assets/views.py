"""Labels to put on shelves, files and containers."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from sakimori.kernel.identity import access
from sakimori.kernel.identity.models import Department
from sakimori.kernel.papers import Label, Labels, Paper
from sakimori.kernel.papers.letterhead import without_record
from sakimori.lib import clock
from sakimori.lib.numerals import whole
from sakimori.registers.views.gate import PersonRequest, for_person
from sakimori.registers.views.printing import printed

from . import register, rules
from .models import Asset, AssetQuerySet

MOST = 500


@for_person
def labels(request: PersonRequest) -> HttpResponse:
    """Choose the assets whose labels are printed."""
    access.require(request.person, "asset.change")
    context = {
        "departments": Department.objects.visible_to(request.person).current().order_by("code"),
        "classes": register.classes(),
        "chosen": request.GET,
        "count": min(_chosen(request).count(), MOST),
        "crumbs": [(_("区分ラベルの印刷"), "")],
    }
    return render(request, "assets/labels.html", context)


@for_person
def print_labels(request: PersonRequest, form: str) -> HttpResponse:
    """Print the labels of the chosen assets, at most 500 (JPM-036, PRC-046)."""
    access.require(request.person, "asset.change")
    rows = _chosen(request).select_related("department").order_by("department", "number")[:MOST]
    made = tuple(
        Label(
            register.class_label(asset),
            asset.name,
            asset.number,
            asset.department.label if asset.department else "",
        )
        for asset in rows
    )
    house = without_record(title=_("区分ラベル"), issued_on=clock.today())
    return printed(Paper(house=house, blocks=(Labels(made),)), form, "labels")


def _chosen(request: PersonRequest) -> AssetQuerySet:
    public = [name for name, row in rules.classes().items() if int(row["rank"]) == 0]
    rows: AssetQuerySet = (
        Asset.objects.visible_to(request.person).current().exclude(classification__in=["", *public])
    )
    if (wanted := request.GET.get("classification", "")) in rules.classes():
        rows = Asset.objects.visible_to(request.person).current().filter(classification=wanted)
    if (department := whole(request.GET.get("department", ""))) is not None:
        rows = rows.filter(department_id=department)
    return rows
