"""Work on a revision before anybody decides on it: propose, change articles and values, say why and from when."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sakimori.domains.documents.models import Document, Edition, EditionArticle
from sakimori.kernel.content import parameters
from sakimori.kernel.content.parameters import PARAMETERS
from sakimori.kernel.content.regulations import ARTICLES
from sakimori.kernel.identity.actors import Actor
from sakimori.kernel.ledger.book import command
from sakimori.kernel.policy import policy
from sakimori.lib import clock, provisions
from sakimori.lib.errors import Invalid, NotAllowed, Refused

from .matrix import require_draft

KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,58}")


@command("edition.proposed", gettext_lazy("改訂の提案"))
def propose(*, document: Document, reason: str, by: Actor) -> Edition:
    """Start a revision from the edition in force; by whoever drafts, or any member of the committee (REG-188).

    Raises NotAllowed for an abolished or external document and for who may not propose.
    """
    require_draft(document, by)
    if document.status == Document.Status.ABOLISHED or document.is_external:
        raise NotAllowed(_("廃止した文書と外部文書は改訂できません。"), rule="documents.not_revisable")
    former = document.current
    edition = Edition(
        document=document, based_on=former, reason=reason.strip(), owner_id=getattr(by, "pk", None),
        form=former.form if former else Edition.Form.ARTICLES,
    )  # fmt: skip
    edition.save()
    rows = list(former.articles.all()) if former else []
    for row in rows:
        row.pk, row.edition = None, edition
    EditionArticle.objects.bulk_create(rows)
    return edition


def must_be_draft(edition: Edition, by: object) -> None:
    """Raise NotAllowed for an edition that was put forward, and for who may not draft it (REG-190)."""
    require_draft(edition.document, by)
    if not edition.is_draft:
        text = _("「%s」の版は変更できません。新しい改訂を提案してください。")
        raise NotAllowed(text % edition.get_status_display(), rule="documents.frozen")


@command("edition.described", gettext_lazy("改訂の理由と施行日"))
def describe(
    edition: Edition, *, reason: str, takes_effect_on: date | None, material: bool, by: Actor
) -> Edition:
    """Say why the edition is made, from when it holds, and whether its readers must read it anew."""
    must_be_draft(edition, by)
    edition.reason, edition.takes_effect_on, edition.material = reason.strip(), takes_effect_on, material
    edition.save()
    return edition


@command("edition.article_changed", gettext_lazy("条の変更"))
def change_article(
    edition: Edition, *, key: str, title: str, text: str, chapter: str = "", by: Actor
) -> Edition:
    """Write an article anew; its key, and what it carries, stay."""
    must_be_draft(edition, by)
    article = article_of(edition, key)
    article.title, article.text, article.chapter = title.strip(), _normal(text), chapter.strip()
    _require_readable(article)
    article.save()
    return edition


@command("edition.article_added", gettext_lazy("条の追加"))
def add_article(
    edition: Edition, *, title: str, text: str, chapter: str = "", key: str = "", after: str = "", by: Actor
) -> Edition:
    """Add an article after the one with key ``after``, at the end without; its key is never used again."""
    must_be_draft(edition, by)
    key = key.strip() or _free_key(edition)
    used = EditionArticle.objects.filter(edition__document=edition.document, key=key)
    if not KEY.fullmatch(key) or used.exists():
        raise Invalid({"key": _("条の記号は、まだ使っていない半角英小文字・数字・ハイフンにしてください。")})
    article = EditionArticle(
        edition=edition, key=key, title=title.strip(), text=_normal(text), chapter=chapter.strip(),
        position=edition.articles.count() + 1,
    )  # fmt: skip
    _require_readable(article)
    article.save()
    if after:
        order = [row.key for row in edition.articles.all() if row.key != key]
        _order(edition, [*order[: order.index(after) + 1], key, *order[order.index(after) + 1 :]])
    return edition


@command("edition.article_removed", gettext_lazy("条の削除"))
def remove_article(edition: Edition, *, key: str, by: Actor) -> Edition:
    """Take an article out of the draft; a duty that nothing carries any more is refused at submission."""
    must_be_draft(edition, by)
    article = article_of(edition, key)
    rest = list(edition.articles.exclude(pk=article.pk).order_by("position"))
    if article.chapter and (follower := next((r for r in rest if r.position > article.position), None)):
        follower.chapter = follower.chapter or article.chapter
        follower.save()
    article.delete()
    _order(edition, [row.key for row in rest])
    return edition


@command("edition.article_moved", gettext_lazy("条の移動"))
def move_article(edition: Edition, *, key: str, down: bool, by: Actor) -> Edition:
    """Move an article by one place."""
    must_be_draft(edition, by)
    order = [row.key for row in edition.articles.all()]
    place = order.index(article_of(edition, key).key)
    other = place + (1 if down else -1)
    if 0 <= other < len(order):
        order[place], order[other] = order[other], order[place]
        _order(edition, order)
    return edition


@command("edition.articles_mapped", gettext_lazy("条と義務の対応付け"))
def map_articles(edition: Edition, *, chosen: Mapping[str, Sequence[str]], by: Actor) -> Edition:
    """Say by key whose shipped articles' duties, controls and requirements the articles of the company carry."""
    must_be_draft(edition, by)
    for key, addresses in chosen.items():
        article = article_of(edition, key)
        if unknown := [address for address in addresses if address not in ARTICLES]:
            raise Invalid({"carries": _("「%s」という条はありません。") % "、".join(unknown)})
        article.carries = list(dict.fromkeys(addresses))
        shipped = [ARTICLES[address] for address in article.carries]
        article.requirements = sorted({name for one in shipped for name in one.requirements})
        article.controls = list(dict.fromkeys(name for one in shipped for name in one.controls))
        article.save()
    return edition


