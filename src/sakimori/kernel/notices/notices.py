"""Send a notice, list what a person was told, prove that a reminder was sent."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from sakimori.kernel import hooks
from sakimori.kernel.content.texts import NOTICES, NoticeText
from sakimori.kernel.identity.models import Person
from sakimori.kernel.policy import policy, workdays
from sakimori.kernel.records.models import Record
from sakimori.lib import clock

from .models import Notice

_PLACE = re.compile(r"\{(\w+)\}")
_BLANKS = re.compile(r"\s+")
ERASED = "（消去済み）"


@dataclass(frozen=True)
class Proof:
    """Who was told what about a record, when, by which channel; the hash is that of the text as sent."""

    person: str
    title: str
    at: datetime
    channel: str
    address: str
    digest: str
    read_at: datetime | None


def send(
    kind: str,
    to: Person | Iterable[Person],
    *,
    record: Record | None = None,
    context: Mapping[str, object] | None = None,
    urgent: bool = False,
    key: str = "",
    link: str = "",
) -> list[Notice]:
    """Put one notice per person into the outbox; they see it in the product at once.

    A mail follows: an urgent one with the next delivery, others gathered into one a day, not on holidays.
    With ``key`` a person is told once, however often this is called. People who left are not told.
    Raises UnknownContent for an unknown kind and KeyError for a place of the text that ``context`` lacks.
    """
    text = NOTICES[kind]
    people = [to] if isinstance(to, Person) else list(dict.fromkeys(to))
    facts = _facts(record, context)
    subject = _BLANKS.sub(" ", _filled(text.subject, facts)).strip()[:200]
    body = _filled(text.body, facts)
    hurry = urgent or text.urgent
    due = clock.now() if hurry else next_digest(clock.now())
    rows = [
        Notice(
            kind=kind, recipient=person, record=record, subject=subject, body=body,
            link=link or _link(text, facts, record), digest=digest_of(subject, body), urgent=hurry,
            key=key or None, due_at=due, created_at=clock.now(),
        )
        for person in people
        if person.is_active
    ]  # fmt: skip
    return Notice.objects.bulk_create(rows, ignore_conflicts=bool(key))


@hooks.on("record_erased")
def forget(records: Sequence[Record], words: Sequence[str]) -> None:
    """Take an erased name out of what was sent to or about its bearer; that and when it was sent stays proved."""
    about = Q(record__in=records) | Q(record__owner=records[0].pk) | Q(recipient=records[0].pk)
    for notice in Notice.objects.filter(about):
        subject, body, address = notice.subject, notice.body, notice.address
        for word in words:
            subject, body = subject.replace(word, ERASED), body.replace(word, ERASED)
            address = address.replace(word, "")
        if (subject, body, address) != (notice.subject, notice.body, notice.address):
            Notice.objects.filter(pk=notice.pk).update(subject=subject[:200], body=body, address=address)


def digest_of(subject: str, body: str) -> str:
    """Return the SHA-256 of what a person reads."""
    return hashlib.sha256(f"{subject}\n\n{body}".encode()).hexdigest()


def next_digest(now: datetime) -> datetime:
    """Return when the next daily mail leaves after ``now``: on a business day, at the hour of the parameter."""
    local = now.astimezone(clock.JAPAN)
    day, hour = local.date(), time(policy.value("notices.digest_hour"))
    if local.time() >= hour:
        day += timedelta(days=1)
    if policy.value("notices.quiet"):
        day = workdays.next_workday(day)
    return datetime.combine(day, hour, clock.JAPAN)


def inbox(person: Person, *, unread: bool = False) -> QuerySet[Notice]:
    """Return what the person was told, newest first."""
    found = Notice.objects.filter(recipient=person).order_by("-pk")
    return found.filter(read_at=None) if unread else found


def unread(person: Person) -> QuerySet[Notice]:
    """Return the notices that the person has not read."""
    return Notice.objects.filter(recipient=person, read_at=None)


def unread_count(person: Person) -> int:
    """Return how many notices the person has not read."""
    return unread(person).count()


def mark_read(person: Person, ids: Iterable[int] | None = None) -> int:
    """Note that the person read these notices (all when not given); return how many were new."""
    found = Notice.objects.filter(recipient=person, read_at=None)
    if ids is not None:
        found = found.filter(pk__in=list(ids))
    return found.update(read_at=clock.now())


def proofs(record: Record) -> list[Proof]:
    """Return the proof of every notice that went out about the record, oldest first."""
    rows = Notice.objects.filter(record=record, sent_at__isnull=False).select_related("recipient")
    return [
        Proof(
            row.recipient.label, row.subject, row.sent_at, str(Notice.State(row.state).label),
            row.address, row.digest, row.read_at,
        )
        for row in rows.order_by("sent_at", "pk")
        if row.sent_at is not None
    ]  # fmt: skip


def _facts(record: Record | None, context: Mapping[str, object] | None) -> dict[str, object]:
    facts: dict[str, object] = dict(context or {})
    if record is not None:
        facts = {"number": record.number, "label": record.label, "id": record.pk} | facts
    return facts


def _filled(template: str, facts: Mapping[str, object]) -> str:
    """Put the values into the text; nothing but a name can stand between the braces."""
    return _PLACE.sub(lambda match: _shown(facts[match[1]]), template)


def _shown(value: object) -> str:
    if isinstance(value, datetime):
        local = value.astimezone(clock.JAPAN)
        return _("%(y)d年%(m)d月%(d)d日 %(t)s") % {
            "y": local.year,
            "m": local.month,
            "d": local.day,
            "t": f"{local:%H:%M}",
        }
    if hasattr(value, "year"):
        return _("%(y)d年%(m)d月%(d)d日") % {"y": value.year, "m": value.month, "d": value.day}  # type: ignore[attr-defined]
    return str(value)


def _link(text: NoticeText, facts: Mapping[str, object], record: Record | None) -> str:
    if text.link:
        return _filled(text.link, facts)
    return f"/records/{record.pk}/" if record is not None else ""
