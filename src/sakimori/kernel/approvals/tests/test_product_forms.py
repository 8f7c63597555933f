"""The forms of the kernel itself: changing a parameter, exceptions, disposing of records."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from sakimori.kernel.approvals import approvals, inspection
from sakimori.kernel.approvals.approvals import Application
from sakimori.kernel.dossier.models import Disposal
from sakimori.kernel.identity.models import Appointment, Person, Site
from sakimori.kernel.policy import policy
from sakimori.lib import clock
from sakimori.lib.errors import Invalid, NotAllowed
from tests.cast import Cast

from . import forms

pytestmark = pytest.mark.django_db
LEVEL = "risk.acceptance.level"


def change(cast: Cast, **answers: Any) -> Application:
    given = {"parameter": LEVEL, "value": "4", "effective_on": "2026-07-01", "reason": "見直し"} | answers
    return approvals.submit("policy-change", given, by=cast.ueno)


def approve(application: Application, *people: Person) -> Application:
    for person in people:
        application = approvals.decide(application, decision="approve", by=person)
    return application


@pytest.mark.requirement("V20-072", "V20-012")
def test_the_acceptance_level_changes_only_with_the_presidents_approval(
    cast: Cast, members: tuple[Person, Person]
) -> None:
    application = approve(change(cast), members[0])
    with pytest.raises(NotAllowed):
        approve(application, cast.ishida)
    assert policy.value(LEVEL, on=date(2026, 7, 1)) == 6
    approve(application, cast.aoki)
    assert policy.value(LEVEL, on=date(2026, 6, 30)) == 6
    assert policy.value(LEVEL, on=date(2026, 7, 1)) == 4
    revision = policy.ParameterRevision.objects.get()
    assert (revision.application_id, revision.reason) == (application.pk, "見直し")


def test_other_parameters_are_approved_by_the_chair(cast: Cast, members: tuple[Person, Person]) -> None:
    application = change(cast, parameter="signin.password.length", value="12")
    assert approve(application, members[0], cast.ishida).is_approved
    assert policy.value("signin.password.length", on=date(2026, 7, 1)) == 12


def test_a_change_decided_after_its_day_holds_from_the_decision(
    cast: Cast, members: tuple[Person, Person]
) -> None:
    application = approve(change(cast, effective_on="2026-06-02"), members[0])
    with clock.at(date(2026, 6, 5)):
        approve(application, cast.aoki)
    assert policy.value(LEVEL, on=date(2026, 6, 4)) == 6
    assert policy.value(LEVEL, on=date(2026, 6, 5)) == 4


@pytest.mark.parametrize(
    ("answers", "field", "sentence"),
    [
        ({"value": "たくさん"}, "value", "「リスクの受容水準」"),
        ({"value": "6"}, "value", "その日の値と同じです"),
        ({"effective_on": "2026-05-31"}, "effective_on", "過去の日は指定できません"),
        ({"parameter": "no.such"}, "parameter", "一覧から選択"),
    ],
)
def test_a_change_that_cannot_be_made_is_refused_at_its_field(
    cast: Cast, members: tuple[Person, Person], answers: dict[str, str], field: str, sentence: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        change(cast, **answers)
    assert sentence in str(refusal.value.problems[field])


def test_only_the_office_may_ask_for_a_change(cast: Cast) -> None:
    with pytest.raises(NotAllowed, match="この申請ができるのは情報セキュリティ事務局です"):
        approvals.submit("policy-change", {}, by=cast.kato)


@pytest.mark.parametrize(
    ("role", "approver"), [("committee_chair", "社長"), ("security_office", "情報セキュリティ委員長")]
)
def test_an_appointment_goes_to_whoever_appoints_to_the_role(cast: Cast, role: str, approver: str) -> None:
    answers = {"person": cast.kato.number, "role": role, "starts_on": "2026-07-01", "reason": "交代"}
    steps = approvals.route_preview("role-appointment", answers, cast.kato, cast.ueno)
    assert [step.desk.label for step in steps] == [approver]


def test_an_exception_lasts_at_most_as_long_as_the_regulation_allows(cast: Cast) -> None:
    answers = {"article": "4.1", "reason": "x", "measures": "y", "period": ["2026-06-01", "2027-06-02"]}
    with pytest.raises(Invalid, match="1年まで"):
        approvals.submit("exception", answers, by=cast.kato)
    shorter = answers | {"period": ["2026-06-01", "2027-06-01"]}
    assert approve(approvals.submit("exception", shorter, by=cast.kato), cast.eto, cast.ishida).is_approved


def test_a_record_is_disposed_of_by_its_approved_application(
    cast: Cast, appoint: Callable[..., Appointment]
) -> None:
    appoint(cast.shimizu, "document_manager")
    kept = Site.objects.create(name="閉鎖した倉庫", keep_until=date(2026, 6, 1))
    with pytest.raises(Invalid, match="まで廃棄できません"):
        approvals.submit("record-disposal", {"reason": "期限"}, subject=kept, by=cast.eto)
    Site.objects.filter(pk=kept.pk).update(keep_until=date(2026, 5, 31))
    application = approvals.submit("record-disposal", {"reason": "期限"}, subject=kept, by=cast.eto)
    assert not Disposal.objects.exists()
    approve(application, cast.shimizu)
    assert Disposal.objects.get().approval_id == application.pk


BROKEN = """
id: broken
title: 書式
category: 試験
prefix: BRK
check: no.check
subject: {kind: no.kind}
on_approved: 何かが起こる。
fields: [{id: what, label: 何, type: choice, choices_from: no.choices}]
route: [{id: step, title: 承認, action: approve, role: president, when: no.condition}]
"""


def test_a_form_that_names_what_nobody_registered_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    before = {str(message) for message in inspection.check()}
    forms.put_up(monkeypatch, BROKEN)
    found = " ".join({str(message) for message in inspection.check()} - before)
    for name in ("no.check", "no.choices", "no.condition", "no.kind", "on_approved"):
        assert name in found
