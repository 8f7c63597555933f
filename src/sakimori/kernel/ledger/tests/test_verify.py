"""Verification of the stored ledger: every kind of tampering is found and named."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from sakimori.kernel.identity.actors import SYSTEM
from sakimori.kernel.identity.models import Site
from sakimori.kernel.ledger import keys, seal
from sakimori.kernel.ledger.models import Checkpoint, Entry, Leaf, Opening, Pending, Tile
from sakimori.kernel.ledger.report import Fault
from sakimori.kernel.ledger.verify import verify
from sakimori.lib import canonical, merkle, notes

Statement = tuple[str, list[object]]
DROP_UNPLACED = "DELETE FROM ledger_entry WHERE id NOT IN (SELECT entry_id FROM ledger_leaf)"
KEYS = [("leaf", "entry_id"), ("entry", "id")]


def entry_at(index: int) -> Entry:
    return Entry.objects.get(place__index=index)


def alter(index: int, **columns: object) -> Statement:
    """Return the SQL that sets columns of the entry at a place of the tree."""
    assignments = ", ".join(f"{name} = %s" for name in columns)
    return f"UPDATE ledger_entry SET {assignments} WHERE id = %s", [*columns.values(), entry_at(index).pk]


def swap(first: int, second: int) -> list[Statement]:
    """Return the SQL that lets two entries change places, their hashes included."""
    one, two = entry_at(first), entry_at(second)
    spare = 1_000_000
    places = [(first, spare), (second, first), (spare, second)]
    assert one.pk != two.pk
    return [('UPDATE ledger_leaf SET "index" = %s WHERE "index" = %s', [new, old]) for old, new in places]


def close_up(index: int) -> list[Statement]:
    """Return the SQL that removes an entry and renumbers those behind it."""
    pk, last = entry_at(index).pk, Leaf.objects.count()
    drop = [(f"DELETE FROM ledger_{table} WHERE {key} = %s", [pk]) for table, key in KEYS]
    move = 'UPDATE ledger_leaf SET "index" = %s WHERE "index" = %s'
    return [*drop, *((move, [place - 1, place]) for place in range(index + 1, last))]


def rewritten(index: int) -> tuple[str, bytes]:
    """Return the entry's body with another reason, and its right hash."""
    body = entry_at(index).body.replace('"reason":"移転', '"reason":"改ざん')
    return body, merkle.leaf_hash(body.encode())


def test_an_untouched_ledger_is_sound(sealed, write):
    write(3)
    report = verify()
    assert report.ok
    assert (report.entries, report.pending, report.heads) == (40, 3, 4)


def test_an_empty_ledger_is_sound(db):
    assert verify().ok


@pytest.mark.requirement("V20-226", "PRC-147")
def test_a_changed_body_is_found_and_named(sealed, tamper):
    body, _ = rewritten(24)
    tamper(alter(24, body=body))
    first = verify().first
    assert first.fault is Fault.ALTERED
    assert "No.25" in str(first) and "STE-00001" in str(first)


def test_a_changed_body_with_its_hash_made_right_again_is_found(sealed, tamper):
    body, leaf = rewritten(24)
    tamper(alter(24, body=body, leaf=leaf))
    first = verify().first
    assert (first.index, first.fault) == (24, Fault.ALTERED)


def test_a_change_that_reaches_the_tiles_too_is_found_by_the_signed_head(sealed, tamper):
    body, leaf = rewritten(24)
    tamper(alter(24, body=body, leaf=leaf))
    tile = Tile.objects.get(level=0, index=0)
    tile.hashes = tile.hashes[: 24 * 32] + leaf + tile.hashes[25 * 32 :]
    tile.save()
    first = verify().first
    assert first.fault is Fault.HEAD
    assert "No.21 から No.40" in str(first)


@pytest.mark.parametrize(
    ("column", "value"),
    [("verb", "other"), ("number", "STE-00099"), ("at", "2020-01-01 00:00:00"), ("actor_id", None)],
)
def test_a_column_that_says_other_than_the_body_is_found(site, person, write, tamper, column, value):
    write(3, by=person)
    seal.seal()
    tamper(alter(1, **{column: value}))
    first = verify().first
    assert (first.index, first.fault) == (1, Fault.COLUMNS)
    assert "食い違って" in str(first)


