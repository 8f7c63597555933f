from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings as project
from pytest_django import Settings

Content = Callable[[str], None]


@pytest.fixture
def duties(tmp_path: Path, settings: Settings) -> Content:
    """Return a function that puts the shop's own obligations in place of the shipped ones."""
    shipped = Path(project.CONTENT_DIR)
    count = 0

    def put(text: str) -> None:
        nonlocal count
        count += 1
        root = tmp_path / f"content{count}"
        (root / "obligations").mkdir(parents=True)
        for piece in shipped.iterdir():
            if piece.name != "obligations":
                (root / piece.name).symlink_to(piece)
        (root / "obligations" / "test.yaml").write_text(text, "utf-8")
        settings.CONTENT_DIR = root

    return put
