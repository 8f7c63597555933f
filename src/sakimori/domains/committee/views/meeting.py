"""One meeting: its page, its agenda, its minutes on paper."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from sakimori.domains.committee import rules
from sakimori.domains.committee.models import AgendaItem, Meeting
from sakimori.kernel import papers
from sakimori.kernel.approvals import approvals
from sakimori.kernel.identity import access
from sakimori.kernel.papers import letterhead
from sakimori.kernel.papers.blocks import Block
from sakimori.kernel.policy import policy
from sakimori.lib import clock
from sakimori.lib.errors import Refused
from sakimori.lib.numerals import whole
from sakimori.registers import panels
from sakimori.registers.views.gate import PersonRequest, for_person
from sakimori.registers.views.printing import printed
from sakimori.registers.views.rows import page_of

from ..register import MEETING_TONES, Meetings

OUTCOME_TONES = {"decided": "green", "continued": "yellow", "returned": "orange", "noted": "blue"}


def open_meeting(request: PersonRequest, pk: int) -> Meeting:
    """Return the meeting, or 404 for one the person may not know of."""
    rows = Meeting.objects.visible_to(request.person).select_related(
        "task_force", "prepared_by", "confirmed_by"
    )
    found: Meeting | None = rows.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def items_of(meeting: Meeting) -> list[AgendaItem]:
    """Return the agenda with what it points at."""
    rows = meeting.items.select_related("record", "responsible", "decision").prefetch_related("recused")
    return list(rows)


def crumbs(meeting: Meeting, last: str = "") -> list[tuple[str, str]]:
    """Return the way back."""
    here = (meeting.title(), reverse("committee:meeting", args=[meeting.pk]) if last else "")
    return [(_("情報セキュリティ委員会"), reverse("committee:home")), here, *([(last, "")] if last else [])]


@require_safe
@for_person
def page(request: PersonRequest, pk: int) -> HttpResponse:
    """Show agenda, attendance, minutes, and what may be done."""
    found = open_meeting(request, pk)
    context = page_of(request, Meetings, found)
    if context["tab"] != panels.OVERVIEW:
        return render(request, "registers/detail.html", context)
    seats = list(found.attendance.select_related("person"))
    context |= {
        "meeting": found, "tone": MEETING_TONES[found.status], "seats": seats,
        "items": [_shown(item, found, request) for item in items_of(found)],
        "came": sum(1 for seat in seats if seat.present and seat.seat == "member"),
        "objections": found.objections.select_related("person"),
        "may_run": access.may(request.person, "committee.run"), "today": clock.today(),
        "has_minutes": found.status in ("held", "drafted", "confirmed"), "crumbs": crumbs(found),
    }  # fmt: skip
    return render(request, "committee/meeting.html", context)


def _shown(item: AgendaItem, meeting: Meeting, request: PersonRequest) -> dict[str, object]:
    """Return an item, and whether the person can carry its resolution out at his step."""
    application = rules.application_of(item.record) if item.record_id else None
    waiting = (
        application is not None
        and meeting.status == Meeting.Status.CONFIRMED
        and item.outcome in rules.VERDICTS
    )
    mine = waiting and approvals.waiting_for(request.person).filter(application=application).exists()
    return {
        "item": item, "tone": OUTCOME_TONES.get(item.outcome, "gray"), "application": application, "mine": mine,
        "pending": waiting and application is not None and application.is_open,
    }  # fmt: skip


@require_safe
@for_person
def agenda(request: PersonRequest, pk: int) -> HttpResponse:
    """Pick from what is open, source by source; order, add, take off."""
    found = open_meeting(request, pk)
    access.require(request.person, "committee.run")
    offered = rules.proposals(clock.today(), found)
    grouped = [(source, list(rows)) for source, rows in groupby(offered, key=lambda one: one.source)]
    context = {
        "meeting": found, "items": items_of(found), "count": len(offered),
        "groups": [(source.title, rows[:40], max(len(rows) - 40, 0)) for source, rows in grouped],
        "tasks": [str(row["task"]) for row in policy.value("governance.committee.tasks")],
        "editable": found.is_coming, "crumbs": crumbs(found, _("議題")),
    }  # fmt: skip
    return render(request, "committee/agenda.html", context)


@require_POST
@for_person
def act(request: PersonRequest, pk: int, act: str) -> HttpResponse:
    """Take, add, move or drop items."""
    found = open_meeting(request, pk)
    typed, by = request.POST, request.person
    item = whole(typed.get("item", "")) or 0
    acts = {
        "take": lambda: rules.take_items(found, keys=typed.getlist("key"), by=by),
        "add": lambda: rules.add_item(
            found, name=typed.get("name", "")[:200], explanation=typed.get("explanation", ""),
            task=typed.get("task", "")[:60], by=by,
        ),
        "up": lambda: rules.move_item(found, item=item, by=by),
        "down": lambda: rules.move_item(found, item=item, down=True, by=by),
        "drop": lambda: rules.drop_item(found, item=item, by=by),
    }  # fmt: skip
    if act not in acts:
        raise Http404
    access.require(by, "committee.run")
    try:
        acts[act]()
    except Refused as refusal:
        for text in getattr(refusal, "problems", {"": refusal}).values():
            messages.error(request, str(text))
    back = "committee:minutes" if found.status == Meeting.Status.HELD else "committee:agenda"
    return redirect(back, pk)


@require_safe
@for_person
def paper(request: PersonRequest, pk: int, form: str) -> HttpResponse:
    """Print the minutes in house form, as PDF or Word; an agenda while the meeting is to come."""
    found = open_meeting(request, pk)
    title = _("%s 次第") % found.title() if found.is_coming else _("%s 議事録") % found.title()
    house = letterhead.house_of(
        found,
        title=title,
        issued_on=found.held_on,
        approved=found.is_coming or found.confirmed_on is not None,
    )
    boxes = (
        papers.Signature(_("作成"), found.prepared_by.label if found.prepared_by else "", found.prepared_on),
        papers.Signature(
            _("確認"), found.confirmed_by.label if found.confirmed_by else "", found.confirmed_on
        ),
    )
    house = papers.House(**{**house.__dict__, "signatures": boxes})
    return printed(papers.Paper(house=house, blocks=tuple(_blocks(found))), form, found.number)


def _blocks(meeting: Meeting) -> Iterator[Block]:
    seats = list(meeting.attendance.select_related("person"))
    names = {
        present: [f"{s.person.label}（{s.get_seat_display()}）" + (f" {s.note}" if s.note else "")
                  for s in seats if s.present is present]
        for present in (True, False, None)
    }  # fmt: skip
    rows: list[tuple[str, object]] = [(_("開催日時"), f"{papers.blocks.said(meeting.held_on)} {meeting.hours}"),
                                      (_("場所"), meeting.place)]  # fmt: skip
    if meeting.purpose:
        rows.append((_("開催の理由"), meeting.purpose))
    if meeting.is_coming:
        rows.append((_("招集した人"), names[None]))
    else:
        rows += [(_("出席"), names[True]), (_("欠席"), names[False]), (_("定足数"), meeting.needed)]
    yield papers.Facts(tuple(rows))
    for number, item in enumerate(items_of(meeting), 1):
        yield papers.Heading(f"{number}. {item.name}", 3)
        if item.explanation:
            yield papers.Note(item.explanation)
        if not meeting.is_coming:
            yield papers.Facts(tuple(_said(item)))
    if meeting.remarks:
        yield papers.Heading(_("特記事項"), 3)
        yield papers.Text(meeting.remarks)


def _said(item: AgendaItem) -> Iterator[tuple[str, object]]:
    yield _("審議"), item.discussion
    yield _("結果"), item.get_outcome_display() or _("未記録")
    if item.content:
        yield _("決定"), item.content
    if item.responsible:
        yield _("担当・期日"), f"{item.responsible.label} {papers.blocks.said(item.due_on)}"
    aside = [person.name for person in item.recused.all()]
    if aside:
        yield _("審議を外れた人"), aside
