"""Exports, and the one file that checks them without the product."""

from __future__ import annotations

import importlib.util
import random
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings as project
from django.core.management import CommandError, call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from sakimori.kernel.identity.actors import SYSTEM
from sakimori.kernel.identity.models import Person
from sakimori.kernel.ledger import book, keys, period, proofs, seal
from sakimori.kernel.ledger.export import export
from sakimori.kernel.ledger.models import Entry
from sakimori.lib import clock, merkle, notes
from sakimori.lib.errors import Refused

unhurried = settings(deadline=None)  # a busy machine is no fault of the code

VERIFIER = Path(project.BASE_DIR) / "verifier" / "sakimori_verify.py"
_spec = importlib.util.spec_from_file_location("sakimori_verify", VERIFIER)
verifier = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(verifier)

Files = dict[str, bytes]


def check(*arguments: object) -> int:
    return verifier.main([str(argument) for argument in arguments])


@pytest.fixture
def exported(sealed, tmp_path) -> Path:
    export(tmp_path / "out")
    return tmp_path / "out"


@pytest.fixture
def files(exported) -> Files:
    names = ("entries.jsonl", "leaves.txt", "checkpoints.txt", "key.txt")
    return {name: (exported / name).read_bytes() for name in names}


@pytest.fixture
def judge(tmp_path, capsys) -> Callable[..., tuple[int, str]]:
    """Return a function that lays files down and gives the verifier's exit code and words."""
    folder = tmp_path / "judged"
    folder.mkdir()

    def judge(files: Files, *options: object) -> tuple[int, str]:
        for name, data in files.items():
            (folder / name).write_bytes(data)
        code = check(folder, *options)
        return code, capsys.readouterr().out

    return judge


def lines_of(files: Files) -> tuple[list[bytes], list[bytes]]:
    return files["entries.jsonl"].splitlines(keepends=True), files["leaves.txt"].splitlines(keepends=True)


def with_lines(files: Files, entries: list[bytes], leaves: list[bytes]) -> Files:
    return {**files, "entries.jsonl": b"".join(entries), "leaves.txt": b"".join(leaves)}


def changed_byte(files: Files, dice: random.Random) -> Files:
    name = dice.choice([*files])
    data = bytearray(files[name])
    data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
    return {**files, name: bytes(data)}


def dropped(files: Files, dice: random.Random) -> Files:
    entries, leaves = lines_of(files)
    at = dice.randrange(len(entries))
    del entries[at]
    if dice.random() < 0.5:
        del leaves[at]
    return with_lines(files, entries, leaves)


def swapped(files: Files, dice: random.Random) -> Files:
    entries, leaves = lines_of(files)
    one, two = dice.sample(range(len(entries)), 2)
    for lines in (entries, leaves) if dice.random() < 0.5 else (entries,):
        lines[one], lines[two] = lines[two], lines[one]
    return with_lines(files, entries, leaves)


def repeated(files: Files, dice: random.Random) -> Files:
    entries, leaves = lines_of(files)
    source, target = dice.randrange(len(entries)), dice.randrange(len(entries))
    entries.insert(target, entries[source])
    if dice.random() < 0.5:
        leaves.insert(target, leaves[source])
    return with_lines(files, entries, leaves)


def truncated(files: Files, dice: random.Random) -> Files:
    entries, leaves = lines_of(files)
    at = dice.randrange(len(entries))
    heads = files["checkpoints.txt"].decode().split("\n\n")
    shorter = with_lines(files, entries[:at], leaves[:at])
    if at >= 20 and dice.random() < 0.5:  # the tail goes together with its head: only an outer head can tell
        kept = with_lines(files, entries[:20], leaves[:20])
        return {**kept, "checkpoints.txt": ("\n\n".join(heads[:6]) + "\n").encode()}
    return shorter


def rebuilt(files: Files, dice: random.Random) -> Files:
    """Rewrite one entry and sign the whole history anew, with the ledger's own key."""
    entries, _ = lines_of(files)
    at = dice.randrange(len(entries))
    entries[at] = entries[at].replace(b'"reason":"', b'"reason":"x')
    return forged([line[:-1] for line in entries], [20, len(entries)])


def forged(bodies: list[bytes], sizes: list[int]) -> Files:
    signer = keys.signer()
    leaves = [merkle.leaf_hash(body) for body in bodies]
    tree = merkle.Tree(0, lambda level, index: b"")
    tree.extend(leaves)
    heads = [signer.sign(str(notes.Checkpoint(signer.name, size, tree.root(size)))) for size in sizes]
    return {
        "entries.jsonl": b"".join(body + b"\n" for body in bodies),
        "leaves.txt": b"".join(leaf.hex().encode() + b"\n" for leaf in leaves),
        "checkpoints.txt": "\n".join(heads).encode(),
        "key.txt": f"{signer.verifier}\n".encode(),
    }


ALTERATIONS = [changed_byte, dropped, swapped, repeated, truncated, rebuilt]


