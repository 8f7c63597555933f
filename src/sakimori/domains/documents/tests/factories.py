"""Rows for the contract of the registers."""

from __future__ import annotations

from sakimori.domains.documents.models import Document, Edition, PaperCopy
from sakimori.kernel.identity.models import Person


def make_document(number: int) -> Document:
    """Return one document."""
    return Document.objects.create(
        code=f"T-{number:03}", name=f"試験規程{number}", keeper="security_office", readers_roles=["employee"]
    )


def make_edition(number: int) -> Edition:
    """Return one draft of a document of its own."""
    return Edition.objects.create(document=make_document(number), reason=f"理由{number}")


def make_papercopy(number: int) -> PaperCopy:
    """Return one copy."""
    edition = make_edition(number)
    holder = Person.objects.order_by("pk").first() or Person.objects.create(name="保管者", kana="ホカンシャ")
    return PaperCopy.objects.create(
        document=edition.document, edition=edition, copy_number=1, place=f"棚{number}", holder=holder
    )
