"""Rows for the contract tests."""

from __future__ import annotations

from datetime import timedelta

from sakimori.kernel.approvals.models import Application
from sakimori.kernel.identity.models import Person
from sakimori.lib import clock


def make_application(number: int) -> Application:
    """Return an approved application."""
    return Application.objects.create(
        form="record-disposal",
        form_version="0" * 64,
        applicant=Person.objects.create(name=f"申請者{number}"),
        answers={},
        status=Application.Status.APPROVED,
        closed_at=clock.now(),
        expires_on=clock.today() + timedelta(days=30),
    )