def test_an_untouched_export_is_sound(exported, capsys):
    assert check(exported) == 0
    assert "証跡 40 件" in capsys.readouterr().out


@pytest.mark.requirement("V20-226", "PRC-147")
def test_two_hundred_random_alterations_of_an_export_are_all_found(files, judge, tmp_path):
    head = tmp_path / "head.txt"
    head.write_text(seal.latest_head().note)
    dice = random.Random(20261121)
    assert judge(files, "--head", head)[0] == 0
    for turn in range(200):
        altered = ALTERATIONS[turn % len(ALTERATIONS)](files, dice)
        assert altered != files
        code, words = judge(altered, "--head", head)
        assert code == 1, f"alteration {turn} was not found"
        assert words.startswith("不一致: ")


def test_a_rebuilt_history_is_perfect_without_a_head_kept_elsewhere(files, judge, tmp_path):
    altered = rebuilt(files, random.Random(1))
    assert judge(altered)[0] == 0
    head = tmp_path / "head.txt"
    head.write_text(seal.latest_head().note)
    code, words = judge(altered, "--head", head)
    assert code == 1 and "外部に保管された先頭（40 件）" in words


def test_the_first_altered_entry_is_named(files, judge):
    entries, leaves = lines_of(files)
    entries[24] = entries[24].replace("移転".encode(), "改変".encode())
    assert "No.25（" in judge(with_lines(files, entries, leaves))[1]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda lines: lines.pop(11), "No.12 が失われています"),
        (lambda lines: lines.insert(11, lines[3]), "繰り返し"),
        (lambda lines: lines.insert(11, lines.pop(30)), "順序が入れ替え"),
        (lambda lines: lines.insert(11, b"{}\n"), "差し込まれた"),
        (lambda lines: lines.pop(), "No.40 から後が失われています"),
        (lambda lines: lines.append(b"{}\n"), "No.41"),
    ],
)
def test_the_kind_of_alteration_is_told(files, judge, change, words):
    entries, leaves = lines_of(files)
    change(entries)
    code, said = judge(with_lines(files, entries, leaves))
    assert code == 1 and words in said


def test_an_export_under_another_key_is_found_by_the_key_kept_elsewhere(files, judge, settings, tmp_path):
    trusted = tmp_path / "trusted.txt"
    trusted.write_text(f"{keys.verifier()}\n")
    settings.DATA_DIR = tmp_path / "attacker"
    altered = forged(files["entries.jsonl"].splitlines()[:30], [30])
    assert judge(altered)[0] == 0
    code, words = judge(altered, "--key", trusted)
    assert code == 1 and "鍵" in words


def test_a_zip_is_checked_as_a_folder_is(sealed, tmp_path, capsys):
    call_command("ledger_export", tmp_path / "out.zip")
    assert check(tmp_path / "out.zip") == 0
    data = bytearray((tmp_path / "out.zip").read_bytes())
    data[200] ^= 1
    (tmp_path / "out.zip").write_bytes(data)
    assert check(tmp_path / "out.zip") != 0


