"""From a form's route to the steps of one application: whose desks, in which order, and whether anybody sits there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from sakimori.kernel.content.forms import RouteStep
from sakimori.kernel.identity import access
from sakimori.kernel.identity.models import Department, Person
from sakimori.kernel.policy import policy
from sakimori.lib.errors import NotAllowed

from . import people
from .people import Desk
from .registry import CONDITIONS, ROLES, Case


@dataclass(frozen=True)
class Planned:
    """A step as it will be: where it lies and who could decide it today."""

    step: RouteStep
    stage: int
    desk: Desk
    candidates: tuple[Person, ...]
    by_applying: bool
    due_days: int


def plan(case: Case) -> list[Planned]:
    """Return the steps of the application in order.

    Raises NotAllowed, naming role and department, for a step that nobody could decide, and for a route that
    cannot be walked without one person deciding twice.
    """
    barred = barred_people(case)
    planned: list[Planned] = []
    for step, stage in _stages(case):
        desk = _desk(case, step, barred)
        by_applying = step.by_applying and desk.person is not None and desk.person.pk == case.applicant.pk
        found = (
            () if by_applying else candidates(desk, case.applicant, barred, approves=step.action == "approve")
        )
        if not found and not by_applying:
            raise _nobody(step, desk)
        planned.append(Planned(step, stage, desk, found, by_applying, _due_days(step)))
    if not planned and case.form.kind == "application":  # a record is filed without a decision (REG-187)
        raise NotAllowed(
            _("この内容の申請を承認する人が、書式に定められていません。"), rule="approvals.no_route"
        )
    _refuse_shortage([p for p in planned if not p.by_applying])
    return planned


def _stages(case: Case) -> Iterable[tuple[RouteStep, int]]:
    stage, before = 0, ""
    for step in case.form.route:
        if not _applies(case, step):
            continue
        if not step.parallel or step.parallel != before:
            stage += 1
        before = step.parallel
        yield step, stage


def _applies(case: Case, step: RouteStep) -> bool:
    if step.minimum is not None:
        amount = case.answers.get(step.amount_field)
        if amount is None or Decimal(str(amount)) < step.minimum:
            return False
    return not step.when or CONDITIONS[step.when](case)


def _due_days(step: RouteStep) -> int:
    return step.due_days or int(policy.value("approvals.due"))


def barred_people(case: Case) -> set[int]:
    """Return who may not decide: the applicant, the person it is about, those whom the answers name as workers."""
    found = {case.applicant.pk}
    if case.subject is not None and Person.objects.filter(pk=case.subject.pk).exists():
        found.add(case.subject.pk)
    numbers = [case.answers[name] for name in case.form.separate if case.answers.get(name)]
    found |= set(Person.objects.filter(number__in=numbers).values_list("pk", flat=True))
    return found


def _desk(case: Case, step: RouteStep, barred: set[int]) -> Desk:
    if step.person_field:
        number = case.answers.get(step.person_field)
        return Desk(person=_named(step, Person.objects.filter(number=number).first()))
    if step.owner:
        owner_id = case.subject.owner_id if case.subject is not None else None
        return Desk(person=_named(step, Person.objects.filter(pk=owner_id or 0).first()))
    role = ROLES[step.role_from](case) if step.role_from else step.role
    if step.of == "company":
        return Desk(role)
    department = _department(case, step)
    if role == access.HEAD:
        return Desk(role, _headed(department, barred))
    return Desk(role, department)


def _named(step: RouteStep, person: Person | None) -> Person:
    if person is None:
        text = _("「%(step)s」を決裁する人が決まっていません。責任者を決めてから申請してください。")
        raise NotAllowed(text % {"step": step.title}, rule="approvals.nobody")
    return person


def _department(case: Case, step: RouteStep) -> Department:
    department_id = case.applicant.department_id
    if step.of == "subject_department" and case.subject is not None:
        department_id = case.subject.department_id or department_id
    department = Department.objects.filter(pk=department_id or 0).first()
    if department is None:
        text = _("「%(step)s」の部署が決まりません。所属部署を登録してから申請してください。")
        raise NotAllowed(text % {"step": step.title}, rule="approvals.no_department")
    return department


def _headed(department: Department, barred: set[int]) -> Department:
    """Return the nearest department, upwards, whose head may decide: a head's own application goes to his superior."""
    for place in people.upwards(department):
        if place.head is not None and place.head_id not in barred and place.head.is_active:
            return place
    return department


def candidates(desk: Desk, applicant: Person, barred: set[int], *, approves: bool) -> tuple[Person, ...]:
    """Return who could decide at the desk today, deputies left out."""
    found = desk.holders().exclude(pk__in=barred).order_by("kana", "pk")
    return tuple(p for p in found if not (approves and people.is_below(p, applicant)))


def _nobody(step: RouteStep, desk: Desk) -> NotAllowed:
    text = _(
        "「%(step)s」を決裁できる %(desk)s がいません（申請者・対象者本人を除きます）。事務局に任命を依頼してください。"
    )
    return NotAllowed(text % {"step": step.title, "desk": desk.label}, rule="approvals.nobody")


def _refuse_shortage(planned: Sequence[Planned]) -> None:
    """Refuse a route on which somebody would have to decide twice: match steps with different people."""
    spent = {person.pk for p in planned if p.step.need == "all" for person in p.candidates}
    holder: dict[int, int] = {}
    open_steps = [p for p in planned if p.step.need != "all"]
    chosen = [[person.pk for person in p.candidates if person.pk not in spent] for p in open_steps]
    for index, item in enumerate(open_steps):
        if not _seat(index, chosen, holder, set()):
            text = _(
                "「%(step)s」を決裁できる %(desk)s が、ほかの段階の人と重なっています。"
                "同じ人は二つの段階を決裁できないため、事務局に任命の追加を依頼してください。"
            )
            facts = {"step": item.step.title, "desk": item.desk.label}
            raise NotAllowed(text % facts, rule="approvals.too_few_people")


def _seat(index: int, chosen: list[list[int]], holder: dict[int, int], tried: set[int]) -> bool:
    """Give step ``index`` a person of its own, moving others where needed (augmenting path)."""
    for person in chosen[index]:
        if person in tried:
            continue
        tried.add(person)
        if person not in holder or _seat(holder[person], chosen, holder, tried):
            holder[person] = index
            return True
    return False
