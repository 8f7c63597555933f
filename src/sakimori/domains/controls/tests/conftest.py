"""What the tests of this domain share."""

from __future__ import annotations

import pytest

from sakimori.domains.controls import rules
from sakimori.domains.controls.models import Standard, Statement
from sakimori.kernel.identity.models import Appointment
from tests.cast import SINCE, Cast

from .factories import small_standard


@pytest.fixture
def standard(cast: Cast) -> Standard:
    """The small standard."""
    return small_standard()


@pytest.fixture
def draft(standard: Standard, cast: Cast) -> Statement:
    """The first version for the small standard, nothing decided; 大野 sits in the committee that evaluates it."""
    Appointment.objects.create(person=cast.ono, role="committee_member", starts_on=SINCE, owner=cast.ono)
    return rules.start_statement(standard=standard, by=cast.ueno)
