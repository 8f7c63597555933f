"""The acceptance level of one risk: the regulation's, or its own where the committee and the president decided one."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sakimori.domains.risk.models import Risk
from sakimori.kernel.approvals import approvals
from sakimori.kernel.identity.actors import Actor
from sakimori.kernel.ledger.book import command
from sakimori.lib import clock
from sakimori.lib.errors import Invalid, NotAllowed

from . import analysis, valuation

FORM = "risk-level"


@command("risk.level_decided", gettext_lazy("受容水準の決定"))
def decide_level(risk: Risk, *, application: approvals.Application, by: Actor) -> Risk:
    """Judge the risk by the level that the application decided, from today on (REG-312).

    Raises NotAllowed for a risk that was passed over, Invalid for a level the method cannot reach.
    """
    if risk.state == Risk.State.REJECTED:
        raise NotAllowed(_("見送ったリスクに受容水準は決められません。"), rule="risk.rejected")
    level = int(str(application.answers["level"]))
    highest = _highest(risk)
    if level > highest:
        raise Invalid({"level": _("リスク値の最大は%sです。それ以下の水準にしてください。") % highest})
    risk.own_level, risk.level_decided_on = level, clock.today()
    risk.level_reason = str(application.answers["reason"])
    risk.level_decision = application
    if risk.value is not None:
        analysis.judge(risk, level)
    risk.save()
    return risk


def _highest(risk: Risk) -> int:
    down, across = valuation.axes(risk.method)
    return max(down) * max(across)


@approvals.on_approved(FORM)
def _approved(application: approvals.Application, *, by: Actor) -> None:
    decide_level(Risk.objects.get(pk=application.subject_id or 0), application=application, by=by)
