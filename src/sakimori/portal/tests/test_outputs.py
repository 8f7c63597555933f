"""What leaves the portal as a file, where a number of the regulations comes from, what was done and by whom."""

from __future__ import annotations

import io
import zipfile
from datetime import date

import pytest
from django.urls import reverse
from django.utils import translation
from openpyxl import load_workbook

from sakimori.domains.assets.rules import register_asset
from sakimori.kernel.approvals import approvals
from sakimori.kernel.approvals.models import Application, Decision
from sakimori.kernel.identity.models import Appointment
from sakimori.kernel.policy.models import ParameterRevision
from sakimori.lib import clock
from sakimori.portal.conformity import answers

pytestmark = pytest.mark.django_db
LEVEL = "risk.acceptance.level"


@pytest.fixture(autouse=True)
def _june():
    with clock.at(date(2026, 6, 1)), translation.override("ja"):
        yield


def text(answer) -> str:
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.requirement("V20-041")
def test_what_was_done_is_on_record_and_found_by_act_person_and_day(as_person, cast):
    asset = register_asset(name="見積書控え", department=cast.sales, storage="paper", by=cast.ueno)
    client = as_person(cast.kobayashi)
    page = reverse("portal:ledger")
    for asked in (
        {"verb": "asset.registered"}, {"actor": "上野"}, {"number": asset.number},
        {"from": "2026-06-01", "until": "2026-06-01"},
    ):  # fmt: skip
        assert asset.number in text(client.get(page, asked)), asked
    for asked in (
        {"actor": "加藤"},
        {"from": "2026-06-02"},
        {"until": "2026-05-31"},
        {"verb": "asset.retired"},
    ):
        assert asset.number not in text(client.get(page, asked)), asked


def test_a_period_of_the_ledger_goes_out_by_the_right_people_only(as_person, cast):
    register_asset(name="見積書控え", department=cast.sales, storage="paper", by=cast.ueno)
    address = reverse("portal:ledger-export")
    answer = as_person(cast.kobayashi).post(address, {"from": "2026-06-01", "until": "2026-06-01"})
    names = zipfile.ZipFile(io.BytesIO(answer.getvalue())).namelist()
    assert {
        "entries.jsonl",
        "leaves.txt",
        "checkpoints.txt",
        "key.txt",
        "manifest.json",
        "sakimori_verify.py",
    } < set(names)
    assert as_person(cast.aoki).post(address).status_code == 403
    assert "ZIPを取り出す" not in text(as_person(cast.aoki).get(reverse("portal:ledger")))
    assert "ZIPを取り出す" in text(as_person(cast.ueno).get(reverse("portal:ledger")))
    for wrong in ({"from": "2026-06-02", "until": "2026-06-01"}, {"from": "昨日"}, {"until": "1999-01-01"}):
        assert as_person(cast.ueno).post(address, wrong).status_code == 422


def test_the_requirements_are_narrowed_by_standard_and_handed_out_as_a_workbook(as_person, cast):
    client = as_person(cast.sato)
    share = next(one for one in answers.shares() if (one.sort, one.key) == ("standard", "2022"))
    assert f"{share.total}件" in text(client.get(reverse("portal:conformity"), {"standard": "2022"}))
    answer = client.get(reverse("portal:conformity-sheet"), {"standard": "2022"})
    sheet = load_workbook(io.BytesIO(answer.getvalue())).worksheets[0]
    assert sheet.max_row == share.total + 1 and sum(share.counts) == share.total
    assert as_person(cast.kato).get(reverse("portal:conformity-sheet")).status_code == 403


def test_a_parameter_shows_its_values_who_approved_them_and_what_the_sources_say(as_person, cast):
    asked = Application.objects.create(
        form="policy-change", applicant=cast.ueno, status="approved", expires_on=date(2026, 7, 1)
    )
    step = asked.steps.create(title="承認", round=1, stage=1, action="approve", due_days=5)
    Decision.objects.create(application=asked, step=step, round=1, person=cast.aoki, outcome="approve")
    ParameterRevision.objects.create(
        name=LEVEL, value=4, effective_on=date(2026, 4, 1), reason="見直しの結果", application=asked
    )
    page = text(as_person(cast.ueno).get(reverse("applications:parameter", args=[LEVEL])))
    for told in ("2026-04-01", "見直しの結果", "青木 誠", asked.number, "変更を申請", "出典ごとの値"):
        assert told in page or told.replace("-", "/") in page, told
    assert as_person(cast.ueno).get(reverse("applications:parameter", args=["no.such"])).status_code == 404
    assert approvals.waiting_for(cast.ueno).count() == 0


def test_the_administrator_of_accounts_is_not_led_to_what_he_may_not_read(as_person, cast):
    Appointment.objects.create(person=cast.kato, role="platform_administrator", starts_on=date(2026, 4, 1))
    asset = register_asset(
        name="見積書控え", department=cast.sales, owner=cast.kato, storage="paper", by=cast.ueno
    )
    client = as_person(cast.kato)
    assert client.get(reverse("registers:detail", args=["assets", asset.pk])).status_code == 404
    home = text(client.get("/"))
    assert reverse("registers:list", args=["assets"]) + '"' not in home
