"""The portal's pages, as the people they are for."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from sakimori.domains.assets.rules import classes, classify, register_asset
from sakimori.domains.controls.models import Control, Standard
from sakimori.domains.controls.rules import need
from sakimori.domains.risk import rules
from sakimori.kernel.findings import findings
from sakimori.kernel.identity.models import Appointment
from sakimori.kernel.jobs import registry
from sakimori.kernel.jobs.models import Progress
from sakimori.kernel.ledger import reading, seal
from sakimori.lib import clock
from sakimori.portal.conformity import answers
from sakimori.portal.dashboard import changes, coverage, figures
from sakimori.portal.evidence.tasks import VERIFY

pytestmark = pytest.mark.django_db
PAGES = ("home", "dashboard", "conformity", "ledger", "heads", "verification", "duties", "mine", "findings")
PEOPLE = ("aoki", "ishida", "ueno", "eto", "ono", "kato", "kimura", "kubo", "kobayashi", "sato", "shimizu")
CLOSED_TO_STAFF = ("dashboard", "conformity", "ledger", "heads", "verification")


@pytest.fixture(autouse=True)
def _june():
    with clock.at(date(2026, 6, 1)), translation.override("ja"):
        yield


@pytest.fixture
def high(cast):
    """A risk of 12, above the level of 6, of an asset in the sales department."""
    Appointment.objects.create(person=cast.ono, role="committee_member", starts_on=date(2026, 4, 1))
    asset = register_asset(
        name="顧客名簿", department=cast.sales, storage="internal_server", personal_data=True,
        confidentiality=3, integrity=2, availability=1, by=cast.ueno,
    )  # fmt: skip
    risk = rules.identify(
        asset=asset, threat="ransomware", vulnerability="no_awareness", reason="同業他社で被害があった",
        situation="添付を開き", cause="手口を知らない", path="端末から", impact="使えなくなる",
        occurs_when="平日", by=cast.ueno,
    )  # fmt: skip
    return rules.analyse(
        risk, method="regulation", frequency=Decimal("0.5"), loss_amount=Decimal(50000000), loss_extent=4,
        loss_parties=4, affected="顧客", harm_reason="見積り", no_control_reason="点検した", by=cast.ueno,
    )  # fmt: skip


def text(answer):
    assert answer.status_code == 200, answer
    return answer.content.decode()


@pytest.mark.parametrize("name", PEOPLE)
def test_home_shows_work_and_a_start_to_everybody(as_person, cast, name):
    page = text(as_person(getattr(cast, name)).get("/"))
    assert "自分の仕事" in page and "ここから始める" in page


@pytest.mark.parametrize("page", CLOSED_TO_STAFF)
def test_the_staff_is_refused_what_the_management_sees(as_person, cast, page):
    assert as_person(cast.kato).get(reverse(f"portal:{page}")).status_code == 403


@pytest.mark.parametrize("name", ["aoki", "ueno", "kobayashi", "sato"])
@pytest.mark.parametrize("page", PAGES)
def test_management_office_and_auditors_open_every_page(as_person, cast, high, name, page):
    text(as_person(getattr(cast, name)).get(reverse(f"portal:{page}")))


@pytest.fixture
def awareness(db):
    standard = Standard.objects.create(
        slug="iso27001-2022", name="ISO/IEC 27001:2022", short="27001", source="shipped"
    )
    return Control.objects.create(
        standard=standard, ref="A.6.3", name="意識向上と教育", control_kind="control"
    )


def kind(person, label):
    row = next(row for row in figures.kinds(person) if row.label == label)
    return row.count, row.classified, row.covered


@pytest.mark.requirement("REG-001")
def test_assets_are_counted_by_kind_with_what_is_classified_and_covered(as_person, cast, high, awareness):
    assert kind(cast.ueno, "情報") == (1, 0, 0)
    assert kind(cast.ueno, "コンピュータ") == (0, 0, 0)
    classify(
        high.asset,
        confidentiality=3,
        integrity=2,
        availability=1,
        classification=next(iter(classes())),
        by=cast.ueno,
    )
    need([awareness], high, by=cast.ueno)
    assert kind(cast.ueno, "情報") == (1, 1, 1)
    assert "100%" in text(as_person(cast.aoki).get(reverse("portal:dashboard")))


def blanks(person):
    rows = coverage.coverage(person, {})
    return {(cell.origin, cell.effect) for _origin, row in rows for cell in row if cell.is_blank}


@pytest.mark.requirement("REG-003")
def test_a_combination_is_reported_until_a_control_is_linked_to_a_risk_of_it(cast, high, awareness):
    assert ("故意", "破壊") in blanks(cast.ueno)
    need([awareness], high, by=cast.ueno)
    assert ("故意", "破壊") not in blanks(cast.ueno)
    assert ("偶発", "破壊") in blanks(cast.ueno)


@pytest.mark.requirement("REG-313")
def test_risks_above_the_level_and_without_an_answer_are_counted(cast, high):
    threats = figures.risks_by_threat(cast.aoki, clock.today())
    counts = {one.label: one.value for one in figures.of_risks(threats, 0, clock.today())}
    assert counts["受容水準を超えるリスク"] == 1
    assert counts["対応も受容も未定"] == 1


def test_what_changed_is_read_from_the_ledger_between_two_days(cast, high):
    counts = {
        one.title: one.count
        for one in changes.between(date(2026, 6, 1), date(2026, 6, 1), cast.aoki).subjects
    }
    assert counts["新しく特定したリスク"] == 1 and counts["リスク値の変更"] == 1
    assert changes.between(date(2026, 5, 1), date(2026, 5, 31), cast.aoki).total == 0


@pytest.mark.parametrize("page", ["home", "dashboard", "ledger", "findings"])
def test_a_page_asks_the_same_queries_for_one_row_as_for_twenty(as_person, cast, high, page):
    client = as_person(cast.aoki)
    address = reverse(f"portal:{page}")
    findings.run(clock.today())
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        text(client.get(address))
    for number in range(20):
        register_asset(name=f"図面{number}", department=cast.production, storage="paper", by=cast.ueno)
    findings.run(clock.today())
    with CaptureQueriesContext(connection) as many:
        text(client.get(address))
    assert len(many) == len(few)


def test_the_dashboard_is_printed(as_person, cast, high):
    assert (
        as_person(cast.aoki).get(reverse("portal:dashboard-print", args=["pdf"])).content.startswith(b"%PDF")
    )


def test_findings_are_listed_and_opened_with_the_way_to_an_exception(as_person, cast, high):
    register_asset(name="持ち主なし", department=cast.production, storage="paper", by=cast.ueno)
    findings.run(clock.today())
    client = as_person(cast.ueno)
    assert "持ち主なし" in text(client.get(reverse("portal:findings") + "?check=assets.unclassified"))
    one = findings.Finding.objects.get(check_name="assets.unclassified", record__label="持ち主なし")
    text(client.get(reverse("portal:finding", args=[one.pk])))
    assert as_person(cast.kato).get(reverse("portal:finding", args=[one.pk])).status_code == 404


def test_the_ledger_is_narrowed_and_paged_without_losing_an_entry(as_person, cast, high):
    client = as_person(cast.kobayashi)
    assert high.number in text(client.get(reverse("portal:ledger") + f"?number={high.number}"))
    assert "該当する証跡はありません" in text(client.get(reverse("portal:ledger") + "?until=2020-01-01"))
    entry = reading.entries().filter(record_id=high.pk).last()
    assert bytes(entry.leaf).hex() in text(client.get(reverse("portal:entry", args=[entry.pk])))


def test_the_proof_of_one_record_carries_its_verifier(as_person, cast, high):
    seal.seal()
    answer = as_person(cast.kobayashi).post(reverse("portal:proof", args=[high.pk]))
    names = zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
    assert "sakimori_verify.py" in names and any(name.endswith(".tlog-proof") for name in names)


def test_a_verification_ends_in_a_sentence(as_person, cast, high):
    seal.seal()
    client = as_person(cast.kobayashi)
    client.post(reverse("portal:verification"))
    registry.run(VERIFY, {"key": Progress.objects.get(job=VERIFY).pk})
    assert "改ざん・欠落・並べ替えはありません" in text(client.get(reverse("portal:verification")))


def test_every_requirement_has_a_computed_state_and_unanswered_ones_say_so(as_person, cast):
    client = as_person(cast.sato)
    page = text(client.get(reverse("portal:requirement", args=["V20-026"])))
    assert "残留リスク承認記録" in page and "製品機能あり" in page and "リスク管理規程 第" in page
    open_ones = [one for one in answers.REQUIREMENTS if answers.state_of(one) == "none"]
    assert "まだこの要求事項に答えていません" in text(
        client.get(reverse("portal:requirement", args=[open_ones[0].id]))
    )
