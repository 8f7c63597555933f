"""Registers of the tests' own, in place of those of the domains."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sakimori.kernel.identity.models import Department, Person, Site
from sakimori.registers import base
from sakimori.registers.base import Column, Register, Section, Tones


class Sites(Register):
    model = Site
    slug = "sites"
    group = "organization"
    few_rows = True
    withdrawable = True
    columns = ("number", "name", "address", "in_scope")
    filters = ("in_scope",)
    search = ("name", "address")
    form = ("name", "address", "in_scope")
    right_change = "organization.change"
    requirements = ("REG-050",)


class Departments(Register):
    model = Department
    slug = "departments"
    group = "organization"
    few_rows = True
    withdrawable = True
    columns = ("number", "code", "name", "parent", "head", "site", "in_scope")
    filters = ("site", "head", "in_scope")
    search = ("code", "name")
    form = ("code", "name", "parent", "head", "site", "in_scope")
    right_change = "organization.change"
    requirements = ("REG-050",)


class People(Register):
    model = Person
    slug = "people"
    group = "organization"
    columns = (
        "number",
        "name",
        Column("kana", default=False),
        "department",
        "category",
        "joined_on",
        "left_on",
    )
    filters = ("department", "category")
    search = ("name", "kana", "email")
    tones = (Tones("category", {"officer": "purple"}),)
    form = (
        Section("基本", ("employee_number", "name", "kana", "email")),
        Section("所属", ("department", "category")),
    )
    right_change = "people.change"
    requirements = ("REG-008",)


@pytest.fixture
def sample() -> Iterator[None]:
    """Only the three registers above are declared."""
    kept = dict(base.registry)
    base.registry.clear()
    base.of_kind.cache_clear()
    for declared in (Sites, Departments, People):
        base.register(declared)
    yield
    base.registry.clear()
    base.registry.update(kept)
    base.of_kind.cache_clear()
