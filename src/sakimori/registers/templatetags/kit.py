"""Tags and filters for templates of the kit and of domains."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from sakimori.kernel.records.models import Record

from .. import values

register = template.Library()

register.filter("show", values.html)
register.filter("text", values.text)


@register.simple_tag
def icon(name: str) -> SafeString:
    """Return a decorative icon."""
    return format_html('<i class="ti ti-{}" aria-hidden="true"></i>', name)


@register.simple_tag
def state(words: object, tone: str = "gray") -> SafeString:
    """Return a state as coloured words: green, blue, yellow, orange, red, gray, purple."""
    return values.badge(words, tone)


@register.filter
def record_link(record: Record | None) -> SafeString:
    """Return a link to the record, or an honest blank."""
    return values.html(record)


@register.filter
def get(mapping: Any, key: Any) -> Any:
    """Return ``mapping[key]``, or nothing."""
    return mapping.get(key) if hasattr(mapping, "get") else None


@register.filter
def at(items: Any, place: int) -> Any:
    """Return the item at a place of a list."""
    return items[place]


@register.simple_tag(takes_context=True)
def query(context: Any, **changes: object) -> str:
    """Return the present query string with ``changes``; an empty value drops the parameter."""
    params = context["request"].GET.copy()
    for name, value in changes.items():
        params.pop(name, None)
        if value not in ("", None):
            params[name] = str(value)
    return "?" + str(params.urlencode())
