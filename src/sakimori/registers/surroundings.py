"""Panels of what lies around every record: evidence, links, comments."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from sakimori.kernel.dossier import comments, evidence, links
from sakimori.kernel.dossier.models import Link
from sakimori.kernel.identity import access
from sakimori.kernel.identity.models import Person
from sakimori.lib import clock

from . import panels


def evidence_panel(row: Any, person: Person) -> panels.Panel:
    """Show the files that prove something about the row."""
    found = list(evidence.evidence_of(row).select_related("uploaded_by"))
    may_attach = access.may(person, "record.attach", row)
    context = {"files": found, "may_attach": may_attach, "today": clock.today()}
    return panels.Panel(_("証跡ファイル"), "registers/panels/evidence.html", context)


def links_panel(row: Any, person: Person) -> panels.Panel:
    """Show the linked records that the person may know of."""
    context = {
        "neighbours": links.links_of(row, person),
        "relations": Link.Relation.choices,
        "may_link": access.may(person, "record.link", row),
    }
    return panels.Panel(_("関連する記録"), "registers/panels/links.html", context)


def comments_panel(row: Any, person: Person) -> panels.Panel:
    """Show what people said about the row."""
    context = {
        "comments": list(comments.comments_of(row)),
        "person": person,
        "may_comment": access.may(person, "record.comment", row),
        "longest": comments.LONGEST,
    }
    return panels.Panel(_("コメント"), "registers/panels/comments.html", context)


panels.register("evidence", evidence_panel, tab="evidence", order=10)
panels.register("links", links_panel, tab="evidence", order=20)
panels.register("comments", comments_panel, tab="comments", order=10)
