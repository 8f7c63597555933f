"""Catalogues of other tools come in: upload, preview, take over."""

from __future__ import annotations

import re

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from sakimori.domains.controls import rules
from sakimori.domains.controls.models import Standard
from sakimori.kernel.exchange import store
from sakimori.kernel.identity import access
from sakimori.lib import grc
from sakimori.lib.errors import Refused
from sakimori.lib.grc.shape import Catalogue, Framework, Node
from sakimori.registers.views.gate import PersonRequest, for_person

SHOWN = 400  # nodes in the preview


@for_person
def upload(request: PersonRequest) -> HttpResponse:
    """Ask for a file, read it, and lead to its preview."""
    access.require(request.person, "soa.change")
    refusal: Refused | None = None
    given = request.FILES.get("file")
    if request.method == "POST" and given is not None:
        try:
            if given.size and given.size > grc.MAX_BYTES:
                raise Refused(_("%s MB を超えるファイルは取り込めません。") % (grc.MAX_BYTES // 1024 // 1024))
            kept = store.store(given, str(given.name))
            _read(kept.sha256, kept.file_name)
            address = reverse("controls:preview", args=[kept.sha256])
            return redirect(f"{address}?name={kept.file_name}")
        except Refused as error:
            refusal = error
    elif request.method == "POST":
        refusal = Refused(_("ファイルを選んでください。"))
    context = {
        "refusal": refusal,
        "imported": Standard.objects.visible_to(request.person).current().filter(source="imported"),
        "crumbs": [(_("規格と管理策"), reverse("controls:tree")), (_("規格の取込"), "")],
    }
    return render(request, "controls/import.html", context, status=422 if refusal else 200)


@for_person
def preview(request: PersonRequest, sha256: str) -> HttpResponse:
    """Show what would be created; POST takes it over."""
    access.require(request.person, "soa.change")
    name = request.GET.get("name", "")[:200] or _("取り込んだファイル")
    catalogue = _read(sha256, name)
    refusal: Refused | None = None
    if request.method == "POST":
        try:
            standard = rules.import_catalogue(
                catalogue=catalogue, file_name=name, sha256=sha256, by=request.person
            )
        except Refused as error:
            refusal = error
        else:
            messages.success(request, _("「%s」を取り込みました。") % catalogue.name)
            return redirect("controls:standard", standard.pk)
    known = set(
        Standard.objects.filter(slug__in=[f.id[:200] for f in catalogue.frameworks]).values_list(
            "slug", flat=True
        )
    )
    context = {
        "catalogue": catalogue,
        "frameworks": [(f, _outline(f), f.id[:200] in known) for f in catalogue.frameworks],
        "shown": SHOWN,
        "refusal": refusal,
        "name": name,
        "crumbs": [(_("規格の取込"), reverse("controls:import")), (_("取込の確認"), "")],
    }
    return render(request, "controls/preview.html", context, status=422 if refusal else 200)


def _read(sha256: str, name: str) -> Catalogue:
    if not re.fullmatch(r"[0-9a-f]{64}", sha256) or not store.path_of(sha256).exists():
        raise Http404
    return grc.read(store.path_of(sha256).read_bytes(), name)


def _outline(framework: Framework) -> list[tuple[int, Node]]:
    depth: dict[str, int] = {}
    found = []
    for node in framework.nodes[:SHOWN]:
        depth[node.id] = depth.get(node.parent, 0) + 1
        found.append((min(depth[node.id], 8), node))
    return found
