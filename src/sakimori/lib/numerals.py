"""Numbers that arrive as text from outside: an address, a form, a program."""

from __future__ import annotations

_LONGEST = 15


def whole(text: str) -> int | None:
    """Return the whole number that plain digits write, at most fifteen; None for anything else.

    ``str.isdigit`` is not enough: it says yes to ``²``, which ``int`` refuses, and to numbers no database holds.
    """
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _LONGEST else None
