"""When the database or the disk fails: a page that says what happened and what to do, never a bare 500."""

from __future__ import annotations

import errno
import sys

from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.defaults import server_error

from sakimori.lib import clock

RETRY_AFTER = 30  # seconds; the product itself waits 20 for a lock
_FULL = ("disk is full", "no space left", "disk full", "could not extend file")
_LOCKED = ("locked", "deadlock", "lock timeout", "could not obtain lock", "could not serialize")
_READ_ONLY = ("readonly database", "read-only", "unable to open database")
_GONE = (
    "connection",
    "server closed",
    "could not connect",
    "too many clients",
    "shutting down",
    "starting up",
)


def accident(request: HttpRequest) -> HttpResponse:
    """Answer an accident: 503 with the sentence that fits where the database or the disk is the cause."""
    sentence = explain(sys.exc_info()[1])
    if not sentence:
        return server_error(request)
    context = {"sentence": sentence, "at": f"{clock.now():%Y-%m-%d %H:%M:%S}"}
    answer = HttpResponse(render_to_string("trouble.html", context), status=503)
    answer["Retry-After"] = str(RETRY_AFTER)
    return answer


def explain(error: BaseException | None) -> str:
    """Return what to do about a failing database or disk; empty for any other accident."""
    if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return _full()
    if not isinstance(error, DatabaseError | InterfaceError):
        return ""
    words = str(error).lower()
    if any(sign in words for sign in _FULL):
        return _full()
    if any(sign in words for sign in _LOCKED):
        return _("ほかの処理がデータベースを使っています。30秒ほど待ってから、もう一度お試しください。")
    if any(sign in words for sign in _READ_ONLY):
        return _(
            "データベースに書き込めません。情報システム部に、データの置き場所の権限と空き容量を確かめるよう伝えてください。"
        )
    if isinstance(error, OperationalError | InterfaceError) and any(sign in words for sign in _GONE):
        return _("データベースに接続できません。数分待っても続くときは、情報システム部に伝えてください。")
    return ""


def _full() -> str:
    return _(
        "サーバのディスクに空きがありません。情報システム部に、空き容量を増やすよう伝えてください。空きができれば、そのまま使えます。"
    )
