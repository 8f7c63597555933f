"""What the coverage page shows: for every article, control, duty or department its months and its rate."""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from sakimori.kernel.content.catalogue import REQUIREMENTS
from sakimori.kernel.content.duties import DUTIES, Duty
from sakimori.kernel.content.regulations import ARTICLES, REGULATIONS, articles_of
from sakimori.kernel.content.regulations import control as control_named
from sakimori.kernel.content.standards import STANDARDS, Standard
from sakimori.kernel.identity.models import Department, Person
from sakimori.kernel.obligations import coverage
from sakimori.kernel.obligations.coverage import Coverage, Month
from sakimori.kernel.obligations.obligations import Obligation
from sakimori.lib import dates


@dataclass(frozen=True)
class Asked:
    """What the reader asked for."""

    person: Person
    first: date  # of the fiscal year
    day: date  # as known on that evening

    @property
    def months(self) -> list[date]:
        """Return the months of the year."""
        return [dates.add_months(self.first, number) for number in range(12)]


@dataclass(frozen=True)
class Line:
    """One row of the grid."""

    label: str
    note: str
    url: str
    cells: tuple[tuple[Month, str], ...]  # with the address of the occurrences behind it
    duties: int

    @functools.cached_property
    def rate(self) -> float | None:
        """Return the part that is proved of what had to be, 0 to 1; None where nothing had to be yet."""
        return coverage.rate(month for month, _url in self.cells)


def by_duty(asked: Asked, only: Iterable[str] | None = None, department: int | None = None) -> list[Line]:
    """Return a line per duty, of those named ``only``, in one department or in all."""
    rows = _obligations(asked)
    if only is not None:
        wanted = set(only)
        rows = [row for row in rows if row.duty_id in wanted]
    if department is None:
        found = _read(asked, rows)
    else:
        found = coverage.of_department(department, [row.pk for row in rows], asked.first, day=asked.day)
        rows = [row for row in rows if found[row.pk]]
    return [
        _line(asked, row.label, row.number, reverse("portal:duty", args=[row.pk]), found, [row])
        for row in rows
    ]


def by_article(asked: Asked, regulation: str) -> list[Line]:
    """Return a line per article of a regulation; an article without a duty has no cells."""
    rows, found = _everything(asked)
    carried = _by_article(rows)
    return [
        _line(
            asked,
            article.title,
            _("第%s条") % number,
            _narrowed(article=article.id),
            found,
            carried[article.id],
        )
        for number, article in enumerate(articles_of(regulation), 1)
    ]


def by_control(asked: Asked, standard: Standard) -> list[Line]:
    """Return a line per control and clause of a standard that can be fulfilled."""
    rows, found = _everything(asked)
    carried = _by_control(rows, standard)
    return [
        _line(
            asked,
            node.title,
            node.ref,
            _narrowed(control=f"{standard.key}:{node.ref}"),
            found,
            carried[node.ref],
        )
        for node in standard.nodes
        if node.kind in ("clause", "control")
    ]


def by_department(asked: Asked) -> list[Line]:
    """Return a line per department in scope."""
    departments = list(Department.objects.visible_to(asked.person).current().order_by("code"))
    found = coverage.read("department", [one.pk for one in departments], asked.first, day=asked.day)
    return [
        Line(one.name, one.code, url, _cells(asked, [found[one.pk]], url), 0)
        for one, url in ((one, _narrowed(department=str(one.pk))) for one in departments)
    ]


def duties_of_article(article: str) -> list[str]:
    """Return the duties that an article carries."""
    return [duty.id for duty in DUTIES if duty.article == article]


def duties_of_control(name: str) -> list[str]:
    """Return the duties that serve a control, named ``key:ref``: by their article or by a requirement they carry."""
    node = control_named(name)
    if node is None:
        return []
    key = name.partition(":")[0]
    return [duty.id for duty in DUTIES if node.ref in _refs(duty, key)]


def total(lines: Sequence[Line]) -> Month:
    """Return all lines together."""
    return Month.together(month for line in lines for month, _url in line.cells)


def _everything(asked: Asked) -> tuple[list[Obligation], Coverage]:
    rows = _obligations(asked)
    return rows, _read(asked, rows)


def _obligations(asked: Asked) -> list[Obligation]:
    rows = Obligation.objects.visible_to(asked.person).current().order_by("duty_id")
    return [row for row in rows if row.duty_id in DUTIES]


def _read(asked: Asked, rows: Sequence[Obligation]) -> Coverage:
    return coverage.read("obligation", [row.pk for row in rows], asked.first, day=asked.day)


def _by_article(rows: Iterable[Obligation]) -> Mapping[str, list[Obligation]]:
    found: dict[str, list[Obligation]] = defaultdict(list)
    for row in rows:
        found[row.duty.article].append(row)
    return found


def _by_control(rows: Iterable[Obligation], standard: Standard) -> Mapping[str, list[Obligation]]:
    found: dict[str, list[Obligation]] = defaultdict(list)
    for row in rows:
        for ref in _refs(row.duty, standard.key):
            found[ref].append(row)
    return found


def _refs(duty: Duty, key: str) -> set[str]:
    """Return the numbers in one standard that a duty serves."""
    names = {name for one in duty.requirements for name in REQUIREMENTS[one].control}
    if duty.article in ARTICLES:
        names.update(ARTICLES[duty.article].controls)
    found = (control_named(name) for name in names if name.startswith(f"{key}:"))
    return {node.ref for node in found if node is not None}


def _line(asked: Asked, label: str, note: str, url: str, found: Coverage, rows: Sequence[Obligation]) -> Line:
    only = reverse("portal:duty", args=[rows[0].pk]) if len(rows) == 1 else ""
    return Line(label, note, url, _cells(asked, [found[row.pk] for row in rows], only or url), len(rows))


def _cells(
    asked: Asked, found: Sequence[Mapping[date, Month]], url: str = ""
) -> tuple[tuple[Month, str], ...]:
    cells = []
    for month in asked.months:
        whole = Month.together(one[month] for one in found if month in one)
        cells.append((whole, f"{url}?due={month:%Y-%m}" if url and "?" not in url else url))
    return tuple(cells)


def _narrowed(**about: str) -> str:
    return f"{reverse('portal:coverage')}?{urlencode({'by': 'duty', **about})}"


__all__ = [
    "REGULATIONS",
    "STANDARDS",
    "Asked",
    "Line",
    "by_article",
    "by_control",
    "by_department",
    "by_duty",
    "total",
]
