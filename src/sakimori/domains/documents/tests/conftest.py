"""A small set in force: two shipped regulations and a committee that can decide on them."""

from __future__ import annotations

from datetime import date

import pytest

from sakimori.domains.documents import rules
from sakimori.domains.documents.models import Document
from sakimori.kernel.identity.models import Appointment
from sakimori.lib import clock
from tests.cast import SINCE, Cast

FOLDERS = ("basic-policy", "security-policy", "document-control", "information-assets")


@pytest.fixture
def shelf(cast: Cast) -> dict[str, Document]:
    """The shipped documents that the tests read, by folder; 大野 and 江藤 sit in the committee, 久保 keeps the documents."""
    for person in (cast.ono, cast.eto):
        Appointment.objects.create(person=person, role="committee_member", starts_on=SINCE, owner=person)
    Appointment.objects.create(person=cast.kubo, role="document_manager", starts_on=SINCE, owner=cast.kubo)
    return {
        slug: rules.install_regulation(slug=slug, effective_on=date(2026, 4, 1), by=cast.ueno)
        for slug in FOLDERS
    }


@pytest.fixture
def control(shelf: dict[str, Document]) -> Document:
    """文書管理規程."""
    return shelf["document-control"]


@pytest.fixture
def tomorrow() -> date:
    """The day after today."""
    return date.fromordinal(clock.today().toordinal() + 1)
