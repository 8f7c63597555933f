"""Attach files to records, show them, prove them unaltered."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sakimori.kernel.identity import access
from sakimori.kernel.identity.actors import Actor, System
from sakimori.kernel.identity.models import Person
from sakimori.kernel.ledger import book
from sakimori.kernel.ledger.book import command
from sakimori.kernel.records.models import Record
from sakimori.lib import clock
from sakimori.lib.errors import NotAllowed

from . import files, kinds
from .models import Evidence, EvidenceQuerySet

READ = book.declare("evidence.read", gettext_lazy("証跡の閲覧"))


def attach(
    record: Record,
    upload: files.Upload,
    *,
    file_name: str,
    note: str = "",
    happened_on: date | None = None,
    by: Actor,
) -> Evidence:
    """Attach a file to a record; ``happened_on`` is the day of the evidence, today when not given.

    The day of the evidence and the day of the upload are two columns: late filing is allowed and visible.
    Raises Refused for a file that is not accepted, an erased record, or a day in the future.
    """
    require(by, "record.attach", record)
    day = happened_on or clock.today()
    if day > clock.today():
        raise NotAllowed(
            _("証跡の日付に未来の日は指定できません。"), rule="evidence.future", field="happened_on"
        )
    stored = files.store(upload, file_name)
    if evidence_of(record).filter(sha256=stored.sha256).exists():
        text = _("同じ内容のファイルが既に登録されています: %(name)s")
        raise NotAllowed(text % {"name": stored.file_name}, rule="evidence.twice", field="file")
    _attach(
        target=record, sha256=stored.sha256, file_name=stored.file_name, size=stored.size,
        media_type=stored.media_type, remark=note, happened_on=day, by=by,
    )  # fmt: skip
    return evidence_of(record).get(sha256=stored.sha256)


@command("evidence.attached", gettext_lazy("証跡の登録"))
def _attach(
    *,
    target: Record,
    sha256: str,
    file_name: str,
    size: int,
    media_type: str,
    remark: str,
    happened_on: date,
    by: Actor,
) -> Record:
    Evidence.objects.create(
        record_id=target.pk, sha256=sha256, file_name=file_name, size=size, media_type=media_type,
        note=remark, happened_on=happened_on, uploaded_by=None if isinstance(by, System) else by,
    )  # fmt: skip
    return target


def withdraw(evidence: Evidence, *, reason: str, by: Actor) -> None:
    """Mark a wrongly attached file as withdrawn; it stays in the store and in the history."""
    require(by, "record.attach", evidence.record)
    if not reason.strip():
        raise NotAllowed(_("取り消す理由を入力してください。"), rule="evidence.reason", field="reason")
    if evidence.withdrawn_at or evidence.erased_at:
        raise NotAllowed(_("この証跡は既に取り消されています。"), rule="evidence.withdrawn")
    _withdraw(target=evidence.record, evidence=evidence, sha256=evidence.sha256, reason=reason, by=by)


@command("evidence.withdrawn", gettext_lazy("証跡の取消"))
def _withdraw(*, target: Record, evidence: Evidence, sha256: str, reason: str, by: Actor) -> Record:
    evidence.withdrawn_at, evidence.withdrawn_reason = clock.now(), reason
    evidence.save(update_fields=["withdrawn_at", "withdrawn_reason"])
    return target


def evidence_of(record: Record) -> EvidenceQuerySet:
    """Return the valid evidence of a record, latest evidence day first."""
    return Evidence.objects.filter(record_id=record.pk).valid().select_related("uploaded_by")


def open_file(pk: int, person: Person) -> tuple[Evidence, Path] | None:
    """Return evidence and its file for a reader; None for what he may not know of.

    The reading is written to the ledger where the record kind or the record itself asks for it.
    """
    found = Evidence.objects.valid().visible_to(person).filter(pk=pk).select_related("record").first()
    if found is None:
        return None
    if reading_is_logged(found.record):
        book.note(READ, found.record, by=person, sha256=found.sha256, file_name=found.file_name)
    return found, files.path_of(found.sha256)


def reading_is_logged(record: Record) -> bool:
    """Tell whether reading the record's files is itself recorded."""
    row = kinds.full(record)
    return kinds.kind_of(row).reading_logged or bool(getattr(row, "is_confidential", False))


def damaged_now() -> Iterator[Evidence]:
    """Yield the evidence whose file is missing or no longer has the content of its hash (V20-226)."""
    state: dict[str, bool] = {}
    for evidence in Evidence.objects.filter(erased_at=None).order_by("sha256").iterator():
        if evidence.sha256 not in state:
            state = {evidence.sha256: files.intact(evidence.sha256)}
        if not state[evidence.sha256]:
            yield evidence


def recheck() -> int:
    """Hash every file again and note on its evidence what is damaged and what was restored; return the damaged."""
    damaged = {evidence.pk for evidence in damaged_now()}
    Evidence.objects.exclude(damaged_at=None).exclude(pk__in=damaged).update(damaged_at=None)
    Evidence.objects.filter(pk__in=damaged, damaged_at=None).update(damaged_at=clock.now())
    return len(damaged)


def require(by: Actor, right: str, record: Record) -> None:
    """Raise NotAllowed unless ``by`` may do ``right`` with the record; the system may."""
    if not isinstance(by, System):
        access.require(by, right, record)
