"""The statement of applicability: decided row by row, complete before it goes, frozen when it went."""

from __future__ import annotations

import pytest

from sakimori.domains.controls import rules
from sakimori.domains.controls.models import Control, Standard, Statement, comparison, content
from sakimori.kernel.approvals import approvals
from sakimori.kernel.identity.actors import SYSTEM
from sakimori.kernel.ledger import book
from sakimori.lib.errors import Conflict, Invalid, NotAllowed
from tests.cast import Cast

from .factories import a_risk, control_of, decide_all, needed

SAID = {"applicable": True, "reasons": ("risk",), "reason": "リスクへの対応"}
EXCLUDED = {"applicable": False, "reason": "該当する業務がない", "impact": "対象がないため影響しない"}


def rule_of(error: pytest.ExceptionInfo[NotAllowed]) -> str:
    return error.value.rule


def ref(statement: Statement, number: str) -> Control:
    return control_of(statement.standard, number)


def approve(statement: Statement, cast: Cast) -> Statement:
    rules.submit_statement(statement, by=cast.ueno)
    application = approvals.Application.objects.get(form="soa-approval", subject_id=statement.pk)
    approvals.decide(application, decision="approve", by=cast.ono)
    approvals.decide(application, decision="approve", by=cast.aoki)
    return Statement.objects.get(pk=statement.pk)


@pytest.mark.requirement("V20-025")
def test_a_statement_has_one_row_per_clause_and_control(draft: Statement) -> None:
    assert [line.control.ref for line in content.lines(draft)] == ["4", "A.5.1.1", "A.5.1.2", "A.5.1.3"]


def test_a_second_open_version_is_refused(draft: Statement, cast: Cast) -> None:
    with pytest.raises(NotAllowed) as error:
        rules.start_statement(standard=draft.standard, by=cast.ueno)
    assert rule_of(error) == "controls.one_open_statement"


def test_a_standard_without_controls_gets_no_statement(cast: Cast) -> None:
    empty = Standard.objects.create(slug="x", name="x", short="x", source="imported", content_hash="")
    with pytest.raises(NotAllowed) as error:
        rules.start_statement(standard=empty, by=cast.ueno)
    assert rule_of(error) == "controls.no_controls"


