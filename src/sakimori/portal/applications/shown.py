"""How an application reads on a page: its answers, its subject, its route."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sakimori.kernel.approvals import answers, approvals, drafting, items, people, routes, separation
from sakimori.kernel.approvals.approvals import Application
from sakimori.kernel.approvals.models import Step
from sakimori.kernel.content.forms import FORMS, Form, FormField
from sakimori.kernel.identity.models import Person
from sakimori.kernel.records.models import Record
from sakimori.lib.errors import SeparationOfDuties
from sakimori.registers import values

TONES = {
    "pending": "blue",
    "returned": "orange",
    "approved": "green",
    "rejected": "red",
    "withdrawn": "gray",
    "expired": "gray",
}
ACTIONS = {
    "prepare": gettext_lazy("作成"),
    "evaluate": gettext_lazy("評価"),
    "approve": gettext_lazy("承認"),
    "confirm": gettext_lazy("確認"),
}


_JUDGED = {items.CONFORMING: "green", items.NONCONFORMING: "red", items.NOT_APPLICABLE: "gray"}
_SHORT = frozenset({"date", "number", "money", "yes-no", "person", "department"})


@dataclass(frozen=True)
class Fact:
    """One answer."""

    label: str
    value: SafeString
    wide: bool


@dataclass(frozen=True)
class Stop:
    """One point of the route: what happens, whose it is, what came of it."""

    title: str
    action: object
    who: str
    state: str  # done, now, later
    outcome: object = ""
    tone: str = "gray"
    when: object = None
    due: date | None = None
    overdue: bool = False
    comment: str = ""


@dataclass(frozen=True)
class Turn:
    """What the viewer can do with an open step: decide it (for whom), or why not."""

    step: Step
    acting_for: Person | None = None
    refusal: SeparationOfDuties | None = None


def badge(application: Application) -> values.Badge:
    """Return the state in its colour."""
    return values.Badge(application.get_status_display(), TONES[application.status])


def facts(application: Application, viewer: Person) -> list[Fact]:
    """Return the answers under the labels of the form; names of records that the viewer may not know are hidden."""
    if application.form not in FORMS:
        told = ((name, value) for name, value in application.answers.items() if not isinstance(value, dict))
        return [Fact(name, values.html(value), True) for name, value in told]
    names = _names(application, viewer)
    return [
        Fact(asked.label, _answer(asked, application.answers.get(asked.id), names), asked.type not in _SHORT)
        for asked in FORMS[application.form].fields
        if asked.id in application.answers and asked.type != "item"
    ]


@dataclass(frozen=True)
class Checked:
    """One item of a checklist as it was asked and judged on its day."""

    asked: str
    judgement: values.Badge
    said: str


def checked(application: Application) -> list[Checked]:
    """Return the items of a filled checklist in their order."""
    found = application.answers.values()
    return [_checked(value) for value in found if isinstance(value, dict) and "judgement" in value]


def _checked(value: Mapping[str, str]) -> Checked:
    word, tone = items.JUDGEMENTS[value["judgement"]], _JUDGED[value["judgement"]]
    said = [value["comment"]]
    if value["standard"]:
        values_ = {"found": value["measured"] or "－", "wanted": value["standard"]}
        said.insert(0, _("確かめた値: %(found)s（定めは%(wanted)s）") % values_)
    return Checked(value["asked"], values.Badge(str(word), tone), "。".join(filter(None, said)))


def _names(application: Application, viewer: Person) -> dict[str, Record]:
    numbers = [value for value in application.answers.values() if isinstance(value, str)]
    return {r.number: r for r in Record.objects.visible_to(viewer).filter(number__in=numbers)}


def _answer(asked: FormField, value: Any, names: dict[str, Record]) -> SafeString:
    if value in (None, "", []):
        return values.html(None)
    match asked.type:
        case "person" | "department" | "record":
            return values.html(names.get(value, _("（非公開）")))
        case "choice" | "multi-choice":
            words = {choice.id: choice.label for choice in answers.choices_of(asked)}
            given = value if isinstance(value, list) else [value]
            return values.html("、".join(str(words.get(item, item)) for item in given))
        case "date":
            return values.html(date.fromisoformat(value))
        case "period":
            return values.html(" 〜 ".join(values.text(date.fromisoformat(day)) for day in value))
        case "money":
            return values.html(_("%s円") % values.text(value))
    return values.html(value)


def planned(steps: Sequence[routes.Planned]) -> list[Stop]:
    """Return the route that an application would take."""
    return [
        Stop(
            title=plan.step.title,
            action=ACTIONS[plan.step.action],
            who=_("申請をもって署名") if plan.by_applying else _people(plan),
            state="later",
        )
        for plan in steps
    ]


def _people(plan: routes.Planned) -> str:
    names = "・".join(person.name for person in plan.candidates[:3])
    more = _(" ほか%d名") % (len(plan.candidates) - 3) if len(plan.candidates) > 3 else ""
    return names + more if plan.desk.person else f"{plan.desk.label}: {names}{more}"


def declared(form: Form) -> list[Stop]:
    """Return the route as the form declares it, before the answers decide which steps apply."""
    return [Stop(step.title, ACTIONS[step.action], "", "later") for step in form.route]


def route(application: Application) -> list[Stop]:
    """Return where the application has been, is, and still goes in this round."""
    return [_stop(signature) for signature in approvals.signatures(application)]


def _stop(signature: approvals.Signature) -> Stop:
    step = signature.step
    if signature.person is None and step is not None:
        is_open = step.state == Step.State.OPEN
        ended = step.state == Step.State.CLOSED
        return Stop(
            step.title, ACTIONS[step.action], people.desk_of(step).label,
            "now" if is_open else "later", _("終了") if ended else "",
            due=step.due_on if is_open else None, overdue=step.is_overdue,
        )  # fmt: skip
    who = signature.person.name if signature.person else ""
    if signature.acting_for is not None:
        who = _("%(who)s（%(principal)s の代行）") % {"who": who, "principal": signature.acting_for.name}
    outcome, tone = _OUTCOMES.get(signature.outcome, ("", "gray"))
    return Stop(
        signature.title,
        ACTIONS[signature.action],
        who,
        "done",
        outcome,
        tone,
        signature.at,
        comment=signature.comment,
    )


_OUTCOMES = {
    "approve": (gettext_lazy("承認"), "green"),
    "reject": (gettext_lazy("却下"), "red"),
    "return": (gettext_lazy("差戻し"), "orange"),
}


def turns(application: Application, viewer: Person) -> list[Turn]:
    """Return the open steps that the viewer may decide, and those that only separation keeps from him."""
    found: list[Turn] = []
    if application.status != Application.Status.PENDING:
        return found
    for step in application.steps.filter(round=application.round, state=Step.State.OPEN):
        try:
            found.append(Turn(step, separation.capacity(viewer, application, step)))
        except SeparationOfDuties as refusal:
            if refusal.rule != "separation.not_assigned" and application.applicant_id != viewer.pk:
                found.append(Turn(step, refusal=refusal))
    return found


def is_changed(application: Application) -> bool:
    """Tell whether the subject is no longer what the application was about."""
    if not application.is_open or application.subject is None:
        return False
    return drafting.state_digest(application.subject) != application.subject_digest
