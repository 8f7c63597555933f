"""The history of a risk speaks in words: no codes, no JSON, no keys."""

import pytest

from sakimori.domains.risk import rules
from sakimori.domains.risk.models import Risk
from sakimori.registers import history

from .conftest import FACTS


@pytest.fixture
def told(high, awareness, cast):
    """Return what the last valuation's line says, by column."""
    facts = {**FACTS, "existing_controls": [awareness.number], "loss_extent": 3, "no_control_reason": ""}
    rules.analyse(Risk.objects.get(pk=high.pk), **facts, by=cast.ueno)
    lines = history.of(high, cast.ueno)
    return {change.label: str(change.after) for line in reversed(lines) for change in line.changes}


def test_codes_levels_and_numbers_become_words(told, awareness):
    assert told["脅威"] == "ランサムウェア"
    assert told["影響範囲"] == "3 複数部署"
    assert told["機密性喪失時の事業損害"] == "3 高"
    assert awareness.label in told["現行の管理策"] and awareness.number not in told["現行の管理策"]


def test_the_conditions_of_the_computation_are_titles_and_words(told, high):
    shown = told["算定の条件"]
    assert "<li>計算式: " in shown and "<li>基準日: 2026/06/01</li>" in shown
    for raw in ("{", "per_year", "regulation", "from_yen"):
        assert raw not in shown


def test_a_person_who_may_not_know_a_record_reads_its_number_only(told, awareness, high, cast):
    type(awareness).objects.filter(pk=awareness.pk).update(audience="nobody")
    line = history.of(high, cast.ueno)[0]
    shown = {change.label: str(change.after) for change in line.changes}
    assert shown["現行の管理策"] == awareness.number


def test_the_entry_in_the_ledger_says_the_same(told, high, cast, as_person):
    entry = history.of(high, cast.ueno)[0].entry_id
    page = as_person(cast.ueno).get(f"/ledger/entries/{entry}/").content.decode()
    assert "3 複数部署" in page
