"""Every template parses and obeys the content security policy: no script, handler or style inside a page."""

import re

from django.template import TemplateDoesNotExist, TemplateSyntaxError, engines

from .source import SRC, name_of

TEMPLATES = sorted(path for path in SRC.rglob("templates/**/*.html") if "tests" not in path.parts)
_TAG = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.DOTALL)
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


def test_templates_parse() -> None:
    broken = {}
    for path in TEMPLATES:
        try:
            engines["django"].get_template(str(path).split("/templates/", 1)[1])
        except (TemplateSyntaxError, TemplateDoesNotExist) as error:
            broken[name_of(path)] = str(error)
    assert not broken, broken


def test_templates_hold_nothing_that_the_policy_refuses() -> None:
    found = [
        f"{name_of(path)}: {what}: {match[0][:80]}"
        for path in TEMPLATES
        for what, pattern in INLINE.items()
        for match in pattern.finditer(_TAG.sub("", path.read_text("utf-8")))
    ]
    assert not found, found
