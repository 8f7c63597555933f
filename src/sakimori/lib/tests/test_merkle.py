"""The tree and its proofs, against RFC 9162's own definition written out plainly."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sakimori.lib import merkle

unhurried = settings(deadline=None)  # a busy machine is no fault of the code


def plain_root(leaves: list[bytes]) -> bytes:
    """Compute MTH of RFC 9162, 2.1.1, word by word."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return sha256(b"\x01" + plain_root(leaves[:half]) + plain_root(leaves[half:])).digest()


def make_leaves(count: int) -> list[bytes]:
    return [merkle.leaf_hash(str(number).encode()) for number in range(count)]


def grow(*batches: int) -> tuple[merkle.Tree, list[bytes]]:
    """Grow a tree in batches, each by a new Tree over the tiles stored before."""
    tiles: dict[tuple[int, int], bytes] = {}
    leaves = make_leaves(sum(batches))
    size = 0
    for batch in batches:
        tree = merkle.Tree(size, lambda level, index: tiles.get((level, index), b""))
        tree.extend(leaves[size : size + batch])
        tiles.update(tree.changed)
        size += batch
    return merkle.Tree(size, lambda level, index: tiles.get((level, index), b"")), leaves


def test_the_hashes_are_those_of_the_standard():
    # The empty leaf's hash and the empty tree's root as published with RFC 6962's reference implementation.
    assert merkle.leaf_hash(b"").hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert merkle.EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@unhurried
@given(st.lists(st.integers(0, 300), min_size=1, max_size=5))
def test_a_tree_grown_in_batches_has_the_root_of_the_definition(batches):
    tree, leaves = grow(*batches)
    assert tree.root() == plain_root(leaves)


def test_tiles_of_a_large_tree_have_the_widths_of_the_specification():
    tiles: dict[tuple[int, int], bytes] = {}
    tree = merkle.Tree(0, lambda level, index: b"")
    tree.extend(make_leaves(70_000))
    tiles.update(tree.changed)
    assert len(tiles) == 273 + 1 + 1 + 1 + 1
    assert [len(tiles[key]) // 32 for key in [(0, 273), (1, 1), (2, 0)]] == [112, 17, 1]


@unhurried
@given(st.integers(1, 1200), st.data())
def test_every_leaf_is_proved_and_no_other_leaf_is(size, data):
    tree, leaves = grow(size)
    index = data.draw(st.integers(0, size - 1))
    path, root = tree.inclusion(index), tree.root()
    assert merkle.verify_inclusion(leaves[index], index, size, path, root)
    assert not merkle.verify_inclusion(merkle.leaf_hash(b"other"), index, size, path, root)
    assert not merkle.verify_inclusion(leaves[index], index, size, [*path, root], root)
    assert not merkle.verify_inclusion(leaves[index], index + size, size, path, root)
    if path:
        assert not merkle.verify_inclusion(leaves[index], index, size, path[:-1], root)
        assert not merkle.verify_inclusion(leaves[index], (index + 1) % size, size, path, root)


@unhurried
@given(st.integers(1, 1200), st.data())
def test_a_tree_is_consistent_with_every_older_size_of_itself_only(size, data):
    tree, leaves = grow(size)
    old = data.draw(st.integers(1, size))
    path, old_root, root = tree.consistency(old), tree.root(old), tree.root()
    assert old_root == plain_root(leaves[:old])
    assert merkle.verify_consistency(old, old_root, size, root, path)
    assert not merkle.verify_consistency(old, merkle.leaf_hash(b"rebuilt"), size, root, path)
    assert not merkle.verify_consistency(old, old_root, size, merkle.leaf_hash(b"rebuilt"), path)
    assert not merkle.verify_consistency(old, old_root, size, root, [*path, root])
    if old < size:
        assert not merkle.verify_consistency(size, root, old, old_root, path)
        assert not merkle.verify_consistency(old, old_root, size, root, path[:-1])


@unhurried
@given(st.integers(0, 700))
def test_a_frontier_has_the_root_of_the_definition(size):
    leaves = make_leaves(size)
    frontier = merkle.Frontier()
    whole = size // 256
    for block in range(whole):
        frontier.push(merkle.complete_root(leaves[block * 256 : block * 256 + 256]), 8)
    for leaf in leaves[whole * 256 :]:
        frontier.push(leaf)
    assert (frontier.size, frontier.root()) == (size, plain_root(leaves))


def test_a_copy_of_a_frontier_grows_apart():
    frontier = merkle.Frontier()
    frontier.push(make_leaves(1)[0])
    twin = frontier.copy()
    twin.push(make_leaves(2)[1])
    assert frontier.root() == plain_root(make_leaves(1))
    assert twin.root() == plain_root(make_leaves(2))


def test_a_subtree_is_refused_where_it_cannot_begin():
    frontier = merkle.Frontier()
    frontier.push(make_leaves(1)[0])
    with pytest.raises(ValueError, match="cannot begin"):
        frontier.push(make_leaves(1)[0], 1)


def test_a_tile_that_lost_hashes_is_reported():
    tree = merkle.Tree(300, lambda level, index: make_leaves(1)[0])
    with pytest.raises(merkle.DamagedTreeError):
        tree.root()
    with pytest.raises(merkle.DamagedTreeError):
        tree.extend(make_leaves(1))


@pytest.mark.parametrize(("index", "size"), [(5, 5), (-1, 5), (0, 6)])
def test_a_proof_of_a_leaf_outside_the_tree_is_refused(index, size):
    tree, _ = grow(5)
    with pytest.raises(IndexError):
        tree.inclusion(index, size)
    with pytest.raises(IndexError):
        tree.consistency(0)
