"""Applying and deciding by the pages, without JavaScript."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from sakimori.kernel.approvals import approvals
from sakimori.kernel.approvals.approvals import Application
from sakimori.kernel.approvals.tests import forms
from sakimori.kernel.identity.models import Deputy, Person, Site
from sakimori.kernel.notices.models import Notice
from sakimori.portal.applications.menu import applications_panel
from tests.cast import Cast

pytestmark = pytest.mark.django_db
Enter = Callable[[Person], Client]

WITH_FILE = """
id: with-file
title: 添付書
category: 試験
prefix: WFL
fields:
  - {id: urgent, label: 至急, type: yes-no}
  - {id: why, label: 至急の理由, type: text, when: {field: urgent, is: ['yes']}}
  - {id: span, label: 期間, type: period}
  - {id: plan, label: 計画書, type: file}
route:
  - {id: office, title: 事務局の確認, action: confirm, role: security_office}
"""


@pytest.fixture(autouse=True)
def known_forms(monkeypatch: pytest.MonkeyPatch) -> None:
    forms.put_up(monkeypatch, WITH_FILE)


@pytest.fixture
def trip(cast: Cast) -> Application:
    return approvals.submit("trip", {"purpose": "客先での実演"}, by=cast.kato)


def test_the_forms_are_found_by_words_and_only_those_one_may_file(cast: Cast, as_person: Enter) -> None:
    page = as_person(cast.kato).get("/applications/new/").content.decode()
    assert "持出申請書" in page
    assert "規程パラメータ変更申請書" not in page
    assert "任命申請書" not in as_person(cast.ueno).get("/applications/new/").content.decode()
    found = as_person(cast.ueno).get("/applications/new/?q=パラメータ").content.decode()
    assert "規程パラメータ変更申請書" in found
    assert "持出申請書" not in found


def test_an_application_is_filled_in_previewed_and_filed(cast: Cast, as_person: Enter) -> None:
    client = as_person(cast.kato)
    answers = {"purpose": "実演", "cost": "2,000,000"}
    preview = client.post("/applications/new/trip/", answers | {"preview": "1"})
    assert "部門長（営業部）: 江藤 健" in preview.content.decode()
    assert "社長: 青木 誠" in preview.content.decode()
    assert not Application.objects.exists()
    answer = client.post("/applications/new/trip/", answers)
    application = Application.objects.get()
    assert answer.headers["Location"] == f"/applications/{application.pk}/"
    assert application.answers == {"purpose": "実演", "worker": None, "cost": 2_000_000}
    page = client.get(answer.headers["Location"]).content.decode()
    assert "2,000,000円" in page and "部門長（営業部）" in page


def test_a_wrong_answer_stays_in_the_form_with_its_sentence(cast: Cast, as_person: Enter) -> None:
    answer = as_person(cast.kato).post(
        "/applications/new/trip/", {"purpose": "", "cost": "高い", "worker": "誰か"}
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "「目的」を入力してください。" in page
    assert "「高い」は数値ではありません" in page
    assert "「誰か」は見つかりません" in page
    assert 'value="高い"' in page


def test_a_person_is_named_by_what_the_suggestions_write(cast: Cast, as_person: Enter) -> None:
    worker = f"{cast.kimura.name}（{cast.kimura.number}）"
    as_person(cast.kato).post("/applications/new/trip/", {"purpose": "実演", "worker": worker})
    assert Application.objects.get().answers["worker"] == cast.kimura.number


def test_files_become_evidence_and_unasked_questions_are_not_kept(cast: Cast, as_person: Enter) -> None:
    upload = SimpleUploadedFile("計画.pdf", b"%PDF-1.4\n%%EOF\n", "application/pdf")
    answers = {"urgent": "no", "why": "残り", "span_0": "2026-06-01", "span_1": "2026-06-30", "plan": upload}
    answer = as_person(cast.kato).post("/applications/new/with-file/", answers)
    assert answer.status_code == 302, answer.content.decode()
    application = Application.objects.get()
    assert application.answers == {
        "urgent": False,
        "span": ["2026-06-01", "2026-06-30"],
        "plan": ["計画.pdf"],
    }
    assert "計画.pdf" in as_person(cast.ueno).get(f"/applications/{application.pk}/").content.decode()


def test_what_was_done_in_an_emergency_is_filed_afterwards(cast: Cast, as_person: Enter) -> None:
    client = as_person(cast.kato)
    refused = client.post("/applications/new/trip/", {"purpose": "x", "done_on": "2020-01-06"})
    assert "事前に申請できなかった理由を入力してください。" in refused.content.decode()
    client.post(
        "/applications/new/trip/", {"purpose": "x", "done_on": "2020-01-06", "emergency": "夜間の障害"}
    )
    application = Application.objects.get()
    assert (application.done_on, application.is_late) == (date(2020, 1, 6), True)
    assert "期限後の事後申請" in client.get(f"/applications/{application.pk}/").content.decode()


def test_a_form_about_something_first_asks_about_what(cast: Cast, as_person: Enter) -> None:
    site = Site.objects.create(name="倉庫")
    client = as_person(cast.kato)
    assert "何についての申請ですか" in client.get("/applications/new/about/").content.decode()
    chosen = client.get("/applications/new/about/", {"about": site.number})
    assert chosen.headers["Location"] == f"/applications/new/about/?subject={site.pk}"
    client.post("/applications/new/about/", {"purpose": "移転", "subject": site.pk})
    assert Application.objects.get().subject_id == site.pk


def test_an_approver_decides_on_the_page(cast: Cast, as_person: Enter, trip: Application) -> None:
    client, url = as_person(cast.eto), f"/applications/{trip.pk}/"
    assert "あなたの決裁: 部門長の評価" in client.get(url).content.decode()
    step = trip.steps.get(state="open")
    refused = client.post(f"{url}decide/", {"step": step.pk, "decision": "return", "comment": ""})
    assert "差戻しの理由を入力してください。" in refused.content.decode()
    client.post(f"{url}decide/", {"step": step.pk, "decision": "approve", "comment": "よし"})
    page = client.get(url).content.decode()
    assert "あなたの決裁" not in page and "よし" in page


@pytest.mark.requirement("PRC-016")
def test_the_applicant_has_no_buttons_and_a_forged_decision_is_refused(
    cast: Cast, as_person: Enter, trip: Application
) -> None:
    client, url = as_person(cast.kato), f"/applications/{trip.pk}/"
    assert "あなたの決裁" not in client.get(url).content.decode()
    forged = client.post(f"{url}decide/", {"decision": "approve"})
    assert forged.status_code == 422
    assert "separation.own" in forged.content.decode()
    trip.refresh_from_db()
    assert trip.status == "pending"


def test_a_deputy_is_told_that_he_acts_for_another(cast: Cast, as_person: Enter, trip: Application) -> None:
    Deputy.objects.create(
        principal=cast.eto,
        deputy=cast.kimura,
        starts_on=date(2020, 1, 1),
        ends_on=date(2099, 1, 1),
        reason="休職",
    )
    client = as_person(cast.kimura)
    assert "代行" in client.get("/applications/queue/").content.decode()
    assert "江藤 健 さんの代理として" in client.get(f"/applications/{trip.pk}/").content.decode()


def test_a_changed_subject_is_announced_before_anybody_presses(cast: Cast, as_person: Enter) -> None:
    site = Site.objects.create(name="倉庫")
    application = approvals.submit("about", {"purpose": "x"}, subject=site, by=cast.kato)
    Site.objects.filter(pk=site.pk).update(address="大田区")
    page = as_person(cast.ueno).get(f"/applications/{application.pk}/").content.decode()
    assert "申請後に対象の内容が変わりました" in page


def test_a_returned_application_is_corrected_and_sent_again(
    cast: Cast, as_person: Enter, trip: Application
) -> None:
    approvals.decide(trip, decision="return", comment="目的を詳しく", by=cast.eto)
    client, url = as_person(cast.kato), f"/applications/{trip.pk}/"
    assert "目的を詳しく" in client.get(url).content.decode()
    assert "客先での実演" in client.get(f"{url}resubmit/").content.decode()
    client.post(f"{url}resubmit/", {"purpose": "新製品の実演"})
    trip.refresh_from_db()
    assert (trip.round, trip.answers["purpose"]) == (2, "新製品の実演")
    assert as_person(cast.eto).get(f"{url}resubmit/").status_code == 404


def test_an_applicant_withdraws_on_the_page(cast: Cast, as_person: Enter, trip: Application) -> None:
    as_person(cast.kato).post(f"/applications/{trip.pk}/withdraw/", {"reason": "不要"})
    trip.refresh_from_db()
    assert trip.status == "withdrawn"


def test_many_are_decided_together_and_refusals_are_named(cast: Cast, as_person: Enter) -> None:
    rows = [approvals.submit("trip", {"purpose": str(n)}, by=cast.kato) for n in range(3)]
    client = as_person(cast.eto)
    page = client.get("/applications/queue/").content.decode()
    assert all(row.number in page for row in rows)
    answer = client.post(
        "/applications/queue/", {"row": [r.pk for r in rows[:2]], "decision": "approve"}, follow=True
    )
    assert "2件を決裁しました。" in answer.content.decode()
    assert list(approvals.waiting_for(cast.eto).values_list("application_id", flat=True)) == [rows[2].pk]
    answer = client.post("/applications/queue/", {"row": [rows[2].pk], "decision": "reject"}, follow=True)
    assert "却下の理由を入力してください。" in answer.content.decode()


def test_a_new_head_opens_the_files_of_what_waits_for_him(
    cast: Cast, as_person: Enter, trip: Application
) -> None:
    cast.sales.head = cast.ono
    cast.sales.save()
    client, files = as_person(cast.ono), Application.objects.visible_to(cast.ono).filter(pk=trip.pk)
    assert not files.exists()
    assert client.get(f"/applications/{trip.pk}/").status_code == 200
    assert files.exists()


def test_strangers_do_not_learn_that_an_application_exists(
    cast: Cast, as_person: Enter, trip: Application
) -> None:
    for person in (cast.kimura, cast.ono):
        client = as_person(person)
        assert client.get(f"/applications/{trip.pk}/").status_code == 404
        assert client.post(f"/applications/{trip.pk}/decide/", {"decision": "approve"}).status_code == 404
        assert trip.number not in client.get("/applications/mine/").content.decode()


def test_own_applications_and_notices_are_listed(cast: Cast, as_person: Enter, trip: Application) -> None:
    assert trip.number in as_person(cast.kato).get("/applications/mine/").content.decode()
    client = as_person(cast.eto)
    page = client.get("/notices/").content.decode()
    assert trip.number in page and "未読 1件" in page
    client.post("/notices/")
    assert Notice.objects.get().read_at is not None


def test_the_parameters_show_what_holds_and_lead_to_the_application(cast: Cast, as_person: Enter) -> None:
    page = as_person(cast.ueno).get("/policy/").content.decode()
    assert "リスクの受容水準" in page
    assert "/applications/new/policy-change/?parameter=risk.acceptance.level" in page
    assert "変更を申請" not in as_person(cast.kato).get("/policy/").content.decode()
    form = as_person(cast.ueno).get("/applications/new/policy-change/?parameter=risk.acceptance.level")
    assert '<option value="risk.acceptance.level" selected>' in form.content.decode()


def test_a_records_page_shows_its_applications_and_offers_the_forms(cast: Cast, as_person: Enter) -> None:
    site = Site.objects.create(name="倉庫")
    application = approvals.submit("about", {"purpose": "x"}, subject=site, by=cast.kato)
    panel = applications_panel(site, cast.kato)
    assert [one.pk for one, _badge in panel.context["applications"]] == [application.pk]
    assert "about" in [form.id for form in panel.context["offered"]]


def test_the_queue_page_takes_the_same_queries_for_two_as_for_thirty(cast: Cast, as_person: Enter) -> None:
    counts = []
    for size in (2, 28):
        for n in range(size):
            approvals.submit("trip", {"purpose": str(n)}, by=cast.kato)
        client = as_person(cast.eto)
        client.get("/applications/queue/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/applications/queue/")
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 20


@pytest.mark.parametrize(
    "address", ["/applications/new/no-such/", "/applications/new/trip/?subject=x", "/applications/999999/"]
)
def test_an_unknown_address_is_404(cast: Cast, as_person: Enter, address: str) -> None:
    assert as_person(cast.kato).get(address).status_code == 404


def test_the_office_finds_every_application_in_the_register(
    cast: Cast, as_person: Enter, trip: Application
) -> None:
    page = as_person(cast.ueno).get("/registers/applications/").content.decode()
    assert trip.number in page


def test_a_checklist_is_filled_on_its_page_and_reads_as_it_was_asked(cast: Cast, as_person: Enter) -> None:
    assert (
        "運用チェックリスト" in as_person(cast.kimura).get("/applications/new/?kind=record").content.decode()
    )
    client, address = as_person(cast.ueno), "/applications/new/suppliers-checklist/"
    answers = {
        "done_on": "2026-11-02", "supply-approver_judgement": "conforming",
        "supply-cloud-approver_judgement": "nonconforming", "supply-datacentre-tier_measured": "２",
    }  # fmt: skip
    refused = client.post(address, answers)
    page = refused.content.decode()
    assert refused.status_code == 422
    assert "不適合です（定めは3以上）" in page
    assert 'value="２"' in page
    answers |= {f"supply-{name}_comment": "年内に移す" for name in ("cloud-approver", "datacentre-tier")}
    kept = client.get(client.post(address, answers).headers["Location"]).content.decode()
    assert "確かめた値: ２（定めは3以上）。年内に移す" in kept
    assert "承認の経路" not in kept


def test_a_checklist_is_not_filed_by_whom_it_does_not_name(cast: Cast, as_person: Enter) -> None:
    answer = as_person(cast.kato).post("/applications/new/suppliers-checklist/", {"done_on": "2026-11-02"})
    assert answer.status_code == 422
    assert not Application.objects.exists()
