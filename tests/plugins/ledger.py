"""Clearing tables after a test that really commits: the ledger's own protection stands in the way."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import TransactionTestCase

from sakimori.kernel.ledger import triggers


@pytest.fixture(autouse=True, scope="session")
def clearing_lifts_the_protection() -> None:
    """Take the append-only triggers away while Django empties the tables, and put them back."""
    clear = TransactionTestCase._fixture_teardown

    def teardown(self: TransactionTestCase) -> None:
        triggers.remove(connection)
        try:
            clear(self)
        finally:
            triggers.install(connection)

    TransactionTestCase._fixture_teardown = teardown
