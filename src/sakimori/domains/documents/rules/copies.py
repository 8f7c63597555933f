"""Copies on paper: placed with a number, exchanged when the edition changes, collected, reported lost."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sakimori.domains.documents.models import Document, PaperCopy
from sakimori.kernel.identity.actors import Actor
from sakimori.kernel.identity.models import Person
from sakimori.kernel.ledger.book import command
from sakimori.lib import clock
from sakimori.lib.errors import NotAllowed

Status = PaperCopy.Status


@command("copy.placed", gettext_lazy("紙の写しの配置"), right="document.change")
def place_copy(*, document: Document, place: str, holder: Person, by: Actor) -> PaperCopy:
    """Place a numbered copy of the edition in force (REG-195); the lowest free number is taken."""
    edition = document.current
    if edition is None:
        raise NotAllowed(_("施行中の版がないため、写しを配れません。"), rule="documents.no_edition")
    taken = set(
        PaperCopy.objects.filter(document=document, status=Status.PLACED).values_list(
            "copy_number", flat=True
        )
    )
    number = next(n for n in range(1, len(taken) + 2) if n not in taken)
    copy = PaperCopy(
        document=document, edition=edition, copy_number=number, place=place.strip(), holder=holder,
        owner_id=holder.pk, audience=document.audience,
    )  # fmt: skip
    copy.save()
    return copy


@command("copy.exchanged", gettext_lazy("紙の写しの差替え"), right="document.change")
def exchange_copy(copy: PaperCopy, *, destroyed: str, by: Actor) -> PaperCopy:
    """Take an old copy back and place the edition in force under the same number; say how the old one was destroyed."""
    _require_placed(copy)
    edition = copy.document.current
    if edition is None or edition.pk == copy.edition_id:
        raise NotAllowed(_("この写しは現行版です。"), rule="documents.copy_current")
    copy.status, copy.ended_on = Status.EXCHANGED, clock.today()
    copy.save()
    follower = PaperCopy(
        document=copy.document, edition=edition, copy_number=copy.copy_number, place=copy.place,
        holder=copy.holder, owner_id=copy.holder_id, audience=copy.audience,
    )  # fmt: skip
    follower.save()
    return copy


@command("copy.collected", gettext_lazy("紙の写しの回収"), right="document.change")
def collect_copy(copy: PaperCopy, *, destroyed: str, by: Actor) -> PaperCopy:
    """Take a copy back for good; say how it was destroyed."""
    _require_placed(copy)
    copy.status, copy.ended_on, copy.retired_at = Status.COLLECTED, clock.today(), clock.now()
    copy.save()
    return copy


@command("copy.lost", gettext_lazy("紙の写しの紛失"), right="document.change")
def report_lost(copy: PaperCopy, *, circumstances: str, by: Actor) -> PaperCopy:
    """Note that a copy was lost; its number is free again."""
    _require_placed(copy)
    copy.status, copy.ended_on = Status.LOST, clock.today()
    copy.save()
    return copy


def _require_placed(copy: PaperCopy) -> None:
    if copy.status != Status.PLACED:
        text = _("この写しは「%s」のため、操作できません。")
        raise NotAllowed(text % copy.get_status_display(), rule="documents.copy_ended")
