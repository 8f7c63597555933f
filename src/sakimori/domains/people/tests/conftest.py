"""A day after all of the cast joined."""

from datetime import date

import pytest

from sakimori.lib import clock

TODAY = date(2026, 6, 1)


@pytest.fixture(autouse=True)
def _june():
    with clock.at(TODAY):
        yield
