"""What changed between two days, read from the ledger: the management's view of the acts that matter."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count, OuterRef, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sakimori.kernel.identity.models import Person
from sakimori.kernel.ledger import book, reading
from sakimori.kernel.records.models import Record
from sakimori.lib import clock

LATEST = 30
# Each line of the summary with the acts that it counts.
SUBJECTS = {
    "found": (gettext_lazy("新しく特定したリスク"), ("risk.identified",)),
    "valued": (gettext_lazy("リスク値の変更"), ("risk.analysed", "risk.revalued")),
    "reopened": (gettext_lazy("再評価が必要になったリスク"), ("risk.reopened", "risk.acceptance_reopened")),
    "planned": (gettext_lazy("承認したリスク対応計画"), ("risk.treatment_approved",)),
    "closed": (gettext_lazy("完了したリスク対応"), ("risk.treatment_done",)),
    "accepted": (gettext_lazy("新しく受容したリスク"), ("risk.accepted",)),
    "expired": (gettext_lazy("期限切れになった受容"), ("risk.acceptance_expired",)),
    "permits": (gettext_lazy("残留リスクの承認と運用許可"), ("risk.operation_permitted",)),
    "statements": (gettext_lazy("適用宣言書の新しい版"), ("statement.approved",)),
    "rules": (gettext_lazy("規程パラメータの改定"), ("policy.revised",)),
    "scope": (gettext_lazy("適用範囲の変更"), ("scope.approved",)),
}


@dataclass(frozen=True)
class Subject:
    """One line of the summary."""

    title: str
    count: int


@dataclass(frozen=True)
class Act:
    """One act; ``label`` is blank where the person may not know of the record or it is no more."""

    at: datetime
    title: str
    number: str
    record: int | None
    label: str


@dataclass(frozen=True)
class Changes:
    """What changed from the first to the last day, both included."""

    first: date
    last: date
    subjects: list[Subject]
    acts: list[Act]

    @property
    def total(self) -> int:
        """Return how many acts there were."""
        return sum(subject.count for subject in self.subjects)


def between(first: date, last: date, person: Person) -> Changes:
    """Return the acts that matter between two days, in two queries."""
    verbs = [verb for _title, wanted in SUBJECTS.values() for verb in wanted]
    entries = reading.entries().filter(
        at__gte=_start(first), at__lt=_start(last + timedelta(days=1)), verb__in=verbs
    )
    counts = dict(entries.order_by().values_list("verb").annotate(Count("pk")))
    subjects = [Subject(str(title), _sum(counts, wanted)) for title, wanted in SUBJECTS.values()]
    readable = Record.objects.visible_to(person).filter(pk=OuterRef("record_id")).order_by()
    latest = reading.entries().filter(pk__in=entries.order_by("-at", "-pk").values("pk")[:LATEST])
    rows = latest.annotate(readable=Subquery(readable.values("label")[:1])).order_by("-at", "-pk")
    columns = ("at", "verb", "number", "record_id", "readable")
    acts = [
        Act(at, book.label_of(verb), number, pk, label or "")
        for at, verb, number, pk, label in rows.values_list(*columns)
    ]
    return Changes(first, last, subjects, acts)


def period(first: str, last: str, default: date) -> tuple[date, date]:
    """Return the two days as typed; the default until today where one is missing or wrong."""
    today = clock.today()
    start, end = _day(first) or default, _day(last) or today
    return (start, end) if start <= end else (end, start)


def sentence(changes: Changes) -> str:
    """Say in one sentence whether anything happened."""
    if not changes.total:
        return _("この期間に、リスク・適用宣言書・規程の変更はありません。")
    return _("この期間の変更は%s件です。") % changes.total


def _sum(counts: dict[str, int], verbs: Iterable[str]) -> int:
    return sum(counts.get(verb, 0) for verb in verbs)


def _start(day: date) -> datetime:
    return datetime.combine(day, time.min, clock.JAPAN)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
