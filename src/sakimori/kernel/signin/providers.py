"""The buttons of the company's identity providers on the sign-in page; none where none is configured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from allauth.socialaccount.adapter import get_adapter
from django.conf import settings


@dataclass(frozen=True)
class Link:
    """One button on the sign-in page."""

    title: str
    url: str


def shown(request: Any) -> list[Link]:
    """Return the buttons of the sign-in page."""
    if not settings.SAKIMORI_PROVIDERS:
        return []
    found = get_adapter(request).list_providers(request)
    return [Link(p.app.name if p.app else p.name, p.get_login_url(request)) for p in found]
