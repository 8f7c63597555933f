"""A password on its way through the product: never printed, never in the ledger."""

from __future__ import annotations


class Secret:
    """Hold one password; only ``reveal`` gives it away."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the password itself."""
        return self._text

    def __str__(self) -> str:
        return "（秘密）"

    __repr__ = __str__
