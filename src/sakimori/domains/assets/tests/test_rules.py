"""Rules of the asset register."""

from datetime import date

import pytest

from sakimori.domains.assets import rules
from sakimori.domains.assets.checks import unconfirmed
from sakimori.domains.assets.models import Asset
from sakimori.kernel.identity.actors import SYSTEM
from sakimori.kernel.ledger import book
from sakimori.kernel.policy import policy
from sakimori.lib import clock
from sakimori.lib.errors import Invalid, NotAllowed

TODAY = date(2026, 6, 1)


@pytest.fixture(autouse=True)
def _june():
    with clock.at(TODAY):
        yield


@pytest.fixture
def asset(cast):
    return rules.register_asset(name="顧客名簿", department=cast.sales, by=cast.ueno)


@pytest.mark.requirement("JPM-038")
def test_the_head_of_the_department_answers_for_an_asset_by_default(asset, cast):
    assert asset.owner_id == cast.eto.pk


@pytest.mark.requirement("V20-013", "PRC-037")
def test_an_asset_for_which_nobody_answers_is_refused(cast):
    with pytest.raises(Invalid) as refusal:
        rules.register_asset(name="宙に浮いた資産", department=cast.personnel, by=cast.ueno)
    assert set(refusal.value.problems) == {"owner"}
    assert not Asset.objects.exists()


@pytest.mark.requirement("PRC-034")
def test_every_change_of_an_asset_is_in_its_history(asset, cast):
    rules.change_asset(asset, business="営業", reason="分類の見直し", by=cast.ueno)
    line = book.history(asset)[0]
    assert (line.actor_label, line.reason) == (cast.ueno.name, "分類の見直し")
    assert ("業務分類", "営業") in [(c.label, c.after) for c in line.changes]


@pytest.mark.requirement("REG-303", "PRC-035")
def test_importance_is_the_greatest_rating(asset, cast):
    rated = rules.classify(
        asset, confidentiality=1, integrity=2, availability=1, classification="internal", by=cast.ueno
    )
    assert rated.importance == 2


def test_an_asset_with_a_blank_rating_has_no_importance(asset):
    assert asset.importance is None and asset.risk_value is None


def test_personal_data_lifts_importance_to_the_top(asset, cast):
    rated = rules.change_asset(
        asset, personal_data=True, confidentiality=1, integrity=1, availability=1, by=cast.ueno
    )
    assert rated.importance == 3


def test_the_public_formula_gives_the_risk_value(asset, cast):
    rated = rules.change_asset(
        asset, confidentiality=2, integrity=2, availability=1, threat=3, vulnerability=2, by=cast.ueno
    )
    assert (rated.importance, rated.likelihood, rated.risk_value) == (2, 2, 4)


@pytest.mark.requirement("PRC-123")
def test_ratings_outside_the_scale_in_force_are_refused(asset, cast):
    with pytest.raises(Invalid) as refusal:
        rules.classify(
            asset, confidentiality=9, integrity=0, availability=1, classification="secret", by=cast.ueno
        )
    assert set(refusal.value.problems) == {"confidentiality", "integrity"}


@pytest.mark.requirement("V20-115", "JPM-034")
def test_scales_and_classes_are_those_of_the_regulation_in_force(asset, cast):
    policy.adopt_preset("industry-model", by=SYSTEM)
    rated = rules.classify(
        asset, confidentiality=0, integrity=2, availability=1, classification="secret", by=cast.ueno
    )
    assert rated.importance == 2
    with pytest.raises(Invalid) as refusal:
        rules.classify(
            rated, confidentiality=3, integrity=0, availability=0, classification="general", by=cast.ueno
        )
    assert set(refusal.value.problems) == {"confidentiality", "classification"}


@pytest.mark.requirement("PRC-043")
def test_another_preset_brings_its_three_classes(cast):
    policy.adopt_preset("procedures-2022", by=SYSTEM)
    assert [row["label"] for row in sorted(rules.classes().values(), key=lambda r: r["rank"])] == [
        "一般", "社外秘", "関係者外秘",
    ]  # fmt: skip


def test_staff_enter_nothing_and_officers_only_for_their_department(cast):
    with pytest.raises(NotAllowed):
        rules.register_asset(name="個人メモ", department=cast.production, by=cast.kimura)
    assert rules.register_asset(name="見積書", department=cast.sales, by=cast.kimura).pk


def test_a_leaver_is_not_made_owner(asset, cast):
    with pytest.raises(Invalid) as refusal:
        rules.change_owner(asset, owner=cast.suzuki, reason="引継ぎ", by=cast.ueno)
    assert set(refusal.value.problems) == {"owner"}


@pytest.mark.requirement("PRC-036")
def test_a_confirmation_is_dated_today(asset, cast):
    assert rules.confirm(asset, by=cast.kimura).confirmed_on == TODAY


@pytest.mark.requirement("V20-114")
def test_information_is_tied_to_its_system_and_both_are_confirmed_within_the_year(asset, cast):
    system = rules.register_asset(name="販売管理", asset_kind="computer", department=cast.sales, by=cast.ueno)
    tied = rules.change_asset(asset, system=system, by=cast.ueno)
    assert list(system.holds.all()) == [tied]
    rules.confirm(tied, by=cast.ueno)
    with clock.at(date(2027, 6, 2)):
        assert tied in unconfirmed(date(2027, 6, 2))
    assert tied not in unconfirmed(TODAY)


@pytest.mark.requirement("JPM-033")
def test_a_disposal_names_method_and_day_and_closes_the_entry(asset, cast):
    with pytest.raises(Invalid) as refusal:
        rules.dispose(asset, method=" ", disposed_on=date(2026, 6, 2), by=cast.ueno)
    assert set(refusal.value.problems) == {"method", "disposed_on"}
    asset.refresh_from_db()
    rules.dispose(asset, method="裁断", disposed_on=TODAY, by=cast.ueno)
    assert book.history(asset)[0].facts["method"] == "裁断"
    with pytest.raises(NotAllowed) as refusal:
        rules.change_asset(asset, business="営業", by=cast.ueno)
    assert refusal.value.rule == "assets.retired"


def test_a_system_that_still_holds_information_is_not_disposed_of(asset, cast):
    system = rules.register_asset(name="販売管理", asset_kind="computer", department=cast.sales, by=cast.ueno)
    rules.change_asset(asset, system=system, by=cast.ueno)
    with pytest.raises(Invalid):
        rules.dispose(system, method="売却", disposed_on=TODAY, by=cast.ueno)


@pytest.mark.requirement("JPM-039")
def test_the_scope_of_use_is_named_by_departments_and_people(asset, cast):
    rules.set_scope(asset, who=[cast.sales, cast.kubo], by=cast.ueno)
    assert {row.pk for row in rules.permitted_people(asset)} == {cast.sales.pk, cast.kubo.pk}
    with pytest.raises(Invalid):
        rules.set_scope(asset, who=[cast.head_office], by=cast.ueno)


@pytest.mark.requirement("PRC-045")
def test_without_a_list_those_who_were_handed_it_count_as_permitted(asset, cast):
    rules.distribute(asset=asset, receiver=cast.kato, purpose="商談", by=cast.ueno)
    assert [row.pk for row in rules.permitted_people(asset)] == [cast.kato.pk]
