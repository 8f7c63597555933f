"""Backup and restore: the same company comes back, a broken file changes nothing, a killed restore is no half one."""

import random
import tarfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from sakimori.config.operation.data import HalfRestored
from tests.faults import IN_FULL, REPETITIONS

from .installation import Installation, State

Copy = Callable[..., Installation]


def test_a_backup_restores_the_same_company_elsewhere(copy: Copy, tmp_path: Path) -> None:
    here, there = copy("here"), copy("there", empty=True)
    before = here.state()
    here.must("backup", tmp_path / "new.tar")
    shown = there.must("restore", tmp_path / "new.tar")
    assert there.state() == before
    assert before.entries == before.sites == 8
    assert "改ざん・欠落・並べ替えはありません" in shown
    after = there.open_sites(1)  # numbers go on, triggers and keys work
    assert (after.sites, after.entries, after.head.splitlines()[1]) == (9, 9, "9")
    assert (there.data / "ledger" / "key.pem").read_bytes() == (here.data / "ledger" / "key.pem").read_bytes()


def test_restore_refuses_to_replace_data_unless_forced(copy: Copy, tmp_path: Path) -> None:
    company = copy("here")
    old = company.state()
    company.must("backup", tmp_path / "new.tar")
    changed = company.open_sites(2)
    refused = company.run("restore", tmp_path / "new.tar")
    assert refused.returncode == 1
    assert "--force" in refused.stdout
    assert company.state() == changed
    company.must("restore", tmp_path / "new.tar", "--force")
    assert company.state() == old


def test_a_backup_can_be_read_by_its_owner_alone(company: Installation, tmp_path: Path) -> None:
    company.must("backup", tmp_path / "new.tar")
    assert (tmp_path / "new.tar").stat().st_mode & 0o777 == 0o600
    assert {path.name for path in tmp_path.iterdir()} == {"var", "new.tar"}


def test_a_backup_never_replaces_a_file(company: Installation, tmp_path: Path) -> None:
    (tmp_path / "new.tar").write_text("別の物")
    assert company.run("backup", tmp_path / "new.tar").returncode == 1
    assert (tmp_path / "new.tar").read_text() == "別の物"


def test_a_full_disk_leaves_no_unfinished_backup(company: Installation, tmp_path: Path) -> None:
    failed = company.run("backup", tmp_path / "new.tar", largest_file=100_000)
    assert failed.returncode == 1
    assert "退避できませんでした" in failed.stdout
    assert {path.name for path in tmp_path.iterdir()} == {"var"}


def test_a_full_disk_during_a_restore_leaves_the_data_as_it_was(company: Installation, backup: Path) -> None:
    before = company.open_sites(2)
    failed = company.run("restore", backup, "--force", largest_file=100_000)
    assert failed.returncode == 1
    assert "データは元のままです" in failed.stdout
    assert company.state() == before


@pytest.mark.parametrize("damage", ["cut", "changed", "unfinished", "not a tar"])
def test_a_damaged_backup_changes_nothing(company: Installation, backup: Path, damage: str) -> None:
    before = company.open_sites(1)
    content = bytearray(backup.read_bytes())
    if damage == "cut":
        content = content[: len(content) // 2]
    elif damage == "changed":
        content[len(content) // 3] ^= 1
    elif damage == "unfinished":
        with tarfile.open(backup) as tar:
            content = content[: tar.getmember("manifest.json").offset]
    else:
        content = bytearray("退避ではない".encode())
    backup.write_bytes(content)
    refused = company.run("restore", backup, "--force")
    assert refused.returncode == 1
    assert "何も変えていません" in refused.stdout
    assert company.state() == before


def test_an_altered_ledger_is_not_restored_unless_told_so(company: Installation, tmp_path: Path) -> None:
    before = company.state()
    company.must("tests.tamper")
    company.must("backup", tmp_path / "altered.tar")
    other = Installation(tmp_path / "other")
    refused = other.run("restore", tmp_path / "altered.tar")
    assert refused.returncode == 1
    assert "データは元のままです" in refused.stdout
    assert not (other.data / "sakimori.sqlite3").exists()
    other.must("restore", tmp_path / "altered.tar", "--unverified")
    assert other.state().entries == before.entries


def test_a_backup_of_a_newer_version_is_refused(company: Installation, tmp_path: Path) -> None:
    company.must("tests.tamper", "future")
    company.must("backup", tmp_path / "newer.tar")
    refused = Installation(tmp_path / "other").run("restore", tmp_path / "newer.tar")
    assert refused.returncode == 1
    assert "新しい版" in refused.stdout


@pytest.mark.slow
@pytest.mark.faults
def test_a_restore_killed_at_any_moment_leaves_the_old_or_the_new_company(copy: Copy, tmp_path: Path) -> None:
    company = copy("here")
    new = company.state()
    company.must("backup", tmp_path / "new.tar")
    started = time.monotonic()
    company.must("restore", tmp_path / "new.tar", "--force")
    whole = time.monotonic() - started
    assert company.state() == new
    chance = random.Random(20)
    seen: list[str] = []
    for _ in range(REPETITIONS):
        if not seen or seen[-1] == "new":
            old = company.open_sites(4)
        process = company.start("restore", tmp_path / "new.tar", "--force")
        time.sleep(chance.uniform(0.2, 1.05) * whole)
        process.kill()
        process.communicate()
        seen.append(_outcome(company, old, new))
        if seen[-1] == "refused":
            company.must("restore", tmp_path / "new.tar", "--force")
            seen[-1] = "new"
            assert company.state() == new
    print(*seen)
    assert "old" in seen or not IN_FULL
    company.must("restore", tmp_path / "new.tar", "--force")
    assert company.state() == new


def _outcome(company: Installation, old: State, new: State) -> str:
    """Return what whoever opens the company next finds; a mixture of two companies fails."""
    try:
        state = company.state()
    except HalfRestored:
        return "refused"
    assert state in (old, new)
    return "new" if state == new else "old"
