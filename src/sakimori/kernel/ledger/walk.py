"""The walk over all leaves: block by block against the stored tiles, head by head against the roots."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from sakimori.lib import merkle

from . import rows
from .models import Tile
from .report import Fault, Problem

WIDTH = merkle.TILE_WIDTH


@dataclass(frozen=True)
class Expected:
    """A head that the leaves must lead to: one of the ledger's own, or one kept elsewhere."""

    size: int
    root: bytes
    source: str
    foreign: bool = False


class Walk:
    """The tree as the entries give it now."""

    def __init__(self, heads: Iterable[Expected]) -> None:
        self.size = 0
        self.problems: list[Problem] = []
        self._waiting = sorted(heads, key=lambda head: head.size)
        self._frontier = merkle.Frontier()
        self._blocks: list[bytes] = []
        self._difference: int | None = None  # the first place where an entry and its tile differ
        self._met = {False: 0, True: 0}  # up to where own heads, and foreign ones, were met
        self._failed: list[Expected] = []

    def take(self, leaves: list[bytes]) -> None:
        """Go on with leaf hashes; every call but the last brings whole blocks of 256."""
        first, count = self.size // WIDTH, -(-len(leaves) // WIDTH)
        tiles = dict(_tiles(0, first, first + count))
        for start in range(0, len(leaves), WIDTH):
            block = leaves[start : start + WIDTH]
            stored = tiles.get(self.size // WIDTH, b"")[: len(block) * merkle.HASH_SIZE]
            if self._difference is None and stored != b"".join(block):
                kept = merkle.split(stored)
                equal = [mine == its for mine, its in zip(block, kept, strict=False)]
                self._difference = self.size + [*equal, False].index(False)
            self._meet_heads(block)
            self._append(block)

    def finish(self) -> list[Problem]:
        """Return what is wrong with the tree as a whole."""
        broken = [*self._failed, *self._waiting]
        if broken and self._difference is not None and self._difference < broken[0].size:
            self.problems.append(Problem(self._difference, _classify(self._difference)))
        own = [head for head in broken if not head.foreign]
        # What follows the first broken head of the ledger is broken too.
        for head in [*own[:1], *(head for head in broken if head.foreign)]:
            self._report(head)
        last = self._met[False]
        if self.size > last and not self.problems:
            self.problems.append(Problem(last, Fault.INSERTED))
        if not self.problems:
            self._check_tiles()
        return self.problems

    def _meet_heads(self, block: list[bytes]) -> None:
        """Compare the heads that were signed within this block with the roots at their sizes."""
        edge, rest, until = self._frontier.copy(), iter(block), self.size + len(block)
        while self._waiting and self._waiting[0].size <= until:
            head = self._waiting.pop(0)
            while edge.size < head.size:
                edge.push(next(rest))
            if edge.root() != head.root:
                self._failed.append(head)
            elif not any(head.foreign == failed.foreign for failed in self._failed):
                self._met[head.foreign] = head.size

    def _append(self, block: list[bytes]) -> None:
        self.size += len(block)
        if len(block) == WIDTH:
            self._blocks.append(merkle.complete_root(block))
            self._frontier.push(self._blocks[-1], merkle.TILE_HEIGHT)
            return
        for leaf in block:
            self._frontier.push(leaf)

    def _report(self, head: Expected) -> None:
        """Say that a head is not met: the tail is gone, or something in the stretch since the last one met."""
        met = max(self._met[head.foreign], self.problems[0].index if self.problems else 0)
        if head.size > self.size:
            facts = {"source": head.source, "size": f"{head.size:,}", "found": f"{self.size:,}"}
            sentence = _(
                "%(source)sは %(size)s 件を証明していますが、証跡は %(found)s 件です。末尾が失われています。"
            )
            self.problems.append(Problem(self.size, Fault.HEAD, sentence % facts))
            return
        facts = {"source": head.source, "first": f"{met + 1:,}", "last": f"{head.size:,}"}
        sentence = _("証跡 No.%(first)s から No.%(last)s までの内容が、%(source)sと一致しません。")
        self.problems.append(Problem(met, Fault.HEAD, sentence % facts))

    def _check_tiles(self) -> None:
        """Compare the stored tiles, once the entries themselves are known to be sound."""
        if self._difference is not None:
            self.problems.append(Problem(self._difference, Fault.TILE, f"0/{self._difference // WIDTH}"))
        level, hashes = 1, self._blocks
        while hashes:
            stored = dict(_tiles(level, 0, len(hashes)))
            above = []
            for index, start in enumerate(range(0, len(hashes), WIDTH)):
                block = hashes[start : start + WIDTH]
                if stored.get(index, b"")[: len(block) * merkle.HASH_SIZE] != b"".join(block):
                    self.problems.append(Problem(start * WIDTH**level, Fault.TILE, f"{level}/{index}"))
                if len(block) == WIDTH:
                    above.append(merkle.complete_root(block))
            level, hashes = level + 1, above


def _tiles(level: int, begin: int, end: int) -> Iterable[tuple[int, bytes]]:
    found = Tile.objects.filter(level=level, index__gte=begin, index__lt=end).order_by("index")
    return ((index, bytes(hashes)) for index, hashes in found.values_list("index", "hashes").iterator())


def _classify(index: int) -> Fault:
    """Tell what happened at the first place where entry and tile differ."""
    here, after = (rows.check_range(place, place + 1) for place in (index, index + 1))
    if any(problem.fault is Fault.MISSING for problem in here.problems):
        return Fault.MISSING
    at, following = _find(here.leaves), _find(after.leaves)
    if at is None:
        return Fault.INSERTED if following == index else Fault.ALTERED
    if at < index:
        return Fault.REPEATED
    return Fault.MISSING if at == index + 1 and following in (None, index + 2) else Fault.REORDERED


def _find(leaf: bytes) -> int | None:
    """Return the place at which the tiles hold this leaf hash."""
    for index, hashes in _tiles(0, 0, 1 << 62):
        at = hashes.find(leaf)
        if at >= 0 and at % merkle.HASH_SIZE == 0:
            return index * WIDTH + at // merkle.HASH_SIZE
    return None
