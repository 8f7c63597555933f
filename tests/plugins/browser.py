"""The system's Chromium for walks through the product, and axe-core for what people with disabilities meet."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

AXE = Path(__file__).parents[2] / "build" / "vendor" / "test" / "axe.min.js"
QUIET = (
    "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
DESKTOP = {"viewport": {"width": 1440, "height": 900}, "locale": "ja-JP", "timezone_id": "Asia/Tokyo"}
PHONE = DESKTOP | {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}


def chromium() -> str:
    """Return the path of the system's Chromium; fail, not skip, where there is none."""
    found = [
        path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))
    ]
    if not found:
        pytest.fail(
            "Chromium がありません。./sakimori test が apt で入れます / no Chromium; ./sakimori test installs it"
        )
    return found[0]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the run."""
    sandbox = ("--no-sandbox",) if os.geteuid() == 0 else ()
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium(), args=[*QUIET, *sandbox])
        yield launched
        launched.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A desktop page of a new visitor; errors in its console, refused scripts among them, fail the test."""
    with_errors = _page(browser, DESKTOP)
    yield from with_errors


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """The same on a phone of 390 pixels."""
    yield from _page(browser, PHONE)


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open pages for several people: ``visitor()`` on a desktop, ``visitor(phone=True)``."""
    opened: list[Iterator[Page]] = []

    def visit(*, phone: bool = False) -> Page:
        opened.append(_page(browser, PHONE if phone else DESKTOP))
        return next(opened[-1])

    yield visit
    for pages in opened:
        next(pages, None)


@pytest.fixture(scope="session")
def axe() -> Callable[[Page], None]:
    """Return a function that fails on serious and critical faults of the page."""
    source = AXE.read_text("utf-8")

    def examine(page: Page) -> None:
        page.evaluate(f"() => {{ {source} }}")
        faults: list[dict[str, Any]] = page.evaluate(
            "async () => (await axe.run(document, {resultTypes: ['violations']})).violations"
        )
        serious = [fault for fault in faults if fault["impact"] in {"serious", "critical"}]
        assert not serious, "\n".join(_described(fault) for fault in serious)

    return examine


def _described(fault: dict[str, Any]) -> str:
    places = "; ".join(node["html"][:120] for node in fault["nodes"][:4])
    return f"{fault['id']} ({fault['impact']}, {len(fault['nodes'])}×): {fault['help']}: {places}"


def _page(browser: Browser, options: dict[str, Any]) -> Iterator[Page]:
    context = browser.new_context(**options)
    page = context.new_page()
    page.set_default_timeout(15_000)
    errors: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error" and "status of 4" not in message.text:  # refusals are part of the walks
            errors.append(message.text)

    page.on("console", note)
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert not errors, "in the browser's console: " + "; ".join(errors)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep browser tests on one worker: one Chromium and one PostgreSQL are enough for two cores."""
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.xdist_group("browser"))
