"""What is listed once although several standards ask for it, and what the articles of the regulations answer."""

from __future__ import annotations

import pytest

from sakimori.domains.controls import checks, rules
from sakimori.domains.controls.models import Mapping, Standard, Statement
from sakimori.domains.controls.models.articles import stated
from sakimori.kernel.identity.models import Appointment
from sakimori.lib import clock
from tests.cast import SINCE, Cast

from .factories import control_of, decide_all, join, small_standard
from .test_controls import refs
from .test_statement import approve

TODAY = clock.today


def other_standard(cast: Cast) -> Statement:
    """Return the approved statement of a second standard that asks for the same as the small one."""
    other = small_standard("other")
    for ref in ("A.5.1.1", "A.5.1.2"):
        small = control_of(Standard.objects.get(slug="small"), ref)
        join(control_of(other, ref), small, Mapping.Relation.EQUAL)
    statement = rules.start_statement(standard=other, by=cast.ueno)
    decide_all(statement)
    approve(statement, cast)
    return statement


@pytest.mark.requirement("V20-029")
def test_what_two_standards_ask_for_alike_is_listed_once_and_answered_by_either(
    draft: Statement, cast: Cast
) -> None:
    decide_all(draft)
    approve(draft, cast)
    other = other_standard(cast)
    listed = [(c.standard.slug, c.ref) for c in checks.no_owner(TODAY()).order_by("pk")]
    small = [("small", ref) for ref in ("A.5.1.1", "A.5.1.2", "A.5.1.3")]
    assert listed == [*small, ("other", "A.5.1.3")]
    rules.name_article(control_of(other.standard, "A.5.1.1"), article="5.1", owner=cast.kubo, by=cast.ueno)
    listed = [(c.standard.slug, c.ref) for c in checks.no_owner(TODAY()).order_by("pk")]
    assert listed == [*small[1:], ("other", "A.5.1.3")]


@pytest.mark.requirement("OPS-003")
def test_a_control_that_an_article_of_the_regulations_states_needs_no_other(cast: Cast) -> None:
    standard = small_standard("iso27001-2013", source=Standard.Source.SHIPPED)
    carried = control_of(standard, "A.5.1.1")
    assert [article.id for article in stated()[carried.pk]]
    Appointment.objects.create(person=cast.ono, role="committee_member", starts_on=SINCE, owner=cast.ono)
    statement = rules.start_statement(standard=standard, by=cast.ueno)
    decide_all(statement)
    assert refs(checks.no_article(TODAY())) == set()  # nothing is demanded before the statement is in force
    approve(statement, cast)
    assert refs(checks.no_article(TODAY())) == {"A.5.1.3"}
