"""The first weeks: the company is founded in the product, its rules adopted, roles given, duties planned."""

from __future__ import annotations

from sakimori.domains.controls import rules as controls
from sakimori.kernel.identity.actors import INSTALLER
from sakimori.kernel.ledger import seal
from sakimori.kernel.obligations import obligations
from sakimori.kernel.policy import policy

from . import calendar, company
from .company import Stage


def tell(stage: Stage) -> None:
    """Found the company and give the roles; the first head is signed."""
    with calendar.on(calendar.ago(calendar.FOUNDED), 9):
        policy.adopt_preset("industry-model", by=INSTALLER)
        company.found(stage)
        controls.install_shipped(INSTALLER)
    with calendar.on(calendar.ago(calendar.FOUNDED - 1)):
        company.appoint(stage)
        obligations.adopt()
        obligations.materialise()
        seal.seal()