@command("edition.value_changed", gettext_lazy("条文の値の変更"))
def change_value(edition: Edition, *, name: str, value: Any, by: Actor) -> Edition:
    """Propose another value for a parameter; the value in force takes the proposal back.

    Raises Refused for a value that does not fit, such as a cadence of zero.
    """
    must_be_draft(edition, by)
    if name not in edition.parameters():
        raise NotAllowed(_("この文書が定める値ではありません。"), rule="documents.foreign_parameter")
    wanted = parameters.typed(PARAMETERS[name], value)
    changes = dict(edition.changes)
    changes.pop(name, None)
    if wanted != policy.value(name, on=edition.takes_effect_on or clock.today()):
        changes[name] = parameters.plain(wanted)
    edition.changes = changes
    edition.save()
    return edition


@command("edition.dropped", gettext_lazy("改訂案の取下げ"))
def drop_draft(edition: Edition, *, reason: str, by: Actor) -> Edition:
    """Give a draft up; it stays in the history."""
    must_be_draft(edition, by)
    edition.status, edition.retired_at = Edition.Status.DROPPED, clock.now()
    edition.save()
    return edition


def article_of(edition: Edition, key: str) -> EditionArticle:
    """Return an article of the edition; raise NotAllowed for a key it does not have."""
    found = edition.articles.filter(key=key).first()
    if found is None:
        raise NotAllowed(_("この条はこの版にありません。"), rule="documents.no_article")
    return found


def _order(edition: Edition, keys: Sequence[str]) -> None:
    places = {key: place for place, key in enumerate(keys, 1)}
    rows = list(edition.articles.all())
    for row in rows:
        row.position = places[row.key]
    EditionArticle.objects.bulk_update(rows, ["position"])


def _free_key(edition: Edition) -> str:
    used = EditionArticle.objects.filter(edition__document=edition.document)
    last = used.aggregate(last=Max("pk"))["last"] or 0
    return f"added-{last + 1}"


def _normal(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").strip("\n").split("\n"))


def _require_readable(article: EditionArticle) -> None:
    problems: dict[str, object] = {}
    if not article.title:
        problems["title"] = _("題名を入力してください。")
    try:
        if not provisions.read(article.text):
            problems["text"] = _("条文を入力してください。")
    except Refused as refused:
        problems["text"] = str(refused)
    unknown = [name for name in provisions.parameters(article.text) if name not in PARAMETERS]
    if unknown:
        problems["text"] = _("「%s」というパラメータはありません。") % "、".join(unknown)
    if problems:
        raise Invalid(problems)
