"""The circumstances of the company: noted by category, judged one by one."""

import pytest

from sakimori.domains.organization import rules
from sakimori.domains.organization.models import Circumstance
from sakimori.lib.errors import Invalid, NotAllowed


@pytest.fixture
def law(cast):
    return rules.add_circumstance(
        category="law", content="個人情報保護法の改正が予定されている", by=cast.ueno
    )


@pytest.mark.requirement("REG-300")
@pytest.mark.parametrize("category", Circumstance.Category.values)
def test_each_of_the_eleven_categories_takes_circumstances_of_the_year(category, cast):
    row = rules.add_circumstance(category=category, content="状況", by=cast.ishida)
    assert (row.category, row.decision) == (category, "pending")
    assert row.fiscal_year >= 2026


def test_another_category_and_an_empty_text_are_refused(cast):
    with pytest.raises(Invalid) as refusal:
        rules.add_circumstance(category="weather", content=" ", by=cast.ueno)
    assert set(refusal.value.problems) == {"category", "content"}


@pytest.mark.requirement("REG-301")
def test_a_circumstance_becomes_an_issue_or_is_set_aside_with_a_reason(law, cast):
    with pytest.raises(Invalid) as refusal:
        rules.decide_circumstance(law, is_issue=True, reason="", issue="", by=cast.ueno)
    assert set(refusal.value.problems) == {"reason", "issue"}
    law.refresh_from_db()
    decided = rules.decide_circumstance(
        law, is_issue=True, reason="扱う件数が多い", issue="漏えい時の報告体制が決まっていない", by=cast.ueno
    )
    assert (decided.decision, decided.title()) == ("issue", "漏えい時の報告体制が決まっていない")
    aside = rules.decide_circumstance(decided, is_issue=False, reason="対応を終えた", by=cast.ueno)
    assert (aside.decision, aside.issue) == ("dismissed", "")


def test_staff_without_a_part_in_it_note_nothing(cast):
    with pytest.raises(NotAllowed):
        rules.add_circumstance(category="law", content="状況", by=cast.kato)