def test_an_act_of_the_system_that_is_pinned_on_a_person_is_found(sealed, person, tamper):
    tamper(alter(5, actor_id=person.pk))
    assert (verify().first.index, verify().first.fault) == (5, Fault.COLUMNS)


def test_an_entry_hung_on_another_record_is_found(sealed, tamper):
    other = Site(name="工場")
    other.save()
    tamper(alter(7, record_id=other.pk))
    assert (verify().first.index, verify().first.fault) == (7, Fault.COLUMNS)


def test_a_removed_entry_is_found_and_named_by_its_neighbour(sealed, tamper):
    tamper(*close_up(11))
    first = verify().first
    assert (first.index, first.fault) == (11, Fault.MISSING)
    assert "No.12" in str(first) and "の次" in str(first)


def test_a_place_without_its_entry_is_found(sealed, tamper):
    tamper(('DELETE FROM ledger_leaf WHERE "index" = %s', [11]))
    assert (verify().first.index, verify().first.fault) == (11, Fault.MISSING)


def test_entries_that_changed_places_are_found(sealed, tamper):
    tamper(*swap(8, 30))
    assert (verify().first.index, verify().first.fault) == (8, Fault.REORDERED)


def test_neighbours_that_changed_places_are_found(sealed, tamper):
    tamper(*swap(8, 9))
    assert (verify().first.index, verify().first.fault) == (8, Fault.REORDERED)


def test_a_cut_tail_is_found(sealed, tamper):
    tamper('DELETE FROM ledger_leaf WHERE "index" >= 35', DROP_UNPLACED)
    first = verify().first
    assert (first.index, first.fault) == (35, Fault.HEAD)
    assert "40 件" in str(first) and "35 件" in str(first) and "末尾" in str(first)


def test_a_tail_cut_together_with_its_head_is_found_by_a_head_kept_elsewhere(sealed, tamper):
    kept = seal.latest_head().note
    tamper('DELETE FROM ledger_leaf WHERE "index" >= 20', "DELETE FROM ledger_checkpoint WHERE size > 20")
    problems = verify(heads=[kept]).problems
    assert any("外部に保管された先頭" in str(p) and "末尾が失われています" in str(p) for p in problems)


def test_a_history_rebuilt_with_the_ledgers_own_key_is_found_by_a_head_kept_elsewhere(sealed, tamper):
    kept = seal.latest_head().note
    body, leaf = rewritten(4)
    tamper(alter(4, body=body, leaf=leaf), "DELETE FROM ledger_checkpoint", "DELETE FROM ledger_leaf")
    seal.rebuild()
    seal.seal()
    assert verify().ok, "inside one trust domain the rebuilt ledger is perfect"
    first = verify(heads=[kept]).first
    assert first.fault is Fault.HEAD
    assert "外部に保管された先頭（40 件）と一致しません" in str(first)


def test_a_head_kept_elsewhere_under_another_key_is_reported(sealed, settings, tmp_path):
    settings.DATA_DIR = tmp_path / "other"
    foreign = keys.signer().sign(str(notes.Checkpoint("elsewhere", 3, b"x" * 32)))
    settings.DATA_DIR = tmp_path / "var"
    found = [problem.fault for problem in verify(heads=[foreign]).problems]
    assert found == [Fault.HEAD, Fault.SIGNATURE]
    assert "読めません" in str(verify(heads=["nonsense"]).first)


def test_a_changed_signature_is_found(sealed, tamper):
    note = Checkpoint.objects.get(size=20).note
    forged = note[:-10] + ("A" if note[-10] != "A" else "B") + note[-9:]
    tamper(("UPDATE ledger_checkpoint SET note = %s WHERE size = 20", [forged]))
    assert verify().first.fault is Fault.SIGNATURE


def test_a_head_whose_column_was_changed_is_found(sealed, tamper):
    tamper(("UPDATE ledger_checkpoint SET root = %s WHERE size = 20", [b"x" * 32]))
    assert verify().first.fault is Fault.SIGNATURE


def test_a_leaf_beyond_the_last_head_is_found(sealed, write, tamper):
    write(1)
    pk = Entry.objects.latest("pk").pk
    tamper(
        ('INSERT INTO ledger_leaf ("index", entry_id) VALUES (40, %s)', [pk]), "DELETE FROM ledger_pending"
    )
    assert (verify().first.index, verify().first.fault) == (40, Fault.INSERTED)


