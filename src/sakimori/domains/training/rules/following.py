"""Follow up: who is missing, reminders, excuses reported to the committee and what it decides."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from sakimori.domains.training.models import Reading
from sakimori.kernel import hooks
from sakimori.kernel.identity import access
from sakimori.kernel.identity.actors import Actor
from sakimori.kernel.identity.models import Department, Person
from sakimori.kernel.ledger.book import command
from sakimori.kernel.notices import notices
from sakimori.kernel.obligations import obligations
from sakimori.kernel.policy import policy
from sakimori.lib import clock
from sakimori.lib.errors import NotAllowed

from .asking import EVENT, WITHIN, set_duty_aside

FOLLOW, DECIDE = "training.follow", "training.decide"
DUTY = "training.reading"


def missing_of(person: Person) -> QuerySet[Reading]:
    """Return the open readings that the person follows up: those of his departments, or all (REG-200)."""
    rows = Reading.objects.visible_to(person).open().exclude(person=person)
    found: QuerySet[Reading] = rows.select_related("document", "edition", "person", "department")
    return found.order_by("due_on", "pk")


@command("reading.reminded", _("督促"), right=FOLLOW)
def remind(reading: Reading, *, by: Actor) -> Reading:
    """Remind a reader; once a day (REG-200)."""
    _must_be_open(reading)
    if reading.reminded_on == clock.today():
        raise NotAllowed(now("本日は督促済みです。明日以後にもう一度送れます。"), rule="training.reminded")
    reading.reminded_on = clock.today()
    reading.save()
    facts = {"document": reading.document.name, "edition": reading.edition.name, "due": reading.due_on}
    notices.send(
        "training.reminder", reading.person, record=reading, context=facts, urgent=True,
        link=f"/training/{reading.pk}/",
    )  # fmt: skip
    return reading


def remind_all(readings: Iterable[Reading], *, by: Person) -> int:
    """Remind whoever was not reminded today and whom ``by`` may remind; return how many were."""
    count = 0
    for reading in readings:
        if reading.reminded_on != clock.today() and access.may(by, FOLLOW, reading):
            remind(reading, by=by)
            count += 1
    return count


@command("reading.excused", _("実施困難の報告"), right=FOLLOW)
def excuse(reading: Reading, *, reason: str, by: Actor) -> Reading:
    """Report to the committee that somebody cannot do it, with the reason (REG-201)."""
    _must_be_open(reading)
    if not reason.strip():
        raise NotAllowed(now("実施できない理由を入力してください。"), rule="training.reason", field="reason")
    reading.status, reading.excuse = Reading.Status.EXCUSED, reason.strip()
    reading.save()
    set_duty_aside(reading, reading.excuse)
    facts = {"document": reading.document.name, "person": reading.person.name, "reason": reading.excuse}
    notices.send("training.excused", obligations.committee(), record=reading, context=facts)
    return reading


@command("reading.excuse_decided", _("代わりの方法の決定"), right=DECIDE)
def decide_excuse(reading: Reading, *, measure: str, by: Actor) -> Reading:
    """Let the committee decide what is done instead (REG-201)."""
    _must_be_excused(reading)
    if not measure.strip():
        raise NotAllowed(now("代わりの方法を入力してください。"), rule="training.measure", field="measure")
    reading.measure = measure.strip()
    reading.save()
    return reading


@command("reading.resumed", _("確認の再開"), right=FOLLOW)
def resume(reading: Reading, *, reason: str, by: Actor) -> Reading:
    """Ask again whoever was excused, with the full time from today."""
    _must_be_excused(reading)
    if Reading.objects.open().filter(document=reading.document, person=reading.person).exists():
        raise NotAllowed(now("新しい版の確認が依頼済みです。"), rule="training.asked_again")
    reading.status = Reading.Status.OPEN
    reading.due_on = policy.value(WITHIN).after(clock.today())
    reading.save()
    obligations.happened_all(EVENT, [reading])
    return reading


def _must_be_open(reading: Reading) -> None:
    if not reading.is_open:
        raise NotAllowed(now("未完了の確認だけが対象です。"), rule="training.open")


def _must_be_excused(reading: Reading) -> None:
    if reading.status != Reading.Status.EXCUSED:
        raise NotAllowed(now("実施困難として報告された確認だけが対象です。"), rule="training.excused")


@hooks.on("occurrence_overdue")
def _overdue(occurrence: obligations.Occurrence) -> None:
    """Tell the department's officer of a late reader; the superior and the committee follow by the itinerary."""
    if occurrence.obligation.duty_id != DUTY:
        return
    reading = Reading.objects.select_related("document", "person").get(pk=occurrence.target_id or 0)
    department = Department.objects.filter(pk=occurrence.department_id or 0).first()
    if department is None:
        return
    facts = {"document": reading.document.name, "person": reading.person.name, "due": reading.due_on}
    officers = Person.objects.holding("security_officer", department=department).distinct()
    notices.send(
        "training.missing", officers, record=reading, context=facts, link="/training/missing/",
        key=f"training.missing/{occurrence.pk}",
    )  # fmt: skip
