"""How long records are kept, what stops their disposal, and what remains after it.

Nothing is destroyed before its time, under a hold, or without an approval. After disposal the ledger still
proves that the record stood: its entries stay, and the certificate holds the hashes of what was destroyed.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from datetime import date, timedelta

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sakimori.kernel import hooks
from sakimori.kernel.identity.actors import Actor
from sakimori.kernel.ledger.book import command
from sakimori.kernel.ledger.erasure import erase_openings
from sakimori.kernel.records.models import Record, RecordQuerySet
from sakimori.lib import canonical, clock
from sakimori.lib.errors import NotAllowed

from . import files, kinds
from .models import Comment, Disposal, Evidence

ERASED = "（消去済み）"
_CHUNK = 5_000  # SQLite takes 32,766 parameters a statement


@hooks.on("record_changed")
def file_record(record: Record) -> None:
    """Settle how long a record is kept, once its kind's rule can tell (PRC-148)."""
    if record.keep_until is None and (day := kinds.keep_until(record)) is not None:
        Record.objects.filter(pk=record.pk, keep_until=None).update(keep_until=day)
        record.keep_until = record.loaded_values["keep_until"] = day


@hooks.on("records_imported")
def file_records(records: Sequence[Record]) -> None:
    """Settle the same for many new records in few statements."""
    ending: dict[date, list[int]] = {}
    usual = functools.cache(kinds.usual)
    for record in records:
        if record.keep_until is None and (day := kinds.keep_until(record, usual)) is not None:
            record.keep_until = record.loaded_values["keep_until"] = day
            ending.setdefault(day, []).append(record.pk)
    for day, keys in ending.items():
        for start in range(0, len(keys), _CHUNK):
            Record.objects.filter(pk__in=keys[start : start + _CHUNK]).update(keep_until=day)


def due(day: date) -> RecordQuerySet[Record]:
    """Return the records whose time is over and that nothing holds back."""
    return Record.objects.filter(keep_until__lt=day, legal_hold=False, disposal=None)


def ending(day: date, days: int) -> RecordQuerySet[Record]:
    """Return the records whose time ends within ``days`` from ``day`` on, and that nothing holds back."""
    soon = Record.objects.filter(keep_until__gte=day, keep_until__lte=day + timedelta(days=days))
    return soon.filter(legal_hold=False, disposal=None)


@command("record.held", gettext_lazy("廃棄禁止の設定"), right="record.hold")
def hold(record: Record, *, reason: str, by: Actor) -> Record:
    """Forbid the disposal of a record, whatever its period says, until released."""
    _reason(reason)
    if record.legal_hold:
        raise NotAllowed(_("この記録は既に廃棄禁止です。"), rule="retention.held")
    return _set_hold(record, True)


@command("record.released", gettext_lazy("廃棄禁止の解除"), right="record.hold")
def release(record: Record, *, reason: str, by: Actor) -> Record:
    """Let the period of the record count again."""
    _reason(reason)
    if not record.legal_hold:
        raise NotAllowed(_("この記録は廃棄禁止になっていません。"), rule="retention.free")
    return _set_hold(record, False)


@command("record.kept_longer", gettext_lazy("保存期限の延長"), right="record.hold")
def keep_longer(record: Record, *, until: date, reason: str, by: Actor) -> Record:
    """Keep a record longer than its kind asks; a shorter time is refused."""
    _reason(reason)
    if record.keep_until is None or until <= record.keep_until:
        text = _("保存期限は今の期限（%s）より後の日にだけ変えられます。") % (record.keep_until or _("未定"))
        raise NotAllowed(text, rule="retention.shorter", field="until")
    record.keep_until = until
    record.save(update_fields=["keep_until"])
    return record


