"""Every state change of people: joining, changing, moving, leaving, signing."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sakimori.kernel import hooks
from sakimori.kernel.identity.actors import SYSTEM, Actor
from sakimori.kernel.identity.models import Department, Person, Site
from sakimori.kernel.ledger.book import command
from sakimori.kernel.obligations import obligations
from sakimori.lib import clock
from sakimori.lib.dates import Cadence
from sakimori.lib.errors import Invalid, NotAllowed

from .models import Agreement

Kind = Agreement.Kind
REQUIRED_CLAUSES: dict[str, frozenset[str]] = {
    Kind.NDA: frozenset({"protection", "survival"}),
    Kind.PLEDGE: frozenset({"own_duty", "survival"}),
    Kind.CONTRACT: frozenset(Agreement.CLAUSES),
    Kind.LEAVING: frozenset({"survival"}),
}
PERSONAL = (
    "name", "kana", "email", "employee_number", "job_title", "category", "site", "joined_on", "department",
)  # fmt: skip


@command("person.joined", gettext_lazy("入社・登録"), right="people.change")
def add_person(
    *,
    name: str,
    department: Department | None,
    category: str = Person.Category.EMPLOYEE,
    kana: str = "",
    email: str = "",
    employee_number: str | None = "",
    job_title: str = "",
    site: Site | None = None,
    joined_on: date | None = None,
    by: Actor,
) -> Person:
    """Enter somebody who works for the company, employed or not (REG-008)."""
    person = Person(
        name=name.strip(), kana=kana.strip(), email=email.strip(), employee_number=(employee_number or "").strip() or None,
        job_title=job_title.strip(), category=category, site=site, department=department,
        joined_on=joined_on or clock.today(),
    )  # fmt: skip
    check_person(person)
    person.save()
    settle_joined(person)
    return person


@command("person.changed", gettext_lazy("従業者の変更"), right="people.change")
def change_person(person: Person, *, reason: str = "", by: Actor, **values: object) -> Person:
    """Correct what is known of a person; leaving has its own verb, and another department is a move."""
    unknown = sorted(set(values) - set(PERSONAL))
    if unknown:
        raise Invalid(dict.fromkeys(unknown, _("この項目は入力できません。")))
    former = Department.objects.filter(pk=person.department_id or 0).first()
    for name, value in values.items():
        setattr(person, name, value.strip() if isinstance(value, str) else value)
    person.employee_number = person.employee_number or None
    check_person(person)
    person.save()
    if person.department_id != (former.pk if former else None):
        settle_moved(person, former)
    return person


@command("person.moved", gettext_lazy("異動"), right="people.change")
def move_person(person: Person, *, to: Department, moved_on: date, job_title: str = "", by: Actor) -> Person:
    """Move a person to another department; whoever follows moves is told of the former one."""
    if person.department_id == to.pk:
        raise Invalid({"to": _("今と同じ部署です。")})
    if moved_on > clock.today():
        raise Invalid({"moved_on": _("異動日になってから登録してください。")})
    former = Department.objects.filter(pk=person.department_id or 0).first()
    person.department = to
    if job_title:
        person.job_title = job_title
    person.save()
    settle_moved(person, former)
    return person


@command("person.left", gettext_lazy("退職"), right="people.change")
def leave(person: Person, *, left_on: date, by: Actor) -> Person:
    """Note the last day of a person; roles end with it, and what he answered for becomes a finding.

    Refused for the head of a department until somebody else heads it.
    """
    check_leaving(person, left_on)
    person.left_on = left_on
    person.save()
    settle_left(person)
    return person


def check_leaving(person: Person, left_on: date) -> None:
    """Raise what stands against a last day, whether one person leaves or a list says so."""
    if person.joined_on and left_on < person.joined_on:
        raise Invalid({"left_on": _("退職日は入社日以降にしてください。")})
    headed = Department.objects.current().filter(head_id=person.pk or 0).values_list("name", flat=True)
    if headed:
        text = _("%(units)sの部門長です。先に後任の部門長を決めてください。")
        raise NotAllowed(text % {"units": "・".join(headed)}, rule="people.successor_first", field="left_on")


def settle_joined(person: Person) -> None:
    """Let what follows from joining follow; nothing does for somebody who has left already."""
    if person.left_on is None:
        hooks.call("person_joined", person=person)


def settle_moved(person: Person, former: Department | None) -> None:
    """Let what follows from another department follow: roles by place, and whoever watches moves."""
    person.forget_roles()
    hooks.call("person_moved", person=person, former_department=former)


def settle_left(person: Person) -> None:
    """Let what follows from a last day follow: roles end, surviving duties get theirs, leaving begins."""
    person.forget_roles()
    assert person.left_on is not None
    for agreement in person.agreements.current().filter(survives_years__gt=0):
        _bind_until(agreement, last_day=person.left_on, by=SYSTEM)
    hooks.call("person_leaves", person=person)


@command("agreement.bound", gettext_lazy("義務の終期の計算"))
def _bind_until(agreement: Agreement, *, last_day: date, by: Actor) -> Agreement:
    agreement.binds_until = _end_of(agreement, last_day)
    agreement.save()
    return agreement


def _end_of(agreement: Agreement, last_day: date) -> date:
    return Cadence.parse(f"{agreement.survives_years} years").after(last_day)


@command("agreement.signed", gettext_lazy("署名の登録"), right="people.change")
def register_agreement(
    *,
    person: Person,
    agreement_kind: str,
    text_version: str,
    signed_on: date,
    own_duty: bool = False,
    company_duty: bool = False,
    protection: bool = False,
    measures: bool = False,
    survival: bool = False,
    survives_years: int | None = 0,
    by: Actor,
) -> Agreement:
    """Enter a signed paper with its clauses confirmed one by one (REG-082..084, PRC-181, PRC-182)."""
    agreement = Agreement(
        person=person, agreement_kind=agreement_kind, text_version=text_version.strip(), signed_on=signed_on,
        own_duty=own_duty, company_duty=company_duty, protection=protection, measures=measures,
        survival=survival, survives_years=survives_years or 0,
    )  # fmt: skip
    _stored(agreement)
    obligations.prove(agreement, done_on=signed_on)
    return agreement


@command("agreement.corrected", gettext_lazy("署名の訂正"), right="people.change")
def correct_agreement(agreement: Agreement, *, reason: str = "", by: Actor, **values: object) -> Agreement:
    """Correct the entry of a signed paper."""
    for name, value in values.items():
        setattr(agreement, name, value)
    agreement.survives_years = agreement.survives_years or 0
    return _stored(agreement)


def _stored(agreement: Agreement) -> Agreement:
    _check_agreement(agreement)
    signer = agreement.person
    agreement.owner, agreement.department_id = signer, signer.department_id
    if signer.left_on is not None and agreement.survives_years:
        agreement.binds_until = _end_of(agreement, signer.left_on)
    agreement.save()
    return agreement


def _check_agreement(agreement: Agreement) -> None:
    if agreement.agreement_kind not in Kind.values:
        raise Invalid({"agreement_kind": _("種類を選んでください。")})
    problems = {}
    for clause in sorted(REQUIRED_CLAUSES[agreement.agreement_kind] - agreement.clauses):
        problems[clause] = _("この書面に要る条項です。書面を確かめて印を付けてください。")
    if agreement.survival and agreement.survives_years < 1:
        problems["survives_years"] = _("終了後に義務が続く年数を入力してください。")
    if agreement.signed_on > clock.today():
        problems["signed_on"] = _("署名日に未来の日付は入力できません。")
    if not agreement.text_version:
        problems["text_version"] = _("署名した書式の版を入力してください。")
    if problems:
        raise Invalid(problems)


@command("agreement.reconfirmed", gettext_lazy("守秘義務の再確認"), right="people.change")
def reconfirm(agreement: Agreement, *, reconfirmed_on: date, by: Actor) -> Agreement:
    """Record that a leaver or mover confirmed the duties that go on (PRC-180, REG-088)."""
    if reconfirmed_on < agreement.signed_on or reconfirmed_on > clock.today():
        raise Invalid({"reconfirmed_on": _("署名日から今日までの日付を入力してください。")})
    agreement.reconfirmed_on = reconfirmed_on
    agreement.save()
    return agreement


def check_person(person: Person) -> None:
    """Raise Invalid for what the register of people may not hold."""
    others = Person.objects.exclude(pk=person.pk)
    problems = {}
    if not person.name:
        problems["name"] = _("氏名を入力してください。")
    if person.category not in Person.Category.values:
        problems["category"] = _("区分を選んでください。")
    if person.employee_number and others.filter(employee_number=person.employee_number).exists():
        problems["employee_number"] = _("この社員番号は使われています。")
    if person.email and ("@" not in person.email or others.filter(email=person.email).exists()):
        problems["email"] = _("正しいメールアドレスで、他の人と重ならないものを入力してください。")
    if person.joined_on and person.left_on and person.left_on < person.joined_on:
        problems["left_on"] = _("退職日は入社日以降にしてください。")
    if problems:
        raise Invalid(problems)
