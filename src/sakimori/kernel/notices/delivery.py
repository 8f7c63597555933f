"""Mail what waits in the outbox: each row once, by whichever worker claims it first."""

from __future__ import annotations

import secrets
import smtplib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.utils import DNS_NAME
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sakimori.kernel.identity.actors import SYSTEM
from sakimori.kernel.ledger import book
from sakimori.kernel.policy import policy
from sakimori.lib import clock

from .models import Notice

State = Notice.State
SENT = book.declare("notice.sent", gettext_lazy("通知の送信"))
FAILED = book.declare("notice.failed", gettext_lazy("通知の送信失敗"))

# A worker that died between claiming and sending leaves rows behind. Whether their mail left is unknown;
# a reminder twice does less harm than none, so they wait again after this time.
LONGEST_CLAIM = timedelta(minutes=15)
_FIRST_PAUSE = timedelta(minutes=5)


@dataclass
class Delivered:
    """What one run did, in notices."""

    sent: int = 0
    shown: int = 0
    failed: int = 0
    postponed: int = 0


def deliver(now: datetime | None = None, *, limit: int = 500) -> Delivered:
    """Send every mail that is due: urgent notices one by one, the others as one mail per person.

    Run as often as you like, by as many workers as you like, outside of a transaction.
    """
    now = now or clock.now()
    _free_abandoned(now)
    done = Delivered()
    for recipient, notice in _waiting(now, limit):
        _deliver_claimed(_claim(now, recipient, notice), now, done)
    return done


def _waiting(now: datetime, limit: int) -> list[tuple[int, int | None]]:
    """Return (recipient, notice) of each urgent one, (recipient, None) of each digest."""
    due = Notice.objects.filter(state=State.QUEUED, due_at__lte=now)
    urgent = due.filter(urgent=True).order_by("pk").values_list("recipient_id", "pk")[:limit]
    gathered = (
        due.filter(urgent=False).order_by("recipient_id").values_list("recipient_id", flat=True).distinct()
    )
    return [*urgent, *((recipient, None) for recipient in gathered[:limit])]


def _claim(now: datetime, recipient: int, notice: int | None) -> list[Notice]:
    """Take the rows for this worker in one statement; another worker then finds nothing."""
    token = secrets.token_hex(16)
    mine = Notice.objects.filter(state=State.QUEUED, due_at__lte=now, recipient_id=recipient)
    mine = mine.filter(urgent=False) if notice is None else mine.filter(pk=notice)
    if not mine.update(state=State.CLAIMED, claim=token, claimed_at=now):
        return []
    return list(Notice.objects.filter(claim=token).select_related("recipient", "record").order_by("pk"))


def _free_abandoned(now: datetime) -> None:
    abandoned = Notice.objects.filter(state=State.CLAIMED, claimed_at__lt=now - LONGEST_CLAIM)
    abandoned.update(state=State.QUEUED, claim="", due_at=now)


def _deliver_claimed(rows: Sequence[Notice], now: datetime, done: Delivered) -> None:
    if not rows:
        return
    address = rows[0].recipient.email
    if not address:
        _finish(rows, State.SHOWN, now, SENT)
        done.shown += len(rows)
        return
    message = _message(rows, address)
    try:
        with get_connection() as connection:
            connection.send_messages([message])
    except (smtplib.SMTPException, OSError) as error:
        _put_back(rows, now, error, done)
        return
    for row in rows:
        row.address, row.message_id = address, message.extra_headers["Message-ID"]
    _finish(rows, State.SENT, now, SENT)
    done.sent += len(rows)


def _message(rows: Sequence[Notice], address: str) -> EmailMessage:
    first = rows[0]
    subject = first.subject
    if len(rows) > 1:
        subject = _("%(first)s ほか%(count)d件") % {"first": first.subject, "count": len(rows) - 1}
    body = f"\n\n{'―' * 20}\n\n".join(_section(row, heading=len(rows) > 1) for row in rows)
    # Receivers that see the same mail twice can tell by its id.
    identity = f"<notice-{first.pk}-{first.digest[:16]}@{DNS_NAME}>"
    return EmailMessage(f"[防人] {subject}", body, to=[address], headers={"Message-ID": identity})


def _section(row: Notice, *, heading: bool) -> str:
    parts = [f"■ {row.subject}" if heading else "", row.body.strip()]
    if row.link:
        parts.append(f"{settings.PUBLIC_URL.rstrip('/')}{row.link}")
    return "\n\n".join(filter(None, parts))


def _put_back(rows: Sequence[Notice], now: datetime, error: Exception, done: Delivered) -> None:
    """Let the rows wait twice as long as last time, or give up after the attempts of the parameter."""
    for row in rows:
        row.attempts += 1
        row.error = f"{type(error).__name__}: {error}"[:300]
    lost = [row for row in rows if row.attempts >= policy.value("notices.attempts")]
    kept = [row for row in rows if row not in lost]
    for row in kept:
        row.state, row.claim = State.QUEUED, ""
        row.due_at = now + _FIRST_PAUSE * 2 ** (row.attempts - 1)
    Notice.objects.bulk_update(kept, ["state", "claim", "due_at", "attempts", "error"])
    _finish(lost, State.FAILED, now, FAILED)
    done.postponed += len(kept)
    done.failed += len(lost)


def _finish(rows: Sequence[Notice], state: Notice.State, now: datetime, verb: str) -> None:
    """Store the outcome, and write the proof into the ledger of the record (or of the person)."""
    for row in rows:
        row.state = state
        row.sent_at = None if state == State.FAILED else now
    with transaction.atomic():
        Notice.objects.bulk_update(rows, ["state", "sent_at", "attempts", "error", "address", "message_id"])
        book.append_many((_entry(row, verb) for row in rows), by=SYSTEM)


def _entry(row: Notice, verb: str) -> book.Draft:
    facts = {
        "to": row.recipient.number, "kind": row.kind, "text": row.digest,
        "channel": str(row.state), "at": row.sent_at, "error": row.error.partition(":")[0],
    }  # fmt: skip
    return book.Draft(verb, row.record or row.recipient, {"notice": (None, facts)})
