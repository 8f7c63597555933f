"""Acts upon the ledger's own content: erasing what must be erased, and noting who read what."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sakimori.kernel.identity.actors import Actor
from sakimori.kernel.records.models import Record
from sakimori.lib import clock
from sakimori.lib.errors import NotAllowed, Refused

from . import book
from .entries import ERASED, erasable
from .erasure import erase_openings

READ = book.declare("record.read", gettext_lazy("閲覧"))


def log_read(record: Record, *, by: Actor, purpose: str) -> None:
    """Note that ``by`` read the record, where a regulation wants readings on record.

    Raises Refused without a purpose: a reading nobody can explain is what the log is there for.
    """
    if not purpose.strip():
        raise Refused(_("閲覧の目的を入力してください。"), rule="ledger.read.purpose", field="purpose")
    book.note(READ, record, by=by, reason=purpose.strip())


@book.command("record.erased", gettext_lazy("個人情報などの消去"), right="record.erase")
def erase(record: Record, *, fields: Sequence[str], reason: str, by: Actor) -> Record:
    """Erase personal values or free text from the record and its whole history; the tree stays valid.

    Entries hold only salted commitments of these fields; without salt and value they say nothing.
    Raises Refused for a field of another kind or without a reason, NotAllowed under a legal hold or
    before the retention period is over (OPS-106).
    """
    if not fields or not set(fields) <= erasable(type(record)):
        raise Refused(
            _("消去できるのは個人情報と自由記述の項目だけです。項目を選び直してください。"),
            rule="ledger.erase.fields",
        )
    if not reason.strip():
        raise Refused(_("消去の理由を入力してください。"), rule="ledger.erase.reason", field="reason")
    _check_retention(record)
    for name in fields:
        setattr(record, name, _emptied(record._meta.get_field(name)))
    record.save()
    erase_openings(record, fields)
    # The entry of this very act must not hold the erased values as its "before".
    record.loaded_values = record.snapshot()
    return record


def _check_retention(record: Record) -> None:
    if record.legal_hold:
        raise NotAllowed(
            _("廃棄禁止の記録は消去できません。先に廃棄禁止を解除してください。"), rule="ledger.erase.hold"
        )
    if record.keep_until is not None and record.keep_until >= clock.today():
        raise NotAllowed(
            _("保存期限 %(day)s を過ぎるまで消去できません。") % {"day": record.keep_until},
            rule="ledger.erase.retention",
        )


def _emptied(field: object) -> str | None:
    """Return what stands in the column from now on."""
    if not isinstance(field, models.Field):
        raise TypeError("a personal field is a column")
    if field.null:
        return None
    if not isinstance(field, models.CharField | models.TextField):
        raise Refused(
            _("%(field)s は空にできない項目のため消去できません。") % {"field": field.verbose_name},
            rule="ledger.erase.fields",
        )
    return "" if field.blank else ERASED
