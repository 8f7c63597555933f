"""Merkle trees of RFC 9162, kept as the tiles of C2SP tlog-tiles.

Hashing is SHA-256 with the prefixes of RFC 9162 section 2.1: 0x00 before a leaf, 0x01 before a node. A tree
never lies in memory as a whole: it is read through a function that loads tiles of 256 hashes, and every proof
touches only the tiles along its path.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256

HASH_SIZE = 32
TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT
EMPTY_ROOT = sha256(b"").digest()

Loader = Callable[[int, int], bytes]
"""Give the hashes of tile (level, index), joined; an empty value where there is no such tile."""


class DamagedTreeError(ValueError):
    """A tile is shorter than the tree's size demands."""


def leaf_hash(data: bytes) -> bytes:
    """Hash the data of one leaf."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash the two children of a node."""
    return sha256(b"\x01" + left + right).digest()


def split(hashes: bytes) -> list[bytes]:
    """Cut a tile into its hashes."""
    return [hashes[at : at + HASH_SIZE] for at in range(0, len(hashes), HASH_SIZE)]


def complete_root(hashes: Sequence[bytes]) -> bytes:
    """Hash a complete subtree, from 2**n hashes of one height."""
    while len(hashes) > 1:
        pairs = zip(hashes[::2], hashes[1::2], strict=True)
        hashes = [sha256(b"\x01" + left + right).digest() for left, right in pairs]
    return hashes[0]


class Frontier:
    """The right edge of a tree that grows: what is needed for its root, at most 64 hashes."""

    def __init__(self) -> None:
        self.size = 0
        self._edge: list[tuple[int, bytes]] = []

    def push(self, subtree: bytes, height: int = 0) -> None:
        """Append a complete subtree of 2**height leaves; the size must be a multiple of that."""
        if self.size % (1 << height):
            raise ValueError(f"a subtree of height {height} cannot begin at leaf {self.size}")
        self.size += 1 << height
        while self._edge and self._edge[-1][0] == height:
            subtree = node_hash(self._edge.pop()[1], subtree)
            height += 1
        self._edge.append((height, subtree))

    def root(self) -> bytes:
        """Return the root hash of the tree so far."""
        if not self._edge:
            return EMPTY_ROOT
        _, root = self._edge[-1]
        for _, left in reversed(self._edge[:-1]):
            root = node_hash(left, root)
        return root

    def copy(self) -> Frontier:
        """Return a frontier that grows apart from this one."""
        twin = Frontier()
        twin.size, twin._edge = self.size, self._edge.copy()
        return twin


