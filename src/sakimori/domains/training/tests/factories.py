"""Rows for the contract of the registers."""

from __future__ import annotations

from datetime import date

from sakimori.domains.documents.models import Edition
from sakimori.domains.documents.tests.factories import make_document
from sakimori.domains.training.models import Reading
from sakimori.kernel.identity.models import Person


def make_reading(number: int) -> Reading:
    """Return one open reading."""
    document = make_document(number + 500)
    edition = Edition.objects.create(document=document, version=1, status="in_force", reason="制定")
    person = Person.objects.create(name=f"読者{number}", kana="ドクシャ")
    return Reading.objects.create(
        document=document, edition=edition, person=person, owner=person, year=2026, due_on=date(2026, 12, 1)
    )