def test_a_damaged_tile_is_told_from_a_damaged_entry(sealed):
    Tile.objects.filter(level=0).update(hashes=b"x" * 40 * 32)
    problems = verify().problems
    assert [problem.fault for problem in problems] == [Fault.TILE]
    assert "証跡そのものは無事" in str(problems[0])


def test_a_damaged_tile_of_a_higher_level_is_found(write):
    write(300)
    seal.seal()
    Tile.objects.filter(level=1).update(hashes=b"x" * 32)
    assert [str(problem.detail) for problem in verify().problems] == ["1/0"]


def test_an_entry_taken_out_of_the_queue_is_found(sealed, write):
    write(2)
    Pending.objects.filter(entry_id=Entry.objects.latest("pk").pk).delete()
    assert verify().first.fault is Fault.UNSEALED


def test_an_entry_altered_before_its_seal_is_found(sealed, write, tamper):
    write(1)
    pk = Entry.objects.latest("pk").pk
    tamper(("UPDATE ledger_entry SET body = %s WHERE id = %s", ['{"actor":"x"}', pk]))
    problem = verify().first
    assert problem.fault is Fault.ALTERED and "封印前" in str(problem)


def test_a_changed_opening_is_found(person, rename):
    rename(person, name="山田 太郎", by=SYSTEM)
    seal.seal()
    assert verify().openings == Opening.objects.count() > 0
    Opening.objects.filter(path="name/1").update(value=canonical.dumps("別人"))
    assert verify().first.fault is Fault.OPENING


def flip_character(dice: random.Random) -> Statement:
    """Change one character of one body."""
    index = dice.randrange(40)
    body = entry_at(index).body
    position = dice.randrange(len(body))
    return alter(index, body=body[:position] + chr(ord(body[position]) ^ 1) + body[position + 1 :])


def repeat(dice: random.Random) -> Statement:
    """Put a copy of one entry in the place of a later one."""
    first, second = sorted(dice.sample(range(40), 2))
    original = entry_at(first)
    return alter(second, body=original.body, leaf=bytes(original.leaf))


def rewrite(dice: random.Random) -> Statement:
    """Change one entry and make its hash right again."""
    index = dice.randrange(40)
    body, leaf = rewritten(index)
    return alter(index, body=body, leaf=leaf)


ALTERATIONS: list[Callable[[random.Random], list[str | Statement]]] = [
    lambda dice: [flip_character(dice)],
    lambda dice: [rewrite(dice)],
    lambda dice: [repeat(dice)],
    lambda dice: close_up(dice.randrange(40)),
    lambda dice: swap(*dice.sample(range(40), 2)),
    lambda dice: [f'DELETE FROM ledger_leaf WHERE "index" >= {dice.randrange(40)}'],
]


@pytest.mark.requirement("V20-226", "PRC-147")
def test_two_hundred_random_alterations_of_the_database_are_all_found(sealed, tamper):
    dice = random.Random(20261121)
    connection.check_constraints()
    for turn in range(200):
        with transaction.atomic(), connection.constraint_checks_disabled():
            tamper(*ALTERATIONS[turn % len(ALTERATIONS)](dice))
            assert not verify().ok, f"alteration {turn} was not found"
            transaction.set_rollback(True)
    assert verify().ok


def test_the_command_ends_well_only_for_a_sound_ledger(sealed, tamper, capsys, tmp_path):
    call_command("verify", "--key")
    printed = capsys.readouterr().out
    assert "40 件" in printed and "改ざん・欠落・並べ替えはありません" in printed
    assert str(keys.verifier()) in printed
    tamper(alter(3, verb="other"))
    with pytest.raises(CommandError, match="1 件の食い違い"):
        call_command("verify")
    assert "No.4" in capsys.readouterr().err


def test_the_command_compares_with_heads_kept_elsewhere(sealed, tmp_path):
    head = tmp_path / "head.txt"
    head.write_text(seal.latest_head().note)
    call_command("verify", "--head", str(head))
    head.write_text(keys.signer().sign(str(notes.Checkpoint(keys.signer().name, 7, b"x" * 32))))
    with pytest.raises(CommandError):
        call_command("verify", "--head", str(head))
    with pytest.raises(CommandError, match="読めません"):
        call_command("verify", "--head", str(tmp_path / "missing.txt"))
