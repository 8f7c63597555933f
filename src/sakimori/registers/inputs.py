"""What comes from outside, made harmless before anything else looks at it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from django.utils.datastructures import MultiValueDict

MOST = 300  # characters of one parameter of an address


def clean_text(text: str) -> str:
    """Return the text without what databases refuse: NUL and half characters."""
    return text.replace("\0", "").encode("utf-8", "ignore").decode("utf-8")


def clean_params(params: MultiValueDict[str, str]) -> MultiValueDict[str, str]:
    """Return the parameters of an address, each of bearable length."""
    return MultiValueDict({name: [clean_text(v)[:MOST] for v in found] for name, found in params.lists()})


class FormData(MultiValueDict[str, str]):
    """Values as a form reads them, and the names that the form does not know."""

    unknown: tuple[str, ...] = ()


def form_data(given: Mapping[str, object], known: Sequence[str]) -> FormData:
    """Return JSON values as form data; what is no plain value becomes text that no field accepts."""
    data = FormData(
        {name: [_text(value)] for name, value in given.items() if name in known and value is not None}
    )
    data.unknown = tuple(name for name in given if name not in known)
    return data


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, int | float | Decimal | str):
        return clean_text(str(value))
    if isinstance(value, Mapping) and isinstance(value.get("id"), int):
        return str(value["id"])
    return clean_text(repr(value))
