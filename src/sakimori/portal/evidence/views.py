"""Pages of the ledger: for the office, the management and auditors."""

from __future__ import annotations

import io
import json
import tempfile
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sakimori.kernel.identity import access
from sakimori.kernel.identity.models import Person
from sakimori.kernel.jobs import progress, queue
from sakimori.kernel.jobs.models import Progress
from sakimori.kernel.ledger import book, export, period, proofs, reading
from sakimori.kernel.ledger.seal import latest_head
from sakimori.kernel.records.models import Record
from sakimori.lib.errors import Invalid, Refused
from sakimori.registers import history, panels
from sakimori.registers.views.gate import PersonRequest, for_person

from . import listing
from .tasks import VERIFY

RIGHT = "ledger.read"
HEADS = 100


@require_safe
@for_person
def ledger(request: PersonRequest) -> HttpResponse:
    """List the entries, the newest first."""
    access.require(request.person, RIGHT)
    verbs = sorted((str(verb.label), name) for name, verb in book.VERBS.items())
    context = {
        "page": listing.page(request.GET, request.person), "verbs": verbs, "asked": request.GET,
        "head": latest_head(), "may_export": access.may(request.person, period.RIGHT),
        "crumbs": [(_("証跡台帳"), "")],
    }  # fmt: skip
    return render(request, "portal/ledger.html", context)


@require_POST
@for_person
def export_period(request: PersonRequest) -> StreamingHttpResponse:
    """Hand out the ledger of the days asked for as one ZIP with its verifier, streamed."""
    days = [_day(request.POST.get(name, ""), name) for name in ("from", "until")]
    span = period.choose(*days, by=request.person)
    answer = StreamingHttpResponse(period.stream(span), content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="ledger-{span.first + 1}-{span.end}.zip"'
    return answer


def _day(typed: str, name: str) -> date | None:
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError:
        raise Invalid({name: _("日付を年-月-日の形で入力してください。")}) from None


@require_safe
@for_person
def entry(request: PersonRequest, pk: int) -> HttpResponse:
    """Show one entry as it is sealed, with its place in the tree."""
    access.require(request.person, RIGHT)
    found = reading.entry(pk)
    if found is None:
        raise Http404
    place = found.place.index if hasattr(found, "place") else None
    head = None if place is None else reading.head_containing(place)
    record = Record.objects.visible_to(request.person).filter(pk=found.record_id or 0).first()
    context = {
        "entry": found, "title": book.label_of(found.verb), "record": record, "leaf": bytes(found.leaf).hex(),
        "place": None if place is None else place + 1, "checkpoint": head,
        "told": history.of_entry(record.row(), request.person, found.pk) if record else None,
        "body": json.dumps(json.loads(found.body), ensure_ascii=False, indent=2),
        "crumbs": [(_("証跡台帳"), reverse("portal:ledger")), (f"#{found.pk}", "")],
    }  # fmt: skip
    return render(request, "portal/entry.html", context)


@require_safe
@for_person
def heads(request: PersonRequest) -> HttpResponse:
    """List the signed heads, the newest first."""
    access.require(request.person, RIGHT)
    rows = [(one, bytes(one.root).hex()) for one in reading.heads(HEADS)]
    crumbs = [(_("証跡台帳"), reverse("portal:ledger")), (_("先頭"), "")]
    return render(request, "portal/heads.html", {"rows": rows, "crumbs": crumbs})


@require_safe
@for_person
def note(request: PersonRequest, size: int) -> HttpResponse:
    """Hand out one signed head as text, to be kept elsewhere."""
    access.require(request.person, RIGHT)
    found = reading.head(size)
    if found is None:
        raise Http404
    answer = HttpResponse(found.note, content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="head-{size}.txt"'
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
@for_person
def verification(request: PersonRequest) -> HttpResponse:
    """Start a verification and show how the latest ones came out."""
    access.require(request.person, RIGHT)
    if request.method == "POST":
        running = Progress.objects.filter(
            job=VERIFY, state__in=[Progress.State.WAITING, Progress.State.RUNNING]
        )
        if running.exists():
            messages.info(request, _("検証はすでに実行中です。終わるまでお待ちください。"))
        else:
            report = progress.start(VERIFY, _("証跡台帳の検証"), owner=request.person)
            queue.enqueue(VERIFY, key=report.pk)
        return redirect("portal:verification")
    rows = list(Progress.objects.filter(job=VERIFY).select_related("owner").order_by("-pk")[:10])
    crumbs = [(_("証跡台帳"), reverse("portal:ledger")), (_("検証"), "")]
    context = {"rows": rows, "running": any(not row.is_over for row in rows), "crumbs": crumbs}
    return render(request, "portal/verification.html", context)


@require_POST
@for_person
def proof(request: PersonRequest, pk: int) -> HttpResponse:
    """Hand out the newest entry about a record with its proof and the program that checks it."""
    access.require(request.person, RIGHT)
    record = Record.objects.visible_to(request.person).filter(pk=pk).first()
    if record is None:
        raise Http404
    try:
        proved = proofs.of_record(record.number)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("registers:record", pk)
    answer = HttpResponse(_zipped(proved), content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="proof-{record.number}.zip"'
    return answer


def _zipped(proved: proofs.ProvedEntry) -> bytes:
    made = io.BytesIO()
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        export.export_proof(proved, Path(folder))
        for path in sorted(Path(folder).iterdir()):
            archive.write(path, path.name)
    return made.getvalue()


def proof_panel(row: Any, person: Person) -> panels.Panel | None:
    """Offer the proof of the record's newest entry to whoever may read the ledger."""
    if not access.may(person, RIGHT):
        return None
    return panels.Panel(_("台帳の証明"), "portal/_proof.html", {"row": row})
