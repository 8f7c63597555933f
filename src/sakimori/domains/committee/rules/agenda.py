"""What is open and wants the committee: gathered from the whole product, picked and ordered by the office."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Min
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sakimori.domains.committee.models import AgendaItem, Decision, Meeting, Topic
from sakimori.domains.documents.models import Edition
from sakimori.kernel.approvals.models import Application, Step
from sakimori.kernel.content.forms import FORMS
from sakimori.kernel.findings.models import Finding
from sakimori.kernel.findings.registry import CHECKS
from sakimori.kernel.obligations.models import Obligation, Occurrence
from sakimori.kernel.policy import policy
from sakimori.kernel.records.models import Record

from . import seats

MOST = 40  # of one source on the page; the rest is counted
STANDING = "standing"
Line = tuple[str, str, Record | None]  # title, why, about which record


@dataclass(frozen=True)
class Source:
    """Where items come from, and under which duty of the committee they fall (PRC-011)."""

    id: str
    title: str | Promise
    task: str
    find: Callable[[date], Iterable[Line]]


@dataclass(frozen=True)
class Proposal:
    """Something open that the office may put on the agenda."""

    source: Source
    name: str
    explanation: str
    record: Record | None

    @property
    def key(self) -> str:
        """Return what names it on the page."""
        return f"{self.source.id}|{self.record.pk if self.record else ''}|{self.name}"


SOURCES: dict[str, Source] = {}


def source(
    id: str, title: str | Promise, *, task: str
) -> Callable[[Callable[[date], Iterable[Line]]], Callable[[date], Iterable[Line]]]:
    """Declare the decorated function (day → lines) as a source of items; domains above register theirs too."""

    def declare(find: Callable[[date], Iterable[Line]]) -> Callable[[date], Iterable[Line]]:
        SOURCES[id] = Source(id, title, task, find)
        return find

    return declare


def proposals(today: date, meeting: Meeting | None = None) -> list[Proposal]:
    """Return what is open today and not on the agenda of ``meeting`` yet, source by source."""
    taken = set(meeting.items.values_list("source", "record_id", "name")) if meeting else set()
    return [
        Proposal(one, name[:200], why, record)
        for one in SOURCES.values()
        for name, why, record in one.find(today)
        if (one.id, record.pk if record else None, name[:200]) not in taken
    ]


def by_task(found: Iterable[Proposal]) -> list[tuple[str, list[Proposal]]]:
    """Group proposals under the duties that the regulation gives the committee (PRC-011)."""
    names = [str(row["task"]) for row in policy.value("governance.committee.tasks")]
    groups: dict[str, list[Proposal]] = {name: [] for name in names}
    for one in found:
        groups.setdefault(one.source.task if one.source.task in groups else names[-1], []).append(one)
    return list(groups.items())


def standing() -> Iterator[tuple[str, str]]:
    """Yield what every regular meeting deals with, and under which duty (JPM-010)."""
    for row in policy.value("committee.standing"):
        yield str(row["topic"]), str(row["task"])


@source("topics", gettext_lazy("委員からの議題"), task="事象・インシデントの管理")
def _topics(today: date) -> Iterator[Line]:
    for topic in Topic.objects.filter(status=Topic.Status.WAITING).select_related("owner").order_by("pk"):
        yield (
            topic.name,
            _("%s さんの提案。") % (topic.owner.label if topic.owner else "") + topic.explanation,
            topic,
        )


@source("decisions", gettext_lazy("前回までの決定"), task="運用の管理")
def _decisions(today: date) -> Iterator[Line]:
    for one in Decision.objects.open().select_related("owner").order_by("due_on", "pk"):
        late = _("期日を過ぎています。") if one.due_on < today else ""
        values = {"who": one.owner.label if one.owner else "—", "due": one.due_on}
        yield _("決定の進み具合: %s") % one.name, _("担当 %(who)s、期日 %(due)s。") % values + late, one


@source("continued", gettext_lazy("継続審議"), task="運用の管理")
def _continued(today: date) -> Iterator[Line]:
    rows = AgendaItem.objects.filter(
        outcome=AgendaItem.Outcome.CONTINUED, meeting__status=Meeting.Status.CONFIRMED
    ).select_related("meeting", "record")
    for item in rows.order_by("pk"):
        if not AgendaItem.objects.filter(name=item.name, pk__gt=item.pk).exclude(outcome="").exists():
            yield item.name, _("%s で継続審議となった。") % item.meeting.label, item.record


@source("applications", gettext_lazy("委員会の評価を待つ申請"), task="管理策の実施")
def _applications(today: date) -> Iterator[Line]:
    roles = (*seats.CHAIRS, "committee_member")
    steps = Step.objects.filter(state=Step.State.OPEN, role__in=roles).exclude(
        application__form="document-revision"
    )
    for step in steps.select_related("application").order_by("due_on", "pk"):
        yield (
            step.application.label,
            _("%(step)s。期限 %(due)s。") % {"step": step.title, "due": step.due_on or "—"},
            step.application,
        )


@source("revisions", gettext_lazy("審議中の改訂案"), task="リスク対応計画の策定")
def _revisions(today: date) -> Iterator[Line]:
    for one in (
        Edition.objects.filter(status=Edition.Status.DELIBERATION).select_related("document").order_by("pk")
    ):
        yield _("改訂案: %s") % one.label, one.reason, one


@source("reports", gettext_lazy("委員会への報告"), task="教育・訓練")
def _reports(today: date) -> Iterator[Line]:
    forms = [form.id for form in FORMS if form.reported]
    filed = Application.objects.filter(form__in=forms, status=Application.Status.APPROVED)
    told = AgendaItem.objects.filter(source="reports", meeting__status=Meeting.Status.CONFIRMED)
    for one in filed.exclude(pk__in=told.values("record_id")).order_by("effective_on", "pk"):
        yield _("報告: %s") % one.label, _("%s に実施。") % one.effective_on, one


@source("findings", gettext_lazy("期限を過ぎた指摘"), task="運用の管理")
def _findings(today: date) -> Iterator[Line]:
    rows = Finding.objects.overdue(today).order_by().values("check_name")
    for row in rows.annotate(count=Count("pk"), oldest=Min("due_on")).order_by("oldest"):
        check = CHECKS.get(row["check_name"])
        values = {"n": row["count"], "oldest": row["oldest"]}
        name = str(check.label) if check else row["check_name"]
        yield _("是正の遅れ: %s") % name, _("%(n)s件、最も古い期限は %(oldest)s。") % values, None


@source("waivers", gettext_lazy("期限の近い例外"), task="管理策の実施")
def _waivers(today: date) -> Iterator[Line]:
    until = policy.value("committee.interval").after(today)
    rows = Finding.objects.filter(state=Finding.State.WAIVED, waived_until__lte=until).exclude(waiver=None)
    for one in rows.select_related("record", "waiver").order_by("waived_until", "pk"):
        yield (
            _("例外の期限: %s") % one.record.label,
            _("%s まで。続けるか、是正するか。") % one.waived_until,
            one.waiver,
        )


@source("duties", gettext_lazy("遅れている義務"), task="運用の管理")
def _duties(today: date) -> Iterator[Line]:
    since = today - timedelta(days=2 * policy.value("obligations.escalation"))
    late = Occurrence.objects.overdue(since).order_by().values("obligation_id")
    rows = list(late.annotate(count=Count("pk"), oldest=Min("due_on")).order_by("oldest"))
    known = Obligation.objects.in_bulk([row["obligation_id"] for row in rows])
    for row in rows:
        duty = known[row["obligation_id"]]
        if duty.duty_id == "policy.decision":
            continue  # each decision is an item of its own
        values = {"n": row["count"], "oldest": row["oldest"]}
        yield _("未実施: %s") % duty.name, _("%(n)s件、最も古い期日は %(oldest)s。") % values, duty
