"""Pages in tests refer to static files as they lie: no collected copy is needed, and a stale one does no harm."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import override_settings

PLAIN = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}


@pytest.fixture(scope="session", autouse=True)
def plain_static_files() -> Iterator[None]:
    """Serve static files under their own names."""
    with override_settings(STORAGES={**settings.STORAGES, "staticfiles": PLAIN}):
        yield
