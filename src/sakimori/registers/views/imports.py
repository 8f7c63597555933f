"""The import wizard: upload, columns, check with differences and faults, apply, undo."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from sakimori.kernel.exchange import background, exports, imports
from sakimori.kernel.exchange.models import ImportBatch
from sakimori.kernel.exchange.report import Report
from sakimori.kernel.identity import access
from sakimori.kernel.jobs.models import Progress
from sakimori.lib.errors import Refused

from ..addresses import list_url
from ..base import Register, registry
from .gate import PersonRequest, for_person, open_register

State = ImportBatch.State
FREQUENT = 3
SHOWN_CAUSES = 8
PER_PAGE = 200
LISTS = ("new", "changed", "missing", "recomputed", "problems", "passed")
STEPS = (gettext_lazy("ファイル"), gettext_lazy("列の対応"), gettext_lazy("確認"), gettext_lazy("取込"))


def sheet_register(request: PersonRequest, slug: str) -> type[Register]:
    """Return a register that can be imported, for someone who may."""
    declared = open_register(request, slug)
    if declared.sheet is None:
        raise Http404
    access.require(request.person, declared.sheet.right)
    return declared


def _batch(request: PersonRequest, pk: int) -> tuple[type[Register], ImportBatch]:
    batch = ImportBatch.objects.visible_to(request.person).filter(pk=pk).first()
    if batch is None:
        raise Http404
    declared = next((r for r in registry.values() if r.sheet is not None and r.sheet.id == batch.sheet), None)
    if declared is None:
        raise Http404
    access.require(request.person, declared.sheet.right)
    return declared, batch


@for_person
def start(request: PersonRequest, slug: str) -> HttpResponse:
    """Take a file in; tell what is needed, and what was imported before."""
    declared = sheet_register(request, slug)
    refusal: Refused | None = None
    if request.method == "POST":
        upload = request.FILES.get("file")
        if upload is None:
            refusal = Refused(_("ファイルを選んでください。"), rule="exchange.no_file", field="file")
        else:
            try:
                batch = imports.upload(
                    sheet=declared.sheet.id, file=upload, file_name=upload.name or "", by=request.person
                )
                if batch.state == State.MAPPED:
                    background.carry_out(batch, "check", by=request.person)
                return redirect("registers:import", batch.pk)
            except Refused as refused:
                refusal = refused
    earlier = ImportBatch.objects.visible_to(request.person).filter(sheet=declared.sheet.id)
    earlier = earlier.defer("report").order_by("-pk")[:10]
    context = {
        "register": declared,
        "refusal": refusal,
        "earlier": earlier,
        "columns": declared.sheet.columns,
        "step": 0,
        **_frame(declared, _("Excelから取り込む")),
    }
    return render(request, "registers/import_start.html", context, status=422 if refusal else 200)


@for_person
def batch(request: PersonRequest, pk: int) -> HttpResponse:
    """Show an import at its present step; while a worker is at it, how far it has come."""
    declared, found = _batch(request, pk)
    if found.work is not None and not found.work.is_over:
        context = {
            "register": declared,
            "batch": found,
            "work": found.work,
            **_frame(declared, found.file_name),
        }
        return render(request, "registers/import_work.html", context | {"step": _step(found)})
    if found.state == State.UPLOADED or (request.GET.get("step") == "columns" and _is_open(found)):
        return _columns_page(request, declared, found)
    return _report_page(request, declared, found)


@require_POST
@for_person
def choose(request: PersonRequest, pk: int) -> HttpResponse:
    """Store which column is which and check the file at once."""
    declared, found = _batch(request, pk)
    mapping = {k[4:]: str(v) for k, v in request.POST.items() if k.startswith("col.") and v}
    scales = {
        k[6:]: str(v).split("-", 1)
        for k, v in request.POST.items()
        if k.startswith("scale.") and "-" in str(v)
    }
    try:
        pairs = {group: [int(low), int(high)] for group, (low, high) in scales.items()}
        found = imports.choose(
            found, tab=request.POST.get("tab", ""), mapping=mapping, scales=pairs, by=request.person
        )
        background.carry_out(found, "check", by=request.person)
    except (Refused, ValueError) as refused:
        refusal = refused if isinstance(refused, Refused) else Refused(_("段階を選び直してください。"))
        return _columns_page(request, declared, _batch(request, pk)[1], refusal, mapping)
    return redirect("registers:import", pk)


@require_POST
@for_person
def run(request: PersonRequest, pk: int, act: str) -> HttpResponse:
    """Check, apply or undo an import."""
    declared, found = _batch(request, pk)
    if act not in background.TITLES:
        raise Http404
    try:
        found = background.carry_out(found, act, reason=request.POST.get("reason", ""), by=request.person)
        if found.state == State.APPLIED and act == "apply":
            messages.success(request, _("取り込みました。誤りがあったときは、この画面から取り消せます。"))
        elif found.state == State.UNDONE:
            messages.success(request, _("取込を取り消しました。"))
    except Refused as refusal:
        return _report_page(request, declared, _batch(request, pk)[1], refusal)
    return redirect("registers:import", pk)


def _columns_page(
    request: PersonRequest,
    declared: type[Register],
    found: ImportBatch,
    refusal: Refused | None = None,
    mapping: dict[str, str] | None = None,
) -> HttpResponse:
    tab = request.GET.get("tab", found.tab)
    chosen = (
        mapping if mapping is not None else (found.mapping if tab == found.tab and found.mapping else None)
    )
    guessed = imports.guess(found, tab, chosen or None)
    context = {
        "register": declared,
        "batch": found,
        "guessed": guessed,
        "columns": [(guess, (chosen or guessed.mapping).get(guess.letter, "")) for guess in guessed.columns],
        "offered": [(col.field, col.heading, col.required) for col in declared.sheet.all_columns],
        "scales": [(s, found.scales.get(s.group)) for s in guessed.scales],
        "refusal": refusal,
        "step": 1,
        **_frame(declared, found.file_name),
    }
    return render(request, "registers/import_columns.html", context, status=422 if refusal else 200)


def _report_page(
    request: PersonRequest, declared: type[Register], found: ImportBatch, refusal: Refused | None = None
) -> HttpResponse:
    if refusal is None and found.work is not None and found.work.state == Progress.State.FAILED:
        refusal = Refused(found.work.text, rule="exchange.work")
    report = imports.report(found)
    context: dict[str, Any] = {
        "register": declared,
        "batch": found,
        "report": report,
        "parts": parts(report, request.GET),
        "causes": frequent_causes(report),
        "checked": bool(found.report),
        "is_open": _is_open(found),
        "may_apply": found.state == State.CHECKED,
        "may_undo": found.state == State.APPLIED,
        "refusal": refusal,
        "step": _step(found),
        **_frame(declared, found.file_name),
    }
    return render(request, "registers/import_report.html", context, status=422 if refusal else 200)


def parts(report: Report, asked: Mapping[str, str]) -> dict[str, Page[Any]]:
    """Return the asked page of each list of the difference: ``new=2`` is the second page of the new rows."""
    lists = {name: getattr(report, name) for name in LISTS}
    return {name: Paginator(rows, PER_PAGE).get_page(asked.get(name)) for name, rows in lists.items()}


@require_safe
@for_person
def difference(request: PersonRequest, pk: int) -> HttpResponseBase:
    """Hand out the whole difference and all faults as Excel."""
    _declared, found = _batch(request, pk)
    target = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    exports.difference(imports.report(found), target)
    target.seek(0)
    return FileResponse(target, as_attachment=True, filename=f"{found.number}_差分.xlsx")


def _step(found: ImportBatch) -> int:
    return 4 if found.state in (State.APPLIED, State.UNDONE) else 2


def frequent_causes(report: Report) -> list[tuple[str, int]]:
    """Return the sentences that many rows share, the most frequent first: often one missing department."""
    counted = Counter(problem.sentence for problem in report.problems)
    return [(sentence, count) for sentence, count in counted.most_common(SHOWN_CAUSES) if count >= FREQUENT]


def _is_open(found: ImportBatch) -> bool:
    return found.state in (State.UPLOADED, State.MAPPED, State.CHECKED)


def _frame(declared: type[Register], last: str) -> dict[str, Any]:
    start_url = reverse("registers:import_start", args=[declared.slug])
    return {
        "steps": STEPS,
        "crumbs": [(declared.name(), list_url(declared)), (_("取込"), start_url), (last, "")],
    }
