"""Take the shipped set over as the company's first edition."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sakimori.domains.documents.models import Document, Edition, EditionArticle
from sakimori.kernel.content import parameters
from sakimori.kernel.content.regulations import ARTICLES, REGULATIONS, Regulation, articles_of
from sakimori.kernel.identity.actors import Actor
from sakimori.kernel.ledger.book import command
from sakimori.kernel.policy import policy
from sakimori.lib import clock
from sakimori.lib.errors import NotAllowed

from .shelf import audience_of, missing_readers, name_readers

LEVELS = [level.value for level in Document.Level]


def install_shipped(*, by: Actor, effective_on: date | None = None) -> list[Document]:
    """Install every shipped document that the company does not have yet, from the top of the set down."""
    with transaction.atomic(), policy.reading():
        missing = missing_shipped()
        return [install_regulation(slug=one.id, effective_on=effective_on, by=by) for one in missing]


def missing_shipped() -> list[Regulation]:
    """Return the shipped documents that the company does not have, from the top of the set down (REG-002)."""
    known = set(Document.objects.values_list("slug", flat=True))
    written = {article.regulation for article in ARTICLES}
    missing = [one for one in REGULATIONS if one.id not in known and one.id in written]
    return sorted(missing, key=lambda one: (LEVELS.index(one.level), one.number))


def install_regulation(*, slug: str, effective_on: date | None = None, by: Actor) -> Document:
    """Take over one shipped document as edition 1, in force from ``effective_on`` (REG-002, V20-101).

    Raises NotAllowed when the company has it already, or another document bears its number.
    """
    with transaction.atomic():
        document = _install(slug=slug, effective_on=effective_on, by=by)
        return name_readers(document, by=by) if missing_readers(document) else document


@command("document.installed", gettext_lazy("付属規程の採用"), right="document.change")
def _install(*, slug: str, effective_on: date | None, by: Actor) -> Document:
    shipped, day = REGULATIONS[slug], effective_on or clock.today()
    if Document.objects.filter(slug=slug).exists():
        raise NotAllowed(_("%s は採用済みです。") % shipped.title, rule="documents.installed")
    if Document.objects.filter(code=shipped.number).exists():
        text = _("文書番号 %s はほかの文書が使っています。")
        raise NotAllowed(text % shipped.number, rule="documents.number")
    document = _document(shipped, day)
    edition = Edition(
        document=document, version=1, status=Edition.Status.IN_FORCE, reason=_("導入時の採用"),
        takes_effect_on=day, approved_on=day, effective_on=day, audience=document.audience,
    )  # fmt: skip
    edition.save()
    EditionArticle.objects.bulk_create(shipped_articles(edition, slug))
    edition.values = {name: parameters.plain(policy.value(name)) for name in edition.parameters()}
    edition.text_hash = edition.digest()
    edition.save()
    return document


def _document(shipped: Regulation, day: date) -> Document:
    document = Document(
        code=shipped.number, name=shipped.title, level=shipped.level, slug=shipped.id, keeper=shipped.owner,
        above=Document.objects.filter(slug=shipped.under).first() if shipped.under else None,
        readers_roles=list(shipped.audience), public=shipped.public, classification=shipped.classification,
        status=Document.Status.IN_FORCE, effective_on=day, reviewed_on=day,
    )  # fmt: skip
    document.audience = audience_of(document)
    document.save()
    return document


def shipped_articles(edition: Edition, slug: str) -> list[EditionArticle]:
    """Return the shipped articles as rows of an edition, not stored yet."""
    return [
        EditionArticle(
            edition=edition, key=article.key, position=position, chapter=article.chapter, title=article.title,
            text=article.text.strip(), requirements=list(article.requirements), controls=list(article.controls),
            audience=list(article.audience), carries=[article.id],
        )
        for position, article in enumerate(articles_of(slug), 1)
    ]  # fmt: skip
