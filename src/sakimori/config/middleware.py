"""What every request carries: an id for the ledger, the person who asks, and the security headers."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from sakimori.kernel.identity.models import Person
from sakimori.kernel.ledger import book
from sakimori.kernel.policy import policy


class RequestContext:
    """Give the request an id and its person."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Run the request under its own id."""
        request.person = self._person(request)  # type: ignore[attr-defined]
        with policy.reading(), book.request_id(uuid.uuid4().hex[:16]):
            return self.get_response(request)

    def _person(self, request: HttpRequest) -> Person | None:
        if not request.user.is_authenticated:
            return None
        person = Person.objects.filter(user=request.user).first()
        return person if person is not None and person.is_active else None
