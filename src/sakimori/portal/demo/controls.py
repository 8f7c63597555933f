"""Controls at work: articles, owners, tests, proof; the second versions of two statements."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.core.files.base import ContentFile

from sakimori.domains.controls import checks, rules
from sakimori.domains.controls.models import Control, Need, Standard, Statement
from sakimori.domains.controls.models.articles import PROCEDURES, stated
from sakimori.kernel.approvals import approvals
from sakimori.kernel.content.regulations import REGULATIONS, Article, articles_of
from sakimori.kernel.content.threats import CONTROLS_STANDARD
from sakimori.kernel.dossier import comments, evidence, links
from sakimori.kernel.identity.models import Person
from sakimori.kernel.ledger import seal
from sakimori.lib import clock

from . import calendar, last_year
from .company import Stage
from .decisions import approve_all, decide

_MEASURED = {
    "effective": "20件中20件が手順どおり", "partly": "20件中17件が手順どおり",
    "ineffective": "20件中6件。退職者のIDが残っていた",
}  # fmt: skip
_GROUNDS = (
    ("law", "個人情報の保護に関する法律", ("A.5.34", "A.8.10", "A.6.8")),
    ("law", "不正競争防止法", ("A.5.12", "A.6.6")),
    ("contract", "東邦メディカル 図面取扱契約", ("A.5.14", "A.8.10", "A.5.11")),
    ("contract", "大和重工 取引基本契約", ("A.5.19", "A.8.13")),
)
_FORGOTTEN = 11  # of so many controls, one is left without an owner or a day for its test


def work(stage: Stage) -> None:
    """Name who answers for the controls, test some and attach proof."""
    controls = list(
        Control.objects.filter(standard__slug=CONTROLS_STANDARD, control_kind=Control.Kind.CONTROL).order_by(
            "position"
        )
    )
    _test(stage, controls)
    with calendar.on(calendar.ago(82), 10):
        _ground(stage, controls)
    with calendar.on(calendar.ago(79), 10):
        _name(stage)
        _plan(stage)
    with calendar.on(calendar.ago(77), 11):
        _prove(stage)


def _most(rows: Iterable[Control], *, left: int) -> list[Control]:
    """Return what the office got round to: all but every ``left``-th."""
    return [row for place, row in enumerate(rows, 1) if place % left]


def _name(stage: Stage) -> None:
    """Tie controls to the articles that state them; who keeps the regulation answers for them."""
    articles, procedures = stated(), stated(PROCEDURES)
    keepers = {row.owner: Person.objects.holding(row.owner).order_by("pk").first() for row in REGULATIONS}
    for control in _most(checks.no_owner(clock.today()).order_by("pk"), left=_FORGOTTEN):
        found = articles.get(control.pk, [])
        keeper = keepers[REGULATIONS[found[0].regulation].owner] if found else None
        own = f"実施手順書「{control.name}」" if control.pk % 4 else ""
        rules.name_article(
            control, article=_place(found), procedure=_place(procedures.get(control.pk, [])) or own,
            owner=keeper or stage["ueno"], by=stage["ueno"],
        )  # fmt: skip


def _place(articles: Sequence[Article]) -> str:
    """Return the first of the articles as people cite it."""
    if not articles:
        return ""
    first = articles[0]
    number = articles_of(first.regulation).index(first) + 1
    return f"{REGULATIONS[first.regulation].title} 第{number}条（{first.title}）"


def _plan(stage: Stage) -> None:
    """Spread the tests of the controls over the coming year."""
    for place, control in enumerate(
        _most(checks.not_scheduled(clock.today()).order_by("pk"), left=_FORGOTTEN)
    ):
        day = calendar.working(clock.today() + timedelta(days=120 + place))
        rules.schedule_test(control, next_test_on=day, by=stage["ueno"])


def _ground(stage: Stage, controls: list[Control]) -> None:
    """Let a law, a contract and a practice need some controls."""
    known = {control.ref: control for control in controls}
    for reason, name, refs in _GROUNDS:
        for ref in refs:
            rules.add_ground(known[ref], reason=reason, name=name, by=stage["ueno"])


def revise(stage: Stage) -> None:
    """Leave one control out with signatures; bring two statements to their second versions."""
    _exclude(stage)
    with calendar.on(calendar.ago(10), 16):
        second = rules.start_statement(
            standard=Standard.objects.get(slug=CONTROLS_STANDARD), by=stage["ueno"]
        )
        rules.fill_statement(second, by=stage["ueno"])
        last_year.decide_blanks(stage, second, {})
        rules.summarise(
            second, change_summary="今年度のリスク対応を反映し、除外1件を加えた。", by=stage["ueno"]
        )
        second = Statement.objects.get(pk=second.pk)
        rules.submit_statement(second, by=stage["ueno"])
        decide(approvals.Application.objects.get(subject_id=second.pk), "approve", "委員会で確認した。")
    with calendar.on(calendar.ago(4), 10):
        rules.start_statement(standard=Standard.objects.get(slug="iso27001-2013"), by=stage["kimura"])
        for ref, name in (("SK.1", "預かり図面の受払いと廃棄証明"), ("SK.2", "生成AIサービスの利用の届出")):
            rules.add_company_control(ref=ref, name=name, gloss="取引先との契約に基づく。", by=stage["ueno"])
    with calendar.on(calendar.ago(3), 18):
        seal.seal()


def _prove(stage: Stage) -> None:
    """File what shows that controls are in place; a quarter is still to do."""
    for place, control in enumerate(_most(checks.unimplemented(clock.today()).order_by("pk"), left=4)):
        lines = (control.label, f"実施の記録（{clock.today()}）", f"確認者: {stage['kimura'].name}", "")
        text = "\n".join(lines)
        days = place % 5 * 12
        evidence.attach(
            control, ContentFile(text.encode(), name="record.txt"), file_name=f"{control.ref}_実施記録.txt",
            note="実施状況の確認", happened_on=clock.today() - timedelta(days=days), by=stage["kimura"],
        )  # fmt: skip


def _test(stage: Stage, controls: list[Control]) -> None:
    """Test fourteen controls: mostly effective, two partly, one not at all; one test is overdue."""
    outcomes = (
        ("effective",) * 5
        + ("partly",)
        + ("effective",) * 4
        + ("ineffective", "effective", "partly", "effective")
    )
    for place, result in enumerate(outcomes):
        with calendar.on(calendar.ago(190 - 8 * place), 14):
            rules.record_test(
                control=controls[place * 6], method="記録の抜取りと現場の確認", result=result,
                measured=_MEASURED[result],
                decision="keep" if result == "effective" else "change", by=stage["ueno"],
                next_test_on=clock.today() + timedelta(days=60 if place == 2 else 365),
            )  # fmt: skip


def _exclude(stage: Stage) -> None:
    """Leave out a control that a grave risk needs: signed by who answers for it and by the president."""
    need = Need.objects.standing().filter(
        blocking=True, control__standard__slug=CONTROLS_STANDARD, control__control_kind=Control.Kind.CONTROL
    )
    control = Control.objects.get(pk=need.order_by("control__position").first().control_id)  # type: ignore[union-attr]
    answers = {
        "reason": "同じ効果を別の管理策で得ている。", "impact": "代わりの管理策の点検結果から、影響はないと判断した。",
        "responsible": stage["tonomura"].number,
    }  # fmt: skip
    with calendar.on(calendar.ago(11), 10):
        application = approvals.submit("soa-exclusion", answers, subject=control, by=stage["ueno"])
    with calendar.on(calendar.ago(10), 9):
        approve_all(application, "署名する。")


def talk(stage: Stage) -> None:
    """Comment on a few controls and link them to each other."""
    controls = list(
        Control.objects.filter(standard__slug=CONTROLS_STANDARD, assessable=True).order_by("position")[40:44]
    )
    said: tuple[tuple[Person, str], ...] = (
        (stage["kudo"], "内部監査で記録の保管場所を確かめます。写しを証跡に付けてください。"),
        (stage["kimura"], "承知しました。今週中に登録します。"),
        (stage["eto"], "委託先の分は別の様式なので、揃えてから登録します。"),
    )
    for place, (person, text) in enumerate(said):
        with calendar.on(calendar.ago(8 - place), 11):
            comments.comment(controls[0], text=text, by=person)
    with calendar.on(calendar.ago(5), 11):
        links.link(controls[0], controls[1], relation="related", note="合わせて点検する", by=stage["ueno"])