class Tree:
    """A tree of ``size`` leaves, read through ``load`` and grown by ``extend``.

    ``changed`` collects the tiles that growing wrote, for the caller to store.
    """

    def __init__(self, size: int, load: Loader) -> None:
        self.size = size
        self.changed: dict[tuple[int, int], bytes] = {}
        self._load = load
        self._tiles: dict[tuple[int, int], bytes] = {}

    def extend(self, leaves: Iterable[bytes]) -> None:
        """Append leaf hashes."""
        fresh = list(leaves)
        self._append(0, fresh)
        self.size += len(fresh)

    def root(self, size: int | None = None) -> bytes:
        """Return the root hash over the first ``size`` leaves, all of them by default."""
        size = self._checked(size)
        return self._range(0, size) if size else EMPTY_ROOT

    def inclusion(self, index: int, size: int | None = None) -> list[bytes]:
        """Return the inclusion proof of leaf ``index`` (RFC 9162, 2.1.3.1), leaf's sibling first."""
        size = self._checked(size)
        if not 0 <= index < size:
            raise IndexError(f"leaf {index} is not in a tree of {size}")
        path: list[bytes] = []
        begin, end = 0, size
        while end - begin > 1:
            middle = begin + _largest_power_below(end - begin)
            if index < middle:
                path.append(self._range(middle, end))
                end = middle
            else:
                path.append(self._range(begin, middle))
                begin = middle
        return path[::-1]

    def consistency(self, old: int, new: int | None = None) -> list[bytes]:
        """Return the proof that the tree of ``new`` leaves extends that of ``old`` (RFC 9162, 2.1.4.1)."""
        new = self._checked(new)
        if not 0 < old <= new:
            raise IndexError(f"no consistency proof from {old} to {new} leaves")
        path: list[bytes] = []
        begin, end = 0, new
        while old != end:
            middle = begin + _largest_power_below(end - begin)
            if old <= middle:
                path.append(self._range(middle, end))
                end = middle
            else:
                path.append(self._range(begin, middle))
                begin = middle
        if begin > 0:
            path.append(self._range(begin, end))
        return path[::-1]

    def _checked(self, size: int | None) -> int:
        if size is None:
            return self.size
        if not 0 <= size <= self.size:
            raise IndexError(f"the tree has {self.size} leaves, not {size}")
        return size

    def _range(self, begin: int, end: int) -> bytes:
        """Hash leaves [begin, end); begin is a multiple of the greatest power of two that fits."""
        width = end - begin
        if width & (width - 1):
            middle = begin + _largest_power_below(width)
            return node_hash(self._range(begin, middle), self._range(middle, end))
        height = width.bit_length() - 1
        return self._subtree(height, begin >> height)

    def _subtree(self, height: int, position: int) -> bytes:
        level, above = divmod(height, TILE_HEIGHT)
        first = position << above
        index, offset = divmod(first, TILE_WIDTH)
        wanted = self._tile(level, index)[offset * HASH_SIZE : (offset + (1 << above)) * HASH_SIZE]
        if len(wanted) != HASH_SIZE << above:
            raise DamagedTreeError(f"tile {level}/{index} is too short")
        return complete_root(split(wanted))

    def _tile(self, level: int, index: int) -> bytes:
        if (level, index) not in self._tiles:
            self._tiles[level, index] = self._load(level, index)
        return self._tiles[level, index]

    def _append(self, level: int, hashes: list[bytes]) -> None:
        """Append hashes to a level; each tile that becomes full gives its root to the level above."""
        start = self.size >> (TILE_HEIGHT * level)
        roots, done = [], 0
        while done < len(hashes):
            index, filled = divmod(start + done, TILE_WIDTH)
            before = self._tile(level, index)[: filled * HASH_SIZE] if filled else b""
            if len(before) != filled * HASH_SIZE:
                raise DamagedTreeError(f"tile {level}/{index} is too short")
            fresh = hashes[done : done + TILE_WIDTH - filled]
            tile = before + b"".join(fresh)
            self._tiles[level, index] = self.changed[level, index] = tile
            if len(tile) == TILE_WIDTH * HASH_SIZE:
                roots.append(complete_root(split(tile)))
            done += len(fresh)
        if roots:
            self._append(level + 1, roots)


def verify_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Tell whether ``path`` proves ``leaf`` at ``index`` under ``root`` (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    sides = _sides(index, size - 1)
    if len(path) != len(sides):
        return False
    for sibling, on_left in zip(path, sides, strict=True):
        leaf = node_hash(sibling, leaf) if on_left else node_hash(leaf, sibling)
    return leaf == root


def verify_consistency(old: int, old_root: bytes, new: int, new_root: bytes, path: Sequence[bytes]) -> bool:
    """Tell whether ``path`` proves that the new tree extends the old one (RFC 9162, 2.1.4.2)."""
    if not 0 < old <= new:
        return False
    if old == new:
        return not path and old_root == new_root
    # The walk begins at the last complete subtree of the old tree: its root, or the path's first hash.
    below = (old & -old).bit_length() - 1
    sides = _sides((old - 1) >> below, (new - 1) >> below)
    hashes = [old_root, *path] if old & (old - 1) == 0 else list(path)
    if len(hashes) != len(sides) + 1:
        return False
    first = second = hashes[0]
    for sibling, on_left in zip(hashes[1:], sides, strict=True):
        if on_left:
            first, second = node_hash(sibling, first), node_hash(sibling, second)
        else:
            second = node_hash(second, sibling)
    return first == old_root and second == new_root


def _sides(node: int, last: int) -> list[bool]:
    """Tell for each step from a node to the root whether the sibling stands on the left."""
    sides = []
    while last:
        on_left = bool(node & 1) or node == last
        sides.append(on_left)
        while on_left and node and not node & 1:
            node, last = node >> 1, last >> 1
        node, last = node >> 1, last >> 1
    return sides


def _largest_power_below(number: int) -> int:
    """Return the largest power of two smaller than ``number`` (at least 2)."""
    return 1 << ((number - 1).bit_length() - 1)
