"""Editions on paper, in house form: cover, history, signatures, distribution number, class on every page."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import date

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _

from sakimori.domains.documents.models import Document, Edition, PaperCopy, reading
from sakimori.kernel import papers
from sakimori.kernel.approvals import approvals
from sakimori.kernel.identity import access
from sakimori.kernel.identity.models import Company
from sakimori.kernel.papers import letterhead
from sakimori.kernel.papers.blocks import Block, Clause
from sakimori.kernel.policy import policy
from sakimori.lib import clock
from sakimori.lib.numerals import whole
from sakimori.registers.views.gate import PersonRequest, for_person
from sakimori.registers.views.printing import printed

from .reading import open_edition

Status = Edition.Status


@for_person
def paper(request: PersonRequest, pk: int, form: str) -> HttpResponse:
    """Print an edition as PDF or Word; ``?copy=`` names the copy on paper whose number it bears."""
    edition = open_edition(request, pk)
    copy = None
    if (wanted := whole(request.GET.get("copy", ""))) is not None:
        copy = PaperCopy.objects.visible_to(request.person).filter(pk=wanted, edition=edition).first()
        if copy is None:
            raise Http404
    return printed(paper_of(edition, copy), form, f"{edition.document.code}-{edition.number}")


@for_person
def whole_set(request: PersonRequest) -> HttpResponse:
    """Give every edition in force that the person may read as one ZIP of PDF files, with a list of them."""
    documents = Document.objects.visible_to(request.person).in_force().internal().order_by("code")
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive, policy.reading():
        listed = []
        for document in documents:
            if (edition := document.current) is None or edition.form != Edition.Form.ARTICLES:
                continue
            name = f"{document.code}_{document.name}_{edition.name}.pdf"
            archive.writestr(name, papers.pdf(paper_of(edition)))
            listed.append(f"{document.code}\t{document.name}\t{edition.name}\t{edition.text_hash}")
        archive.writestr("一覧.txt", "\n".join(listed) + "\n")
    answer = HttpResponse(file.getvalue(), content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="documents-{clock.today():%Y%m%d}.zip"'
    return answer


def paper_of(edition: Edition, copy: PaperCopy | None = None) -> papers.Paper:
    """Return an edition as it is printed (OPS-001, OPS-002)."""
    house = house_of(edition, title=edition.document.name, copy=copy)
    return papers.Paper(
        house=house, blocks=tuple(_blocks(edition)), cover=True, revisions=_revisions(edition)
    )


def house_of(
    edition: Edition, *, title: str, copy: PaperCopy | None = None, issued_on: date | None = None
) -> papers.House:
    """Return the house form of an edition: its document's number and class, the boxes of its application."""
    document, company = edition.document, Company.here()
    application = (
        approvals.Application.objects.filter(form="document-revision", subject_id=edition.pk)
        .order_by("-pk").first()
    )  # fmt: skip
    return papers.House(
        company=company.name if company else "", number=document.code, title=title, version=edition.name,
        issued_on=issued_on or edition.takes_effect_on, classification=class_label(document),
        department=document.keeper_title, signatures=letterhead.signatures(application) if application else (),
        ledger_head=letterhead.head_line(), draft=edition.version is None,
        obsolete=edition.is_old, copy=str(copy.copy_number) if copy else "",
    )  # fmt: skip


def class_label(document: Document) -> str:
    """Return the name of the document's class."""
    rows = {str(row["id"]): str(row["label"]) for row in policy.value("assets.classes")}
    return rows.get(document.classification, "")


def _revisions(edition: Edition) -> tuple[tuple[str, date | None, str], ...]:
    known = edition.document.editions.exclude(version=None).order_by("version")
    rows = [one for one in known if edition.version is None or (one.version or 0) <= edition.version]
    return tuple((one.name, one.takes_effect_on, one.reason) for one in rows)


def _blocks(edition: Edition) -> Iterator[Block]:
    if edition.form == Edition.Form.ORIGINAL:
        yield papers.Note(_("この版は原本ファイルで管理しています。"))
    articles = reading.shown(edition)
    for shown in articles:
        if shown.chapter:
            yield papers.Heading(shown.chapter, 1)
        yield papers.Heading(shown.heading, 3)
        for line in shown.lines:
            yield Clause(line.mark, line.text, line.depth)
    for value in {v.parameter.id: v for shown in articles for v in shown.tables}.values():
        titles, rows = reading.table_of(value)
        yield papers.Heading(_("別表「%s」") % value.parameter.title, 2)
        yield papers.Table(tuple(papers.Column(title) for title in titles), rows)
    yield papers.Note(
        _("読む人: %s") % "、".join(access.role_title(r) for r in edition.document.readers_roles)
    )
