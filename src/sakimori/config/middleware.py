"""What every request carries: an id for the ledger, the person who asks, and the security headers."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.conf import settings
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


# Everything comes from this server; no inline script, no inline style, no frame around our pages.
# Measured with Tabler (data: images in its stylesheet), htmx, Alpine's CSP build and ECharts (canvas).
_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        " ".join(("form-action 'self'", *settings.SAKIMORI_FORM_TARGETS)),
        "frame-ancestors 'none'",
    )
)


class ContentSecurityPolicy:
    """Send the policy that keeps foreign code out of every page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Add the header; a page that needs another policy sets its own."""
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", _POLICY)
        response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        return response
