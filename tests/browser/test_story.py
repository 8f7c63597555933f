"""From a company's own ledger to an approved statement and the permission to operate, as five people walk it."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from openpyxl import Workbook, load_workbook
from playwright.sync_api import expect
from pypdf import PageObject, PdfReader

from sakimori.domains.assets.models import Asset
from sakimori.domains.controls.models import Control, Statement
from sakimori.domains.risk.models import Permit, Risk, Treatment
from sakimori.kernel.approvals.models import Application
from sakimori.kernel.identity.models import Person
from sakimori.kernel.ledger import seal
from sakimori.lib import clock
from tests.cast import Cast

from .conftest import Company
from .walker import Walker

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]
DATA = Path(__file__).parents[1] / "data"
VERIFIER = Path(__file__).parents[2] / "verifier" / "sakimori_verify.py"
FAULTY_ROWS = (42, 66, 67, 134, 138, 140, 149, 162, 169, 176, 180)


def test_from_the_companys_ledger_to_the_permission_to_operate(company: Company, tmp_path: Path) -> None:
    cast = company.cast
    office = company.walk(cast.ueno)
    officer = company.walk(cast.kimura, phone=True)
    head = company.walk(cast.eto)
    member = company.walk(cast.ono)
    president = company.walk(cast.aoki, phone=True)

    a_scale_that_may_be_two_is_asked_for(office, tmp_path / "scale.xlsx", cast)
    a_faulty_ledger_is_refused_row_by_row(office)
    the_ledger_goes_in_is_taken_back_and_goes_in_again(office)
    asset = Asset.objects.current().filter(department=cast.sales, personal_data=True).order_by("pk")[0]
    the_officer_classifies_an_asset_on_his_phone(officer, asset)
    treated, accepted = threats_are_kept_or_passed_over_with_a_reason(office, asset)
    numbers_are_stated(office, treated, frequency="0.5")
    numbers_are_stated(office, accepted, frequency="0.5")

    a_treatment_is_planned_and_submitted(office, treated, cast.kimura.number)
    nobody_approves_his_own(office)
    approved_by(member, president)
    an_acceptance_is_signed(office, accepted, head, president)
    a_material_change_reopens_it(office, accepted)
    an_acceptance_is_signed(office, accepted, head, president)

    statement = a_statement_fills_itself_and_is_decided(office)
    nobody_approves_his_own(office)
    approved_by(member, president)
    it_is_printed_with_the_right_names(office, statement, cast)

    the_president_permits_operation(office, member, president)
    the_president_finds_a_risk_on_the_map(president)
    everything_can_be_proved(office, treated, tmp_path)


def a_scale_that_may_be_two_is_asked_for(office: Walker, file: Path, cast: Cast) -> None:
    """1 to 3 may be three levels or the lower part of five: the answer decides what is stored."""
    book = Workbook()
    book.active.append(["No.", "情報資産名称", "管理部署", "媒体・保存先", "機密性", "完全性", "可用性"])
    for row in ((1, "見積書", "書類", 3, 1, 1), (2, "図面", "書類", 1, 2, 3)):
        book.active.append([*row[:2], cast.sales.name, *row[2:]])
    book.save(file)
    for answer, stored in (("1-5", 1), ("1-3", 2)):
        office.open("/registers/assets/import/")
        office.page.set_input_files("#file", file)
        office.press("次へ進む").reads("評価の段階").shot("00-scale")
        choice = office.page.locator('[name="scale.cia"]')
        assert (choice.input_value(), "1〜3" in choice.inner_text(), "0〜2" in choice.inner_text()) == (
            "",
            True,
            False,
        )
        office.press("取り込む内容を確認する").reads("値から決められません。選んでください。")
        office.fill(scale__cia=answer).press("取り込む内容を確認する").press("この内容で取り込む")
        assert Asset.objects.current().get(name="見積書").confidentiality == stored
        office.fill(reason="段階を確かめる").press("取込を取り消す").reads("取込を取り消しました")


def a_faulty_ledger_is_refused_row_by_row(office: Walker) -> None:
    upload(office, "asset-ledger-faulty.xlsx")
    for row in FAULTY_ROWS:
        office.reads(f"{row}行目")
    expect(office.page.get_by_role("button", name="この内容で取り込む")).to_have_count(0)
    office.shot("02-faulty")
    assert not Asset.objects.current().exists()


def the_ledger_goes_in_is_taken_back_and_goes_in_again(office: Walker) -> None:
    upload(office, "asset-ledger.xlsx")
    office.shot("03-difference").press("この内容で取り込む").reads("取り込みました")
    assert Asset.objects.current().count() == 240
    office.fill(reason="去年の台帳だった").press("取込を取り消す").reads("取込を取り消しました")
    assert not Asset.objects.current().exists()
    upload(office, "asset-ledger.xlsx")
    office.press("この内容で取り込む").press("台帳を見る").reads("情報資産").shot("04-list")
    assert Asset.objects.current().count() == 240


def upload(office: Walker, name: str) -> None:
    """Choose a workbook, confirm the guessed columns and the scale, and look at the dry run."""
    office.open("/registers/assets/import/")
    office.page.set_input_files("#file", DATA / name)
    office.press("次へ進む").press("列の対応を確かめる・変える").reads(
        "列の対応を確かめる", "情報資産名称", "機密性"
    )
    if not office.page.locator('[name="scale.cia"]').input_value():
        office.fill(scale__cia="0-2")
    office.shot(f"01-columns-{name}").press("取り込む内容を確認する")


def the_officer_classifies_an_asset_on_his_phone(officer: Walker, asset: Asset) -> None:
    officer.open("/").open("/registers/assets/").open(f"/registers/assets/{asset.pk}/").shot("05-asset-phone")
    officer.press("変更する").fill(
        confidentiality="2",
        integrity="2",
        availability="1",
        classification="secret",
        reason="顧客の設計図を含む",
    )
    officer.press("変更を保存する").shot("06-classified")
    asset.refresh_from_db()
    assert (asset.classification, asset.importance) == ("secret", 2)
    officer.open(f"/registers/assets/{asset.pk}/?tab=history").shot("06-history-phone")
    officer.reads("木村", "顧客の設計図を含む", "機密性", "区分")
    told = "".join(officer.page.locator(".timeline").all_inner_texts())
    assert not re.search(r"[a-z]{4,}", told), told


def threats_are_kept_or_passed_over_with_a_reason(office: Walker, asset: Asset) -> list[Risk]:
    """Keep two proposals and reject a third."""
    office.open(f"/risk/assets/{asset.pk}/").reads("想定される脅威と脆弱性").shot("07-proposals")
    for reason, button in (
        ("前例がある", "特定する"),
        ("持ち出しがある", "特定する"),
        ("該当しない", "見送る"),
    ):
        office.page.locator(".proposal-form [name=reason]").first.fill(reason)
        office.press(button, within=".proposal-form")
    office.reads("見送ったもの", "該当しない").shot("08-decided")
    assert Risk.objects.filter(asset=asset, state=Risk.State.REJECTED).count() == 1
    return list(Risk.objects.filter(asset=asset).exclude(state=Risk.State.REJECTED).order_by("pk"))


def numbers_are_stated(office: Walker, risk: Risk, *, frequency: str) -> None:
    office.open(f"/risk/{risk.pk}/analyse/?method=regulation").fill(
        frequency=frequency, loss_amount="50000000", loss_extent="4", loss_parties="4", affected="顧客",
        no_control_reason="点検したが該当する管理策はなかった", harm_reason="過去の見積りから",
    ).shot("09-analyse")  # fmt: skip
    office.press("算定する").reads("リスク値を算定しました", "受容水準 1 を超えています").shot("10-risk")
    risk.refresh_from_db()
    assert risk.value and risk.above_level


def a_treatment_is_planned_and_submitted(office: Walker, risk: Risk, owner: str) -> None:
    office.press_on(f"/risk/{risk.pk}/", "対応を計画").fill(
        options="likelihood", action="標的型メール訓練を年2回行う", basis="訓練費用は損害額より小さい", owner=owner,
        due_on=str(clock.today() + timedelta(days=90)), expected_likelihood="1", expected_loss="1",
    )  # fmt: skip
    chips, rows = office.page.locator(".many-chosen label"), office.page.locator(".many-groups label:visible")
    chosen = chips.count()
    office.page.get_by_placeholder("番号や名前で絞り込む").fill("27001:2022 バックアップ")
    expect(rows).to_have_count(1)
    rows.click()
    expect(chips).to_have_count(chosen + 1)
    office.shot("11-plan")
    office.page.wait_for_load_state("networkidle")  # the names that were suggested while typing
    office.press("計画を作成する").reads("予測残留 1")
    plan = Treatment.objects.get(risk=risk)
    assert len(plan.controls) == chosen + 1
    office.open(f"/registers/risk-treatments/{plan.pk}/do/risk.treatment_submitted/")
    office.press("リスク対応計画の提出を実行する").shot("12-submitted")


def nobody_approves_his_own(office: Walker) -> None:
    waiting = newest()
    office.open(f"/applications/{waiting.pk}/")
    expect(office.page.get_by_role("button", name="承認する")).to_have_count(0)
    status, text = office.forge(f"/applications/{waiting.pk}/decide/", decision="approve")
    assert status == 422 and "申請者は、自分の申請を決裁できません" in text


def approved_by(*people: Walker) -> None:
    """Let each of them find the newest application in his queue and approve it."""
    waiting = newest()
    for person in people:
        person.open("/applications/queue/").reads(waiting.number)
        person.open(f"/applications/{waiting.pk}/").shot("13-application").press("承認する").reads(
            "承認として記録しました"
        )
    waiting.refresh_from_db()
    assert waiting.status == "approved"


def newest() -> Application:
    found: Application = Application.objects.order_by("-pk")[0]
    return found


def an_acceptance_is_signed(office: Walker, risk: Risk, head: Walker, president: Walker) -> None:
    office.press_on(f"/risk/{risk.pk}/", "受容を申請").fill(reason="代わりの手段がない").shot("14-accept")
    office.press("承認を求める")
    approved_by(head, president)
    risk.refresh_from_db()
    assert risk.state == Risk.State.ACCEPTED


def a_material_change_reopens_it(office: Walker, risk: Risk) -> None:
    numbers_are_stated(office, risk, frequency="3")
    office.reads("受容した後に内容が変わったか").shot("15-reopened")
    assert risk.state == Risk.State.REOPENED


def a_statement_fills_itself_and_is_decided(office: Walker) -> Statement:
    """Fill, fail to exclude a clause, decide the rest together, submit."""
    office.open("/controls/").shot("16-tree").press("27001:2022").press("適用宣言書を起案")
    statement: Statement = Statement.objects.get()
    office.press("自動記入").reads("自動記入しました").shot("17-filled")
    clause = Control.objects.get(standard=statement.standard, ref="4.1")
    office.open(f"/controls/statements/{statement.pk}/rows/{clause.pk}/")
    office.fill(applicable="no", reason="不要", impact="影響しない").press("この採否で決める")
    office.reads("4.1 は要求事項のため、適用除外にできません。")
    office.open(f"/controls/statements/{statement.pk}/?show=undecided")
    office.page.get_by_label("表示中のすべてを選ぶ").check()
    office.page.locator(".bulk-panel summary").click()
    office.fill(applicable="yes", reasons="practice", reason="事業に必要な慣行として採用する").shot("18-bulk")
    office.press("まとめて決める").reads("採否を決定しました")
    office.press("提出する").shot("19-submit").press("提出する").shot("20-statement")
    return statement


def it_is_printed_with_the_right_names(office: Walker, statement: Statement, cast: Cast) -> None:
    """Read the paper: who prepared, evaluated and approved, and the head of the ledger."""
    address = f"/controls/statements/{statement.pk}"
    office.open(f"{address}/").reads("有効").shot("21-approved")
    seal.seal()  # as the worker does every minute
    pdf = office.download(f"{address}/paper.pdf")
    book = PdfReader(io.BytesIO(pdf))
    whole = "".join(page.extract_text() for page in book.pages)
    signed = {"作成": cast.ueno.name, "評価": cast.ono.name, "承認": cast.aoki.name}
    assert boxes_of(book.pages[0], (cast.aoki, cast.ueno, cast.ono)) == signed
    assert seal.latest_head().root_hex_short in whole
    assert office.download(f"{address}/paper.docx")[:2] == b"PK"
    sheets = load_workbook(io.BytesIO(office.download(f"{address}/sheet/")), read_only=True)
    assert any("A.5.1" in str(cell) for row in sheets.worksheets[0].values for cell in row)


def boxes_of(page: PageObject, people: Iterable[Person]) -> dict[str, str]:
    """Return whose name stands below which heading of the approval block, read by where it is printed."""
    places: dict[str, float] = {}
    page.extract_text(visitor_text=lambda text, matrix, *_rest: places.setdefault(text.strip(), matrix[4]))
    boxes = {}
    for person in people:
        nearest = min(("作成", "評価", "承認"), key=lambda box: abs(places[box] - places[person.name]))
        boxes[nearest] = person.name
    return boxes


def the_president_permits_operation(office: Walker, member: Walker, president: Walker) -> None:
    office.open("/risk/permits/request/").shot("22-permit").press("承認を求める")
    approved_by(member, president)
    permit = Permit.objects.get()
    assert permit.status == Permit.Status.VALID
    president.open(f"/risk/permits/{permit.pk}/").shot("23-permit-phone")


def the_president_finds_a_risk_on_the_map(president: Walker) -> None:
    president.open("/").shot("24-home-phone")
    for address in ("/dashboard/?method=regulation", "/risk/map/?method=regulation"):
        president.open(address).shot("25-map-phone")
        number = int(president.page.locator(".heat a").first.inner_text())
        president.click_first(".heat a").reads("リスク台帳").shot("26-cell-phone")
        expect(president.page.locator(".list-table tbody tr")).to_have_count(number)


def everything_can_be_proved(office: Walker, risk: Risk, folder: Path) -> None:
    office.open(f"/records/{risk.pk}/").shot("27-record")
    assert "上野 真理" in office.page.inner_text("main")
    said = io.StringIO()
    call_command("ledger_proof", risk.number, "--to", str(folder), stdout=said)
    call_command("verify", "--key", stdout=said)
    assert "改ざん・欠落・並べ替えはありません" in said.getvalue()
    key = said.getvalue().strip().splitlines()[-1]
    proof = next(folder.glob("*.tlog-proof"))
    command = [
        sys.executable,
        VERIFIER,
        "--proof",
        proof,
        "--entry",
        proof.with_suffix(".json"),
        "--key",
        key,
    ]
    subprocess.run(command, check=True, capture_output=True)
