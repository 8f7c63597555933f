"""The page that is written during the meeting, on a tablet: attendance, then every item on one page."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from sakimori.domains.committee import rules
from sakimori.domains.committee.models import AgendaItem, Meeting
from sakimori.kernel.identity import access
from sakimori.kernel.identity.models import Person
from sakimori.lib.errors import Conflict, Invalid, Refused
from sakimori.lib.numerals import whole
from sakimori.registers.views.gate import PersonRequest, for_person

from .meeting import crumbs, items_of, open_meeting

FIELDS = ("discussion", "outcome", "content", "responsible", "due_on")


def _runs(request: PersonRequest, pk: int) -> Meeting:
    found = open_meeting(request, pk)
    access.require(request.person, "committee.run")
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@for_person
def attendance(request: PersonRequest, pk: int) -> HttpResponse:
    """Write down who came; the meeting opens, or lapses."""
    found = _runs(request, pk)
    seats = list(found.attendance.select_related("person"))
    if request.method == "POST":
        present = [seat.person_id for seat in seats if f"present-{seat.person_id}" in request.POST]
        notes = {str(s.person_id): request.POST.get(f"note-{s.person_id}", "") for s in seats}
        try:
            rules.open_meeting(found, present=present, notes=notes, by=request.person)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            if found.status == Meeting.Status.LAPSED:
                messages.warning(
                    request, _("定足数に足りないため、流会としました。議題は次の委員会に持ち越します。")
                )
                return redirect("committee:meeting", pk)
            messages.success(request, _("出欠を記録しました。"))
            return redirect("committee:minutes", pk)
    voters = sum(1 for seat in seats if seat.seat == "member")
    context = {
        "meeting": found, "seats": seats, "voters": voters, "needed": rules.needed(voters),
        "crumbs": crumbs(found, _("出欠")),
    }  # fmt: skip
    return render(request, "committee/attendance.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_person
def write(request: PersonRequest, pk: int) -> HttpResponse:
    """Write the minutes. Nothing typed is lost: what was refused, or met another's writing, comes back to be sent again."""
    found = _runs(request, pk)
    if found.status != Meeting.Status.HELD:
        return redirect("committee:meeting", pk)
    items, typed, others = items_of(found), None, False
    wrong: dict[str, str] = {}
    if request.method == "POST":
        typed = request.POST
        found.revision = whole(typed.get("revision", "")) or 0
        try:
            rules.write_minutes(
                found, entries=[_entry(typed, item.pk) for item in items if f"outcome-{item.pk}" in typed],
                remarks=typed.get("remarks", ""), by=request.person,
            )  # fmt: skip
        except Conflict:
            others = True
        except Invalid as refusal:
            wrong = {name: str(text) for name, text in refusal.problems.items()}
        except Refused as refusal:
            wrong = {"": str(refusal)}
        else:
            return _saved(request, found)
        found = open_meeting(request, pk)
        items = items_of(found)
    present = rules.attended(found)
    context = {
        "meeting": found, "others": others, "wrong": wrong, "present": present,
        "rows": [_row(item, typed, wrong, others) for item in items],
        "remarks": typed.get("remarks", "") if typed is not None else found.remarks,
        "motion": typed.get("motion", "") if typed is not None else "",
        "people": Person.objects.active().exclude(category="external").order_by("kana", "pk"),
        "outcomes": AgendaItem.Outcome.choices, "crumbs": crumbs(found, _("議事の記録")),
    }  # fmt: skip
    return render(request, "committee/minutes.html", context, status=200 if not (wrong or others) else 409)


def _saved(request: PersonRequest, meeting: Meeting) -> HttpResponse:
    """Add a motion that was typed with the rest, and go on: to finishing, or back to the page."""
    if motion := request.POST.get("motion", "").strip():
        rules.add_item(meeting, name=motion[:200], by=request.person)
    messages.success(request, _("議事を記録しました。"))
    if "finish" in request.POST and not motion:
        return redirect("registers:act", "meetings", meeting.pk, "meeting.minutes_prepared")
    return redirect("committee:minutes", meeting.pk)


def _entry(typed: Any, pk: int) -> dict[str, object]:
    """Return what was typed about one item."""
    return {
        "item": pk,
        "discussion": typed.get(f"discussion-{pk}", "").strip(),
        "outcome": typed.get(f"outcome-{pk}", ""),
        "content": typed.get(f"content-{pk}", "").strip(),
        "responsible": whole(typed.get(f"responsible-{pk}", "")),
        "due_on": _day(typed.get(f"due_on-{pk}", "")),
        "recused": [key for key in map(whole, typed.getlist(f"recused-{pk}")) if key is not None],
    }


def _day(text: str) -> str | None:
    try:
        found = parse_date(text)
    except ValueError:
        return None
    return found.isoformat() if found else None


def _row(item: AgendaItem, typed: Any, wrong: dict[str, str], others: bool) -> dict[str, Any]:
    """Return an item as the page shows it: what was typed, else what is stored; both where they differ."""
    stored: dict[str, Any] = {
        "discussion": item.discussion, "outcome": item.outcome, "content": item.content,
        "responsible": item.responsible_id, "due_on": item.due_on.isoformat() if item.due_on else None,
        "recused": sorted(person.pk for person in item.recused.all()),
    }  # fmt: skip
    kept = typed is not None and f"outcome-{item.pk}" in typed
    shown = {**stored, **_entry(typed, item.pk)} if kept else stored
    names = {"discussion": _("審議"), "content": _("決定の内容")}
    return {
        "item": item, "shown": shown, "concerned": rules.concerned(item),
        "wrong": {name: wrong[f"{name}-{item.pk}"] for name in FIELDS if f"{name}-{item.pk}" in wrong},
        "theirs": [(label, stored[f]) for f, label in names.items() if others and stored[f] != shown[f] and stored[f]],
    }  # fmt: skip


@require_POST
@for_person
def answer(request: PersonRequest, pk: int) -> HttpResponse:
    """Answer an objection."""
    found = _runs(request, pk)
    rules.answer_objection(
        found, objection=whole(request.POST.get("objection", "")) or 0, answer=request.POST.get("answer", ""),
        by=request.person,
    )  # fmt: skip
    messages.success(request, _("対応を記録しました。"))
    return redirect("committee:meeting", pk)


@require_POST
@for_person
def carry_out(request: PersonRequest, pk: int) -> HttpResponse:
    """Decide an application as the committee resolved, at the person's own step."""
    found = open_meeting(request, pk)
    application = rules.carry_out(found, item=whole(request.POST.get("item", "")) or 0, by=request.person)
    messages.success(request, _("%s を、委員会の決定のとおり決裁しました。") % application.number)
    return redirect("committee:meeting", pk)