def test_only_the_office_works_on_a_statement(draft: Statement, cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        rules.decide_row(draft, control=ref(draft, "A.5.1.1"), by=cast.kato, **SAID)
    with pytest.raises(NotAllowed):
        rules.start_statement(standard=draft.standard, by=cast.sato)


@pytest.mark.requirement("V20-001")
@pytest.mark.parametrize("way", ["row", "bulk", "sheet"])
def test_a_clause_can_never_be_excluded(draft: Statement, cast: Cast, way: str) -> None:
    clause = ref(draft, "4")
    verdict = rules.Verdict(control=clause, **EXCLUDED)
    if way == "row":
        with pytest.raises(NotAllowed) as error:
            rules.decide_row(draft, control=clause, by=cast.ueno, **EXCLUDED)
        assert rule_of(error) == "controls.clause_never_excluded"
    elif way == "bulk":
        with pytest.raises(Invalid, match="要求事項のため"):
            rules.decide_rows(draft, verdicts=[verdict], by=cast.ueno)
    else:
        with pytest.raises(Invalid, match="要求事項のため"):
            rules.take_over_sheet(draft, verdicts=[verdict], articles={}, by=cast.ueno)
    assert draft.rows.get(control=clause).applicable is True


@pytest.mark.requirement("V20-001")
def test_the_shipped_clauses_4_to_7_of_ver_2_are_not_excludable(cast: Cast) -> None:
    rules.install_shipped()
    clauses = Control.objects.filter(standard__slug="isms-v2-2003", control_kind="clause")
    assert {clause.ref[:2] for clause in clauses} == {"第4", "第5", "第6", "第7"}
    assert not any(clause.excludable for clause in clauses)


@pytest.mark.requirement("V20-025")
def test_a_decision_without_a_reason_is_refused(draft: Statement, cast: Cast) -> None:
    with pytest.raises(Invalid) as error:
        rules.decide_row(draft, control=ref(draft, "A.5.1.1"), applicable=True, reason=" ", by=cast.ueno)
    assert set(error.value.problems) == {"reason", "reasons"}


def test_an_unknown_class_of_reason_is_refused(draft: Statement, cast: Cast) -> None:
    with pytest.raises(Invalid) as error:
        rules.decide_row(
            draft, control=ref(draft, "A.5.1.1"), applicable=True, reasons=["mood"], reason="x", by=cast.ueno
        )
    assert set(error.value.problems) == {"reasons"}


@pytest.mark.requirement("V20-002")
def test_an_exclusion_without_a_judgement_of_its_impact_is_refused(draft: Statement, cast: Cast) -> None:
    with pytest.raises(Invalid) as error:
        rules.decide_row(
            draft, control=ref(draft, "A.5.1.1"), applicable=False, reason="対象なし", by=cast.ueno
        )
    assert set(error.value.problems) == {"impact"}
    assert draft.rows.get(control__ref="A.5.1.1").applicable is None


@pytest.mark.requirement("V20-002")
def test_an_exclusion_with_reason_and_impact_is_stored_and_stands_in_the_ledger(
    draft: Statement, cast: Cast
) -> None:
    rules.decide_row(draft, control=ref(draft, "A.5.1.1"), by=cast.ueno, **EXCLUDED)
    row = draft.rows.get(control__ref="A.5.1.1")
    assert (row.applicable, row.reason, row.impact) == (False, EXCLUDED["reason"], EXCLUDED["impact"])
    entry = book.history(draft)[0]
    assert entry.verb == "statement.row_decided"
    assert entry.reason == EXCLUDED["reason"]
    assert entry.facts["impact"] == EXCLUDED["impact"]


def test_a_control_of_another_standard_is_refused(draft: Statement, cast: Cast) -> None:
    company = rules.add_company_control(ref="C-1", name="x", by=cast.ueno)
    draft.rows.filter(control=company).delete()
    with pytest.raises(NotAllowed) as error:
        rules.decide_row(draft, control=company, by=cast.ueno, **SAID)
    assert rule_of(error) == "controls.not_in_statement"


# --- a control that a risk above the level needs ----------------------------------------------------------------------


def sign_exclusion(control: Control, cast: Cast) -> approvals.Application:
    answers = {"reason": "費用に見合わない", "impact": "代わりの統制がある", "responsible": cast.eto.number}
    application = approvals.submit("soa-exclusion", answers, subject=control, by=cast.ueno)
    approvals.decide(application, decision="approve", by=cast.eto)
    return approvals.decide(application, decision="approve", by=cast.aoki)


@pytest.mark.requirement("V20-003")
def test_a_control_that_a_risk_above_the_level_needs_is_not_excluded_silently(
    draft: Statement, cast: Cast
) -> None:
    item = needed(ref(draft, "A.5.1.1"), blocking=True)
    with pytest.raises(NotAllowed) as error:
        rules.decide_row(draft, control=ref(draft, "A.5.1.1"), by=cast.ueno, **EXCLUDED)
    assert rule_of(error) == "controls.needed_by_risk"
    assert item.cause.number in str(error.value)


@pytest.mark.requirement("V20-003")
def test_it_is_excluded_once_the_responsible_person_and_the_president_signed(
    draft: Statement, cast: Cast
) -> None:
    control = ref(draft, "A.5.1.1")
    needed(control, blocking=True)
    application = sign_exclusion(control, cast)
    assert application.is_approved
    rules.decide_row(draft, control=control, by=cast.ueno, **EXCLUDED)
    assert draft.rows.get(control=control).exclusion_id == application.pk


@pytest.mark.requirement("V20-003")
def test_a_signature_given_before_another_risk_appeared_does_not_count(draft: Statement, cast: Cast) -> None:
    control = ref(draft, "A.5.1.1")
    needed(control, blocking=True)
    sign_exclusion(control, cast)
    needed(control, blocking=True)
    with pytest.raises(NotAllowed) as error:
        rules.decide_row(draft, control=control, by=cast.ueno, **EXCLUDED)
    assert rule_of(error) == "controls.needed_by_risk"


@pytest.mark.requirement("V20-003")
def test_an_unsigned_application_does_not_count(draft: Statement, cast: Cast) -> None:
    control = ref(draft, "A.5.1.1")
    needed(control, blocking=True)
    answers = {"reason": "費用", "impact": "なし", "responsible": cast.eto.number}
    application = approvals.submit("soa-exclusion", answers, subject=control, by=cast.ueno)
    approvals.decide(application, decision="approve", by=cast.eto)
    with pytest.raises(NotAllowed):
        rules.decide_row(draft, control=control, by=cast.ueno, **EXCLUDED)


@pytest.mark.requirement("V20-003")
def test_a_risk_that_rose_after_the_exclusion_stops_the_submission(draft: Statement, cast: Cast) -> None:
    decide_all(draft)
    control = ref(draft, "A.5.1.1")
    rules.decide_row(draft, control=control, by=cast.ueno, **EXCLUDED)
    needed(control, blocking=True)
    with pytest.raises(NotAllowed) as error:
        rules.submit_statement(draft, by=cast.ueno)
    assert rule_of(error) == "controls.needed_by_risk"
    assert Statement.objects.get(pk=draft.pk).is_draft


def test_a_risk_below_the_level_does_not_forbid_an_exclusion(draft: Statement, cast: Cast) -> None:
    needed(ref(draft, "A.5.1.1"), blocking=False)
    rules.decide_row(draft, control=ref(draft, "A.5.1.1"), by=cast.ueno, **EXCLUDED)
    assert draft.rows.get(control__ref="A.5.1.1").applicable is False


# --- filling ---------------------------------------------------------------------------------------------------------


@pytest.mark.requirement("V20-023")
def test_filling_takes_reasons_from_risks_and_laws_and_names_them(draft: Statement, cast: Cast) -> None:
    risk = needed(ref(draft, "A.5.1.1"))
    needed(ref(draft, "A.5.1.1"), reason="law")
    rules.fill_statement(draft, by=cast.ueno)
    row = draft.rows.get(control__ref="A.5.1.1")
    assert row.applicable is True
    assert row.reasons == ["law", "risk"]
    assert risk.cause.number in row.reason
    assert "個人情報保護法" in row.reason


@pytest.mark.requirement("V20-023")
def test_filling_leaves_blank_what_nobody_needs_and_what_somebody_decided(
    draft: Statement, cast: Cast
) -> None:
    rules.decide_row(draft, control=ref(draft, "A.5.1.2"), by=cast.ueno, **EXCLUDED)
    needed(ref(draft, "A.5.1.2"))
    rules.fill_statement(draft, by=cast.ueno)
    assert draft.rows.get(control__ref="A.5.1.2").applicable is False
    assert draft.rows.get(control__ref="A.5.1.3").applicable is None


def test_a_need_that_ended_fills_nothing(draft: Statement, cast: Cast) -> None:
    cause = a_risk()
    rules.need([ref(draft, "A.5.1.1")], cause, by=SYSTEM)
    rules.end_needs(cause=cause, by=SYSTEM)
    rules.fill_statement(draft, by=cast.ueno)
    assert draft.rows.get(control__ref="A.5.1.1").applicable is None


def test_many_rows_are_decided_at_once_or_not_at_all(draft: Statement, cast: Cast) -> None:
    needed(ref(draft, "A.5.1.2"), blocking=True)
    with pytest.raises(Invalid) as error:
        decide_all(draft, **EXCLUDED, reasons=())
    assert set(error.value.problems) == {"A.5.1.2"}
    assert draft.rows.filter(applicable=None).count() == 3
    decide_all(draft)
    assert draft.rows.filter(applicable=True).count() == 4


# --- submission and approval -----------------------------------------------------------------------------------------


@pytest.mark.requirement("V20-025")
def test_a_statement_with_a_blank_row_is_not_submitted(draft: Statement, cast: Cast) -> None:
    with pytest.raises(NotAllowed) as error:
        rules.submit_statement(draft, by=cast.ueno)
    assert rule_of(error) == "controls.no_blank_row"
    assert "3件" in str(error.value)


@pytest.mark.requirement("V20-025")
def test_a_blank_reason_is_named_as_missing(draft: Statement, cast: Cast) -> None:
    decide_all(draft)
    draft.rows.filter(control__ref="A.5.1.2").update(reason="")
    assert [(c.ref, why) for c, why in content.missing(content.lines(draft))] == [
        ("A.5.1.2", "理由が空欄です。")
    ]
    with pytest.raises(NotAllowed):
        rules.submit_statement(draft, by=cast.ueno)


def test_a_submitted_statement_is_frozen(draft: Statement, cast: Cast) -> None:
    decide_all(draft)
    rules.submit_statement(draft, by=cast.ueno)
    for act in (
        lambda: rules.decide_row(draft, control=ref(draft, "A.5.1.1"), by=cast.ueno, **EXCLUDED),
        lambda: rules.fill_statement(draft, by=cast.ueno),
        lambda: rules.summarise(draft, change_summary="x", by=cast.ueno),
        lambda: rules.submit_statement(draft, by=cast.ueno),
    ):
        with pytest.raises(NotAllowed) as error:
            act()
        assert rule_of(error) == "controls.statement_frozen"


def test_prepared_evaluated_and_approved_by_three_people_it_comes_into_force(
    draft: Statement, cast: Cast
) -> None:
    decide_all(draft)
    statement = approve(draft, cast)
    assert statement.status == Statement.Status.APPROVED
    assert statement.approved_on is not None
    application = approvals.Application.objects.get(subject_id=statement.pk)
    people = {application.applicant_id, *application.decisions.values_list("person_id", flat=True)}
    assert len(people) == 3


def test_what_was_approved_stays_when_risks_and_evidence_change(draft: Statement, cast: Cast) -> None:
    decide_all(draft)
    statement = approve(draft, cast)
    before = content.said(statement)
    needed(ref(draft, "A.5.1.1"))
    rules.name_article(ref(draft, "A.5.1.1"), article="5.1", by=cast.ueno)
    assert content.said(Statement.objects.get(pk=statement.pk)) == before


def test_an_approval_of_a_text_that_was_altered_is_refused(draft: Statement, cast: Cast) -> None:
    decide_all(draft)
    rules.submit_statement(draft, by=cast.ueno)
    application = approvals.Application.objects.get(subject_id=draft.pk)
    approvals.decide(application, decision="approve", by=cast.ono)
    altered = [dict(row, applicable=False) for row in draft.frozen]
    Statement.objects.filter(pk=draft.pk).update(frozen=altered)
    with pytest.raises(NotAllowed) as error:
        approvals.decide(application, decision="approve", by=cast.aoki)
    assert rule_of(error) == "controls.statement_altered"
    Statement.objects.filter(pk=draft.pk).update(frozen_hash="0" * 64)
    with pytest.raises(Conflict):
        approvals.decide(application, decision="approve", by=cast.aoki)


def test_nobody_puts_a_statement_in_force_without_an_approved_application(
    draft: Statement, cast: Cast
) -> None:
    decide_all(draft)
    rules.submit_statement(draft, by=cast.ueno)
    application = approvals.Application.objects.get(subject_id=draft.pk)
    with pytest.raises(NotAllowed) as error:
        rules.approve_statement(draft, application=application, by=cast.ueno)
    assert rule_of(error) == "controls.not_approved"


@pytest.mark.parametrize("decision", ["return", "reject"])
def test_a_statement_sent_back_can_be_worked_on_and_submitted_again(
    draft: Statement, cast: Cast, decision: str
) -> None:
    decide_all(draft)
    rules.submit_statement(draft, by=cast.ueno)
    application = approvals.Application.objects.get(subject_id=draft.pk)
    approvals.decide(application, decision=decision, comment="理由が足りない", by=cast.ono)
    again = Statement.objects.get(pk=draft.pk)
    assert again.is_draft
    assert again.frozen is None
    rules.decide_row(again, control=ref(again, "A.5.1.1"), by=cast.ueno, **EXCLUDED)
    rules.submit_statement(again, by=cast.ueno)
    assert Statement.objects.get(pk=draft.pk).status == Statement.Status.SUBMITTED


def test_the_office_cannot_pull_a_statement_back_while_it_is_decided(draft: Statement, cast: Cast) -> None:
    decide_all(draft)
    rules.submit_statement(draft, by=cast.ueno)
    application = approvals.Application.objects.get(subject_id=draft.pk)
    with pytest.raises(NotAllowed) as error:
        rules.return_statement(draft, application=application, by=cast.ueno)
    assert rule_of(error) == "controls.still_deciding"


# --- versions --------------------------------------------------------------------------------------------------------


def next_version(former: Statement, cast: Cast) -> Statement:
    return rules.start_statement(standard=former.standard, by=cast.ueno)


def test_the_next_version_starts_from_the_one_in_force_and_supersedes_it(
    draft: Statement, cast: Cast
) -> None:
    decide_all(draft)
    first = approve(draft, cast)
    second = next_version(first, cast)
    assert second.version == 2
    assert second.rows.get(control__ref="A.5.1.1").reason == "リスクへの対応"
    rules.decide_row(second, control=ref(second, "A.5.1.1"), by=cast.ueno, **EXCLUDED)
    rules.summarise(second, change_summary="持出しをやめた", by=cast.ueno)
    second = approve(second, cast)
    assert second.status == Statement.Status.APPROVED
    assert Statement.objects.get(pk=first.pk).status == Statement.Status.SUPERSEDED


def test_a_revision_without_words_on_what_changed_is_not_submitted(draft: Statement, cast: Cast) -> None:
    decide_all(draft)
    second = next_version(approve(draft, cast), cast)
    with pytest.raises(NotAllowed) as error:
        rules.submit_statement(second, by=cast.ueno)
    assert rule_of(error) == "controls.change_summary"


def test_the_difference_names_added_changed_and_removed_controls_with_their_fields(
    draft: Statement, cast: Cast
) -> None:
    extra = rules.add_company_control(ref="C-9", name="旧い管理策", by=cast.ueno)
    decide_all(draft)
    first = approve(draft, cast)
    rules.drop_company_control(extra, reason="不要", by=cast.ueno)
    second = next_version(first, cast)
    rules.add_company_control(ref="C-10", name="新しい管理策", by=cast.ueno)
    rules.decide_row(second, control=ref(second, "A.5.1.1"), by=cast.ueno, **EXCLUDED)
    found = {item.ref: item for item in comparison.difference(first, second)}
    assert {ref: item.kind for ref, item in found.items()} == {
        "A.5.1.1": "changed", "C-10": "added", "C-9": "removed",
    }  # fmt: skip
    assert found["A.5.1.1"].fields == ("applicable", "reasons", "reason", "impact")
    assert ("採否", "採用", "除外") in [(c.label, c.before, c.after) for c in found["A.5.1.1"].changes]


@pytest.mark.requirement("V20-024")
def test_a_control_of_the_companys_own_appears_in_every_statement(draft: Statement, cast: Cast) -> None:
    rules.add_company_control(ref="C-1", name="図面室の入室記録", by=cast.ueno)
    other = Standard.objects.create(slug="o", name="o", short="o", source="imported", content_hash="")
    Control.objects.create(standard=other, ref="X.1", name="x", control_kind="control")
    later = rules.start_statement(standard=other, by=cast.ueno)
    for statement in (draft, later):
        assert content.lines(statement)[-1].control.ref == "C-1"
        with pytest.raises(NotAllowed):
            rules.submit_statement(statement, by=cast.ueno)


@pytest.mark.requirement("V20-024")
@pytest.mark.parametrize(("number", "name"), [("", "名"), ("C-1", ""), ("A.5.1.1", "重複")])
def test_a_company_control_without_number_or_name_or_with_a_used_number_is_refused(
    standard: Standard, cast: Cast, number: str, name: str
) -> None:
    with pytest.raises(Invalid):
        rules.add_company_control(ref=number, name=name, by=cast.ueno)


def test_only_a_company_control_that_nobody_needs_is_dropped(draft: Statement, cast: Cast) -> None:
    with pytest.raises(NotAllowed) as error:
        rules.drop_company_control(ref(draft, "A.5.1.1"), reason="x", by=cast.ueno)
    assert rule_of(error) == "controls.only_company_controls"
    own = rules.add_company_control(ref="C-1", name="x", by=cast.ueno)
    item = needed(own)
    with pytest.raises(NotAllowed) as error:
        rules.drop_company_control(own, reason="x", by=cast.ueno)
    assert rule_of(error) == "controls.needed"
    rules.end_needs(cause=item.cause, by=SYSTEM)
    with pytest.raises(Invalid):
        rules.drop_company_control(own, reason=" ", by=cast.ueno)
    rules.drop_company_control(own, reason="不要", by=cast.ueno)
    assert not draft.rows.filter(control=own).exists()
