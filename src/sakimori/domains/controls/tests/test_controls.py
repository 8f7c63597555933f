"""Standards and controls: installed, needed, tested, proved, judged."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from sakimori.domains.controls import checks, rules
from sakimori.domains.controls.models import (
    Control,
    ControlTest,
    Mapping,
    Need,
    Standard,
    Statement,
    comparison,
)
from sakimori.domains.controls.models.crosswalk import neighbours
from sakimori.domains.controls.models.proof import evidence_of
from sakimori.domains.controls.rules.statement import signed_exclusion
from sakimori.domains.controls.views.tree import branches
from sakimori.kernel.dossier.links import link
from sakimori.kernel.dossier.models import Evidence
from sakimori.kernel.identity.actors import SYSTEM
from sakimori.kernel.ledger import book
from sakimori.kernel.obligations import obligations
from sakimori.lib import clock
from sakimori.lib.errors import Invalid, NotAllowed
from tests.cast import Cast

from .factories import a_risk, control_of, decide_all, join, needed, small_standard
from .test_statement import EXCLUDED, approve, sign_exclusion

TODAY = clock.today


def a1(standard: Standard) -> Control:
    return control_of(standard, "A.5.1.1")


def test_of(control: Control, cast: Cast, *, result: str = "effective", days_ago: int = 0) -> ControlTest:
    return rules.record_test(
        control=control, method="抜取り", measured="10件中10件", result=result, by=cast.ueno,
        decision="keep" if result != "ineffective" else "change", tested_on=TODAY() - timedelta(days=days_ago),
    )  # fmt: skip


test_of.__test__ = False  # type: ignore[attr-defined]


def in_force(standard: Standard, cast: Cast) -> Statement:
    statement = rules.start_statement(standard=standard, by=cast.ueno)
    decide_all(statement)
    return approve(statement, cast)


# --- standards --------------------------------------------------------------------------------------------------------


@pytest.mark.requirement("V20-100", "PRC-001", "REG-021")
def test_the_shipped_standards_come_with_all_their_controls_and_categories(cast: Cast) -> None:
    rules.install_shipped()
    counted = Counter(Control.objects.selectable().values_list("standard__slug", flat=True))
    assert counted["isms-v2-2003"] == 134
    assert counted["iso27001-2013"] == 114
    assert counted["iso27001-2022"] == 93
    newest = Control.objects.filter(standard__slug="iso27001-2022", control_kind="control")
    areas = Counter(newest.values_list("parent__ref", flat=True))
    assert [areas[f"A.{n}"] for n in (5, 6, 7, 8)] == [37, 8, 14, 34]
    assert all(control.standard.name for control in newest.select_related("standard"))


@pytest.mark.requirement("OPS-003")
def test_the_2013_annex_has_its_14_chapters(cast: Cast) -> None:
    rules.install_shipped()
    areas = Control.objects.filter(standard__slug="iso27001-2013", control_kind="area")
    assert [area.ref for area in areas.order_by("position")] == [f"A.{n}" for n in range(5, 19)]


def test_installing_twice_adds_nothing(cast: Cast) -> None:
    assert len(rules.install_shipped()) == 4
    before = Control.objects.count(), Mapping.objects.count()
    assert rules.install_shipped() == []
    assert (Control.objects.count(), Mapping.objects.count()) == before


def test_a_standard_of_a_known_name_is_refused(standard: Standard) -> None:
    with pytest.raises(NotAllowed) as error:
        small_standard()
    assert error.value.rule == "controls.standard_once"


def test_every_installed_control_has_a_history(standard: Standard) -> None:
    assert [line.verb for line in book.history(a1(standard))] == ["control.installed"]


def test_a_standard_that_a_statement_speaks_of_is_not_withdrawn(draft: Statement, cast: Cast) -> None:
    with pytest.raises(NotAllowed, match="適用宣言書") as error:
        rules.retire_standard(draft.standard, reason="誤り", by=cast.ueno)
    assert error.value.rule == "controls.standard_in_use"


def test_a_standard_that_a_risk_needs_is_not_withdrawn(standard: Standard, cast: Cast) -> None:
    needed(a1(standard))
    with pytest.raises(NotAllowed, match="リスク"):
        rules.retire_standard(standard, reason="誤り", by=cast.ueno)


def test_a_shipped_standard_is_not_withdrawn(cast: Cast) -> None:
    shipped = small_standard(slug="shipped", source=Standard.Source.SHIPPED)
    with pytest.raises(NotAllowed) as error:
        rules.retire_standard(shipped, reason="誤り", by=cast.ueno)
    assert error.value.rule == "controls.only_imported_standards"


def test_a_withdrawn_standard_makes_room_for_the_same_catalogue(standard: Standard, cast: Cast) -> None:
    with pytest.raises(Invalid):
        rules.retire_standard(standard, reason=" ", by=cast.ueno)
    rules.retire_standard(standard, reason="取り違えた", by=cast.ueno)
    assert not Control.objects.current().filter(standard=standard).exists()
    assert small_standard().pk != standard.pk
    with pytest.raises(NotAllowed) as error:
        rules.start_statement(standard=standard, by=cast.ueno)
    assert error.value.rule == "controls.standard_retired"


# --- needs ------------------------------------------------------------------------------------------------------------


def test_a_cause_needs_exactly_the_controls_it_names_last(standard: Standard, cast: Cast) -> None:
    cause = a_risk()
    one, two = a1(standard), control_of(standard, "A.5.1.2")
    rules.need([one, two], cause, blocking=True, by=cast.ueno)
    rules.need([two], cause, blocking=False, by=cast.ueno)
    assert [(n.control, n.blocking) for n in Need.objects.standing()] == [(two, False)]
    assert Need.objects.exclude(ended_at=None).get().control == one
    assert [line.verb for line in book.history(cause)] == ["control.needed", "control.needed"]


def test_needs_are_met_and_ended_by_the_numbers_of_controls(standard: Standard, cast: Cast) -> None:
    cause = a_risk()
    one, two = a1(standard), control_of(standard, "A.5.1.2")
    rules.need([one, two], cause, by=SYSTEM)
    rules.mark_needs_done(cause=cause, numbers=[one.number], by=SYSTEM)
    assert Need.objects.get(done=True).control == one
    rules.end_needs(cause=cause, keep=[two.number], by=SYSTEM)
    assert Need.objects.standing().get().control == two


@pytest.mark.requirement("V20-023")
def test_a_law_needs_a_control_once(standard: Standard, cast: Cast) -> None:
    rules.add_ground(a1(standard), reason="law", name="個人情報保護法", by=cast.ueno)
    rules.add_ground(control_of(standard, "A.5.1.2"), reason="law", name="個人情報保護法", by=cast.ueno)
    assert Need.objects.standing().values("cause").distinct().count() == 1
    with pytest.raises(Invalid):
        rules.add_ground(a1(standard), reason="law", name="個人情報保護法", by=cast.ueno)


@pytest.mark.parametrize(("reason", "name"), [("risk", "x"), ("mood", "x"), ("law", " ")])
def test_a_ground_without_class_or_name_is_refused(
    standard: Standard, cast: Cast, reason: str, name: str
) -> None:
    with pytest.raises(Invalid):
        rules.add_ground(a1(standard), reason=reason, name=name, by=cast.ueno)


# --- tests and proof --------------------------------------------------------------------------------------------------


@pytest.mark.requirement("V20-075", "REG-322")
def test_a_test_of_a_control_keeps_what_was_measured_and_what_follows(standard: Standard, cast: Cast) -> None:
    due = TODAY() + timedelta(days=90)
    made = rules.record_test(
        control=a1(standard), method="抜取り", measured="10件中8件", result="partly", decision="change",
        next_test_on=due, by=cast.ueno,
    )  # fmt: skip
    assert (made.measured, made.result, made.decision) == ("10件中8件", "partly", "change")
    assert a1(standard).next_test_on == due


@pytest.mark.requirement("V20-075")
def test_a_test_is_the_periodic_duty_to_test(standard: Standard, cast: Cast) -> None:
    obligations.adopt()
    obligations.materialise()
    duty = obligations.Occurrence.objects.filter(obligation__duty_id="controls.tests").earliest("due_on")
    with clock.at(duty.due_on):
        made = test_of(a1(standard), cast)
    duty.refresh_from_db()
    assert (duty.state, duty.proof_id) == ("done", made.pk)


@pytest.mark.requirement("REG-322")
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"method": ""}, "method"),
        ({"measured": " "}, "measured"),
        ({"result": "fine"}, "result"),
        ({"decision": "later"}, "decision"),
        ({"result": "ineffective", "decision": "keep"}, "decision"),
        ({"tested_on": clock.today() + timedelta(days=1)}, "tested_on"),
        ({"next_test_on": clock.today()}, "next_test_on"),
    ],
)
def test_an_incomplete_test_is_refused(
    standard: Standard, cast: Cast, changes: dict[str, object], field: str
) -> None:
    facts = {"method": "抜取り", "measured": "良", "result": "effective", "decision": "keep"} | changes
    with pytest.raises(Invalid) as error:
        rules.record_test(control=a1(standard), by=cast.ueno, **facts)
    assert field in error.value.problems


@pytest.mark.requirement("V20-029")
def test_a_control_without_proof_is_shown_as_such(standard: Standard) -> None:
    found = evidence_of([a1(standard).pk])[a1(standard).pk]
    assert (found.state, found.words) == ("none", "証跡なし")


@pytest.mark.requirement("V20-029")
def test_a_planned_control_is_planned_and_not_done(standard: Standard) -> None:
    needed(a1(standard), due_on=TODAY() + timedelta(days=30))
    found = evidence_of([a1(standard).pk])[a1(standard).pk]
    assert found.state == "planned"
    assert not found.is_implemented
    assert found.words.startswith("計画中（1件、")


@pytest.mark.requirement("V20-029")
def test_files_tests_and_linked_records_are_counted_with_the_latest_day(
    standard: Standard, cast: Cast
) -> None:
    control = a1(standard)
    test_of(control, cast, days_ago=20)
    Evidence.objects.create(
        record=control, sha256="0" * 64, file_name="a.pdf", size=1, media_type="application/pdf",
        happened_on=TODAY() - timedelta(days=10),
    )  # fmt: skip
    link(control, a_risk(), relation="proved_by", by=SYSTEM)
    found = evidence_of([control.pk])[control.pk]
    assert (found.state, found.count, found.latest) == ("done", 3, TODAY())


def test_withdrawn_evidence_and_a_failed_test_prove_nothing(standard: Standard, cast: Cast) -> None:
    control = a1(standard)
    test_of(control, cast, result="ineffective")
    Evidence.objects.create(
        record=control, sha256="0" * 64, file_name="a.pdf", size=1, media_type="x", happened_on=TODAY(),
        withdrawn_at=clock.now(),
    )  # fmt: skip
    assert evidence_of([control.pk])[control.pk].state == "none"


def test_proof_grows_old_with_the_time_the_regulation_allows(standard: Standard, cast: Cast) -> None:
    control = a1(standard)
    test_of(control, cast, days_ago=400)
    found = evidence_of([control.pk])[control.pk]
    assert (found.state, found.is_implemented) == ("stale", False)
    test_of(control, cast)
    assert evidence_of([control.pk])[control.pk].state == "done"


def test_proof_is_shared_with_a_whole_counterpart_and_not_with_a_partial_one(
    standard: Standard, cast: Cast
) -> None:
    other = small_standard("other", "B")
    theirs = control_of(other, "B.5.1.1")
    test_of(theirs, cast)
    edge = join(a1(standard), theirs)
    found = evidence_of([a1(standard).pk])[a1(standard).pk]
    assert (found.state, found.through) == ("through", ("B.5.1.1",))
    Mapping.objects.filter(pk=edge.pk).update(relation=Mapping.Relation.PARTIAL)
    assert evidence_of([a1(standard).pk])[a1(standard).pk].state == "none"


def test_old_proof_of_ones_own_gives_way_to_fresh_proof_of_a_counterpart(
    standard: Standard, cast: Cast
) -> None:
    other = small_standard("other", "B")
    test_of(a1(standard), cast, days_ago=400)
    test_of(control_of(other, "B.5.1.1"), cast)
    join(a1(standard), control_of(other, "B.5.1.1"))
    assert evidence_of([a1(standard).pk])[a1(standard).pk].state == "through"


def test_the_number_of_queries_for_proof_does_not_depend_on_the_controls(
    standard: Standard, django_assert_num_queries: object
) -> None:
    keys = list(Control.objects.values_list("pk", flat=True))
    for wanted in (keys[:1], keys):
        with django_assert_num_queries(7):  # type: ignore[operator]
            evidence_of(wanted)


# --- crosswalk --------------------------------------------------------------------------------------------------------


def three(cast: Cast) -> tuple[Standard, Standard, Standard]:
    one, two, three = (small_standard(name, name.upper()) for name in "abc")
    join(control_of(one, "A.5.1.1"), control_of(two, "B.5.1.1"))
    join(control_of(one, "A.5.1.2"), control_of(two, "B.5.1.1"))
    join(control_of(two, "B.5.1.1"), control_of(three, "C.5.1.1"))
    return one, two, three


def test_counterparts_are_found_from_either_end_and_over_a_third_standard(cast: Cast) -> None:
    one, _two, last = three(cast)
    start, end = control_of(one, "A.5.1.1"), control_of(last, "C.5.1.1")
    assert neighbours([start.pk])[start.pk][end.pk] == 2
    assert neighbours([end.pk])[end.pk][start.pk] == 2


def test_a_way_never_returns_to_a_standard_it_has_passed(cast: Cast) -> None:
    one, _two, _last = three(cast)
    start, sibling = control_of(one, "A.5.1.1"), control_of(one, "A.5.1.2")
    assert sibling.pk not in neighbours([start.pk])[start.pk]


def test_statements_of_standards_without_a_table_are_contrasted_over_a_third(cast: Cast) -> None:
    one, _two, last = three(cast)
    first = rules.start_statement(standard=one, by=cast.ueno)
    second = rules.start_statement(standard=last, by=cast.ueno)
    decide_all(first)
    rules.decide_row(
        second, control=control_of(last, "C.5.1.1"), applicable=False, reason="x", impact="y", by=cast.ueno
    )
    found = {item.row["ref"]: item for item in comparison.across(first, second)}
    assert (found["A.5.1.1"].verdict, found["A.5.1.1"].indirect) == ("disagree", True)
    assert found["A.5.1.3"].verdict == "alone"
    decide_all(second)
    assert {i.row["ref"]: i.verdict for i in comparison.across(first, second)}["A.5.1.1"] == "agree"


# --- the tree ---------------------------------------------------------------------------------------------------------


@pytest.mark.requirement("V20-029", "PRC-001")
def test_the_rings_count_what_is_proved_of_what_is_applied(draft: Statement, cast: Cast) -> None:
    decide_all(draft)
    rules.decide_row(
        draft,
        control=control_of(draft.standard, "A.5.1.3"),
        applicable=False,
        reason="x",
        impact="y",
        by=cast.ueno,
    )
    test_of(a1(draft.standard), cast)
    area = next(root for root in branches(draft.standard, draft) if root.node.ref == "A.5")
    assert (area.done, area.total, area.leaves, area.percent) == (1, 2, 3, 50)


# --- checks -----------------------------------------------------------------------------------------------------------


def refs(rows: object) -> set[str]:
    return {control.ref for control in rows}  # type: ignore[attr-defined]


@pytest.mark.requirement("V20-023")
def test_applied_controls_without_a_need_are_listed(draft: Statement, cast: Cast) -> None:
    needed(a1(draft.standard))
    decide_all(draft)
    assert refs(checks.unjustified(TODAY())) == set()
    approve(draft, cast)
    assert refs(checks.unjustified(TODAY())) == {"A.5.1.2", "A.5.1.3"}


@pytest.mark.requirement("V20-029")
def test_applied_controls_that_are_unimplemented_or_without_owner_are_listed(
    draft: Statement, cast: Cast
) -> None:
    test_of(a1(draft.standard), cast)
    rules.name_article(a1(draft.standard), article="5.1", owner=cast.kubo, by=cast.ueno)
    decide_all(draft)
    approve(draft, cast)
    assert refs(checks.unimplemented(TODAY())) == {"A.5.1.2", "A.5.1.3"}
    assert refs(checks.no_owner(TODAY())) == {"A.5.1.2", "A.5.1.3"}


@pytest.mark.requirement("OPS-003")
def test_controls_without_a_rule_text_are_listed_but_for_excluded_ones(draft: Statement, cast: Cast) -> None:
    rules.name_article(a1(draft.standard), article="5.1", by=cast.ueno)
    decide_all(draft)
    rules.decide_row(
        draft,
        control=control_of(draft.standard, "A.5.1.2"),
        applicable=False,
        reason="x",
        impact="y",
        by=cast.ueno,
    )
    approve(draft, cast)
    assert refs(checks.no_article(TODAY())) == {"A.5.1.3"}


@pytest.mark.requirement("PRC-001")
def test_applied_controls_without_a_procedure_are_listed(draft: Statement, cast: Cast) -> None:
    rules.name_article(a1(draft.standard), article="5.1", procedure="手順1", by=cast.ueno)
    decide_all(draft)
    approve(draft, cast)
    assert refs(checks.no_procedure(TODAY())) == {"A.5.1.2", "A.5.1.3"}


@pytest.mark.requirement("V20-075")
def test_a_control_whose_test_is_overdue_or_not_planned_is_listed(draft: Statement, cast: Cast) -> None:
    decide_all(draft)
    approve(draft, cast)
    rules.schedule_test(a1(draft.standard), next_test_on=TODAY() + timedelta(days=1), by=cast.ueno)
    assert refs(checks.test_overdue(TODAY())) == set()
    assert refs(checks.test_overdue(TODAY() + timedelta(days=2))) == {"A.5.1.1"}
    assert refs(checks.not_scheduled(TODAY())) == {"A.5.1.2", "A.5.1.3"}


@pytest.mark.requirement("V20-003")
def test_an_excluded_control_that_a_risk_comes_to_need_is_listed(draft: Statement, cast: Cast) -> None:
    decide_all(draft)
    rules.decide_row(
        draft, control=a1(draft.standard), applicable=False, reason="x", impact="y", by=cast.ueno
    )
    approve(draft, cast)
    assert refs(checks.excluded_against_risk(TODAY())) == set()
    needed(a1(draft.standard), blocking=True)
    assert refs(checks.excluded_against_risk(TODAY())) == {"A.5.1.1"}


@pytest.mark.requirement("V20-003")
def test_a_signed_exclusion_is_listed_again_when_its_time_is_over(draft: Statement, cast: Cast) -> None:
    control = a1(draft.standard)
    needed(control, blocking=True)
    sign_exclusion(control, cast)
    decide_all(draft)
    rules.decide_row(draft, control=control, by=cast.ueno, **EXCLUDED)
    approve(draft, cast)
    assert refs(checks.excluded_against_risk(TODAY() + timedelta(days=365))) == set()
    assert refs(checks.excluded_against_risk(TODAY() + timedelta(days=367))) == {control.ref}
    with clock.at(TODAY() + timedelta(days=367)):
        assert signed_exclusion(control) is None


def test_a_statement_grows_old_and_a_standard_in_use_needs_one(draft: Statement, cast: Cast) -> None:
    assert refs(checks.no_statement(TODAY())) == {"4"}
    decide_all(draft)
    approve(draft, cast)
    assert refs(checks.no_statement(TODAY())) == set()
    assert not checks.statement_old(TODAY()).exists()
    assert checks.statement_old(TODAY() + timedelta(days=400)).count() == 1
