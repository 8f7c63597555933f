"""What software can judge about the committee: each function returns the offenders."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from sakimori.kernel.findings import check
from sakimori.kernel.policy import policy

from .models import Decision, Meeting, TaskForce
from .rules import seats


@check("committee.decision_late", _("期日を過ぎた決定事項"), severity="major", requirements=("REG-033",))
def decision_late(today: date) -> QuerySet[Decision]:
    """Decisions of the committee that nobody carried out in time."""
    return Decision.objects.current().late(today)


@check("committee.minutes_open", _("確定していない議事録"), requirements=("REG-051",))
def minutes_open(today: date) -> QuerySet[Meeting]:
    """Meetings that were held before the last span of meetings and whose minutes are not confirmed."""
    before = policy.value("committee.interval").before(today)
    return Meeting.objects.current().filter(
        status__in=(Meeting.Status.HELD, Meeting.Status.DRAFTED, Meeting.Status.CONVENED), held_on__lt=before
    )


@check("committee.force_without_member", _("委員が責任者でないタスクフォース"), requirements=("REG-053",))
def force_without_member(today: date) -> QuerySet[TaskForce]:
    """Task forces at work whose leader no longer sits in the committee."""
    seated = [person.pk for person in seats.members(today)]
    return TaskForce.objects.current().filter(closed_on=None).exclude(owner__in=seated)
