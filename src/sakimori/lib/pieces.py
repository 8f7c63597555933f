"""Long rows in pieces: what a database takes in one statement."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def batched(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Yield the items in lists of ``size``, the last one shorter; raise ValueError for a size below 1."""
    if size < 1:
        raise ValueError("size must be at least 1")
    waiting = iter(items)
    while piece := list(islice(waiting, size)):
        yield piece
