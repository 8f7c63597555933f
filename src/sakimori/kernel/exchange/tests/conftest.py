"""Fixtures of this package's tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from sakimori.kernel.exchange import imports
from sakimori.kernel.exchange.models import ImportBatch
from sakimori.kernel.identity.models import Person
from sakimori.lib.sheets import OutColumn, write_table

from .ledger import departments, holdings

__all__ = ["Send", "departments", "holdings"]

DATA = Path(__file__).parents[5] / "tests" / "data"
HEADINGS = ("No.", "情報資産名称", "管理部署", "機密性", "完全性", "可用性")


class File:
    """An upload from memory."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def chunks(self) -> Iterator[bytes]:
        yield self._content


Send = Callable[..., ImportBatch]


@pytest.fixture(autouse=True)
def own_store(settings: object, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path / "var"  # type: ignore[attr-defined]


@pytest.fixture
def send(ueno: Person, holdings: object, departments: object) -> Send:
    """Upload a file (bytes, path, or rows under ``headings``) as the security office."""

    def send(
        what: bytes | Path | Sequence[Sequence[object]],
        headings: Sequence[str] = HEADINGS,
        name: str = "台帳.xlsx",
    ) -> ImportBatch:
        if isinstance(what, Path):
            name, what = what.name, what.read_bytes()
        if not isinstance(what, bytes):
            path = Path(str(imports.store.path_of("draft"))).with_name("draft.xlsx")
            path.parent.mkdir(parents=True, exist_ok=True)
            write_table(path, [OutColumn(heading) for heading in headings], what)
            what = path.read_bytes()
        return imports.upload(sheet="holdings", file=File(what), file_name=name, by=ueno)

    return send
