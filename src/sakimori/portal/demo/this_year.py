"""The assessment of this year, two thirds done, and everything that waits on desks today."""

from __future__ import annotations

from datetime import timedelta

from sakimori.domains.assets.models import Asset
from sakimori.domains.risk import rules as risk
from sakimori.domains.risk.models import Risk, Treatment
from sakimori.kernel.approvals import approvals
from sakimori.kernel.identity.models import Person
from sakimori.lib import clock
from sakimori.lib.dates import FiscalYear
from sakimori.lib.errors import SeparationOfDuties

from . import calendar, duties, risks
from .company import Stage, appoint_late
from .decisions import decide, open_step

COVERED = 165  # of the assets, the first ones
REASSESSED = 30


def tell(stage: Stage) -> None:
    """Assess most assets; answer what is grave in every way there is."""
    with calendar.on(calendar.ago(75), 9):
        year = FiscalYear.of(clock.today())
        running = risk.open_round(name=f"{year}リスクアセスメント", fiscal_year=year.year, by=stage["mori"])
        source = Treatment.objects.filter(effect_decision="change").first()
        if source is not None:
            risk.take_up_input(
                running, source=source, used=True, reason="効果が十分でなく、再評価する", by=stage["mori"]
            )
    with calendar.on(calendar.ago(72), 9):
        appoint_late(stage)
    found = _assess(stage)
    with calendar.on(calendar.ago(14), 8):
        risk.expire_acceptances(clock.today())
    here = set(Person.objects.active().values_list("pk", flat=True))  # who left signs nothing
    _answer(stage, [one for one in risks.above(found) if one.owner_id in here])
    duties.keep(stage, calendar.ago(80), calendar.ago(14))


def _assess(stage: Stage) -> list[Risk]:
    """Look at the assets department by department, some in every week."""
    found: list[Risk] = []
    every = list(Asset.objects.current().order_by("department_id", "pk")[:COVERED])
    for week in range(6):
        with calendar.on(calendar.ago(70 - 7 * week), 15):
            for place, asset in list(enumerate(every))[week::6]:
                _look_at(stage, place, asset, found)
    return found


def _look_at(stage: Stage, place: int, asset: Asset, found: list[Risk]) -> None:
    known = Risk.objects.identified().filter(asset=asset).first()
    if known is not None:
        if place % 2:
            scenario = next(s for s in risks.scenarios(stage, asset, 99) if s.threat == known.threat)
            found.append(risks.assess(stage, asset, scenario))
        return
    scenario = risks.scenarios(stage, asset, 1)[0]
    if place % 4 == 3:
        risks.pass_over(stage, asset, scenario)
    elif place % 17 == 0:
        risks.assess(stage, asset, scenario, analysed=False)
    else:
        found.append(risks.assess(stage, asset, scenario))


def _answer(stage: Stage, grave: list[Risk]) -> None:
    """Leave plans and acceptances in every state, some of them wrong and put right."""
    with calendar.on(calendar.ago(40), 10):
        for one in grave[:4]:
            risks.begin(stage, one, days=25 if one in grave[:2] else 90)
    with calendar.on(calendar.ago(30), 10):
        for one in grave[4:6]:
            risks.sign(stage, risks.ask_acceptance(stage, one))
    with calendar.on(calendar.ago(22), 10):
        risks.finish(stage, Treatment.objects.get(risk=grave[3], status=Treatment.Status.APPROVED))
        back = risks.submit(stage, risks.plan(stage, grave[6], days=60))
        decide(back, "return", "費用の内訳と、作業中の代替手段を書き加えてください。")
    with calendar.on(calendar.ago(12), 11):
        _own_plan(stage, grave[7])
        for one in grave[8:11]:
            risks.submit(stage, risks.plan(stage, one, days=80))
        half = risks.submit(stage, risks.plan(stage, grave[11], days=120))
        decide(half, "approve", "委員会で評価した。効果の確認時期を明記すること。")
    with calendar.on(calendar.ago(6), 14):
        for one in grave[12:14]:
            risks.ask_acceptance(stage, one)
        for one in grave[14:19]:
            risks.plan(stage, one, days=100)


def _own_plan(stage: Stage, one: Risk) -> None:
    """Let a member of the committee try to evaluate his own plan: refused, and on record."""
    member = stage["ono"]
    application = risks.submit(stage, risks.plan(stage, one, days=70, by=member), by=member)
    try:
        approvals.decide(application, step_id=open_step(application).pk, decision="approve", by=member)
    except SeparationOfDuties:
        decide(application, "approve", "申請者以外の委員として評価した。")


def desks(stage: Stage) -> None:
    """File what else waits: a withdrawn change, an exception, a change under way, an appointment."""
    with calendar.on(calendar.ago(26), 10):
        withdrawn = approvals.submit(
            "policy-change", _change("risk.acceptance.validity", "2年", 5), by=stage["ueno"]
        )
    with calendar.on(calendar.ago(25), 10):
        approvals.withdraw(withdrawn, reason="受容の期間は1年のまま運用することにした", by=stage["ueno"])
    with calendar.on(calendar.ago(5), 13):
        approvals.submit("policy-change", _change("risk.acceptance.review", "3か月", 30), by=stage["kimura"])


def _change(parameter: str, value: str, days: int) -> dict[str, str]:
    day = clock.today() + timedelta(days=days)
    return {
        "parameter": parameter,
        "value": value,
        "effective_on": day.isoformat(),
        "reason": "取引先の評価票への対応",
    }
