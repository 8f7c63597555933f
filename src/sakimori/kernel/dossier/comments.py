"""Comments on records: everyone who may read a record may say something about it."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sakimori.kernel.identity.actors import Actor, System
from sakimori.kernel.ledger.book import command
from sakimori.kernel.records.models import Record
from sakimori.lib import canonical, clock
from sakimori.lib.errors import NotAllowed

from .evidence import require
from .models import Comment

LONGEST = 4000


def comment(record: Record, *, text: str, by: Actor) -> Comment:
    """Add a comment; raise NotAllowed for an empty or an endless one."""
    require(by, "record.comment", record)
    text = text.strip()
    if not text:
        raise NotAllowed(_("コメントを入力してください。"), rule="comment.empty", field="text")
    if len(text) > LONGEST:
        sentence = _("コメントは%d文字以内で入力してください。") % LONGEST
        raise NotAllowed(sentence, rule="comment.length", field="text")
    made = Comment(record_id=record.pk, author=None if isinstance(by, System) else by, text=text)
    _comment(target=record, made=made, digest=canonical.digest(text), by=by)
    return made


@command("comment.made", gettext_lazy("コメント"))
def _comment(*, target: Record, made: Comment, digest: str, by: Actor) -> Record:
    made.save(force_insert=True)
    return target


def withdraw_comment(made: Comment, *, by: Actor) -> None:
    """Withdraw one's own comment; raise NotAllowed for another's."""
    if not isinstance(by, System) and made.author_id != by.pk:
        raise NotAllowed(_("取り消せるのは自分のコメントだけです。"), rule="comment.author")
    if made.withdrawn_at:
        raise NotAllowed(_("このコメントは既に取り消されています。"), rule="comment.withdrawn")
    _withdraw(target=made.record, made=made, by=by)


@command("comment.withdrawn", gettext_lazy("コメントの取消"))
def _withdraw(*, target: Record, made: Comment, by: Actor) -> Record:
    made.withdrawn_at = clock.now()
    made.save(update_fields=["withdrawn_at"])
    return target


def comments_of(record: Record) -> QuerySet[Comment]:
    """Return the comments on a record, oldest first, withdrawn ones left out."""
    return Comment.objects.filter(record_id=record.pk, withdrawn_at=None).select_related("author")
