"""Large files outside the request: the same commands, run by a worker and watched on the import's page.

A worker that is killed leaves nothing half done: the act and the word that it is done are one transaction,
and the queue gives the job out again, which then finds it either done or not begun.
"""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sakimori.kernel.identity.models import Person
from sakimori.kernel.jobs import progress
from sakimori.kernel.jobs.models import Progress
from sakimori.kernel.jobs.queue import enqueue, task
from sakimori.lib.errors import NotAllowed

from . import imports
from .models import ImportBatch

JOB = "exchange.carry_out"
LARGE_ROWS = 2_000
LARGE_BYTES = 150_000  # about as many rows; what a file holds is known only after it was checked
TITLES = {
    "check": gettext_lazy("取込前の確認"),
    "apply": gettext_lazy("取込の実行"),
    "undo": gettext_lazy("取込の取消"),
}


def is_large(batch: ImportBatch) -> bool:
    """Tell whether a request would keep its reader waiting too long."""
    rows = batch.counts.get("rows")
    return batch.size > LARGE_BYTES if rows is None else rows > LARGE_ROWS


def carry_out(batch: ImportBatch, act: str, *, reason: str = "", by: Person) -> ImportBatch:
    """Check, apply or undo: at once when the file is small, else by a worker; raises KeyError for another act.

    Raises NotAllowed while a worker is at it.
    """
    title = TITLES[act]
    if not is_large(batch):
        return _act(batch, act, reason=reason, by=by)
    with transaction.atomic():
        report = progress.start(
            JOB, f"{title} {batch.file_name}", owner=by, total=batch.counts.get("rows", 0)
        )
        idle = ImportBatch.objects.filter(pk=batch.pk).exclude(
            work__state__in=[Progress.State.WAITING, Progress.State.RUNNING]
        )
        if not idle.update(work=report):
            raise NotAllowed(_("この取込は処理中です。終わるまでお待ちください。"), rule="exchange.under_way")
        enqueue(JOB, batch=batch.pk, act=act, reason=reason, person=by.pk, report=report.pk)
    batch.work = report
    return batch


@task(JOB)
def run(batch: int, act: str, reason: str, person: int, report: int) -> None:
    """Do it, unless that was done before or somebody began anew meanwhile."""
    found = ImportBatch.objects.select_related("work").get(pk=batch)
    if found.work is None or found.work_id != report or found.work.state == Progress.State.DONE:
        return
    with progress.watched(report), transaction.atomic():
        _act(found, act, reason=reason, by=Person.objects.get(pk=person))
        progress.finish(report)


def _act(batch: ImportBatch, act: str, *, reason: str, by: Person) -> ImportBatch:
    if act == "check":
        return imports.dry_run(batch, by=by)
    if act == "apply":
        return imports.apply(batch, by=by)
    return imports.undo(batch, reason=reason, by=by)
