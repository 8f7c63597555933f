"""A company brings its own regulations: split into articles, or kept as a controlled original."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sakimori.domains.documents.models import Document, Edition, EditionArticle
from sakimori.kernel.dossier import evidence
from sakimori.kernel.identity.actors import Actor
from sakimori.kernel.ledger.book import command
from sakimori.lib.errors import NotAllowed, Refused
from sakimori.lib.manuscripts import Manuscript, read_markdown, read_word, split

from .drafting import propose
from .shelf import register_document

ENDINGS = {".docx": read_word, ".md": read_markdown, ".markdown": read_markdown, ".txt": read_markdown}


def read(data: bytes, file_name: str) -> Manuscript:
    """Return the articles of a file; raise Refused, naming the place, for what cannot be read right."""
    ending = "." + file_name.rsplit(".", 1)[-1].lower()
    if ending not in ENDINGS:
        text = _("%s は取り込めません。.docx か Markdown（.md）にするか、原本のまま登録してください。")
        raise Refused(text % file_name, rule="documents.file")
    return split(*ENDINGS[ending](data))


def take_over(*, document: Document, data: bytes, file_name: str, reason: str, by: Actor) -> Edition:
    """Draft the next edition from a file of the company, article by article; the file stays with it (V20-049).

    An article whose title stands in the former edition keeps its key and what it carries. Raises Refused for a
    file that cannot be read right, and what ``propose`` raises.
    """
    manuscript = read(data, file_name)
    with transaction.atomic():
        edition = propose(document=document, reason=reason, by=by)
        _fill(edition, manuscript, file_name=file_name, by=by)
        evidence.attach(edition, ContentFile(data), file_name=file_name, note=_("取り込んだ原本"), by=by)
    return edition


@command("edition.taken_over", gettext_lazy("自社規程の取込み"))
def _fill(edition: Edition, manuscript: Manuscript, *, file_name: str, by: Actor) -> Edition:
    former = {row.title: row for row in edition.articles.all()}
    edition.articles.all().delete()
    edition.form = Edition.Form.ARTICLES
    edition.save()
    used = set(
        EditionArticle.objects.filter(edition__document=edition.document).values_list("key", flat=True)
    )
    rows = []
    for position, found in enumerate(manuscript.articles, 1):
        row = EditionArticle(
            edition=edition,
            key="",
            position=position,
            chapter=found.chapter,
            title=found.title,
            text=found.text,
        )
        _inherit(row, former.pop(found.title, None), used)
        rows.append(row)
    EditionArticle.objects.bulk_create(rows)
    return edition


def _inherit(row: EditionArticle, former: EditionArticle | None, used: set[str]) -> None:
    """Let an article that stood in the former edition keep its key and what it carries."""
    if former is None:
        row.key = _key(row.position, used)
        return
    row.key, row.carries = former.key, list(former.carries)
    row.requirements, row.controls = list(former.requirements), list(former.controls)


def keep_original(*, document: Document, data: bytes, file_name: str, reason: str, by: Actor) -> Edition:
    """Draft the next edition as a controlled file, with the same life as one of articles (V20-049).

    Raises NotAllowed when the edition in force is held article by article: its duties would lose their articles.
    """
    if document.current is not None and document.current.form == Edition.Form.ARTICLES:
        raise NotAllowed(
            _("条文で管理している文書は、原本ファイルに戻せません。条文として取り込んでください。"),
            rule="documents.original",
        )
    with transaction.atomic():
        edition = propose(document=document, reason=reason, by=by)
        _become_original(edition, file_name=file_name, by=by)
        evidence.attach(edition, ContentFile(data), file_name=file_name, note=_("管理する原本"), by=by)
    return edition


@command("edition.original_kept", gettext_lazy("原本の登録"))
def _become_original(edition: Edition, *, file_name: str, by: Actor) -> Edition:
    edition.form = Edition.Form.ORIGINAL
    edition.save()
    return edition


class Keep(Protocol):
    """``take_over`` or ``keep_original``."""

    def __call__(self, *, document: Document, data: bytes, file_name: str, reason: str, by: Actor) -> Edition:
        """Draft the next edition of the document from the file."""
        ...


def bring(
    keep: Keep,
    document: Document | None,
    *,
    data: bytes,
    file_name: str,
    reason: str,
    new: Mapping[str, Any],
    by: Actor,
) -> Edition:
    """Draft an edition of a document, registering it first where there is none; both or neither."""
    with transaction.atomic():
        if document is None:
            level = Document.Level(new["level"])
            document = register_document(**{**new, "level": level}, by=by)
        return keep(document=document, data=data, file_name=file_name, reason=reason, by=by)


def _key(position: int, used: set[str]) -> str:
    key = f"own-{position}"
    while key in used:
        position += 1
        key = f"own-{position}"
    used.add(key)
    return key
