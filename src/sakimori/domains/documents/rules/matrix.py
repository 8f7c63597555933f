"""Who drafts, evaluates, approves and keeps which tier: the table ``documents.matrix`` of the regulation (REG-181)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from sakimori.domains.documents.models import Document, Edition
from sakimori.kernel.approvals import approvals
from sakimori.kernel.identity import access
from sakimori.kernel.identity.models import Person
from sakimori.kernel.policy import policy
from sakimori.kernel.records.models import Record
from sakimori.lib.errors import NotAllowed

MATRIX = "documents.matrix"
DUTIES = ("draft", "evaluate", "approve", "keep")
# Whoever sits in the committee may propose (REG-188), beside those whom the table lets draft.
PROPOSERS = (
    "committee_member",
    "committee_chair",
    "committee_vice_chair",
    "security_office",
    "document_manager",
)


def row_for(level: str) -> Mapping[str, Any]:
    """Return the row of the table for a tier; a document from outside goes the way of a regulation."""
    wanted = Document.Level.REGULATION if level == Document.Level.EXTERNAL else level
    for row in policy.value(MATRIX):
        if str(row["level"]) in (wanted, str(Document.Level(wanted).label)):
            found: Mapping[str, Any] = row
            return found
    text = _("文書管理規程の表に「%s」の行がありません。表に加えてください。")
    raise NotAllowed(text % Document.Level(wanted).label, rule="documents.matrix")


def role_named(text: str) -> str:
    """Return the role that a cell of the table names, by id or title; raise NotAllowed for an unknown one."""
    for role in access.roles():
        if text.strip() in (role, access.role_title(role)):
            return role
    raise NotAllowed(_("「%s」という役割はありません。") % text, rule="documents.unknown_role")


def role_for(level: str, duty: str) -> str:
    """Return the role that ``duty`` (draft, evaluate, approve, keep) lies with for a tier."""
    return role_named(str(row_for(level)[duty]))


def may_draft(document: Document, person: Person) -> bool:
    """Tell whether the person may draft or propose for the document (REG-066, REG-188)."""
    drafting = {role_for(document.level, "draft"), document.keeper, *PROPOSERS}
    return bool(person.roles() & drafting)


def require_draft(document: Document, person: object) -> None:
    """Raise NotAllowed for a person who may not draft the document; the system may."""
    if isinstance(person, Person) and not may_draft(document, person):
        text = _("%(doc)s を起案できるのは%(roles)sと委員です。")
        title = access.role_title(role_for(document.level, "draft"))
        raise NotAllowed(text % {"doc": document.name, "roles": title}, rule="documents.drafters")


@approvals.role_of("documents.evaluator")
def evaluator(case: approvals.Case) -> str:
    """Return the role that deliberates on the document of the application."""
    return role_for(_level(case.subject), "evaluate")


@approvals.role_of("documents.approver")
def approver(case: approvals.Case) -> str:
    """Return the role that approves the document of the application (REG-073, REG-074)."""
    return role_for(_level(case.subject), "approve")


def _level(subject: Record | None) -> str:
    if isinstance(subject, Edition):
        return str(subject.document.level)
    assert isinstance(subject, Document)  # the forms demand one or the other
    return subject.level
