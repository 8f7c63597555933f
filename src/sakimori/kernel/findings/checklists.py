"""Checklists: what does not conform is a finding until a later list conforms; what a department is asked to check."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from itertools import groupby

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sakimori.kernel import hooks
from sakimori.kernel.approvals import approvals
from sakimori.kernel.approvals.items import SUMMARY
from sakimori.kernel.approvals.models import Application
from sakimori.kernel.content.checklists import CHECKLISTS, of_departments
from sakimori.kernel.content.duties import DUTIES, Duty
from sakimori.kernel.content.items import Item
from sakimori.kernel.content.regulations import ARTICLES, REGULATIONS
from sakimori.kernel.identity import access
from sakimori.kernel.identity.models import Appointment, Department, Person
from sakimori.kernel.obligations.models import Occurrence
from sakimori.kernel.policy import policy
from sakimori.kernel.records.models import Record
from sakimori.lib import clock

from . import runner
from .registry import check

NAME = "checklists.nonconforming"
_STATES = {
    "done": gettext_lazy("完了"), "late": gettext_lazy("遅れて完了"), "open": gettext_lazy("未了"),
    "overdue": gettext_lazy("期限超過"), "void": gettext_lazy("対象外"),
}  # fmt: skip


def answering(pks: Collection[int]) -> Mapping[int, str]:
    """Return the role that puts right what each list found: the regulation's owner, or the head."""
    rows = Application.objects.filter(pk__in=pks).values_list("pk", f"answers__{SUMMARY}__role")
    return {pk: role for pk, role in rows if role}


@check(
    NAME,
    gettext_lazy("チェックリストの不適合"),
    severity="major",
    requirements=("PRC-154", "PRC-155"),
    answering=answering,
)
def nonconforming(today: date) -> QuerySet[Application]:
    """Return filled checklists with an item that does not conform, until one of the same kind and place conforms."""
    filed = Application.objects.filter(form__in=CHECKLISTS.all(), status=Application.Status.APPROVED)
    of_departments = [each.id for each in CHECKLISTS if each.items_from]
    same_place = Q(department_id=OuterRef("department_id")) | ~Q(form__in=of_departments)
    later = filed.filter(
        same_place, form=OuterRef("form"), pk__gt=OuterRef("pk"), effective_on__gte=OuterRef("effective_on")
    ).exclude(answers__has_key=SUMMARY)
    return filed.current().filter(answers__has_key=SUMMARY).exclude(Exists(later))


@hooks.on("application_approved")
def judge(application: Record) -> None:
    """Open or close what a checklist just filed says."""
    if isinstance(application, Application) and application.form in CHECKLISTS:
        runner.run(names=[NAME])


@approvals.items("department")
def of_department(person: Person) -> list[Item]:
    """Return what the person's department checks: its duties of the last period, and what its articles ask.

    The period is that of the checklist itself (PRC-155).
    """
    if person.department_id is None:
        return []
    addressed = roles_in(person.department_id)
    asked = [item for item in of_departments() if addressed & set(_audience(item.article))]
    return [*_duties(person.department_id), *(_of_head(item) for item in asked)]


def _duties(department: int) -> Iterator[Item]:
    """Yield an item per duty that was due in the department in the last period, with what became of it."""
    today = clock.today()
    since = policy.value("governance.checklist").before(today)
    due = Occurrence.objects.filter(department=department, due_on__gt=since, due_on__lte=today)
    rows = due.select_related("obligation").order_by("obligation__duty_id", "due_on")
    for _id, each in groupby(rows, key=lambda one: one.obligation.duty_id):
        found = list(each)
        duty = DUTIES.all().get(found[0].obligation.duty_id)
        if duty is not None and duty.article in ARTICLES and duty.proved_by not in CHECKLISTS:
            yield _duty(duty, Counter(one.status(today) for one in found))


def _duty(duty: Duty, counted: Mapping[str, int]) -> Item:
    states = "、".join(f"{word} {counted[state]}" for state, word in _STATES.items() if counted.get(state))
    text = _("「%(title)s」を定めどおりに行い、記録したか（この期間の期日: %(states)s）")
    return Item(
        id=f"duty.{duty.id}", text=text % {"title": duty.title, "states": states}, article=duty.article,
        answered_by=access.HEAD,
    )  # fmt: skip


def _of_head(item: Item) -> Item:
    return replace(item, answered_by=access.HEAD)


def roles_in(department: int) -> set[str]:
    """Return the roles that people of the department hold today."""
    found = {access.EMPLOYEE}
    if Department.objects.filter(pk=department).exclude(head=None).exists():
        found.add(access.HEAD)
    held = Appointment.objects.in_force().filter(person__department=department)
    return found | set(held.values_list("role", flat=True))


def _audience(article: str) -> Iterable[str]:
    found = ARTICLES[article]
    return found.audience or REGULATIONS[found.regulation].audience
