"""The committee at a glance: who sits in it, what is next, what is open under its eight duties (PRC-010, PRC-011)."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from sakimori.domains.committee import rules
from sakimori.domains.committee.models import Decision, Meeting, TaskForce
from sakimori.kernel.identity import access
from sakimori.kernel.policy import policy
from sakimori.lib import clock
from sakimori.registers.views.gate import PersonRequest, for_person

from ..register import MEETING_TONES

RECENT, SHOWN = 12, 3


@require_safe
@for_person
def home(request: PersonRequest) -> HttpResponse:
    """Show members, calendar, decisions, and the open items by duty."""
    access.require(request.person, "committee.view")
    person, today = request.person, clock.today()
    meetings = Meeting.objects.visible_to(person).current()
    decisions = Decision.objects.visible_to(person).current().open()
    groups = rules.by_task(rules.proposals(today))
    context = {
        "next": meetings.coming().order_by("held_on", "pk").first(),
        "meetings": [(row, MEETING_TONES[row.status]) for row in meetings.order_by("-held_on", "-pk")[:RECENT]],
        "decisions": decisions.select_related("owner").order_by("due_on", "pk")[:RECENT],
        "open_count": decisions.count(), "late_count": decisions.late(today).count(), "today": today,
        "groups": [(name, found[:SHOWN], len(found)) for name, found in groups],
        "members": [(one, _seats_of(one.roles())) for one in rules.members()],
        "non_standing": rules.non_standing(), "office": rules.office(),
        "forces": TaskForce.objects.visible_to(person).current().filter(closed_on=None).select_related("owner"),
        "quorum": rules.needed(len(rules.members())),
        "interval": policy.value("committee.interval").label,
        "may_plan": access.may(person, "committee.run"), "may_propose": access.may(person, "committee.topic"),
        "crumbs": [(_("情報セキュリティ委員会"), "")],
    }  # fmt: skip
    return render(request, "committee/home.html", context)


def _seats_of(roles: frozenset[str]) -> str:
    known = access.roles()
    seats = [known[role].committee_seat for role in known if role in roles and known[role].committee_seat]
    return "・".join([*seats, *([_("部門長")] if access.HEAD in roles else [])])
