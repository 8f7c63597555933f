"""The shelf: what is registered, who may read it, what was reviewed, what is abolished."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sakimori.domains.documents.models import Document, Edition
from sakimori.kernel.approvals import approvals
from sakimori.kernel.identity import access
from sakimori.kernel.identity.actors import SYSTEM, Actor
from sakimori.kernel.identity.models import Person, PersonQuerySet
from sakimori.kernel.jobs.queue import every, task
from sakimori.kernel.ledger.book import command
from sakimori.kernel.obligations.targets import fan_out
from sakimori.kernel.records.models import Reader
from sakimori.lib import clock
from sakimori.lib.errors import Invalid, NotAllowed

REVIEW, DISPOSAL = "document-review", "document-disposal"
EVERYONE, NAMED = "everyone", "office"


def audience_of(document: Document) -> str:
    """Return the audience of a document and its editions in force: everyone, or the office and those named."""
    return EVERYONE if document.for_everybody else NAMED


def readers(document: Document) -> PersonQuerySet:
    """Return the people whom the document concerns today (REG-078, REG-347)."""
    concerned = Q(pk=None)
    for role in document.readers_roles:
        concerned |= Q(pk__in=Person.objects.holding(role).values("pk"))
    found: PersonQuerySet = Person.objects.active().filter(concerned)
    return found


def missing_readers(document: Document) -> bool:
    """Tell whether those named as readers are not those whom the document concerns."""
    if document.for_everybody:
        return False
    wanted = set(readers(document).values_list("pk", flat=True))
    return any(_named(pk) != wanted for pk in _readable(document))


@command("document.readers_named", gettext_lazy("閲覧者の更新"))
def name_readers(document: Document, *, by: Actor) -> Document:
    """Name as readers those who hold a role that the document concerns, and no others (REG-194)."""
    wanted = set() if document.for_everybody else set(readers(document).values_list("pk", flat=True))
    for pk in _readable(document):
        named = _named(pk)
        rows = [Reader(record_id=pk, person_id=person) for person in wanted - named]
        Reader.objects.bulk_create(rows, ignore_conflicts=True)
        Reader.objects.filter(record_id=pk, person_id__in=named - wanted).delete()
    return document


def _readable(document: Document) -> list[int]:
    return [document.pk, *document.editions.filter(status="in_force").values_list("pk", flat=True)]


def _named(pk: int) -> set[int]:
    return set(Reader.objects.filter(record_id=pk).values_list("person_id", flat=True))


@task("documents.name_readers")
def _name_readers_daily() -> None:
    for document in Document.objects.in_force():
        if missing_readers(document):
            name_readers(document, by=SYSTEM)


every("documents.name_readers", daily="00:20")


@command("document.registered", gettext_lazy("文書の登録"), right="document.change")
def register_document(
    *,
    code: str,
    name: str,
    level: Document.Level,
    keeper: str,
    readers_roles: tuple[str, ...] = (access.EMPLOYEE,),
    above: Document | None = None,
    by: Actor,
) -> Document:
    """Register a document of the company's own; it binds nobody before its first edition is approved (REG-014)."""
    problems: dict[str, object] = {}
    if Document.objects.filter(code=code.strip()).exists():
        problems["code"] = _("この文書番号は使われています。")
    if not name.strip():
        problems["name"] = _("文書名を入力してください。")
    if keeper not in access.roles():
        problems["keeper"] = _("管理する役割を選んでください。")
    if above is None and level not in (Document.Level.BASIC_POLICY, Document.Level.EXTERNAL):
        problems["above"] = _("上位の文書を選んでください。")
    if problems:
        raise Invalid(problems)
    document = Document(
        code=code.strip(), name=name.strip(), level=level, keeper=keeper, above=above,
        readers_roles=list(readers_roles),
        classification="public" if level == Document.Level.BASIC_POLICY else "internal",
    )  # fmt: skip
    document.audience = audience_of(document)
    document.save()
    return document


@command("document.external_registered", gettext_lazy("外部文書の登録"), right="document.change")
def register_external(
    *, code: str, name: str, publisher: str, external_edition: str, place: str, by: Actor
) -> Document:
    """Register a document made outside the company, with its source and edition (V20-056, OPS-034)."""
    if Document.objects.filter(code=code.strip()).exists():
        raise Invalid({"code": _("この文書番号は使われています。")})
    document = Document(
        code=code.strip(), name=name.strip(), level=Document.Level.EXTERNAL, keeper="security_office",
        publisher=publisher.strip(), external_edition=external_edition.strip(), place=place.strip(),
        status=Document.Status.IN_FORCE, reviewed_on=clock.today(), readers_roles=[access.EMPLOYEE],
    )  # fmt: skip
    document.save()
    return document


@command("document.reviewed", gettext_lazy("文書の見直し"))
def reviewed(document: Document, *, application: approvals.Application, by: Actor) -> Document:
    """Note that the document was reviewed, as the approved record says (V20-052, REG-350)."""
    if not approvals.is_approved(application, form=REVIEW, subject=document):
        raise NotAllowed(_("承認された見直しの記録がありません。"), rule="documents.not_reviewed")
    document.reviewed_on = application.closed_on
    document.save()
    return document


@approvals.on_approved(REVIEW)
def _reviewed(application: approvals.Application, *, by: Actor) -> None:
    reviewed(_document(application), application=application, by=by)


@command("document.abolished", gettext_lazy("文書の廃止"))
def abolish(document: Document, *, application: approvals.Application, by: Actor) -> Document:
    """Abolish a document as its approved disposal says; number, editions and history stay (REG-202, REG-203)."""
    if not approvals.is_approved(application, form=DISPOSAL, subject=document):
        raise NotAllowed(_("承認された廃棄の申請がありません。"), rule="documents.not_disposed")
    for edition in document.editions.filter(status=Edition.Status.IN_FORCE):
        withdraw_edition(edition, by=SYSTEM)
    document.status, document.retired_at = Document.Status.ABOLISHED, clock.now()
    document.save()
    return document


@approvals.on_approved(DISPOSAL)
def _abolished(application: approvals.Application, *, by: Actor) -> None:
    abolish(_document(application), application=application, by=by)


@command("edition.withdrawn", gettext_lazy("旧版となる"))
def withdraw_edition(edition: Edition, *, by: Actor) -> Edition:
    """Withdraw an edition: it stays readable to the office, marked as old (V20-058, V20-059)."""
    edition.status, edition.withdrawn_on = Edition.Status.WITHDRAWN, clock.today()
    edition.audience = NAMED
    edition.save()
    Reader.objects.filter(record_id=edition.pk).delete()
    return edition


@approvals.check("documents.disposal")
def may_be_abolished(case: approvals.Case) -> dict[str, object]:
    """Refuse the disposal of a document on which others stand."""
    assert isinstance(case.subject, Document)
    standing = case.subject.below.filter(~Q(status=Document.Status.ABOLISHED))
    if names := "、".join(document.name for document in standing):
        return {"reason": _("下位の文書（%s）が残っています。先に廃止するか、上位を変えてください。") % names}
    return {}


def _document(application: approvals.Application) -> Document:
    found: Document = Document.objects.get(pk=application.subject_id or 0)
    return found


@fan_out("document")
def documents_in_force(day: date) -> QuerySet[Document]:
    """Return the documents that are to be reviewed."""
    return Document.objects.in_force()
