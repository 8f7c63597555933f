"""From a draft to the regulation in force: frozen, deliberated, approved, effective on its day, withdrawn after the next."""

from __future__ import annotations

from datetime import date

from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sakimori.domains.documents.models import Document, Edition
from sakimori.kernel import hooks
from sakimori.kernel.approvals import approvals
from sakimori.kernel.content import parameters
from sakimori.kernel.content.parameters import PARAMETERS
from sakimori.kernel.identity.actors import SYSTEM, Actor
from sakimori.kernel.identity.models import Person
from sakimori.kernel.jobs.queue import every, task
from sakimori.kernel.ledger.book import command
from sakimori.kernel.notices import notices
from sakimori.kernel.policy import policy
from sakimori.lib import clock
from sakimori.lib.errors import Invalid, NotAllowed

from .drafting import must_be_draft
from .refusals import faults
from .shelf import audience_of, name_readers, readers, withdraw_edition

FORM = "document-revision"
Status = Edition.Status


@command("edition.submitted", gettext_lazy("改訂の提出"))
def submit_edition(edition: Edition, *, by: Person) -> Edition:
    """Freeze the edition and send it along the route of its tier (REG-066, V20-051).

    Raises Invalid with every reason for which it cannot be put forward.
    """
    must_be_draft(edition, by)
    if found := faults(edition):
        raise Invalid({f"fault{place}": str(fault) for place, fault in enumerate(found)})
    day = edition.takes_effect_on
    assert day is not None
    edition.values = {
        name: edition.changes.get(name, parameters.plain(policy.value(name, on=day)))
        for name in edition.parameters()
    }
    edition.text_hash = edition.digest()
    edition.status = Status.DELIBERATION
    edition.save()
    answers = {"summary": edition.reason, "effective_on": day.isoformat(), "material": edition.material}
    approvals.put_forward(FORM, answers, subject=edition, by=by)
    return edition


@command("edition.returned", gettext_lazy("改訂案の差戻し"))
def return_edition(edition: Edition, *, application: approvals.Application, by: Actor) -> Edition:
    """Open the edition for work again: it was sent back, rejected or withdrawn."""
    decided = approvals.Application.Status
    waiting = application.status in (decided.PENDING, decided.APPROVED)
    if application.form != FORM or application.subject_id != edition.pk or waiting:
        raise NotAllowed(_("審議・承認中の改訂案は引き戻せません。"), rule="documents.still_deciding")
    if edition.status == Status.DELIBERATION:
        edition.status, edition.text_hash, edition.values = Status.DRAFT, "", {}
        edition.save()
    return edition


@command("edition.approved", gettext_lazy("改訂の承認"))
def approve_edition(edition: Edition, *, application: approvals.Application, by: Actor) -> Edition:
    """Give the approved edition its number and bind its values to their day; not before does it act (REG-077)."""
    if edition.status != Status.DELIBERATION or not approvals.is_approved(
        application, form=FORM, subject=edition
    ):
        raise NotAllowed(_("承認された申請がないため、施行できません。"), rule="documents.not_approved")
    if edition.digest() != edition.text_hash:
        raise NotAllowed(_("承認された内容と保存された内容が一致しません。"), rule="documents.altered")
    assert edition.takes_effect_on is not None
    day = max(edition.takes_effect_on, application.closed_on)
    last = edition.document.editions.aggregate(last=Max("version"))["last"] or 0
    edition.version, edition.status = last + 1, Status.APPROVED
    edition.approved_on, edition.takes_effect_on = application.closed_on, day
    edition.audience = audience_of(edition.document)
    edition.save()
    for name, raw in edition.changes.items():
        policy.revise(
            name=name, value=parameters.typed(PARAMETERS[name], raw), effective_on=day, reason=edition.reason,
            application=application, by=by,
        )  # fmt: skip
    if day <= clock.today():
        come_into_force(edition, by=SYSTEM)
    return edition


@command("edition.came_into_force", gettext_lazy("施行"))
def come_into_force(edition: Edition, *, by: Actor) -> Edition:
    """Let the edition replace the former one, and tell its readers (REG-056, REG-348, V20-058).

    Raises NotAllowed before its day, and for an edition that was not approved.
    """
    if edition.status != Status.APPROVED:
        raise NotAllowed(_("承認された版だけを施行できます。"), rule="documents.not_approved")
    if edition.takes_effect_on is None or edition.takes_effect_on > clock.today():
        raise NotAllowed(_("施行日になっていません。"), rule="documents.not_yet")
    document = edition.document
    for former in document.editions.filter(status=Status.IN_FORCE):
        withdraw_edition(former, by=SYSTEM)
    edition.status = Status.IN_FORCE
    edition.save()
    _put_in_force(document, edition=edition, by=SYSTEM)
    return edition


@command("document.edition_in_force", gettext_lazy("文書の現行版"))
def _put_in_force(document: Document, *, edition: Edition, by: Actor) -> Document:
    document.status, document.reviewed_on = Document.Status.IN_FORCE, clock.today()
    document.save()
    name_readers(document, by=by)
    publish(document, edition)
    return document


def publish(document: Document, edition: Edition) -> None:
    """Tell those whom the document concerns that it changed; once per edition (REG-192, V20-102)."""
    facts = {
        "document": document.name,
        "edition": edition.name,
        "reason": edition.reason,
        "effective_on": edition.takes_effect_on or "",
    }
    link = f"/documents/{document.pk}/"
    notices.send(
        "documents.published", readers(document), record=document, context=facts, link=link,
        key=f"documents.published/{edition.pk}",
    )  # fmt: skip
    hooks.call(
        "document_published", document=document, edition=edition, audience=tuple(document.readers_roles)
    )


def take_effect(today: date | None = None) -> int:
    """Put in force every approved edition whose day has come; return how many. Runs daily, and may run again."""
    due = Edition.objects.filter(status=Status.APPROVED, takes_effect_on__lte=today or clock.today())
    rows = list(due.select_related("document").order_by("takes_effect_on", "version"))
    for edition in rows:
        come_into_force(edition, by=SYSTEM)
    return len(rows)


@task("documents.take_effect")
def _take_effect_daily() -> None:
    take_effect()


every("documents.take_effect", daily="00:05")


@approvals.on_approved(FORM)
def _approved(application: approvals.Application, *, by: Actor) -> None:
    approve_edition(_subject(application), application=application, by=by)


@hooks.on("application_returned")
@hooks.on("application_closed")
def _on_sent_back(application: approvals.Application) -> None:
    if application.form == FORM:
        return_edition(_subject(application), application=application, by=SYSTEM)


def _subject(application: approvals.Application) -> Edition:
    found: Edition = Edition.objects.get(pk=application.subject_id or 0)
    return found
