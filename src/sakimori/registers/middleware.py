"""Refusals that no page caught become a page that says who may, or what to do."""

from __future__ import annotations

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from sakimori.lib.errors import Conflict, NotAllowed, Refused

LARGEST = 2**63 - 1


class Refusals:
    """Answer a refused request: 403 for a missing right, 409 for a conflict, 422 for the rest."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: object, named: dict[str, object]
    ) -> None:
        """Know no record under a number that no database can hold; SQLite would fail on it."""
        if any(isinstance(value, int) and value > LARGEST for value in named.values()):
            raise Http404

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Turn a refusal into its page; anything else is an accident and not ours."""
        if not isinstance(error, Refused):
            return None
        status = 403 if isinstance(error, NotAllowed) else 409 if isinstance(error, Conflict) else 422
        return render(request, "refused.html", {"refusal": error, "status": status}, status=status)
