"""Parts of the frame that are fetched after the page."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from .. import shell
from .gate import PersonRequest, for_person


@require_safe
@for_person
def counts(request: PersonRequest) -> HttpResponse:
    """Tell how much waits behind the lines of the side bar."""
    return render(request, "shell/counts.html", {"counts": shell.counts_for(request.person)})
