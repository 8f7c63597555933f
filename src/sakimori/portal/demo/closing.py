"""Up to today: checks run, findings are waived, reminders go out, the last head is signed."""

from __future__ import annotations

from datetime import timedelta

from sakimori.domains.assets.models import Asset
from sakimori.domains.risk.models import Risk
from sakimori.kernel.approvals import approvals
from sakimori.kernel.dossier import comments
from sakimori.kernel.findings import findings
from sakimori.kernel.ledger import seal
from sakimori.kernel.obligations import obligations
from sakimori.lib import clock

from . import calendar, duties, ledger
from .company import Stage
from .controls import talk
from .decisions import approve_all
from .this_year import desks


def tell(stage: Stage) -> None:
    """Bring the story to this morning."""
    duties.keep(stage, calendar.ago(14), stage.today)
    with calendar.on(calendar.ago(3), 9):
        ledger.gather(stage)
    with calendar.on(calendar.ago(2), 6):
        obligations.run_day()
        findings.run()
    with calendar.on(calendar.ago(1), 10):
        _waive(stage)
    desks(stage)
    talk(stage)
    with calendar.on(calendar.ago(7), 11):
        _discuss(stage)
    obligations.run_day()
    findings.run()
    seal.seal()


def _waive(stage: Stage) -> None:
    """Let a finding stand for a while, with the chair's permission."""
    finding = findings.Finding.objects.open().filter(check_name__startswith="assets.").order_by("pk").first()
    if finding is None:
        return
    head = stage["suzuki"]
    until = clock.today() + timedelta(days=150)
    answers = {
        "article": f"{finding.check_name} {finding.title}", "reason": "装置の更新が次年度の予算となるため",
        "measures": "区画を施錠し、持出しを禁じて毎週点検する", "period": [clock.today().isoformat(), until.isoformat()],
    }  # fmt: skip
    subject = Asset.objects.filter(pk=finding.record_id).first()
    approve_all(approvals.submit("exception", answers, subject=subject, by=head), "期限までに更新すること。")


def _discuss(stage: Stage) -> None:
    grave = Risk.objects.above_level().order_by("-value", "pk")[:3]
    for one, text in zip(
        grave,
        (
            "委員会で取り上げます。次回までに費用の見積りをお願いします。",
            "現場では代わりの手順で回しています。写真を添付します。",
            "昨年度の対応の効果が出ていないようです。原因を調べてください。",
        ),
        strict=False,
    ):
        comments.comment(one, text=text, by=stage["mori"])
