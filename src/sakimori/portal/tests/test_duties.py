"""A duty on its day: who may complete it, with what, and what the page says of lateness."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import translation

from sakimori.domains.assets.rules import register_asset
from sakimori.domains.people.models import Agreement
from sakimori.kernel.ledger import reading
from sakimori.kernel.obligations import obligations
from sakimori.kernel.obligations.obligations import Occurrence
from sakimori.lib import clock

pytestmark = pytest.mark.django_db
TODAY = date(2026, 6, 1)


@pytest.fixture(autouse=True)
def _june():
    with clock.at(TODAY), translation.override("ja"):
        yield


@pytest.fixture
def agreement(cast):
    """The signed pledge that proves 清水's duty about 加藤."""
    return Agreement.objects.create(person=cast.kato, owner=cast.kato, signed_on=TODAY, effective_on=TODAY)


@pytest.fixture
def due(cast):
    """The duty of personnel to obtain a pledge, open for everybody to see."""
    return _occurrence("people.agreement", cast.kato, due_on=TODAY + timedelta(days=5))


def _occurrence(duty: str, target, *, due_on: date) -> Occurrence:
    obligation = next(row for row in obligations.adopt() if row.duty_id == duty)
    return Occurrence.objects.create(
        obligation=obligation, slot=f"{duty} {due_on}", target=target, nominal_on=due_on, role=obligation.duty.role,
        opens_on=TODAY - timedelta(days=30), due_on=due_on,
    )  # fmt: skip


def _post(client, occurrence, proof: str, done_on: date = TODAY):
    address = reverse("portal:occurrence", args=[occurrence.pk])
    return client.post(address, {"proof": proof, "done_on": done_on.isoformat()})


def _page(client, occurrence) -> str:
    answer = client.get(reverse("portal:occurrence", args=[occurrence.pk]))
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.requirement("V20-060")
def test_who_answers_for_it_completes_it_with_its_record_and_the_ledger_knows(
    as_person, cast, due, agreement
):
    client = as_person(cast.shimizu)
    assert agreement.number in _page(client, due), "the newest fitting records are offered"
    answer = _post(client, due, agreement.number.lower())
    assert answer.status_code == 302
    due.refresh_from_db()
    assert (due.state, due.proof_id, due.done_by_id) == ("done", agreement.pk, cast.shimizu.pk)
    assert reading.entries().filter(verb="occurrence.completed", actor=cast.shimizu).count() == 1
    assert "完了する" not in _page(client, due)


def test_somebody_else_sees_the_day_but_no_form_and_is_refused(as_person, cast, due, agreement):
    client = as_person(cast.kubo)
    assert '<form method="post" class="card-body">' not in _page(client, due)
    readable = register_asset(
        name="業務日誌", department=cast.systems, owner=cast.kubo, storage="paper", by=cast.ueno
    )
    before = reading.entries().count()
    answer = _post(client, due, readable.number)
    assert answer.status_code == 422 and "この義務の担当ではありません" in answer.content.decode()
    due.refresh_from_db()
    assert due.state == "open" and reading.entries().filter(verb="occurrence.completed").count() == 0
    assert reading.entries().count() == before


@pytest.mark.parametrize(
    ("number", "sentence"),
    [("AST-99999", "番号の記録が見つかりません"), ("", "必須"), ("other kind", "別の種類の記録です")],
)
def test_a_wrong_proof_is_refused_in_words(as_person, cast, due, number, sentence):
    asset = register_asset(
        name="顧客名簿", department=cast.personnel, owner=cast.shimizu, storage="paper", by=cast.ueno
    )
    answer = _post(as_person(cast.shimizu), due, asset.number if number == "other kind" else number)
    assert answer.status_code == 422 and sentence in answer.content.decode()
    due.refresh_from_db()
    assert due.state == "open"


def test_a_day_to_come_is_no_day_on_which_it_was_done(as_person, cast, due, agreement):
    answer = _post(as_person(cast.shimizu), due, agreement.number, TODAY + timedelta(days=1))
    assert answer.status_code == 422 and "未来の日は指定できません" in answer.content.decode()


def test_late_proof_is_taken_and_shown_as_late(as_person, cast, agreement):
    overdue = _occurrence("people.agreement", cast.kato, due_on=TODAY - timedelta(days=3))
    client = as_person(cast.shimizu)
    assert "超過" in _page(client, overdue)
    assert _post(client, overdue, agreement.number).status_code == 302
    assert "遅れて完了" in _page(client, overdue)
    days = client.get(reverse("portal:duty", args=[overdue.obligation_id])).content.decode()
    assert "遅れて完了" in days


def test_what_was_completed_once_is_not_completed_again(as_person, cast, due, agreement):
    client = as_person(cast.shimizu)
    _post(client, due, agreement.number)
    answer = _post(client, due, agreement.number)
    assert answer.status_code == 422
    assert reading.entries().filter(verb="occurrence.completed").count() == 1


def test_the_days_and_the_list_of_a_duty_take_no_post(as_person, cast, due):
    client = as_person(cast.shimizu)
    for name, args in (("duty", [due.obligation_id]), ("mine", []), ("duties", [])):
        assert client.post(reverse(f"portal:{name}", args=args)).status_code == 405
