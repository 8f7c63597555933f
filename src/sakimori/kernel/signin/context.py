"""What pages need to know of signing in. One context processor, after the one of the frame."""

from __future__ import annotations

from typing import Any

from django.conf import settings


def context(request: Any) -> dict[str, object]:
    """Say whether this is the demonstration; leave the frame away while a step of signing in is due."""
    found: dict[str, object] = {"demonstration": settings.SAKIMORI_DEMO}
    if getattr(request, "bare", False):
        found["frame"] = None
    return found
