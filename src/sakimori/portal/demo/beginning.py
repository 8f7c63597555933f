"""The first weeks: the company is founded in the product, its rules adopted, roles given, duties planned."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from django.conf import settings
from django.core.files.base import ContentFile

from sakimori.domains.controls import rules as controls
from sakimori.domains.organization import rules as organization
from sakimori.domains.people import rules as people
from sakimori.kernel.approvals import approvals
from sakimori.kernel.dossier import evidence
from sakimori.kernel.identity.actors import INSTALLER
from sakimori.kernel.identity.models import Person
from sakimori.kernel.ledger import seal
from sakimori.kernel.obligations import obligations
from sakimori.kernel.policy import policy
from sakimori.lib import clock

from . import calendar, company, documents
from .company import Stage
from .decisions import approve_all
from .script import BeginningBook, ParameterEntry, read

UNSIGNED = 3  # people whose pledge is missing to this day


def tell(stage: Stage) -> None:
    """Found the company, give the roles, approve the scope; the first head is signed."""
    book = read("beginning.yaml", BeginningBook)
    with calendar.on(calendar.ago(calendar.FOUNDED), 9):
        policy.adopt_preset("industry-model", by=INSTALLER)
        company.found(stage)
        controls.install_shipped(INSTALLER)
    with calendar.on(calendar.ago(calendar.FOUNDED - 1)):
        company.appoint(stage)
        company.open_accounts(stage)
        documents.adopt(stage)
        obligations.adopt()
        obligations.materialise()
    with calendar.on(calendar.ago(calendar.FOUNDED - 4), 13):
        _sign_pledges(stage)
        organization.commit(text=book.commitments[0], by=stage["sakura"])
        for entry in book.parameters:
            set_parameter(stage, entry)
    with calendar.on(calendar.ago(calendar.FOUNDED - 8)):
        _state_scope(stage, book)
        seal.seal()


def set_parameter(stage: Stage, entry: ParameterEntry) -> approvals.Application:
    """Change a value of the regulations by an approved application."""
    answers = {
        "parameter": entry.parameter, "value": entry.value, "reason": entry.reason,
        "effective_on": clock.today().isoformat(),
    }  # fmt: skip
    return approve_all(approvals.submit("policy-change", answers, by=stage["ueno"]))


def _sign_pledges(stage: Stage) -> None:
    everybody = Person.objects.active().exclude(category="external").order_by("pk")
    for person in everybody[: everybody.count() - UNSIGNED]:
        sign_pledge(stage, person)


def sign_pledge(stage: Stage, person: Person) -> None:
    """Enter what somebody signed today: the agreement of confidentiality and the pledge."""
    for kind in ("nda", "pledge"):
        people.register_agreement(
            person=person, agreement_kind=kind, text_version="第3版", signed_on=clock.today(), own_duty=True,
            protection=True, survival=True, survives_years=3, by=stage["saito"],
        )  # fmt: skip


def _state_scope(stage: Stage, book: BeginningBook) -> None:
    scope = organization.start_scope(by=stage["ueno"])
    organization.change_scope(scope, by=stage["ueno"], **asdict(book.scope))
    diagram = ContentFile((Path(settings.CONTENT_DIR) / "demo" / "scope-systems.png").read_bytes())
    evidence.attach(scope, diagram, file_name="対象システム図.png", note="適用範囲の図", by=stage["ueno"])
    scope.refresh_from_db()
    approve_all(_application_of(organization.submit_scope(scope, by=stage["ueno"])))
    for entry in book.circumstances[:8]:
        row = organization.add_circumstance(
            category=entry.category, content=entry.content, by=stage["kimura"]
        )
        if entry.reason:
            organization.decide_circumstance(
                row, is_issue=bool(entry.issue), reason=entry.reason, issue=entry.issue, by=stage["ueno"]
            )
    for party in book.parties[:5]:
        organization.add_party(**asdict(party), by=stage["ueno"])


def _application_of(subject: object) -> approvals.Application:
    return approvals.Application.objects.filter(subject_id=subject.pk).latest("pk")  # type: ignore[attr-defined]
