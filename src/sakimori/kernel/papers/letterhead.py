"""The house form of one record: company, number, who prepared, evaluated and approved it, and the ledger's head."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_lazy as _

from sakimori.kernel.approvals.models import Application, Decision
from sakimori.kernel.identity.models import Company
from sakimori.kernel.ledger import seal
from sakimori.kernel.records.models import Record
from sakimori.lib import clock

from .blocks import House, Signature

BOXES = {"prepare": _("作成"), "evaluate": _("評価"), "approve": _("承認")}


def house_of(
    record: Record,
    *,
    title: str,
    version: str = "",
    issued_on: date | None = None,
    form: str = "",
    application: Application | None = None,
    approved: bool = True,
) -> House:
    """Return the house form for ``record``; the boxes come from the decisions of ``application``.

    Without an application there are no boxes; with one not approved yet the paper is marked as a draft.
    """
    company = Company.here()
    return House(
        company=company.name if company else "",
        number=record.number,
        title=title,
        version=version,
        issued_on=issued_on,
        classification=company.paper_class if company else "",
        form=form,
        signatures=signatures(application) if application else (),
        ledger_head=head_line(),
        draft=not approved,
    )


def without_record(*, title: str, issued_on: date | None = None) -> House:
    """Return the house form of a list that is no record of its own."""
    company = Company.here()
    return House(
        company=company.name if company else "",
        number="",
        title=title,
        issued_on=issued_on,
        classification=company.paper_class if company else "",
        ledger_head=head_line(),
    )


def head_line() -> str:
    """Return the ledger's latest head as it is printed: size and the first half of its root."""
    head = seal.latest_head()
    return f"{head.size:,} / {head.root_hex_short}" if head else ""


def signatures(application: Application) -> tuple[Signature, ...]:
    """Return the boxes 作成, 評価 and 承認 as they were signed; one that nobody signed stays blank."""
    found: dict[str, list[Signature]] = {action: [] for action in BOXES}
    steps = application.steps.filter(round=application.round).prefetch_related("decisions__person")
    for step in steps:
        if step.action not in BOXES:
            continue
        if step.state == step.State.BY_APPLYING:
            found[step.action].append(_by_applying(application, step.action))
        for decision in step.decisions.all():
            if decision.outcome == Decision.Outcome.APPROVE:
                day = decision.at.astimezone(clock.JAPAN).date()
                acting = decision.acting_for_id is not None
                found[step.action].append(
                    Signature(str(BOXES[step.action]), decision.person.label, day, acting)
                )
    found["prepare"] = found["prepare"] or [_by_applying(application, "prepare")]
    return tuple(box for action in BOXES for box in (found[action] or [Signature(str(BOXES[action]))]))


def _by_applying(application: Application, action: str) -> Signature:
    day = application.submitted_at.astimezone(clock.JAPAN).date()
    return Signature(str(BOXES[action]), application.applicant.label, day)
