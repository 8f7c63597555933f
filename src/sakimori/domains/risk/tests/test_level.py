"""The acceptance level: the regulation's, or one decided and recorded for a single risk."""

from datetime import date

import pytest

from sakimori.domains.risk import rules
from sakimori.domains.risk.models import Risk
from sakimori.kernel.approvals import approvals
from sakimori.lib.errors import Invalid, NotAllowed

from .conftest import FACTS
from .test_treatment import approve


def decided(risk, level, cast):
    answers = {"level": level, "reason": "顧客との契約で許されている"}
    application = approvals.submit("risk-level", answers, subject=risk, by=cast.ueno)
    approve(application, cast.ono, cast.aoki)
    return Risk.objects.get(pk=risk.pk)


@pytest.mark.requirement("REG-312")
def test_a_level_of_its_own_is_decided_by_the_committee_and_the_president(high, cast):
    assert (high.value, high.level, high.above_level) == (12, 6, True)
    risk = decided(high, 12, cast)
    assert (risk.own_level, risk.level, risk.above_level) == (12, 12, False)
    assert (risk.level_reason, risk.level_decided_on) == ("顧客との契約で許されている", date(2026, 6, 1))
    assert approvals.is_approved(risk.level_decision, form="risk-level", subject=risk)
    assert risk.state == Risk.State.ACCEPTABLE


@pytest.mark.requirement("REG-312")
def test_the_level_of_its_own_outlasts_a_new_valuation(high, cast):
    risk = rules.analyse(decided(high, 3, cast), **FACTS, by=cast.ueno)
    assert (risk.level, risk.above_level) == (3, True)


def test_a_level_beyond_what_the_method_can_reach_is_refused_at_the_last_signature(high, cast):
    with pytest.raises(Invalid, match="25"):
        decided(high, 26, cast)
    assert Risk.objects.get(pk=high.pk).own_level is None


@pytest.mark.requirement("REG-312")
def test_nobody_outside_office_and_committee_asks_for_a_level(high, cast):
    answers = {"level": 20, "reason": "面倒"}
    with pytest.raises(NotAllowed):
        approvals.submit("risk-level", answers, subject=high, by=cast.kato)


@pytest.mark.requirement("REG-312")
def test_the_page_of_the_risk_shows_who_decided_the_level_and_why(high, cast, as_person):
    decided(high, 12, cast)
    page = as_person(cast.ueno).get(f"/risk/{high.pk}/").content.decode()
    assert "このリスクについて 2026/06/01 に決定" in page
    assert "顧客との契約で許されている" in page
    assert approvals.Application.objects.get(form="risk-level").label in page
