"""Risks above the level come before the committee."""

import pytest

from sakimori.domains.committee import rules as committee
from sakimori.lib import clock

pytestmark = pytest.mark.django_db


def test_a_risk_above_the_level_is_offered_for_the_agenda(high):
    found = {one.record: one for one in committee.proposals(clock.today()) if one.source.id == "risks"}
    assert "リスク値 12、受容水準 6" in found[high].explanation
