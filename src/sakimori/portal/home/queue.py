"""自分の仕事: what waits for a person, counted by kind, each line one tap from being done."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from sakimori.domains.assets.checks import unconfirmed
from sakimori.domains.assets.register import Assets
from sakimori.kernel.approvals.models import Application
from sakimori.kernel.findings import findings
from sakimori.kernel.identity.models import Person
from sakimori.kernel.obligations import obligations
from sakimori.kernel.obligations.obligations import Occurrence
from sakimori.lib import clock
from sakimori.registers.addresses import list_url

from .. import counting

SHOWN = 8


@dataclass(frozen=True)
class Line:
    """One kind of work: how much of it, how much of that is late, where it is done."""

    title: str
    count: int
    url: str
    icon: str
    late: int = 0


@dataclass(frozen=True)
class Work:
    """All that waits for a person, with the duties that come first."""

    lines: list[Line]
    duties: list[Occurrence]

    @property
    def total(self) -> int:
        """Return how much waits in all."""
        return sum(line.count for line in self.lines)


def work_of(person: Person) -> Work:
    """Return what waits for the person today."""
    today = clock.today()
    duties = list(obligations.open_for(person))
    found = findings.open_for(person)
    n = counting.standing(
        person,
        found=found,
        late=found.filter(due_on__lt=today),
        returned=Application.objects.filter(applicant=person, status=Application.Status.RETURNED),
        stale=unconfirmed(today).filter(owner=person),
    )
    assets = f"{list_url(Assets)}?{urlencode({'owner': person.pk})}"
    lines = [
        Line(_("あなたの決裁を待つ申請"), n["waiting"], reverse("applications:queue"), "checkbox"),
        Line(_("担当する義務"), len(duties), reverse("portal:mine"), "calendar-due", sum(one.due_on < today for one in duties)),
        Line(_("是正する指摘"), n["found"], reverse("portal:findings") + "?mine=1", "alert-circle",
             n["late"]),
        Line(_("差し戻された申請"), n["returned"], reverse("applications:mine"), "arrow-back-up"),
        Line(_("棚卸しを待つ自分の資産"), n["stale"], assets, "database"),
        Line(_("未読のお知らせ"), n["unread"], reverse("applications:inbox"), "bell"),
    ]  # fmt: skip
    return Work(lines, duties[:SHOWN])
