"""The home page."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from sakimori.lib import clock
from sakimori.registers.views.gate import PersonRequest, for_person

from . import panels, queue


@require_safe
@for_person
def home(request: PersonRequest) -> HttpResponse:
    """Show the person's work first, then what belongs to the person's roles."""
    today = clock.today()
    roles = request.person.roles()
    context = {
        "today": today,
        "work": queue.work_of(request.person),
        "tiles": panels.tiles(request.person, roles, today),
        "coming": panels.coming(roles, today),
        "starts": panels.starts(request.person, roles),
        "crumbs": [(_("ホーム"), "")],
    }
    return render(request, "portal/home.html", context)
