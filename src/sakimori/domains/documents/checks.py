"""What software can judge about documents: each function returns the offenders."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from sakimori.kernel.findings import check
from sakimori.kernel.policy import policy

from .models import Document, Edition, PaperCopy

REVIEW = "documents.review"


@check(
    "documents.no_edition", _("施行されていない文書"), severity="major", requirements=("REG-002", "V20-046")
)
def no_edition(today: date) -> QuerySet[Document]:
    """Documents of the set that were registered and never came into force."""
    return Document.objects.current().filter(status=Document.Status.PLANNED)


@check("documents.no_parent", _("上位文書のない文書"), requirements=("PRC-002", "REG-014", "REG-016"))
def no_parent(today: date) -> QuerySet[Document]:
    """Documents below the basic policy that stand under nothing, or under something abolished."""
    below = Document.objects.current().internal().exclude(level=Document.Level.BASIC_POLICY)
    return below.filter(Q(above=None) | Q(above__status=Document.Status.ABOLISHED))


@check("documents.review_late", _("見直しの期限を過ぎた文書"), requirements=("V20-052", "REG-350", "PRC-003"))
def review_late(today: date) -> QuerySet[Document]:
    """Documents in force that were not reviewed within the span of the regulation."""
    oldest = policy.value(REVIEW).before(today)
    return Document.objects.in_force().filter(Q(reviewed_on=None) | Q(reviewed_on__lt=oldest))


@check(
    "documents.old_copies",
    _("差し替えていない紙の写し"),
    severity="major",
    requirements=("REG-195", "V20-058"),
)
def old_copies(today: date) -> QuerySet[PaperCopy]:
    """Paper copies of an edition that is no longer in force."""
    placed = PaperCopy.objects.filter(status=PaperCopy.Status.PLACED)
    return placed.exclude(edition__status=Edition.Status.IN_FORCE)


@check(
    "documents.late_in_force",
    _("施行日を過ぎて施行されていない版"),
    severity="critical",
    requirements=("REG-077",),
)
def late_in_force(today: date) -> QuerySet[Edition]:
    """Approved editions whose day is past."""
    return Edition.objects.filter(status=Edition.Status.APPROVED, takes_effect_on__lt=today)


@check(
    "documents.public_policy",
    _("公開すべきでない文書の公開"),
    severity="critical",
    requirements=("REG-015", "REG-024"),
)
def public_policy(today: date) -> QuerySet[Document]:
    """Documents shown to everybody outside that are no basic policy."""
    return Document.objects.in_force().filter(public=True).exclude(level=Document.Level.BASIC_POLICY)
