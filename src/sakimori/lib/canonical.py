"""One text for one value: the form in which values are hashed and signed."""

from __future__ import annotations

import hashlib
import json
import uuid
from datetime import UTC, date, datetime
from decimal import Decimal

_PLAIN = frozenset({type(None), bool, int, str})  # most values: not worth a call each
_encoder = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def plain(value: object) -> object:  # noqa: C901 - one line per type
    """Return ``value`` made of JSON types only; moments in UTC, decimals as text.

    Raises TypeError for a type that has no canonical form.
    """
    if type(value) in _PLAIN:
        return value
    match value:
        case str():
            return str(value)
        case int():
            return int(value)
        case dict():
            items = value.items()
            return {str(key): item if type(item) in _PLAIN else plain(item) for key, item in items}
        case list() | tuple():
            return [item if type(item) in _PLAIN else plain(item) for item in value]
        case set() | frozenset():
            return sorted((plain(item) for item in value), key=str)
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case Decimal():
            return f"{value.normalize():f}"  # 0.5 and 0.500 are one number
        case date() | uuid.UUID():
            return str(value)
        case float():
            return repr(value)
        case bytes():
            return value.hex()
    raise TypeError(f"no canonical form for {type(value).__name__}")


def dumps(value: object) -> str:
    """Return the canonical JSON text: sorted keys, no blanks, characters as they are."""
    return _encoder.encode(plain(value))


def digest(value: object) -> str:
    """Return the SHA-256 of the canonical text, in hexadecimal."""
    return hashlib.sha256(dumps(value).encode()).hexdigest()
