"""The tests' own machinery works: the product on PostgreSQL answers a real browser."""

from collections.abc import Callable

import psycopg
import pytest
from playwright.sync_api import Page

from .database import ROOT, LivePostgres

pytestmark = pytest.mark.browser


def test_the_product_on_postgres_answers_a_browser(
    live_pg_empty: LivePostgres, page: Page, axe: Callable[[Page], None]
) -> None:
    answer = page.goto(live_pg_empty.url)
    assert answer is not None
    assert answer.status == 200
    axe(page)
    with psycopg.connect(live_pg_empty.database_url) as connection:
        assert connection.execute("SELECT count(*) FROM django_migrations").fetchone() > (0,)


def test_a_fault_in_the_browser_console_fails_a_walk(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    pytester.makepyfile(
        """
        def test_walk(page):
            page.evaluate("console.error('壊れています')")
        """
    )
    plugins = ("-p", "tests.plugins.browser", "-pno:django", "-pno:schemathesis", "-pno:cacheprovider")
    result = pytester.runpytest_subprocess(*plugins)
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*壊れています*"])
