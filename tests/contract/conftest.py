"""Every declared register, a row of it, and who of the cast may read and write it."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from sakimori.kernel.identity.models import Person
from sakimori.kernel.records.models import Record
from sakimori.registers.base import Register, registry
from tests.cast import Cast

PEOPLE = (
    "ueno", "kubo", "shimizu", "aoki", "ishida", "eto", "kimura", "kobayashi", "kato", "sato",
)  # fmt: skip


def factory(declared: type[Register]) -> Callable[[int], Record]:
    """Return ``make_<model>`` of the declaring package's tests/factories.py."""
    package = declared.__module__.removesuffix(".register")
    factories = importlib.import_module(f"{package}.tests.factories")
    made: Callable[[int], Record] = getattr(factories, f"make_{declared.model.__name__.lower()}")
    return made


@dataclass
class Case:
    """One register under test."""

    declared: type[Register]
    cast: Cast

    @property
    def url(self) -> str:
        return f"/registers/{self.declared.slug}/"

    def make(self, count: int = 1) -> list[Any]:
        """Store rows whose audience is the register's own."""
        make = factory(self.declared)
        return [make(number) for number in range(1, count + 1)]

    def reader(self) -> Person:
        """Return somebody who reads every row."""
        audience = self.declared.model.default_audience
        return next(
            p for p in self._people() if audience in p.reach().everywhere and self.declared.opens_for(p)
        )

    def writer(self, row: Record) -> Person | None:
        """Return somebody who may change the row, where anybody may."""
        may = (p for p in self._people() if self.declared.may(p, "change", row))
        return next((p for p in may if self.declared.rows(p).filter(pk=row.pk).exists()), None)

    def stranger(self, act: str, row: Record | None = None) -> Person | None:
        """Return somebody who reads the register but may not do ``act``."""
        readers = (
            p for p in self._people() if self.declared.opens_for(p) and not self.declared.may(p, act, row)
        )
        return next(
            (p for p in readers if row is None or self.declared.rows(p).filter(pk=row.pk).exists()), None
        )

    def hide(self, row: Record) -> None:
        """Let nobody of the cast know of the row."""
        Record.objects.filter(pk=row.pk).update(audience="platform", owner=None)

    def _people(self) -> list[Person]:
        return [getattr(self.cast, name) for name in PEOPLE]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run every test that asks for a case once per register."""
    if "case" in metafunc.fixturenames:
        metafunc.parametrize("slug", sorted(registry))


@pytest.fixture
def case(slug: str, cast: Cast) -> Case:
    """The register under test."""
    return Case(registry[slug], cast)
