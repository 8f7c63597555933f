"""Verification of the whole ledger, in the background."""

from __future__ import annotations

from django.utils.translation import gettext as _

from sakimori.kernel.jobs import progress
from sakimori.kernel.jobs.registry import task
from sakimori.kernel.ledger import heads
from sakimori.kernel.ledger.verify import verify as check

VERIFY = "evidence.verify"


@task(VERIFY)
def verify(key: int) -> None:
    """Check every entry and every head, those kept elsewhere too; tell the outcome in sentences."""
    with progress.watched(key):
        report = check(heads=heads.kept_elsewhere())
        wrong = _("%s件の食い違いがあります。") % len(report.problems)
        text = _("改ざん・欠落・並べ替えはありません。") if report.ok else wrong
        outcome = {
            "ok": report.ok,
            "entries": report.entries,
            "heads": report.heads,
            "pending": report.pending,
            "problems": [str(problem) for problem in report.problems],
        }
        progress.finish(key, text, outcome)
