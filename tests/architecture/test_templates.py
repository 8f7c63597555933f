"""Every template parses and obeys the content security policy: no script, handler or style inside a page."""

import re
from pathlib import Path

import pytest
from django.template import engines

from .source import SRC, name_of

TEMPLATES = sorted(path for path in SRC.rglob("templates/**/*.html") if "tests" not in path.parts)
INLINE = {
    "an inline script": re.compile(
        r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")[^>]*>", re.IGNORECASE
    ),
    "an event handler": re.compile(r"<[a-z][^<>]*\son[a-z]+\s*=", re.IGNORECASE),
    "a style element": re.compile(r"<style\b", re.IGNORECASE),
    "a style attribute": re.compile(r"<[a-z][^<>]*\sstyle\s*=", re.IGNORECASE),
    "a link that runs a script": re.compile(r"(?:href|src|action)\s*=\s*[\"']?\s*javascript:", re.IGNORECASE),
    "a file of another host": re.compile(
        r"<(?:script|link|img|iframe)[^>]*(?:src|href)=\"(?:https?:)?//", re.IGNORECASE
    ),
}


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_a_template_parses(path: Path) -> None:
    name = str(path).split("/templates/", 1)[1]
    engines["django"].get_template(name)


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_a_template_holds_nothing_that_the_policy_refuses(path: Path) -> None:
    text = path.read_text("utf-8")
    found = [
        f"{what}: {match[0][:80]}" for what, pattern in INLINE.items() for match in pattern.finditer(text)
    ]
    assert not found, found
