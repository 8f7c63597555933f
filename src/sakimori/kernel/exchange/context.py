"""What one reading of a file knows: scales chosen, and what needs to be looked up only once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from sakimori.lib.scales import Scale

T = TypeVar("T")


class Context:
    """The scales of the file, and a memory of lookups for one run."""

    def __init__(self, scales: Mapping[str, Scale]) -> None:
        self.scales = dict(scales)
        self.moved: set[str] = set()
        self._memory: dict[int, Any] = {}

    def once(self, key: object, make: Callable[[], T]) -> T:
        """Return what ``make`` gave for this key object the first time."""
        known = self._memory.get(id(key))
        if known is None:
            known = self._memory[id(key)] = make()
        result: T = known
        return result
