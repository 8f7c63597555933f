"""Sessions of an account: registered, refreshed, ended one by one or all together (V20-190)."""

from __future__ import annotations

from contextvars import ContextVar
from datetime import timedelta
from importlib import import_module

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase

from sakimori.lib import clock

from .models import Account, Session

_current: ContextVar[str | None] = ContextVar("session", default=None)
# A session's last use is written at most this often, so that reading pages does not write on every request.
_TOUCH = timedelta(minutes=1)


def register(account: Account, *, key: str, means: str, address: str | None, agent: str) -> Session:
    """Note that ``key`` is a browser of ``account``."""
    row, _created = Session.objects.update_or_create(
        key=key,
        defaults={
            "account": account,
            "means": means,
            "started_at": clock.now(),
            "seen_at": clock.now(),
            "address": address,
            "agent": agent[:200],
        },
    )
    return row


def touch(session: Session) -> None:
    """Note that the session is in use."""
    if clock.now() - session.seen_at >= _TOUCH:
        Session.objects.filter(pk=session.pk).update(seen_at=clock.now())


def rename(old: str | None, new: str | None) -> None:
    """Follow a session whose key was exchanged, as after a change of password."""
    if old and new and old != new:
        Session.objects.filter(key=old).update(key=new)
        enter(new)


def end(session: Session) -> None:
    """End one session: its browser is signed out with its next request."""
    _store(session.key).delete()
    session.delete()


def end_all(account: Account, *, but: str | None = None) -> int:
    """End every session of the account, but the one with key ``but``; return how many."""
    rows = list(Session.objects.filter(account=account).exclude(key=but or ""))
    for row in rows:
        end(row)
    return len(rows)


def forget(key: str | None) -> None:
    """Drop the row of a session that ended by itself."""
    Session.objects.filter(key=key or "").delete()


def current_key() -> str | None:
    """Return the key of the session in which this code runs, if any."""
    return _current.get()


def enter(key: str | None) -> None:
    """Note the session of the present request."""
    _current.set(key)


def _store(key: str) -> SessionBase:
    store: SessionBase = import_module(settings.SESSION_ENGINE).SessionStore(key)
    return store
