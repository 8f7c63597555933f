"""The ledger's own timetable: seal every minute, and give the newest head away every morning."""

from __future__ import annotations

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.translation import gettext as _

from sakimori.kernel import hooks
from sakimori.kernel.ledger import heads, seal

from .registry import every, task


@task("ledger.seal")
def seal_entries() -> None:
    """Seal the entries that wait."""
    seal.seal()


@task("ledger.publish")
def publish_head() -> None:
    """Give the newest head to the folder on other storage and to the auditor."""
    heads.publish()


every("ledger.seal", minutes=1)
every("ledger.publish", daily="06:00")


@hooks.on("head_published")
def mail_head(*, head: seal.Head) -> None:
    """Mail the head to the auditor, where one is named; the note is attached as the file to verify with."""
    if not settings.HEADS_MAIL:
        return
    text = _(
        "証跡台帳の先頭（%(size)s 件、%(at)s 現在）をお送りします。添付のファイルをこのまま保管してください。\n"
        "後日 sakimori_verify.py --head または ./sakimori verify --head に渡すと、"
        "この時点までの証跡が書き換えられていないことを確かめられます。\n\n%(note)s"
    )
    facts = {"size": f"{head.size:,}", "at": f"{head.at:%Y-%m-%d %H:%M} UTC", "note": head.note}
    subject = _("[防人] 証跡台帳の先頭 %(size)s 件") % facts
    mail = EmailMessage(subject, text % facts, to=[settings.HEADS_MAIL])
    mail.attach(f"head-{head.size:012d}.txt", head.note, "text/plain")
    mail.send()