def test_the_file_runs_alone_in_an_isolated_interpreter(exported):
    command = [sys.executable, "-I", "-S", "sakimori_verify.py", ".", "--key", "key.txt"]
    done = subprocess.run(command, cwd=exported, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (
        (exported / "はじめにお読みください.txt").read_text(encoding="utf-8").startswith("証跡台帳の書き出し")
    )


def test_openings_are_checked_where_they_are_handed_along(person, rename, tmp_path, capsys):
    rename(person, by=SYSTEM, name="山田 華子")
    call_command("ledger_export", tmp_path / "out", "--openings")
    assert check(tmp_path / "out") == 0
    path = tmp_path / "out" / "openings.jsonl"
    path.write_text(path.read_text().replace("華子", "次郎"))
    assert check(tmp_path / "out") == 1
    assert "秘匿値" in capsys.readouterr().out


def test_an_export_holds_no_personal_value_unless_asked(person, rename, tmp_path):
    rename(person, by=SYSTEM, name="山田 華子")
    export(tmp_path / "out")
    assert not any("華子" in path.read_text() for path in (tmp_path / "out").iterdir())


def test_an_export_over_something_is_refused(exported):
    with pytest.raises(Refused, match="すでにあります"):
        export(exported)


def test_an_empty_ledger_is_not_exported(db, tmp_path):
    with pytest.raises(CommandError, match="一件もない"):
        call_command("ledger_export", tmp_path / "out")


def test_one_entry_is_proved_without_the_others(sealed, tmp_path, capsys):
    call_command("ledger_proof", "STE-00001", "--to", tmp_path / "proof")
    proof = next((tmp_path / "proof").glob("*.tlog-proof"))
    options = ["--proof", proof, "--entry", proof.with_suffix(".json"), "--key", keys.verifier()]
    assert check(*options) == 0
    assert "No.40" in capsys.readouterr().out
    entry = proof.with_suffix(".json")
    entry.write_text(entry.read_text().replace("移転", "改変"))
    assert check(*options) == 1


def test_an_entry_that_waits_is_sealed_when_its_proof_is_wanted(write, tmp_path):
    write()
    proved = proofs.of_entry(Entry.objects.get().pk)
    assert proved.proof.open(proved.body.encode(), keys.verifier()).size == 1


@pytest.mark.parametrize("arguments", [["NON-00001"], ["--entry", "999999"], ["--entry", "abc"]])
def test_a_proof_of_nothing_is_refused(sealed, arguments):
    with pytest.raises(CommandError, match="番号"):
        call_command("ledger_proof", *arguments)


@unhurried
@given(st.binary(max_size=200), st.integers(0, 511))
def test_the_files_own_signature_check_agrees_with_the_library(message, bit):
    private = Ed25519PrivateKey.generate()
    public, signature = private.public_key().public_bytes_raw(), bytearray(private.sign(message))
    assert verifier.is_signature(public, message, bytes(signature))
    assert not verifier.is_signature(public, message + b"x", bytes(signature))
    signature[bit // 8] ^= 1 << bit % 8
    assert not verifier.is_signature(public, message, bytes(signature))


def test_a_signature_made_longer_by_the_group_order_is_refused():
    private = Ed25519PrivateKey.generate()
    signature = private.sign(b"")
    scalar = int.from_bytes(signature[32:], "little") + verifier.ORDER
    forged_twin = signature[:32] + scalar.to_bytes(32, "little")
    assert not verifier.is_signature(private.public_key().public_bytes_raw(), b"", forged_twin)


@unhurried
@given(st.integers(1, 600), st.data())
def test_the_files_own_proof_check_agrees_with_the_library(size, data):
    index = data.draw(st.integers(0, size - 1))
    tree = merkle.Tree(0, lambda level, at: b"")
    tree.extend(merkle.leaf_hash(b"%d" % number) for number in range(size))
    path, leaf = tree.inclusion(index), merkle.leaf_hash(b"%d" % index)
    assert verifier.root_by_proof(leaf, index, size, path) == tree.root()
    assert verifier.root_by_proof(leaf, index, size, [*path, leaf]) is None


# --- one period as a streamed ZIP -------------------------------------------------------------------------


@pytest.fixture
def part(sealed, tmp_path, monkeypatch) -> Path:
    """The second day of three, as a folder."""
    monkeypatch.setattr(period.access, "require", lambda *_: None)
    reader = Person.objects.create(name="監査 花子")
    days = (clock.today(), clock.today() + timedelta(days=1), clock.today() + timedelta(days=2))
    for day in days[1:]:
        with clock.at(day):
            for number in range(5):
                book.note(period.EXPORTED, reader, by=reader, reason=f"{day} {number}")
    with clock.at(days[2]):
        span = period.choose(days[1], days[1], by=reader)
        (tmp_path / "part.zip").write_bytes(b"".join(period.stream(span)))
    with zipfile.ZipFile(tmp_path / "part.zip") as archive:
        archive.extractall(tmp_path / "part")
    return tmp_path / "part"


def test_a_period_goes_out_alone_and_is_checked_against_the_whole_ledger(part, capsys) -> None:
    assert len((part / "entries.jsonl").read_bytes().splitlines()) == 5
    assert len((part / "leaves.txt").read_bytes().splitlines()) == Entry.objects.count()
    assert check(part) == 0 and check(part.with_suffix(".zip")) == 0
    assert "（5 件）は、封印した時のままです" in capsys.readouterr().out


@pytest.mark.parametrize(
    "harm",
    [
        lambda files: {"entries.jsonl": files["entries.jsonl"].replace(b" 2", b" 9")},
        lambda files: {"entries.jsonl": b"".join(files["entries.jsonl"].splitlines(keepends=True)[:-1])},
        lambda files: {"entries.jsonl": b"".join(reversed(files["entries.jsonl"].splitlines(keepends=True)))},
        lambda files: {"leaves.txt": files["leaves.txt"].replace(b"a", b"b", 1)},
        lambda files: {"manifest.json": files["manifest.json"].replace(b'"first":', b'"first":1')},
        lambda files: {"manifest.json": b"[]"},
        lambda files: {"checkpoints.txt": files["checkpoints.txt"] + b"x"},
    ],
)
def test_a_period_that_was_altered_is_found(part, capsys, harm) -> None:
    files = {path.name: path.read_bytes() for path in part.iterdir()}
    for name, data in harm(files).items():
        assert data != files[name]
        (part / name).write_bytes(data)
    assert check(part) == 1
    assert "不一致" in capsys.readouterr().out


def test_a_period_without_entries_is_refused(sealed, monkeypatch) -> None:
    monkeypatch.setattr(period.access, "require", lambda *_: None)
    reader = Person.objects.create(name="監査 花子")
    with pytest.raises(Refused, match="期間の証跡はありません"):
        period.choose(date(1999, 1, 1), date(1999, 1, 2), by=reader)
