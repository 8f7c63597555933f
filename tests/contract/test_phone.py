"""Every register on a phone: nothing is wider than the screen, nothing is without a name."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.conf import settings
from playwright.sync_api import Page

from sakimori.registers.base import registry
from tests.cast import Cast, make_cast

from .conftest import Case, factory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def company(transactional_db: None) -> Cast:
    return make_cast()


def test_lists_rows_and_forms_fit_a_phone(
    company: Cast, live_server, phone: Page, as_person: Callable, axe: Callable
) -> None:
    person = company.ueno
    session = as_person(person).cookies[settings.SESSION_COOKIE_NAME].value
    phone.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}]
    )
    wide = []
    for place, (slug, declared) in enumerate(sorted(registry.items())):
        if not declared.opens_for(person):
            continue
        case = Case(declared, company)
        row = factory(declared)(2000 + place)
        for address in addresses(case, row, person):
            phone.goto(f"{live_server.url}{address}")
            if phone.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
                wide.append(address)
            if address == case.url:
                axe(phone)
        assert phone.locator("h1").count() == 1, slug
    assert wide == []


def addresses(case: Case, row, person) -> list[str]:
    """Return the pages of a register worth looking at."""
    found = [case.url]
    if case.declared.rows(person).filter(pk=row.pk).exists():
        found.append(f"/records/{row.pk}/")
        if case.declared.may(person, "change", row):
            found.append(f"{case.url}{row.pk}/change/")
    return found
