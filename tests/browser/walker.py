"""One person walking through the product, who looks at every page he arrives at."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, Response, expect

SHOTS = os.environ.get("SAKIMORI_SHOTS", "")


@dataclass
class Walker:
    """A browser of one person. Every page is checked: no error, no sideways scroll, no serious fault for axe."""

    page: Page
    base: str
    axe: Callable[[Page], None]
    phone: bool = False
    pages: list[str] = field(default_factory=list)
    examined: set[str] = field(default_factory=set)
    broken: list[str] = field(default_factory=list)

    def enter(self, client: Client) -> Walker:
        """Take over a signed-in session."""
        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        self.page.context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": self.base}]
        )
        self.page.on("response", self._note)
        return self

    def open(self, address: str) -> Walker:
        """Go to an address of the product."""
        self.page.goto(self.base + address)
        return self._arrive()

    def press(self, name: str, *, within: str = "main") -> Walker:
        """Press the first button or link with this name, and look at the page that follows."""
        exact = re.compile(rf"^\s*{re.escape(name)}\s*$")
        place = self.page.locator(within)
        target = place.get_by_role("button", name=exact).or_(place.get_by_role("link", name=exact)).first
        with self.page.expect_navigation():
            target.click()
        return self._arrive()

    def press_on(self, address: str, name: str) -> Walker:
        """Go to an address and press what has this name there."""
        return self.open(address).press(name)

    def click_first(self, selector: str) -> Walker:
        """Follow the first link that matches."""
        with self.page.expect_navigation():
            self.page.locator(selector).first.click()
        return self._arrive()

    def forge(self, address: str, **values: str) -> tuple[int, str]:
        """Send a form that no page offered; return status and text of the answer."""
        token = {c["name"]: c["value"] for c in self.page.context.cookies()}[settings.CSRF_COOKIE_NAME]
        values["csrfmiddlewaretoken"] = token
        answer = self.page.request.post(self.base + address, form=values, headers={"Referer": self.base})
        return answer.status, answer.text()

    def fill(self, **values: str) -> Walker:
        """Fill fields by their names; a choice is taken by its value."""
        for name, value in values.items():
            found = self.page.locator(f'main [name="{name.replace("__", ".")}"]:not([type=hidden])').first
            if found.evaluate("e => e.tagName") == "SELECT":
                found.select_option(value)
            elif found.get_attribute("type") in {"radio", "checkbox"}:
                self.page.locator(f'main [name="{name}"][value="{value}"]').first.check()
            else:
                found.fill(value)
        return self

    def reads(self, *texts: str) -> Walker:
        """Expect sentences on the page."""
        for text in texts:
            expect(self.page.locator("body")).to_contain_text(text)
        return self

    def download(self, address: str) -> bytes:
        """Fetch a file as the person."""
        answer = self.page.request.get(self.base + address)
        assert answer.status == 200, (address, answer.status)
        return answer.body()

    @property
    def number(self) -> int:
        """Return the number that the present address names."""
        return int(re.findall(r"/(\d+)/", self.page.url)[0])

    def shot(self, name: str) -> Walker:
        """Keep a picture of the page where SAKIMORI_SHOTS names a folder."""
        if SHOTS:
            self.page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)
        return self

    def _arrive(self) -> Walker:
        path = urlsplit(self.page.url).path
        self.pages.append(path)
        wide = self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0, f"{path} is {wide} pixels too wide"
        assert self.page.locator("h1").count() == 1, path
        assert not self.broken, self.broken
        kind = re.sub(r"\d+", "n", path) + re.sub(r"\d+", "", self.page.title())
        if kind not in self.examined:
            self.examined.add(kind)
            self.axe(self.page)
        return self

    def _note(self, response: Response) -> None:
        if response.status >= 500:
            self.broken.append(f"{response.status} {response.url}")
