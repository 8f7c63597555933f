"""The regulations of the demonstration company: adopted, reviewed, revised with one round refused, copied on paper."""

from __future__ import annotations

from datetime import timedelta

from sakimori.domains.documents import rules
from sakimori.domains.documents.models import Document, Edition
from sakimori.kernel.approvals import approvals
from sakimori.kernel.identity.models import Person
from sakimori.lib import clock

from . import calendar
from .company import Stage
from .decisions import approve_all, decide

_OUTSIDE = (
    ("EXT-001", "テレワークセキュリティガイドライン", "総務省", "第5版"),
    ("EXT-002", "個人情報の保護に関する法律についてのガイドライン（通則編）", "個人情報保護委員会", "最新版"),
)
_COPIES = (
    ("document-control", "本社 総務部 書庫"),
    ("incident-response", "本社 守衛室"),
    ("incident-response", "川口工場 事務所"),
)
_REVISED = "文書の運用の確認を早め、紙の写しの点検を加える"


def adopt(stage: Stage) -> None:
    """Take over the shipped set, register what comes from outside, place copies for emergencies."""
    rules.install_shipped(by=stage["ueno"])
    for code, name, publisher, edition in _OUTSIDE:
        rules.register_external(
            code=code,
            name=name,
            publisher=publisher,
            external_edition=edition,
            place="社内ポータル",
            by=stage["ueno"],
        )
    for slug, place in _COPIES:
        found = Document.objects.filter(slug=slug).first()
        if found is not None:
            rules.place_copy(document=found, place=place, holder=stage["kuroda"], by=stage["ueno"])


def work(stage: Stage) -> None:
    """Review every document, revise one, leave a proposal and a revision under way."""
    _review(stage)
    _revise(stage)
    with calendar.on(calendar.ago(6), 14):
        _propose(stage)


def _review(stage: Stage) -> None:
    answers = {
        "inputs": "教育での質問、内部監査の指摘、法令の改正の有無", "fit": True, "verdict": "keep",
        "conclusion": "業務と体制に合っており、このまま用いる。",
    }  # fmt: skip
    for place, document in enumerate(Document.objects.in_force().order_by("code")):
        if place % 11 == 10:
            continue  # forgotten: the check finds it
        with calendar.on(calendar.ago(238 - place % 5), 11):
            done = {**answers, "done_on": clock.today().isoformat()}
            approve_all(approvals.submit("document-review", done, subject=document, by=stage["ueno"]))


def _revise(stage: Stage) -> None:
    """Put a revision forward, have it sent back, mend it, and let it act on its day."""
    document = Document.objects.get(slug="document-control")
    with calendar.on(calendar.ago(66), 10):
        edition = rules.propose(document=document, reason=_REVISED, by=stage["ueno"])
        rules.change_value(edition, name="documents.operation.review", value="6か月", by=stage["ueno"])
        _write_on(
            edition,
            "paper-copies",
            "紙で備えた文書は、現行版であることを定期に点検し、結果を記録する。",
            stage["ueno"],
        )
        _describe(edition, 20, stage["ueno"])
        rules.submit_edition(edition, by=stage["ueno"])
    with calendar.on(calendar.ago(63), 15):
        decide(_application(edition), "return", "点検する者が書かれていません。担当を定めてください。")
    with calendar.on(calendar.ago(61), 11):
        edition = Edition.objects.get(pk=edition.pk)
        article = edition.articles.get(key="paper-copies")
        text = article.text.replace("紙で備えた文書は、", "情報セキュリティ担当者は、紙で備えた文書が")
        rules.change_article(
            edition,
            key=article.key,
            title=article.title,
            text=text,
            chapter=article.chapter,
            by=stage["ueno"],
        )
        rules.submit_edition(edition, by=stage["ueno"])
    with calendar.on(calendar.ago(59), 16):
        approve_all(_application(edition), "委員会で審議し、適切と認めた。")
    with calendar.on(calendar.ago(40), 0):
        rules.take_effect()
    with calendar.on(calendar.ago(38), 13):
        copy = document.copies.filter(status="placed").first()
        if copy is not None:
            rules.exchange_copy(copy, destroyed="裁断", by=stage["ueno"])


def _propose(stage: Stage) -> None:
    """Leave a member's draft, and a revision on the desks of the committee."""
    member = Person.objects.holding("committee_member").order_by("pk")[0]
    drafted = Document.objects.filter(slug="incident-response").first()
    if drafted is not None:
        edition = rules.propose(document=drafted, reason="夜間の連絡先の確認を加えたい", by=member)
        _write_on(edition, edition.articles.all()[1].key, "夜間と休日の連絡先は、変更のつど改める。", member)
    under_way = Document.objects.filter(slug="information-assets").first()
    if under_way is not None:
        edition = rules.propose(
            document=under_way, reason="生成AIに入力してよい情報を明らかにする", by=stage["ueno"]
        )
        rules.add_article(
            edition, title="生成AIの利用",
            text="従業者は、会社が認めた生成AIのサービスだけを使う。\n\n次の情報を入力してはならない。\n"
            "- 取引先から預かった図面と仕様書\n- 個人データ",
            by=stage["ueno"],
        )  # fmt: skip
        _describe(edition, 30, stage["ueno"])
        rules.submit_edition(edition, by=stage["ueno"])


def _write_on(edition: Edition, key: str, sentence: str, by: Person) -> None:
    article = edition.articles.get(key=key)
    rules.change_article(
        edition,
        key=key,
        title=article.title,
        text=f"{article.text}\n\n{sentence}",
        chapter=article.chapter,
        by=by,
    )


def _describe(edition: Edition, days: int, by: Person) -> None:
    day = clock.today() + timedelta(days=days)
    rules.describe(edition, reason=edition.reason, takes_effect_on=day, material=True, by=by)


def _application(edition: Edition) -> approvals.Application:
    found: approvals.Application = approvals.Application.objects.get(
        form="document-revision", subject_id=edition.pk, status="pending"
    )
    return found
