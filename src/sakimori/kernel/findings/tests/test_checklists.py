"""Filled checklists: judged by the parameter in force, a finding until one conforms, and what a department is asked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from sakimori.kernel.approvals import approvals, items
from sakimori.kernel.approvals.approvals import Application
from sakimori.kernel.content.checklists import CHECKLISTS, Checklist, compiled
from sakimori.kernel.content.forms import FORMS, Form
from sakimori.kernel.findings import checklists
from sakimori.kernel.findings import findings as f
from sakimori.kernel.findings.models import Finding
from sakimori.kernel.identity.models import Appointment, Person
from sakimori.kernel.obligations import obligations
from sakimori.kernel.obligations.models import Occurrence
from sakimori.kernel.policy import policy
from sakimori.lib import clock, strictyaml
from sakimori.lib.errors import Invalid, NotAllowed
from tests.cast import Cast

pytestmark = pytest.mark.django_db
MONDAY, AUTUMN = date(2026, 6, 1), date(2026, 10, 1)
OWN = """
id: desk
title: 机上の点検
applicants: [security_office]
items:
  - {id: length, text: 最短の文字数は何文字か, article: system-administration/password-policy, expects: number,
     parameter: signin.password.length, limit: least}
  - {id: contact, text: 最初の連絡先はどこか, article: system-administration/malware-desk, expects: choice,
     parameter: malware.contact}
  - {id: scan, text: 検査の間隔はどれだけか, article: system-administration/malware-operation, expects: number,
     parameter: malware.scan.interval, limit: most}
  - {id: shown, text: '画面は {{devices.lock.pc}} 以内にロックされるか', article: system-administration/client-settings}
