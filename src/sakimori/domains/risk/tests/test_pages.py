"""The pages of risk management, as the people they are for."""

import re
from datetime import date

import pytest
from django.urls import reverse

from sakimori.domains.risk import rules
from sakimori.domains.risk.models import Acceptance, Risk, Round, Treatment
from sakimori.domains.risk.views.assessment import proposals
from sakimori.domains.risk.views.heat import maps

from .factories import make_risk


@pytest.fixture
def office(as_person, cast):
    return as_person(cast.ueno)


def text(answer):
    assert answer.status_code == 200, answer
    return answer.content.decode()


@pytest.mark.requirement("REG-304", "REG-306", "V20-014", "V20-015")
def test_proposals_follow_from_kind_and_storage_and_vanish_once_decided(asset, cast):
    offered = proposals(asset)
    assert offered and all("internal_server" in p.typical.storage or not p.typical.storage for p in offered)
    first = offered[0].typical
    rules.reject(
        asset=asset, threat=first.threat, vulnerability=first.vulnerability, reason="対策済み", by=cast.ueno
    )
    assert (first.threat, first.vulnerability) not in {
        (p.typical.threat, p.typical.vulnerability) for p in proposals(asset)
    }


def test_a_proposal_is_kept_with_its_scenario_by_one_press(office, asset):
    first = proposals(asset)[0].typical
    office.post(
        reverse("risk-assess", args=[asset.pk]),
        {
            "threat": first.threat,
            "vulnerability": first.vulnerability,
            "reason": "施錠がない",
            "decision": "keep",
        },
    )
    risk = Risk.objects.get()
    assert (risk.state, risk.situation, risk.identification_reason) == (
        "identified",
        first.scenario.situation,
        "施錠がない",
    )


def test_a_proposal_without_a_reason_stays_a_proposal_and_says_why(office, asset):
    first = proposals(asset)[0].typical
    page = text(
        office.post(
            reverse("risk-assess", args=[asset.pk]),
            {
                "threat": first.threat,
                "vulnerability": first.vulnerability,
                "reason": "",
                "decision": "reject",
            },
        )
    )
    assert "理由を入力してください" in page and not Risk.objects.exists()


def test_the_office_values_a_risk_on_its_page(office, risk):
    page = text(office.get(reverse("risk-analyse", args=[risk.pk])))
    assert "id_frequency" in page and "id_threat_level" not in page
    values = {
        "revision": risk.revision, "method": "regulation", "occurs_when": "平日", "situation": "添付を開き",
        "cause": "知らないため", "impact": "止まる", "frequency": "0.5", "loss_amount": "50000000", "loss_extent": "4",
        "loss_parties": "4", "affected": "顧客", "no_control_reason": "なし",
    }  # fmt: skip
    answer = office.post(reverse("risk-analyse", args=[risk.pk]), values)
    assert answer.status_code == 302
    assert Risk.objects.get().value == 12
    assert "受容水準 6 を超えています" in text(office.get(reverse("risk", args=[risk.pk])))


def test_missing_facts_are_named_at_their_fields_and_nothing_is_lost(office, risk):
    page = text(
        office.post(
            reverse("risk-analyse", args=[risk.pk]),
            {"revision": risk.revision, "situation": "書きかけの状況", "cause": "原因", "impact": "影響"},
        )
    )
    assert "想定頻度を1年当たりの回数で入力してください" in page and "書きかけの状況" in page
    assert Risk.objects.get().value is None


def test_a_stale_form_overwrites_nothing(office, risk):
    page = text(
        office.post(
            reverse("risk-analyse", args=[risk.pk]),
            {"revision": risk.revision + 7, "situation": "古い", "cause": "古い", "impact": "古い"},
        )
    )
    assert "このリスクが変更されました" in page and Risk.objects.get().situation != "古い"


def test_a_plan_is_made_on_its_page_with_the_controls_that_answer_the_vulnerability(
    office, high, awareness, cast
):
    page = text(office.get(reverse("risk-plan", args=[high.pk])))
    assert re.search(rf'value="{awareness.number}"[^>]* checked', page)
    answer = office.post(
        reverse("risk-plan", args=[high.pk]),
        {
            "revision": high.revision, "options": ["likelihood"], "action": "訓練", "basis": "費用が小さい",
            "control_refs": [awareness.number], "owner": cast.kimura.number, "priority": "1",
            "due_on": "2026-09-30", "expected_likelihood": "1", "expected_loss": "4",
        },
    )  # fmt: skip
    assert answer.status_code == 302, answer.content.decode()[:2000]
    assert Treatment.objects.get().expected_value == 4


def test_an_acceptance_is_asked_for_on_its_page(office, high):
    answer = office.post(
        reverse("risk-accept", args=[high.pk]), {"revision": high.revision, "reason": "代わりがない"}
    )
    assert answer.status_code == 302
    assert Acceptance.objects.get().status == "requested"


def test_the_map_counts_each_risk_once_before_and_after(high, cast):
    before, after = maps(cast.aoki, "regulation")
    counted = {(c.likelihood, c.loss): c.count for _l, _n, cells in before.rows for c in cells if c.count}
    assert counted == {(3, 4): 1} and after.total == 1


def test_the_map_reads_the_same_number_of_rows_for_one_risk_and_many(
    high, cast, django_assert_num_queries, as_person
):
    client = as_person(cast.aoki)
    client.get(reverse("risk-map"))
    for number in range(30):
        make_risk(number)
    with django_assert_num_queries(20, exact=False):
        assert "31件" in text(client.get(reverse("risk-map")))


def test_a_cell_of_the_map_leads_to_its_list(high, cast, as_person):
    client = as_person(cast.aoki)
    url = next(c.url for _l, _n, cells in maps(cast.aoki, "regulation")[0].rows for c in cells if c.count)
    assert high.number in text(client.get(url))


def test_staff_see_neither_map_nor_risk_of_another_department(high, as_person, cast):
    client = as_person(cast.kato)
    assert client.get(reverse("risk", args=[high.pk])).status_code == 404
    assert maps(cast.kato, "regulation")[0].total == 0


def test_the_committee_opens_and_closes_a_round_on_its_pages(as_person, cast, asset):
    chair = as_person(cast.ishida)
    assert (
        chair.post(reverse("risk-round-start"), {"name": "2026年度", "occasion": "yearly"}).status_code == 302
    )
    running = Round.objects.get()
    page = text(chair.get(reverse("risk-round", args=[running.pk])))
    assert "顧客名簿" in page
    assert "1件" in text(chair.post(reverse("risk-round", args=[running.pk]), {"conclusion": "完了"}))
    rules.reject(asset=asset, threat="theft", vulnerability="no_rules", reason="施錠済み", by=cast.ueno)
    assert chair.post(reverse("risk-round", args=[running.pk]), {"conclusion": "完了"}).status_code == 302
    running.refresh_from_db()
    assert running.closed_on == date(2026, 6, 1)


@pytest.mark.parametrize("form", ["pdf", "docx"])
def test_reports_are_printed(form, office, high, plan):
    closed = Round.objects.create(name="過去の回", fiscal_year=2025, status="closed")
    for url in (reverse("risk-round-print", args=[closed.pk, form]), reverse("risk-plan-print", args=[form])):
        answer = office.get(url)
        assert answer.status_code == 200 and len(answer.content) > 5000
    assert office.get(reverse("risk-plan-print", args=["exe"])).status_code == 404
