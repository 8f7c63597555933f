"""Analysis: facts in, value out."""

from decimal import Decimal

import pytest

from sakimori.domains.assets.rules import classify
from sakimori.domains.risk import rules
from sakimori.domains.risk.models import Risk
from sakimori.lib.errors import Invalid, NotAllowed

from .conftest import FACTS


def facts(**changes):
    return {**FACTS, **changes}


@pytest.mark.requirement("V20-019", "REG-310")
def test_the_value_is_computed_from_numbers(risk, cast):
    done = rules.analyse(risk, **FACTS, by=cast.ueno)
    assert (done.likelihood, done.loss, done.value) == (3, 4, 12)
    assert done.expected_loss == Decimal(25_000_000)


@pytest.mark.requirement("REG-310")
@pytest.mark.parametrize("missing", ["frequency", "loss_amount", "loss_extent", "loss_parties"])
def test_every_number_is_demanded(missing, risk, cast):
    with pytest.raises(Invalid) as refusal:
        rules.analyse(risk, **facts(**{missing: None}), by=cast.ueno)
    assert set(refusal.value.problems) == {missing}


def test_the_greatest_of_amount_extent_and_parties_counts(risk, cast):
    assert (
        rules.analyse(risk, **facts(loss_amount=Decimal(0), loss_extent=1, loss_parties=5), by=cast.ueno).loss
        == 5
    )


@pytest.mark.requirement("V20-020", "V20-012")
def test_the_judgement_follows_from_the_acceptance_level(risk, cast):
    low = rules.analyse(risk, **facts(frequency=Decimal("0.01"), loss_extent=1, loss_parties=1), by=cast.ueno)
    assert (low.value, low.level, low.above_level, low.state) == (3, 6, False, Risk.State.ACCEPTABLE)
    again = rules.analyse(Risk.objects.get(pk=low.pk), **FACTS, by=cast.ueno)
    assert (again.above_level, again.state) == (True, Risk.State.ANALYSED)


@pytest.mark.requirement("REG-311", "V20-010")
def test_the_conditions_of_the_calculation_are_kept(high):
    assert high.calculation["method"] == "regulation"
    assert high.calculation["per_year"]["3"] == "0.5"
    assert high.calculation["day"] == "2026-06-01"


def test_the_public_formula_multiplies_importance_and_likelihood(risk, cast):
    done = rules.analyse(
        risk, method="sme", threat_level=3, vulnerability_level=2, no_control_reason="なし", by=cast.ueno
    )
    assert (done.likelihood, done.loss, done.value) == (2, 3, 6)


@pytest.mark.requirement("REG-298", "V20-016")
@pytest.mark.parametrize("stated", [FACTS, {"method": "sme", "threat_level": 3, "vulnerability_level": 2}])
def test_an_asset_is_rated_before_its_risks_are_valued(stated, asset, risk, cast):
    type(asset).objects.filter(pk=asset.pk).update(importance=None)
    with pytest.raises(Invalid) as refusal:
        rules.analyse(Risk.objects.get(pk=risk.pk), **{"no_control_reason": "なし", **stated}, by=cast.ueno)
    assert set(refusal.value.problems) == {"asset"}


@pytest.mark.requirement("V20-018")
def test_existing_controls_are_considered_or_confirmed_to_be_missing(risk, cast):
    with pytest.raises(Invalid) as refusal:
        rules.analyse(risk, **facts(no_control_reason=""), by=cast.ueno)
    assert set(refusal.value.problems) == {"existing_controls"}


@pytest.mark.requirement("REG-307")
def test_a_scenario_is_described_before_it_is_evaluated(asset, cast):
    bare = rules.identify(
        asset=asset, threat="theft", vulnerability="no_rules", reason="無施錠", by=cast.ueno
    )
    with pytest.raises(Invalid) as refusal:
        rules.analyse(bare, **FACTS, by=cast.ueno)
    assert set(refusal.value.problems) == {"situation", "cause", "impact"}


def test_a_rejected_scenario_is_not_analysed(asset, cast):
    rejected = rules.reject(
        asset=asset, threat="theft", vulnerability="no_rules", reason="無関係", by=cast.ueno
    )
    with pytest.raises(NotAllowed) as refusal:
        rules.analyse(rejected, **FACTS, by=cast.ueno)
    assert refusal.value.rule == "risk.rejected"


def test_a_new_rating_of_the_asset_values_its_risks_again(risk, asset, cast):
    rules.analyse(
        risk, method="sme", threat_level=3, vulnerability_level=2, no_control_reason="なし", by=cast.ueno
    )
    asset.refresh_from_db()
    type(asset).objects.filter(pk=asset.pk).update(personal_data=False)
    asset.refresh_from_db()
    classify(asset, confidentiality=1, integrity=1, availability=1, classification="public", by=cast.ueno)
    risk.refresh_from_db()
    assert (risk.loss, risk.value) == (1, 2)


@pytest.mark.requirement("V20-017")
def test_the_harm_of_each_property_follows_the_asset_unless_stated_with_a_reason(risk, cast):
    valued = rules.analyse(risk, **FACTS, by=cast.ueno)
    assert (valued.harm_confidentiality, valued.harm_integrity, valued.harm_availability) == (3, 2, 1)
    stated = {**FACTS, "harm_availability": 3}
    with pytest.raises(Invalid) as refusal:
        rules.analyse(valued, **{**stated, "harm_reason": " "}, by=cast.ueno)
    assert set(refusal.value.problems) == {"harm_reason"}
    risk.refresh_from_db()
    assert rules.analyse(risk, **stated, by=cast.ueno).harm_availability == 3


@pytest.mark.requirement("V20-017")
def test_a_harm_outside_the_scale_of_the_assets_is_refused(risk, cast):
    with pytest.raises(Invalid) as refusal:
        rules.analyse(risk, **{**FACTS, "harm_integrity": 9}, by=cast.ueno)
    assert set(refusal.value.problems) == {"harm_integrity"}
