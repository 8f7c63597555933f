"""Sealing: nothing is left out, nothing twice, and no head contradicts an older one."""

from __future__ import annotations

import stat
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from sakimori.kernel.identity.actors import SYSTEM
from sakimori.kernel.identity.models import Site
from sakimori.kernel.ledger import book, keys, proofs, seal
from sakimori.kernel.ledger.models import Checkpoint, Entry, Leaf, Pending, Tile
from sakimori.kernel.ledger.verify import verify
from sakimori.lib import merkle, notes
from sakimori.lib.errors import Refused

from .conftest import MOVED


def test_sealing_puts_every_waiting_entry_into_the_tree_in_order(write):
    write(5)
    assert seal.seal() == 5
    entries = list(Entry.objects.order_by("pk").values_list("pk", flat=True))
    assert list(Leaf.objects.values_list("index", "entry_id")) == list(enumerate(entries))
    assert not Pending.objects.exists()


def test_sealing_again_without_new_entries_signs_nothing(write):
    write(2)
    seal.seal()
    assert seal.seal() == 0
    assert Checkpoint.objects.count() == 1


def test_nothing_written_means_no_head(db):
    assert seal.seal() == 0
    assert seal.latest_head() is None


def test_the_head_is_a_checkpoint_signed_by_the_ledgers_key(sealed):
    head = seal.latest_head()
    opened = notes.Checkpoint.open(head.note, keys.verifier())
    assert (opened.size, opened.root) == (40, head.root)
    leaves = [
        merkle.leaf_hash(body.encode())
        for body in Entry.objects.order_by("pk").values_list("body", flat=True)
    ]
    tree = merkle.Tree(0, lambda level, index: b"")
    tree.extend(leaves)
    assert head.root == tree.root()
    assert head.root.hex().startswith(head.root_hex_short)


def test_a_small_batch_seals_all_the_same(write):
    write(700)
    assert seal.seal(batch=100) == 700
    assert Checkpoint.objects.count() == 7
    assert Tile.objects.filter(level=0).count() == 3
    assert verify().ok


def test_the_key_is_readable_by_its_owner_only_and_stays_the_same(settings, db):
    first = str(keys.verifier())
    path = settings.DATA_DIR / "ledger" / "key.pem"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert str(keys.verifier()) == first
    assert notes.Verifier.parse(first)


def test_a_key_that_cannot_be_read_stops_with_a_sentence(settings, write):
    write()
    keys.signer()
    (settings.DATA_DIR / "ledger" / "key.pem").write_text("broken")
    with pytest.raises(Refused, match="バックアップから復元"):
        seal.seal()


def test_a_lost_key_is_not_silently_replaced(settings, write):
    write()
    seal.seal()
    (settings.DATA_DIR / "ledger" / "key.pem").unlink()
    write()
    with pytest.raises(Refused, match="封印を止めました"):
        seal.seal()
    assert Checkpoint.objects.count() == 1


def test_a_damaged_tree_is_not_signed_on_and_can_be_rebuilt(sealed, write):
    Tile.objects.filter(level=0, index=0).update(hashes=b"x" * 32 * 40)
    write()
    with pytest.raises(Refused, match="封印を止めました"):
        seal.seal()
    seal.rebuild()
    assert seal.seal() == 1
    assert verify().ok


def test_rebuilding_from_altered_entries_is_refused(sealed, tamper):
    tamper(("UPDATE ledger_entry SET leaf = %s WHERE id = (SELECT MIN(id) FROM ledger_entry)", [b"x" * 32]))
    with pytest.raises(Refused, match="一致しない"):
        seal.rebuild()


def test_rebuilding_queues_entries_that_fell_out_of_the_queue(write):
    write(3)
    Pending.objects.all().delete()
    assert seal.seal() == 0
    seal.rebuild()
    assert seal.seal() == 3


def test_any_two_heads_have_a_consistency_proof(sealed):
    heads = list(Checkpoint.objects.all())
    for old in heads:
        for new in heads[heads.index(old) :]:
            path = proofs.consistency(old.size, new.size)
            assert merkle.verify_consistency(old.size, bytes(old.root), new.size, bytes(new.root), path)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_an_entry_committed_late_under_a_lower_number_is_not_lost(write, site):
    """Two transactions take their numbers in one order and commit in the other."""
    taken, sealed_meanwhile = threading.Event(), threading.Event()

    def slow() -> int:
        try:
            with transaction.atomic():
                book.append_many([book.Draft(MOVED, site, reason="slow")], by=SYSTEM)
                taken.set()
                assert sealed_meanwhile.wait(20)
        finally:
            connection.close()
        return 1

    with ThreadPoolExecutor(1) as pool:
        late = pool.submit(slow)
        assert taken.wait(20)
        write(1)
        assert seal.seal() == 1
        sealed_meanwhile.set()
        late.result(20)
    assert seal.seal() == 1
    order = list(Leaf.objects.values_list("entry_id", flat=True))
    assert order == sorted(order, reverse=True), "the late entry has the lower id and the later place"
    assert verify().ok


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_several_workers_sealing_while_several_writers_write_lose_and_double_nothing(site):
    def write_some(number: int) -> None:
        own = Site.objects.get(pk=site.pk)
        for turn in range(15):
            with transaction.atomic():
                book.append_many([book.Draft(MOVED, own, reason=f"{number}/{turn}")], by=SYSTEM)
        connection.close()

    def seal_some(_: int) -> int:
        sealed = sum(seal.seal(batch=7) for _ in range(15))
        connection.close()
        return sealed

    with ThreadPoolExecutor(7) as pool:
        writers = [pool.submit(write_some, number) for number in range(4)]
        sealers = [pool.submit(seal_some, number) for number in range(3)]
        for writer in writers:
            writer.result(60)
        sealed = sum(sealer.result(60) for sealer in sealers)
    assert sealed + seal.seal() == 60
    assert Leaf.objects.count() == Entry.objects.count() == 60
    assert verify().ok
