"""Rows for the contract tests: one function per register."""

from datetime import date

from sakimori.domains.assets.models import Asset
from sakimori.domains.risk.models import Acceptance, Permit, Risk, Round, Treatment
from sakimori.kernel.identity.models import Person
from sakimori.lib import canonical


def make_round(number: int) -> Round:
    """Return a closed round, so that any number may stand side by side."""
    return Round.objects.create(
        name=f"第{number}回 リスクアセスメント",
        fiscal_year=2026,
        status=Round.Status.CLOSED,
        closed_on=date(2026, 5, 1),
    )


def make_risk(number: int) -> Risk:
    """Return an analysed risk above the level."""
    owner = Person.objects.create(name=f"所有者{number}")
    asset = Asset.objects.create(
        name=f"資産{number}", owner=owner, confidentiality=3, integrity=2, availability=1
    )
    return Risk.objects.create(
        asset=asset, threat="ransomware", vulnerability="no_awareness", owner=owner,
        state=Risk.State.ANALYSED, identification_reason="過去の事例", method="regulation",
        likelihood=3, loss=4, value=12, level=6, above_level=True,
        residual_likelihood=3, residual_loss=4, residual_value=12,
    )  # fmt: skip


def make_treatment(number: int) -> Treatment:
    """Return an approved plan."""
    risk = make_risk(number)
    return Treatment.objects.create(
        risk=risk, owner=risk.owner, options=["likelihood"], action=f"対策{number}", basis="費用対効果",
        due_on=date(2026, 9, 30), expected_likelihood=1, expected_loss=4, expected_value=4,
        status=Treatment.Status.APPROVED,
    )  # fmt: skip


def make_acceptance(number: int) -> Acceptance:
    """Return a valid acceptance."""
    risk = make_risk(number)
    return Acceptance.objects.create(
        risk=risk, owner=risk.owner, reason="代替手段がない", accepted_value=12,
        state_hash=canonical.digest(risk.approval_state()), status=Acceptance.Status.VALID,
        expires_on=date(2027, 3, 31), signed_on=date(2026, 4, 1),
    )  # fmt: skip


def make_permit(number: int) -> Permit:
    """Return a superseded approval of residual risks."""
    return Permit.objects.create(
        residuals=[], count=number, highest=6, state_hash="0" * 64, status=Permit.Status.SUPERSEDED
    )
