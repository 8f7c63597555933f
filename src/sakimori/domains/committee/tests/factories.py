"""Rows for the contract of the registers."""

from __future__ import annotations

from datetime import date

from sakimori.domains.committee.models import Decision, Meeting, TaskForce, Topic


def make_meeting(number: int) -> Meeting:
    """Return one meeting."""
    return Meeting.objects.create(session=number, held_on=date(2026, 6, 1), place=f"会議室{number}")


def make_decision(number: int) -> Decision:
    """Return one decision."""
    return Decision.objects.create(name=f"決定{number}", content="実施する", due_on=date(2026, 6, 30))


def make_topic(number: int) -> Topic:
    """Return one topic."""
    return Topic.objects.create(name=f"議題{number}", explanation="趣旨")


def make_taskforce(number: int) -> TaskForce:
    """Return one task force."""
    return TaskForce.objects.create(name=f"班{number}", purpose="目的", tasks="作業", ends_when="完了時")
