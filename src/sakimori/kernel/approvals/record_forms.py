"""Checks and effects of the kernel's own forms: exceptions from a rule, disposal of records."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.utils.translation import gettext as _

from sakimori.kernel.dossier import kinds, retention
from sakimori.kernel.identity.actors import Actor
from sakimori.kernel.policy import policy
from sakimori.kernel.records.models import Record

from .models import Application
from .registry import Case, check, condition, on_approved


@check("exception.period")
def period_fits(case: Case) -> Mapping[str, object]:
    """Return the sentence for a period longer than the regulation allows (REG-345)."""
    first, last = (date.fromisoformat(day) for day in case.answers["period"])
    longest = policy.value("findings.waiver.longest")
    if last > longest.after(first):
        return {"period": _("例外の適用は%sまでです。期間を短くしてください。") % longest.label}
    return {}


@check("record.disposal")
def may_be_disposed(case: Case) -> Mapping[str, object]:
    """Return the sentence for a record that must still be kept."""
    sentence = retention.obstacle(case.subject) if case.subject is not None else ""
    return {"reason": sentence} if sentence else {}


@condition("disposal.by_president")
def by_president(case: Case) -> bool:
    """Tell whether the table of record kinds wants the president's approval."""
    return _approval(case) == "president"


@condition("disposal.by_committee")
def by_committee(case: Case) -> bool:
    """Tell whether the table of record kinds wants the committee's approval."""
    return _approval(case) == "committee"


def _approval(case: Case) -> str:
    return kinds.kind_of(case.subject).approval if case.subject is not None else ""


@on_approved("record-disposal")
def dispose(application: Application, *, by: Actor) -> None:
    """Erase the record, with the application as the approval on its certificate (V20-063)."""
    subject = kinds.full(Record.objects.get(pk=application.subject_id or 0))
    retention.dispose(subject, approval=application, by=by)
