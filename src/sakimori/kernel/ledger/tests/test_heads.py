"""Heads leave the house, once each, and never one that forks."""

from __future__ import annotations

import pytest

from sakimori.kernel import hooks
from sakimori.kernel.ledger import heads, keys, seal
from sakimori.kernel.ledger.verify import verify
from sakimori.lib import notes
from sakimori.lib.errors import Refused


@pytest.fixture
def folder(settings, tmp_path):
    settings.HEADS_DIR = str(tmp_path / "elsewhere")
    (tmp_path / "elsewhere").mkdir()
    return tmp_path / "elsewhere"


@pytest.fixture
def heard(monkeypatch) -> list[seal.Head]:
    """The heads that the hook announced."""
    found: list[seal.Head] = []
    monkeypatch.setitem(hooks._hearers, "head_published", [lambda *, head: found.append(head)])
    return found


def test_publishing_seals_keeps_a_file_and_announces(write, folder, heard):
    write(3)
    head = heads.publish()
    assert head.size == 3
    assert [path.name for path in folder.iterdir()] == ["head-000000000003.txt"]
    assert notes.Checkpoint.open(heads.kept_elsewhere()[0], keys.verifier()).root == head.root
    assert heard == [head]


def test_a_head_is_given_away_only_once(write, folder, heard):
    write()
    heads.publish()
    heads.publish()
    assert len(heard) == 1


def test_each_new_head_gets_a_file_of_its_own_and_all_are_met(write, folder, heard):
    for count in (2, 3, 5):
        write(count)
        heads.publish()
    assert len(heads.kept_elsewhere()) == len(heard) == 3
    assert verify(heads=heads.kept_elsewhere()).ok


def test_nothing_written_publishes_nothing(db, folder, heard):
    assert heads.publish() is None
    assert not heard


def test_without_a_folder_the_head_is_still_announced(write, heard):
    write()
    heads.publish()
    assert len(heard) == 1
    assert heads.kept_elsewhere() == []


def test_a_rebuilt_ledger_cannot_publish_over_the_heads_kept_elsewhere(write, folder, heard, tamper):
    write(4)
    heads.publish()
    tamper(
        "DELETE FROM ledger_checkpoint",
        "DELETE FROM ledger_leaf",
        "DELETE FROM ledger_tile",
        ("UPDATE ledger_entry SET leaf = %s", [b"x" * 32]),
    )
    write(2)
    with pytest.raises(Refused, match="続きになっていません"):
        heads.publish()
    assert len(heard) == 1


def test_a_folder_that_is_not_there_is_reported_and_tried_again(write, folder, heard):
    folder.rmdir()
    write()
    with pytest.raises(Refused, match="保管先を確かめて"):
        heads.publish()
    folder.mkdir()
    heads.publish()
    assert len(heads.kept_elsewhere()) == 1


def test_a_head_whose_mail_failed_is_tried_again(write, folder, monkeypatch):
    def fail(*, head: seal.Head) -> None:
        raise ConnectionError

    monkeypatch.setitem(hooks._hearers, "head_published", [fail])
    write()
    with pytest.raises(ConnectionError):
        heads.publish()
    assert heads.kept_elsewhere() == []
