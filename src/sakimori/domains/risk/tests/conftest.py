"""A company with one classified asset, standards, and a committee."""

from datetime import date
from decimal import Decimal

import pytest

from sakimori.domains.assets.rules import register_asset
from sakimori.domains.controls.models import Control, Standard
from sakimori.domains.risk import rules
from sakimori.kernel.identity.models import Appointment
from sakimori.lib import clock

TODAY = date(2026, 6, 1)


@pytest.fixture(autouse=True)
def _june():
    with clock.at(TODAY):
        yield


@pytest.fixture
def committee(cast):
    """大野 sits in the committee; 石田 leads it."""
    Appointment.objects.create(person=cast.ono, role="committee_member", starts_on=date(2026, 4, 1))
    return cast


@pytest.fixture
def asset(committee, cast):
    return register_asset(
        name="顧客名簿", department=cast.sales, storage="internal_server", personal_data=True,
        confidentiality=3, integrity=2, availability=1, by=cast.ueno,
    )  # fmt: skip


@pytest.fixture
def risk(asset, cast):
    return rules.identify(
        asset=asset, threat="ransomware", vulnerability="no_awareness", reason="同業他社で被害があった",
        situation="業務メールの添付を開き", cause="手口を知らないため", path="端末から広がって",
        impact="名簿が使えなくなる", occurs_when="平日の業務中", by=cast.ueno,
    )  # fmt: skip


FACTS = {
    "method": "regulation",
    "frequency": Decimal("0.5"),
    "loss_amount": Decimal("50000000"),
    "loss_extent": 4,
    "loss_parties": 4,
    "affected": "顧客",
    "harm_reason": "過去の見積りから",
    "no_control_reason": "点検したが該当する管理策はなかった",
}


@pytest.fixture
def high(risk, cast):
    """A risk of 3 × 4 = 12, above the level of 6."""
    return rules.analyse(risk, **FACTS, by=cast.ueno)


@pytest.fixture
def awareness(db):
    """The control on awareness of the 2022 standard."""
    standard = Standard.objects.create(
        slug="iso27001-2022", name="ISO/IEC 27001:2022", short="27001:2022", source="shipped"
    )
    return Control.objects.create(
        standard=standard, ref="A.6.3", name="意識向上と教育", control_kind="control"
    )


@pytest.fixture
def plan(high, awareness, cast):
    return rules.plan_treatment(
        risk=high, options=["likelihood"], action="標的型メール訓練を年2回行う", basis="訓練費用は損害額より小さい",
        owner=cast.kimura, due_on=date(2026, 9, 30), expected_likelihood=1, expected_loss=4,
        control_refs=[awareness.number], cost=Decimal(300000), cost_limit=Decimal(500000), by=cast.ueno,
    )  # fmt: skip