def obstacle(record: Record) -> str:
    """Return the sentence that says why a record cannot be disposed of today; empty when it can."""
    if Disposal.objects.filter(record_id=record.pk).exists():
        return _("%(number)s は既に廃棄されています。") % {"number": record.number}
    if record.legal_hold:
        return _("%(number)s は廃棄禁止のため廃棄できません。先に解除してください。") % {
            "number": record.number
        }
    if record.keep_until is None:
        return _("%(number)s は保存期限が定まっていないため廃棄できません。") % {"number": record.number}
    if record.keep_until >= clock.today():
        text = _("%(number)s は保存期限（%(until)s）まで廃棄できません。")
        return text % {"number": record.number, "until": record.keep_until}
    return ""


@command("record.disposed", gettext_lazy("記録の廃棄"), right="record.erase")
def dispose(record: Record, *, approval: Record, by: Actor) -> Record:
    """Erase the content of a record whose time is over; certificate and ledger entries stay (V20-063).

    ``approval`` is the approved application. Raises NotAllowed before the time, under a hold, or twice.
    """
    row = kinds.full(record)
    if sentence := obstacle(row):
        raise NotAllowed(sentence, rule="retention.kept")
    until = row.keep_until
    assert until is not None
    evidence = list(Evidence.objects.filter(record_id=row.pk, erased_at=None))
    Disposal.objects.create(
        record_id=row.pk, kept_until=until, by=str(by), approval=approval, method=kinds.kind_of(row).disposal,
        content_digest=canonical.digest(row.snapshot()), evidence_digests=[e.sha256 for e in evidence],
    )  # fmt: skip
    _erase_evidence(evidence)
    Comment.objects.filter(record_id=row.pk).update(text=ERASED)
    words = _personal_words(row)
    _erase_content(row)
    hooks.call("record_erased", records=[row, *_relabel(row, words)], words=words)
    return row


def _personal_words(row: Record) -> tuple[str, ...]:
    """Return what is personal about a record and may stand in copies elsewhere, the longest first."""
    found = {getattr(row, name) for name in row.personal_fields}
    return tuple(sorted((word for word in found if isinstance(word, str) and len(word) > 1), key=len)[::-1])


def _relabel(row: Record, words: Sequence[str]) -> list[Record]:
    """Make the labels anew of the records that bore the erased name; a namesake's stay as they are."""
    changed = []
    for anchor in Record.objects.filter(_any_contains("label", words)).exclude(pk=row.pk):
        bearer = kinds.full(anchor)
        if (label := bearer.title()[:200]) != anchor.label:
            Record.objects.filter(pk=anchor.pk).update(label=label)
            bearer.label = label
            changed.append(bearer)
    return changed


def _any_contains(column: str, words: Sequence[str]) -> models.Q:
    found = models.Q(pk__in=[])
    for word in words:
        found |= models.Q(**{f"{column}__contains": word})
    return found


def _erase_evidence(evidence: Sequence[Evidence]) -> None:
    Evidence.objects.filter(pk__in=[e.pk for e in evidence]).update(
        erased_at=clock.now(), file_name=ERASED, note=""
    )
    wanted = {e.sha256 for e in evidence}
    needed = set(Evidence.objects.filter(sha256__in=wanted, erased_at=None).values_list("sha256", flat=True))
    for sha256 in wanted - needed:
        files.erase(sha256)


def _erase_content(row: Record) -> Record:
    """Blank personal and free text; what the register needs to count and sort stays."""
    for field in row._meta.concrete_fields:
        if field.name in row.personal_fields or isinstance(field, models.TextField):
            setattr(row, field.attname, None if field.null else _blank(row, field))
    row.retired_at = row.retired_at or clock.now()
    row.save()
    # The entry of the disposal must not write down once more what was just erased.
    row.loaded_values = row.snapshot()
    erase_openings(row)
    return row


def _blank(row: Record, field: models.Field[object, object]) -> object:
    if not isinstance(field, models.CharField | models.TextField):
        return field.get_default()
    return f"{ERASED}{row.number}" if field.unique else ERASED


def _set_hold(record: Record, held: bool) -> Record:
    record.legal_hold = held
    record.save(update_fields=["legal_hold"])
    return record


def _reason(reason: str) -> None:
    if not reason.strip():
        raise NotAllowed(_("理由を入力してください。"), rule="retention.reason", field="reason")
