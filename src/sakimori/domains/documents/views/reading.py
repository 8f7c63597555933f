"""Read: the library as a tree, a document on one calm page, its old editions marked, the policy for the public."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from sakimori.domains.documents import rules
from sakimori.domains.documents.models import Document, Edition, preview, reading
from sakimori.domains.documents.models.differences import between
from sakimori.kernel.approvals import approvals
from sakimori.kernel.dossier.evidence import evidence_of
from sakimori.kernel.identity import access
from sakimori.kernel.identity.models import Company
from sakimori.registers import panels
from sakimori.registers.views.gate import PersonRequest, for_person
from sakimori.registers.views.rows import page_of

from ..register import EDITION_TONES, Documents, Editions


@for_person
def library(request: PersonRequest) -> HttpResponse:
    """Show the documents that the person may know of, tier by tier (REG-014, REG-193)."""
    rows = Document.objects.visible_to(request.person).current()
    coming = Edition.objects.visible_to(request.person).coming().order_by("takes_effect_on", "pk")
    tiers = [
        (level, [row for row in rows.order_by("code") if row.level == level]) for level in Document.Level
    ]
    context = {
        "tiers": [(level.label, found) for level, found in tiers if found],
        "versions": dict(
            Edition.objects.filter(status=Edition.Status.IN_FORCE).values_list("document_id", "version")
        ),
        "coming": coming.select_related("document"),
        "tones": EDITION_TONES,
        "may_change": access.may(request.person, "document.change"),
        "missing": rules.missing_shipped() if access.may(request.person, "document.change") else [],
        "crumbs": [(_("規程集"), "")],
    }
    return render(request, "documents/library.html", context)


def open_document(request: PersonRequest, pk: int) -> Document:
    """Return the document, or 404 for one the person may not know of."""
    found: Document | None = Document.objects.visible_to(request.person).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def open_edition(request: PersonRequest, pk: int) -> Edition:
    """Return the edition, or 404 for one the person may not know of."""
    rows = Edition.objects.visible_to(request.person).select_related("document", "based_on")
    found: Edition | None = rows.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@for_person
def document(request: PersonRequest, pk: int) -> HttpResponse:
    """Show the edition in force: links to a document always lead to what holds (V20-054)."""
    found = open_document(request, pk)
    tabs = panels.tabs_of(Documents)
    if request.GET.get("tab", panels.OVERVIEW) in set(tabs) - {panels.OVERVIEW}:
        return render(request, "registers/detail.html", page_of(request, Documents, found))
    current = found.current
    context = _about(request, found, Documents, found)
    if current is not None:
        context |= _text(request, current)
    return render(request, "documents/read.html", context)


@for_person
def edition(request: PersonRequest, pk: int) -> HttpResponse:
    """Show any edition: a draft with its tools, an old one marked as such (V20-058, V20-059)."""
    found = open_edition(request, pk)
    tabs = panels.tabs_of(Editions)
    if request.GET.get("tab", panels.OVERVIEW) in set(tabs) - {panels.OVERVIEW}:
        return render(request, "registers/detail.html", page_of(request, Editions, found))
    context = _about(request, found.document, Editions, found) | _text(request, found)
    if found.status in (Edition.Status.DRAFT, Edition.Status.DELIBERATION):
        context |= {
            "changes": between(found.based_on, found),
            "effects": preview.effects(found),
            "remarks": preview.remarks(found),
            "may_change": found.is_draft and rules.may_draft(found.document, request.person),
        }
        return render(request, "documents/work.html", context)
    return render(request, "documents/read.html", context)


def _about(request: PersonRequest, found: Document, register: Any, row: Any) -> dict[str, Any]:
    person = request.person
    editions = Edition.objects.visible_to(person).filter(document=found).exclude(version=None)
    revisable = found.status != Document.Status.ABOLISHED and not found.is_external
    return {
        "document": found, "register": register, "row": row, "tab": panels.OVERVIEW,
        "tabs": [(name, panels.TABS[name]) for name in panels.tabs_of(register)],
        "editions": list(editions.order_by("-version")),
        "drafts": Edition.objects.visible_to(person).filter(document=found).coming(),
        "may_propose": revisable and rules.may_draft(found, person),
        "may_register": access.may(person, "document.change"),
        "reader_titles": [access.role_title(role) for role in found.readers_roles],
        "crumbs": [(_("規程集"), reverse("documents:library")), (found.name, "")],
    }  # fmt: skip


def _text(request: PersonRequest, found: Edition) -> dict[str, Any]:
    articles = reading.shown(found)
    return {
        "edition": found,
        "tone": EDITION_TONES[found.status],
        "articles": articles,
        "tables": {v.parameter.id: reading.table_of(v) for a in articles for v in a.tables},
        "values": _values(found) if found.is_draft else [],
        "files": evidence_of(found).filter(withdrawn_at=None),
        "application": approvals.Application.objects.visible_to(request.person)
        .filter(subject_id=found.pk, form="document-revision").order_by("-pk").first(),
    }  # fmt: skip


def _values(found: Edition) -> list[preview.Standing]:
    """Return the parameters of a draft with what holds and what is proposed."""
    return [preview.standing(found, name) for name in found.parameters()]


def public(request: HttpRequest) -> HttpResponse:
    """Show the basic policy in force to anybody, without signing in (REG-023, PRC-006, JPM-003)."""
    company = Company.here()
    found = Document.objects.in_force().filter(public=True, level=Document.Level.BASIC_POLICY).first()
    current = found.current if found else None
    context = {
        "company": company, "document": found, "edition": current,
        "articles": reading.shown(current) if current else [],
    }  # fmt: skip
    return render(request, "documents/public.html", context)
