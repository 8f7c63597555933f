"""Change a parameter of a regulation: the form ``policy-change`` and what its approval does (V20-012, V20-072)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.utils.translation import gettext as _

from sakimori.kernel.content import parameters
from sakimori.kernel.content.forms import Choice
from sakimori.kernel.content.parameters import PARAMETERS
from sakimori.kernel.identity.actors import Actor
from sakimori.kernel.policy import policy
from sakimori.lib.errors import Refused

from .models import Application
from .registry import Case, check, choices, condition, on_approved


@choices("policy.parameters")
def parameter_choices() -> list[Choice]:
    """Return every parameter, with its article."""
    return [Choice(id=p.id, label=f"{p.title}（{p.article}）") for p in PARAMETERS]


@check("policy.value")
def fits(case: Case) -> Mapping[str, object]:
    """Return the sentence for a value that does not fit its parameter or changes nothing."""
    parameter = PARAMETERS[case.answers["parameter"]]
    try:
        value = parameters.typed(parameter, case.answers["value"])
    except Refused as refused:
        return {"value": str(refused)}
    day = date.fromisoformat(case.answers["effective_on"])
    if value == policy.value(parameter.id, on=day):
        return {"value": _("その日の値と同じです。変更する値を入力してください。")}
    return {}


@condition("policy.by_president")
def by_president(case: Case) -> bool:
    """Tell whether the president decides this parameter: the acceptance level and what risks are measured by."""
    return PARAMETERS[case.answers["parameter"]].approved_by == "president"


@condition("policy.by_committee")
def by_committee(case: Case) -> bool:
    """Tell whether the committee decides this parameter."""
    return not by_president(case)


@on_approved("policy-change")
def carry_out(application: Application, *, by: Actor) -> None:
    """Let the value hold from its day on; from today where that day has passed on the way."""
    answers = application.answers
    parameter = PARAMETERS[answers["parameter"]]
    policy.revise(
        name=parameter.id,
        value=parameters.typed(parameter, answers["value"]),
        effective_on=max(date.fromisoformat(answers["effective_on"]), application.closed_on),
        reason=answers["reason"],
        application=application,
        by=by,
    )
