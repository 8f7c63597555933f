"""Tell people about findings once a day and in one notice each, however many there are."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

from django.db.models import Count, Q, QuerySet

from sakimori.kernel.identity import access
from sakimori.kernel.identity.models import Department, Person
from sakimori.kernel.notices import notices
from sakimori.lib import clock

from .models import Finding
from .registry import CHECKS


def tell(day: date | None = None) -> int:
    """Tell those who answer what was found, became overdue or is excused no longer; return how many notices."""
    today = day or clock.today()
    since = clock.now() - timedelta(days=1)
    fresh = Finding.objects.open().filter(opened_at__gt=since)
    late = Finding.objects.overdue(today).filter(due_on__gte=today - timedelta(days=1))
    ended = Finding.objects.open().filter(waived_until=today - timedelta(days=1))
    return (
        _send("findings.opened", fresh, today)
        + _send("findings.overdue", late, today)
        + _send("findings.waiver_ended", ended, today)
    )


def _send(kind: str, rows: QuerySet[Finding], today: date) -> int:
    counts = _per_person(rows)
    people = Person.objects.active(today).in_bulk(list(counts))
    for pk, person in people.items():
        notices.send(
            kind, person, context={"count": counts[pk]}, link="/findings/", key=f"{kind}/{today}/{pk}"
        )
    return len(people)


def _per_person(rows: QuerySet[Finding]) -> Counter[int]:
    """Count by whoever answers: the record's owner, the head of its department, the holders of the role.

    A check may name the role itself, whoever owns the record.
    """
    counts: Counter[int] = Counter()
    heads = dict(Department.objects.exclude(head=None).values_list("pk", "head_id"))
    groups = rows.order_by().values_list("record__owner_id", "record__department_id", "role", "check_name")
    for owner, department, role, name, number in groups.annotate(number=Count("pk")):
        check, head = CHECKS.get(name), heads.get(department)
        if check is not None and check.answering:
            owner, head = None, head if role == access.HEAD else None
        for pk in _answering(owner, head, role):
            counts[pk] += number
    return counts


def _answering(owner: int | None, head: int | None, role: str) -> list[int]:
    if owner is not None:
        return [owner]
    if head is not None:
        return [head]
    return list(
        Person.objects.all().holding(role).filter(~Q(pk=None)).values_list("pk", flat=True).distinct()
    )
