"""Lead strangers to the guided start while nobody can sign in."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from sakimori.kernel.signin.middleware import name_of
from sakimori.kernel.signin.models import Account

from . import code

_OPEN = frozenset({"start", "start-step", "start-template", "start-finish", "signin_language", "health"})


class GuidedStart:
    """Answer every page of an empty installation with the way to its setup."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Redirect where the installation has no account yet."""
        stranger = getattr(request, "person", None) is None and code.is_open()
        if stranger and name_of(request) not in _OPEN and not Account.objects.exists():
            return redirect("start")
        return self.get_response(request)
