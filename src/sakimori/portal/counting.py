"""Several counts in one question to the database, and what the frame and the page both count, counted once."""

from __future__ import annotations

from typing import Any

from django.db.models import IntegerField, QuerySet, Subquery

from sakimori.kernel.approvals import approvals
from sakimori.kernel.identity.models import Person
from sakimori.kernel.notices import notices

_KEPT = "_portal_counts"  # on the person of one request


class CountOf(Subquery):
    """How many rows a query has, as a value beside other values."""

    template = "(SELECT count(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()


def count(person: Person, **rows: QuerySet[Any]) -> dict[str, int]:
    """Return how many rows each query has, in one question."""
    asked = {name: CountOf(each.order_by().values("pk")) for name, each in rows.items()}
    row = Person.objects.filter(pk=person.pk).values_list(*asked.values()).get()
    return dict(zip(asked, row, strict=True))


def standing(person: Person, **more: QuerySet[Any]) -> dict[str, int]:
    """Return what waits for the person's decision (``waiting``) and is unread, and what else is asked.

    The side bar asks for both on every page, the home page for these and others: one question does for both.
    """
    kept: dict[str, int] = person.__dict__.setdefault(_KEPT, {})
    if more or not kept:
        both = {"waiting": approvals.waiting_for(person), "unread": notices.unread(person)}
        kept.update(count(person, **both, **more))
    return kept


def waiting(person: Person) -> int:
    """Return how many applications wait for the person's decision."""
    return standing(person)["waiting"]


def unread(person: Person) -> int:
    """Return how many notices the person has not read."""
    return standing(person)["unread"]
