"""Last year: the old ledger, the first assessment, the first statements, the first permission to operate."""

from __future__ import annotations

from sakimori.domains.assets.models import Asset
from sakimori.domains.controls import rules as controls
from sakimori.domains.controls.models import Standard, Statement, StatementRow
from sakimori.domains.risk import rules as risk
from sakimori.domains.risk.models import Risk, Treatment
from sakimori.kernel.approvals import approvals
from sakimori.kernel.exchange import imports
from sakimori.kernel.ledger import seal
from sakimori.lib import clock
from sakimori.lib.dates import FiscalYear

from . import calendar, ledger, risks
from .company import Stage
from .decisions import approve_all, decide
from .script import RiskBook, read

STANDARDS = ("iso27001-2022", "iso27001-2013", "isms-v2-2003")
_NOT_OURS = {  # excluded in the first version: the control and why the company does without it
    "iso27001-2022": {
        "A.8.30": "ソフトウェア開発を外部に委託していない",
        "A.8.4": "ソースコードを扱う業務がない",
    },
    "iso27001-2013": {"A.14.2.7": "ソフトウェア開発を外部に委託していない"},
    "isms-v2-2003": {},
}


def tell(stage: Stage) -> None:
    """Assess the old ledger, answer its risks, state the controls."""
    with calendar.on(calendar.ago(405), 11):
        batch = ledger.send("asset-ledger-last-year.xlsx", by=stage["kimura"])
        imports.apply(batch, by=stage["kimura"])
    with calendar.on(calendar.ago(395), 15):
        year = FiscalYear.of(clock.today())
        running = risk.open_round(name=f"{year}リスクアセスメント", fiscal_year=year.year, by=stage["mori"])
        found = _assess(stage)
    _answer(stage, risks.above(found))
    with calendar.on(calendar.ago(340), 16):
        running.refresh_from_db()
        risk.close_round(running, conclusion=read("risks.yaml", RiskBook).conclusion, by=stage["mori"])
        approve_all(approvals.Application.objects.get(subject_id=running.pk), "評価の内容を確かめた。")
        seal.seal()
    with calendar.on(calendar.ago(330)):
        for slug in STANDARDS:
            first_statement(stage, slug)
        risks.permit(stage, "初回の承認。運用を始める。")
        seal.seal()
    _carry_out(stage)


def _assess(stage: Stage) -> list[Risk]:
    found = []
    for place, asset in enumerate(Asset.objects.current().order_by("pk")):
        scenario = risks.scenarios(stage, asset, 1)[0]
        if place % 6 == 5:
            risks.pass_over(stage, asset, scenario)
        else:
            found.append(risks.assess(stage, asset, scenario))
    return found


def _answer(stage: Stage, grave: list[Risk]) -> None:
    """Accept four, one of them refused first, and treat the rest; one plan is sent back, one given up."""
    with calendar.on(calendar.ago(383), 14):
        for one in grave[:4]:
            risks.sign(stage, risks.ask_acceptance(stage, one))
        refused = risks.ask_acceptance(stage, grave[4])
        application = approvals.Application.objects.get(pk=refused.application_id or 0)
        if application.steps.filter(state="open", role="").exists():
            application = decide(application, "approve", "部門としてはやむを得ない。")
        decide(application, "reject", "取引先の図面であり、受容は認められない。対策を講じること。")
    with calendar.on(calendar.ago(375), 10):
        for place, one in enumerate(grave[4:16]):
            risks.begin(stage, one, days=60 + 20 * place)
        for one in grave[16:]:
            risks.plan(stage, one, days=120)


def _carry_out(stage: Stage) -> None:
    """Finish most plans over the months; two become late and one is given up."""
    running = list(Treatment.objects.filter(status=Treatment.Status.APPROVED).order_by("pk"))
    for place, plan in enumerate(running[:8]):
        with calendar.on(calendar.ago(320 - 15 * place), 17):
            risks.finish(stage, plan)
    for place, plan in enumerate(running[:5]):
        with calendar.on(calendar.ago(215 - 5 * place), 15):
            done = Treatment.objects.get(pk=plan.pk)
            measured, decision = ("施錠漏れ 月2回 → 0回", "keep") if place else ("届出 年4件 → 3件", "change")
            risk.judge_effect(done, measured=measured, decision=decision, by=stage["kimura"])
    with calendar.on(calendar.ago(180), 15):
        risk.report_progress(running[8], progress=40, note="機器の納期が延びている", by=stage["kimura"])
        risk.report_progress(running[9], progress=15, by=stage["kimura"])
        risk.cancel_treatment(running[10], reason="対象の設備を更新することになったため", by=stage["ueno"])


def first_statement(stage: Stage, slug: str) -> None:
    """State the controls of a standard for the first time and get the statement approved."""
    standard = Standard.objects.get(slug=slug)
    statement = controls.start_statement(standard=standard, by=stage["ueno"])
    controls.fill_statement(statement, by=stage["ueno"])
    decide_blanks(stage, statement, _NOT_OURS[slug])
    controls.submit_statement(statement, by=stage["ueno"])
    approve_all(approvals.Application.objects.get(subject_id=statement.pk), "確認した。")


def decide_blanks(stage: Stage, statement: Statement, excluded: dict[str, str]) -> None:
    """Decide every row that the product could not: applied as good practice, or excluded with the impact."""
    verdicts = []
    for row in StatementRow.objects.filter(statement=statement, applicable=None).select_related("control"):
        why = excluded.get(row.control.ref)
        verdicts.append(
            controls.Verdict(
                control=row.control, applicable=False, reason=why, impact="対象の業務がなく、影響はない。"
            )
            if why
            else controls.Verdict(
                control=row.control,
                applicable=True,
                reasons=("practice",),
                reason="従来から実施し、今後も続ける。",
            )
        )
    controls.decide_rows(statement, verdicts=verdicts, by=stage["ueno"])
