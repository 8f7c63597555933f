"""Who is asked to read what: on publication, on joining and moving, and again every year."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from sakimori.domains.documents import rules as documents
from sakimori.domains.documents.models import Document, Edition
from sakimori.domains.people.models import Agreement
from sakimori.domains.training.models import Reading
from sakimori.kernel import hooks
from sakimori.kernel.identity.actors import SYSTEM, Actor
from sakimori.kernel.identity.models import Department, Person
from sakimori.kernel.jobs.queue import every, task
from sakimori.kernel.ledger import book
from sakimori.kernel.ledger.book import command
from sakimori.kernel.notices import notices
from sakimori.kernel.obligations import obligations
from sakimori.kernel.policy import policy
from sakimori.kernel.records import bulk
from sakimori.lib import clock
from sakimori.lib.fiscal import FiscalYear

WITHIN, AGAIN = "documents.comprehension.within", "staff.training.interval"
EVENT = "reading_asked"
ASKED = book.declare("reading.asked", _("周知・確認の依頼"))
_OUTSIDE = (Person.Category.PARTNER, Person.Category.EXTERNAL)
Status = Reading.Status


def audience(document: Document) -> QuerySet[Person]:
    """Return those who must read it today; an outsider only while his confidentiality agreement binds (REG-192)."""
    bound = Agreement.objects.in_force(clock.today()).filter(agreement_kind=Agreement.Kind.NDA)
    outside = Q(category__in=_OUTSIDE) & ~Q(pk__in=bound.values("person"))
    found: QuerySet[Person] = documents.readers(document).exclude(outside)
    return found


def ask(edition: Edition, people: Iterable[Person], *, by: Actor = SYSTEM) -> list[Reading]:
    """Ask people to read an edition and to pass its test in time; whoever was asked this year is not asked again."""
    today = clock.today()
    year = FiscalYear.of(today).year
    asked = set(Reading.objects.filter(edition=edition, year=year).values_list("person_id", flat=True))
    asked |= set(
        Reading.objects.open().filter(document=edition.document_id).values_list("person_id", flat=True)
    )
    within = policy.value(WITHIN)
    rows = [
        Reading(
            document=edition.document, edition=edition, person=person, owner=person, year=year,
            department=person.department, due_on=within.after(today), effective_on=today,
        )
        for person in people
        if person.pk not in asked
    ]  # fmt: skip
    with transaction.atomic():
        bulk.insert(rows)
        book.append_many([book.Draft(ASKED, row) for row in rows], by=by)
        obligations.happened_all(EVENT, rows)
    return rows


def tell(readings: Sequence[Reading]) -> None:
    """Tell each reader once what he has to read, with the way to it."""
    by_person: dict[Person, list[Reading]] = {}
    for reading in readings:
        by_person.setdefault(reading.person, []).append(reading)
    for person, rows in by_person.items():
        names = "、".join(row.document.name for row in rows[:5]) + (" ほか" if len(rows) > 5 else "")
        facts = {"documents": names, "count": len(rows), "due": max(row.due_on for row in rows)}
        link = f"/training/{rows[0].pk}/" if len(rows) == 1 else "/training/"
        notices.send("training.asked", person, record=rows[0], context=facts, link=link)


@hooks.on("document_published")
def published(document: Document, edition: Edition, audience: Sequence[str] = ()) -> None:
    """Ask the readers of a new edition; one without material change asks nobody again (REG-192, REG-197)."""
    if not edition.material or document.is_external:
        return
    for former in Reading.objects.open().filter(document=document).exclude(edition=edition):
        end(former, reason=str(_("新しい版の確認に替わりました")), by=SYSTEM)
    tell(ask(edition, readers_of(document)))


def readers_of(document: Document) -> list[Person]:
    """Return the readers, ready to be asked."""
    return list(audience(document).select_related("department"))


@command("reading.ended", _("周知・確認の終了"))
def end(reading: Reading, *, reason: str, by: Actor) -> Reading:
    """End a reading that is no longer asked for; its duty is set aside with the reason."""
    reading.status = Status.ENDED
    reading.save()
    set_duty_aside(reading, reason)
    return reading


def set_duty_aside(reading: Reading, reason: str) -> None:
    """Close the open duty of a reading as not applicable."""
    for occurrence in obligations.Occurrence.objects.open().filter(target=reading.pk):
        obligations.set_aside(occurrence, reason=reason, by=SYSTEM)


def ask_what_is_missing(person: Person) -> list[Reading]:
    """Ask a person for every document in force that concerns him and that he has not passed lately."""
    today = clock.today()
    known = set(_settled(today).filter(person=person).values_list("document_id", flat=True))
    asked = []
    for edition in _in_force().exclude(document__in=known):
        if audience(edition.document).filter(pk=person.pk).exists():
            asked += ask(edition, [person])
    return asked


def _settled(today: date) -> QuerySet[Reading]:
    """Return the readings because of which nothing is asked: open, excused, or passed within the year."""
    lately = Q(status=Status.PASSED, passed_on__gt=policy.value(AGAIN).before(today))
    found: QuerySet[Reading] = Reading.objects.filter(Q(status__in=(Status.OPEN, Status.EXCUSED)) | lately)
    return found


def _in_force() -> QuerySet[Edition]:
    """Return what is to be read: the editions in force of the company's own documents."""
    found: QuerySet[Edition] = Edition.objects.filter(status=Edition.Status.IN_FORCE)
    return found.exclude(document__level=Document.Level.EXTERNAL).select_related("document", "based_on")


@hooks.on("person_joined")
def _joined(person: Person) -> None:
    tell(ask_what_is_missing(person))


@hooks.on("person_moved")
def _moved(person: Person, former_department: Department | None = None) -> None:
    Reading.objects.open().filter(person=person).update(department=person.department)
    tell(ask_what_is_missing(person))


def close_stale() -> int:
    """End the readings of those who left; return how many."""
    gone = Reading.objects.open().exclude(person__in=Person.objects.active().values("pk"))
    rows = list(gone)
    for reading in rows:
        end(reading, reason=str(_("在籍しなくなりました")), by=SYSTEM)
    return len(rows)


def ask_again() -> int:
    """Ask whoever has not passed a document within the year, or came to hold a role it concerns; return how many."""
    today, count = clock.today(), 0
    for edition in _in_force():
        settled = _settled(today).filter(document=edition.document).values("person")
        people = audience(edition.document).exclude(pk__in=settled).select_related("department")
        readings = ask(edition, list(people))
        tell(readings)
        count += len(readings)
    return count


@task("training.daily")
def _daily() -> None:
    close_stale()
    ask_again()


every("training.daily", daily="00:40")
