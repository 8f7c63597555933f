"""What the year asks of people: most records come in time, some late, some never."""

from __future__ import annotations

import functools
from datetime import date, timedelta
from typing import Any

import yaml

from sakimori.kernel.approvals import approvals, items
from sakimori.kernel.content.checklists import CHECKLISTS
from sakimori.kernel.content.forms import FORMS
from sakimori.kernel.identity.models import Person
from sakimori.kernel.obligations import obligations
from sakimori.kernel.obligations.models import Occurrence
from sakimori.kernel.policy import policy
from sakimori.lib import clock

from . import calendar
from .company import Stage
from .script import folder

_LATE, _NEVER = 9, 13  # every how many-th occurrence is late, or never done


@functools.cache
def _answers() -> dict[str, dict[str, Any]]:
    """Return the answers by form, as they are typed: their shape is the form's own."""
    found: dict[str, dict[str, Any]] = yaml.safe_load((folder() / "records.yaml").read_text("utf-8"))
    return found


def keep(stage: Stage, since: date, until: date) -> None:
    """File the records of the duties that were due in the period, each by somebody who answers for it."""
    due = Occurrence.objects.open().filter(due_on__gt=since, due_on__lte=until)
    forms = set(_answers())
    for place, occurrence in enumerate(due.select_related("obligation").order_by("due_on", "pk")):
        form = occurrence.obligation.duty.proved_by
        if form not in forms or place % _NEVER == _NEVER - 1:
            continue
        slip = stage.random.randint(3, 18) if place % _LATE == _LATE - 1 else -stage.random.randint(0, 4)
        day = max(occurrence.due_on + timedelta(days=slip), occurrence.opens_on)
        day = max(calendar.working(day), occurrence.opens_on)
        if day < stage.today:
            with calendar.on(day, 16):
                _file(occurrence, form)


def _file(occurrence: Occurrence, form: str) -> None:
    holders = obligations.responsible(occurrence)
    if not holders or not Occurrence.objects.open().filter(pk=occurrence.pk).exists():
        return
    today = clock.today().isoformat()
    answers = _checked(form, holders[0]) if form in CHECKLISTS else _answers()[form]
    answers = {**answers, "done_on": today}
    if form == "restore-test":
        answers["backup_on"] = today
    if form == "officers-confirmation":
        officers = Person.objects.holding("security_officer").filter(
            appointments__department=occurrence.target_id, appointments__role="security_officer"
        )
        if (officer := officers.first()) is None:
            return  # the department that has none
        answers["officer"] = officer.number
    filed = approvals.submit(form, answers, by=holders[0])  # proves the earliest occurrence that it can mean
    if not Occurrence.objects.filter(proof=filed).exists():  # only its filer can tell about whom it is
        obligations.complete(occurrence, proof=filed, by=holders[0])


def _checked(form: str, by: Person) -> dict[str, Any]:
    """Return a filled checklist: the first of a department has something wrong, the next ones conform."""
    earlier = approvals.Application.objects.filter(form=form, department_id=by.department_id)
    wrong = {} if earlier.exists() else _answers()[form]
    found: dict[str, Any] = {}
    for field in items.live(FORMS[form], by).fields:
        if field.item is None:
            continue
        right = {"measured": str(policy.value(field.item.parameter))} if field.item.parameter else {}
        found[field.id] = {"judgement": items.CONFORMING, **right}
        if field.id in wrong:
            found[field.id] |= {"judgement": items.NONCONFORMING, **wrong[field.id]}
    return found