"""
GOOD = {
    "length": {"measured": "8"}, "contact": {"measured": "officer"}, "scan": {"measured": "7日"},
    "shown": {"judgement": "conforming"},
}  # fmt: skip
Appoint = Callable[..., Appointment]


def put_up(monkeypatch: pytest.MonkeyPatch, text: str) -> Form:
    """Offer a checklist beside those of the product."""
    piece = strictyaml.loads(text, Checklist)
    lists, forms = {**CHECKLISTS.all(), piece.id: piece}, {**FORMS.all(), piece.id: compiled(piece)}
    monkeypatch.setattr(CHECKLISTS, "all", lambda: lists)
    monkeypatch.setattr(FORMS, "all", lambda: forms)
    return forms[piece.id]


@pytest.fixture
def appoint() -> Appoint:
    def give(person: Person, role: str) -> Appointment:
        person.forget_roles()
        return Appointment.objects.create(person=person, role=role, starts_on=date(2020, 4, 1))

    return give


@pytest.fixture(autouse=True)
def _in_june(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    put_up(monkeypatch, OWN)
    with clock.at(MONDAY):
        yield


def fill(by: Person, **changed: Any) -> Application:
    given: dict[str, Any] = {"done_on": clock.today().isoformat()} | GOOD | changed
    return approvals.submit("desk", given, by=by)


def judgement(application: Application, item: str) -> str:
    return str(application.answers[item]["judgement"])


def wrong(measured: str) -> dict[str, str]:
    return {"measured": measured, "comment": "月内に改める"}


def open_findings() -> list[tuple[int, str]]:
    rows = Finding.objects.open().filter(check_name=checklists.NAME)
    return list(rows.order_by("pk").values_list("record_id", "role"))


@pytest.mark.parametrize(
    ("item", "conforms", "fails"),
    [
        ("length", "8", "7"),
        ("length", "１３", "長い"),
        ("scan", "1 week", "8 days"),
        ("contact", "officer", "desk"),
    ],
)
def test_a_measured_item_is_judged_at_the_boundary(cast: Cast, item: str, conforms: str, fails: str) -> None:
    assert policy.value("signin.password.length") == 8
    assert judgement(fill(cast.ueno, **{item: {"measured": conforms}}), item) == "conforming"
    if fails == "長い":  # what is no number is refused, not judged
        with pytest.raises(Invalid):
            fill(cast.ueno, **{item: wrong(fails)})
        return
    assert judgement(fill(cast.ueno, **{item: wrong(fails)}), item) == "nonconforming"


def test_what_does_not_conform_wants_a_comment_and_what_is_blank_is_named(cast: Cast) -> None:
    with pytest.raises(Invalid) as refusal:
        fill(
            cast.ueno,
            length={"measured": "7", "judgement": "conforming"},
            contact={},
            shown={"judgement": "nonconforming", "comment": " "},
        )
    told = {name: str(text) for name, text in refusal.value.problems.items()}
    assert "8文字以上" in told["length"]
    assert "内容と処置" in told["shown"]
    assert "対象外" in told["contact"]
    application = fill(cast.ueno, contact={"judgement": "not_applicable"})
    assert (judgement(application, "contact"), open_findings()) == ("not_applicable", [])


def test_a_revised_parameter_judges_from_its_day_and_the_old_record_stays_as_asked(
    cast: Cast, appoint: Appoint
) -> None:
    appoint(cast.eto, "committee_member")
    for name, value in (("signin.password.length", "14"), ("devices.lock.pc", "5")):
        change = {"parameter": name, "value": value, "effective_on": "2026-07-01", "reason": "見直し"}
        revision = approvals.submit("policy-change", change, by=cast.ueno)
        for person in (cast.eto, cast.ishida):
            revision = approvals.decide(revision, decision="approve", by=person)
        assert revision.is_approved
    before = fill(cast.ueno)
    with clock.at(date(2026, 7, 1)):
        after = fill(cast.ueno, length=wrong("12"))
    assert (judgement(before, "length"), judgement(after, "length")) == ("conforming", "nonconforming")
    before.refresh_from_db()
    assert before.answers["length"]["standard"] == "8文字以上"
    assert before.answers["shown"]["asked"] == "画面は15分以内にロックされるか"
    assert after.answers["shown"]["asked"] == "画面は5分以内にロックされるか"


@pytest.mark.requirement("PRC-155")
def test_what_does_not_conform_is_a_finding_of_the_regulations_owner_until_a_later_list_conforms(
    cast: Cast, appoint: Appoint
) -> None:
    appoint(cast.kubo, "system_security_officer")
    bad = fill(cast.ueno, length=wrong("6"))
    assert open_findings() == [(bad.pk, "system_security_officer")]
    kubo, ueno = Person.objects.get(pk=cast.kubo.pk), Person.objects.get(pk=cast.ueno.pk)
    assert [one.record_id for one in f.open_for(kubo)] == [bad.pk]
    assert not f.open_for(ueno).filter(record=bad).exists()  # who filed it is not who puts it right
    again = fill(cast.ueno, length=wrong("7"))
    assert [pk for pk, _role in open_findings()] == [bad.pk, again.pk]
    with clock.at(date(2026, 6, 8)):
        fill(cast.ueno)
        f.run(names=[checklists.NAME])
    assert open_findings() == []
    assert Finding.objects.filter(record=bad, state="closed").exists()


def test_who_may_not_fill_a_list_is_refused(cast: Cast) -> None:
    with pytest.raises(NotAllowed) as refusal:
        fill(cast.kato)
    assert refusal.value.rule == "approvals.applicants"
    with pytest.raises(NotAllowed):
        approvals.submit("operating-checklist", {}, by=cast.ueno)


def asked_of(person: Person) -> dict[str, str]:
    form = items.live(FORMS["operating-checklist"], person)
    return {field.id: items.question(field.item) for field in form.fields if field.item}


def filled(person: Person, **changed: Any) -> dict[str, Any]:
    form = items.live(FORMS["operating-checklist"], person)
    found: dict[str, Any] = {"done_on": clock.today().isoformat()}
    for field in form.fields:
        if field.item:
            value = {"measured": str(policy.value(field.item.parameter))} if field.item.parameter else {}
            found[field.id] = {"judgement": "conforming"} | value
    return found | changed


@pytest.mark.requirement("PRC-154")
def test_a_departments_list_follows_its_live_duties_and_proves_its_own_occurrence(cast: Cast) -> None:
    assert not [name for name in asked_of(cast.kimura) if name.startswith("duty.")]
    obligations.materialise(date(2027, 3, 31))
    sales = Occurrence.objects.filter(obligation__duty_id="assets.inventory", department=cast.sales)
    with clock.at(AUTUMN):
        assert "期限超過 1" in asked_of(cast.kimura)["duty.assets.inventory"]
        sales.update(state="void", closed_on=AUTUMN)
        asked = asked_of(cast.kimura)
        assert "対象外 1" in asked["duty.assets.inventory"]
        assert "duty.audit.periodic" not in asked  # a duty of the company, of no department
        assert "assets-registration-within" in asked
        assert "facility-levels" in asked
        answers = filled(
            cast.kimura, **{"duty.assets.inventory": {"judgement": "nonconforming", "comment": "未実施"}}
        )
        record = approvals.submit("operating-checklist", answers, by=cast.kimura)
        mine = Occurrence.objects.filter(obligation__duty_id="checklists.operation", proof=record)
        assert [one.department_id for one in mine] == [cast.sales.pk]
        assert record.answers["duty.assets.inventory"]["asked"] == asked["duty.assets.inventory"]
        assert open_findings() == [(record.pk, "department_head")]
        assert [one.record_id for one in f.open_for(cast.eto)] == [record.pk]
        assert not f.open_for(cast.ono).exists()
        sales.delete()
        assert "duty.assets.inventory" not in asked_of(cast.kimura)
        approvals.submit("operating-checklist", filled(cast.ono), by=cast.ono)
        assert open_findings() != []  # another department's list closes nothing here
        approvals.submit("operating-checklist", filled(cast.kimura), by=cast.kimura)
        assert open_findings() == []


def test_the_checklist_of_the_howto_can_be_filled(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    page = Path(settings.BASE_DIR) / "docs" / "howto" / "add-a-checklist.md"
    (text,) = re.findall(r"```yaml\n(.*?)```", page.read_text("utf-8"), re.DOTALL)
    form = put_up(monkeypatch, text)
    assert CHECKLISTS.check is not None
    assert list(CHECKLISTS.check(CHECKLISTS.all())) == []
    answers = {"done_on": "2026-06-01", "cards": {"judgement": "conforming"}, "password": {"measured": "14"}}
    assert approvals.submit(form.id, answers, by=cast.ueno).number.startswith("CHK-")
