"""Files that a test stores go with it: the database rolls its rows back, and the folder beside it must not remember."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

_FOLDERS = ("files", "uploads")


@pytest.fixture(autouse=True)
def stored_files_go_with_their_test() -> Iterator[None]:
    """Remove what was stored meanwhile; what wider fixtures stored before stays."""
    data = Path(settings.DATA_DIR)
    before = set(_stored(data))
    yield
    for path in set(_stored(data)) - before:
        path.unlink(missing_ok=True)


def _stored(data: Path) -> Iterator[Path]:
    for name in _FOLDERS:
        yield from (path for path in (data / name).rglob("*") if path.is_file())
