"""Between the assessments: the level is tightened, people come and go, the permission is renewed."""

from __future__ import annotations

from datetime import timedelta

from sakimori.domains.assets import rules as assets
from sakimori.domains.assets.models import Asset
from sakimori.domains.organization import rules as organization
from sakimori.domains.organization.models import Chart
from sakimori.domains.people import rules as people
from sakimori.domains.risk.models import Risk
from sakimori.kernel.approvals import approvals
from sakimori.kernel.findings import findings
from sakimori.kernel.identity.models import Appointment
from sakimori.kernel.ledger import seal
from sakimori.kernel.obligations import obligations
from sakimori.lib import clock

from . import beginning, calendar, duties, risks
from .company import Stage
from .decisions import decide, decider
from .script import BeginningBook, read

_NEW = (
    ("西田 颯太", "ニシダ ソウタ", "DEV"),
    ("石橋 香織", "イシバシ カオリ", "SLS"),
    ("髙田 淳", "タカダ ジュン", "PRD1"),
)

_WORK = (
    "VPN装置のファームウェアを更新する",
    "退職者のファイルサーバの権限を外す",
    "会計サーバのログ保存を1年に延ばす",
)


def tell(stage: Stage) -> None:
    """Live through the months up to this year's assessment."""
    duties.keep(stage, calendar.ago(calendar.FOUNDED), calendar.ago(170))
    book = read("beginning.yaml", BeginningBook)
    with calendar.on(calendar.ago(178), 10):
        organization.commit(text=book.commitments[1], by=stage["sakura"])
        for entry in book.circumstances[8:]:
            row = organization.add_circumstance(
                category=entry.category, content=entry.content, by=stage["kimura"]
            )
            if entry.reason:
                organization.decide_circumstance(
                    row, is_issue=bool(entry.issue), reason=entry.reason, issue=entry.issue, by=stage["ueno"]
                )
        for party in book.parties[5:]:
            organization.add_party(
                name=party.name, expectation=party.expectation, answer=party.answer, binding=party.binding,
                by=stage["ueno"],
            )  # fmt: skip
    with calendar.on(calendar.ago(172), 11):
        for one in risks.above(Risk.objects.all()):
            risks.plan(stage, one, days=90)
        risks.permit(stage, "台帳の更新後の見直し。")
        beginning.set_parameter(stage, book.revision)
        findings.run()
        seal.seal()
    _people(stage)
    _deputy(stage)
    _oversee(stage)
    duties.keep(stage, calendar.ago(170), calendar.ago(80))
    with calendar.on(calendar.ago(80), 6):
        obligations.run_day()
        findings.run()
        seal.seal()


def _people(stage: Stage) -> None:
    """Three join, of whom one has not signed; one moves; one leaves and still owns assets."""
    for place, (name, kana, code) in enumerate(_NEW):
        with calendar.on(calendar.ago(150 - 60 * place), 9):
            new = people.add_person(
                name=name, kana=kana, department=stage.units[code], site=stage.units[code].site,
                employee_number=f"S9{place:03}", email=f"new{place}@sakura-seiki.example", by=stage["saito"],
            )  # fmt: skip
        if place < 2:
            with calendar.on(calendar.ago(148 - 60 * place), 17):
                beginning.sign_pledge(stage, new)
    with calendar.on(calendar.ago(140), 14):
        owned = Asset.objects.current().filter(department=stage.units["SLS"]).order_by("pk")[:4]
        for asset in owned:
            assets.change_owner(asset, owner=stage["nakano"], reason="担当業務の移管", by=stage["takahashi"])
    with calendar.on(calendar.ago(120), 9):
        people.move_person(
            stage.people["p60"],
            to=stage.units["QA"],
            moved_on=clock.today(),
            job_title="主任",
            by=stage["saito"],
        )
    with calendar.on(calendar.ago(45), 17):
        people.leave(stage["nakano"], left_on=clock.today(), by=stage["saito"])


def _deputy(stage: Stage) -> None:
    """Let the president travel and the chairwoman decide in his place."""
    with calendar.on(calendar.ago(112), 9):
        organization.name_deputy(
            principal=stage["sakura"], deputy=stage["mori"], starts_on=clock.today(),
            ends_on=clock.today() + timedelta(days=14), reason="海外出張のため", by=stage["sakura"],
        )  # fmt: skip
    with calendar.on(calendar.ago(108), 15):
        plan = risks.plan(stage, risks_of_note()[0], days=150)
        application = risks.submit(stage, plan)
        decide(application, "approve", "委員会で評価した。")
        application.refresh_from_db()
        if decider(application) != stage["mori"]:
            approvals.decide(
                application, decision="approve", comment="社長に代わり承認する。", by=stage["mori"]
            )


def _oversee(stage: Stage) -> None:
    """Confirm the chart, look over an operator, order work and have it verified, hand an asset out."""
    with calendar.on(calendar.ago(100), 10):
        chart = Chart.objects.latest("pk")
        organization.confirm_chart(chart, by=stage["mori"])
        watched = Appointment.objects.get(person=stage["murakami"], role="operator")
        organization.confirm_supervision(
            appointment=watched,
            observed="作業記録12件を確かめ、手順どおりだった。",
            sound=True,
            by=stage["honda"],
        )
    with calendar.on(calendar.ago(95), 10):
        orders = [
            organization.give_instruction(
                work=work,
                worker=stage["honda"],
                verifier=stage["shimizu"],
                due_on=clock.today() + timedelta(days=20),
                by=stage["fujii"],
            )
            for work in _WORK
        ]
        asset = Asset.objects.current().filter(department=stage.units["DEV"]).order_by("pk")[0]
        assets.distribute(
            asset=asset, receiver=stage["okada"], purpose="出荷検査の基準として", by=stage["watanabe"]
        )
    with calendar.on(calendar.ago(88), 15):
        for order in orders[:2]:
            organization.report_work(order, result="実施し、動作を確かめた。", by=stage["honda"])
        organization.verify_work(orders[0], by=stage["shimizu"])


def risks_of_note() -> list[Risk]:
    """Return analysed risks, the greatest first."""
    return list(Risk.objects.identified().exclude(value=None).order_by("-value", "pk"))
