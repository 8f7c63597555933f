"""Backup and restore: the same company comes back, a broken file changes nothing, a killed restore is no half one."""

import random
import tarfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from .installation import Installation

Maker = Callable[[str], Installation]


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    return tmp_path / "backup.tar"


def test_a_backup_restores_the_same_company_elsewhere(new_installation: Maker, backup: Path) -> None:
    here, there = new_installation("here"), new_installation("there")
    here.prepare()
    before = here.open_sites(20)
    here.must("backup", backup)
    shown = there.must("restore", backup)
    assert there.count() == before
    assert before["entries"] == 20
    assert "改ざん・欠落・並べ替えはありません" in shown
    after = there.open_sites(1)  # numbers go on, triggers and keys work
    assert (after["sites"], after["entries"], after["head"][0]) == (21, 21, 21)
    assert (there.data / "ledger" / "key.pem").read_bytes() == (here.data / "ledger" / "key.pem").read_bytes()


def test_restore_refuses_to_replace_data_unless_forced(new_installation: Maker, backup: Path) -> None:
    installation = new_installation("here")
    installation.prepare()
    old = installation.open_sites(3)
    installation.must("backup", backup)
    installation.open_sites(2)
    refused = installation.run("restore", backup)
    assert refused.returncode == 1
    assert "--force" in refused.stdout
    assert installation.count()["sites"] == 5
    installation.must("restore", backup, "--force")
    assert installation.count() == old


def test_a_backup_can_be_read_by_its_owner_alone(sqlite: Installation, backup: Path) -> None:
    sqlite.prepare()
    sqlite.must("backup", backup)
    assert backup.stat().st_mode & 0o777 == 0o600
    assert {path.name for path in backup.parent.iterdir()} == {"var", backup.name}


def test_a_backup_never_replaces_a_file(sqlite: Installation, backup: Path) -> None:
    sqlite.prepare()
    backup.write_text("別の物")
    assert sqlite.run("backup", backup).returncode == 1
    assert backup.read_text() == "別の物"


@pytest.mark.parametrize("damage", ["cut", "changed", "unfinished", "not a tar"])
def test_a_damaged_backup_changes_nothing(sqlite: Installation, backup: Path, damage: str) -> None:
    sqlite.prepare()
    before = sqlite.open_sites(2)
    sqlite.must("backup", backup)
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
    refused = sqlite.run("restore", backup, "--force")
    assert refused.returncode == 1
    assert "何も変えていません" in refused.stdout
    assert sqlite.count() == before


def test_an_altered_ledger_is_not_restored_unless_told_so(sqlite: Installation, backup: Path) -> None:
    sqlite.prepare()
    before = sqlite.open_sites(2)
    sqlite.must("backup", backup)
    other = Installation(sqlite.data.parent / "other")
    other.must("restore", backup)
    other.must("tests.tamper")
    tampered = backup.with_name("tampered.tar")
    other.must("backup", tampered)
    refused = sqlite.run("restore", tampered, "--force")
    assert refused.returncode == 1
    assert "データは元のままです" in refused.stdout
    assert sqlite.count() == before
    sqlite.must("restore", tampered, "--force", "--unverified")


def test_a_backup_of_a_newer_version_is_refused(sqlite: Installation, backup: Path) -> None:
    sqlite.prepare()
    sqlite.must("tests.tamper", "future")
    sqlite.must("backup", backup)
    refused = Installation(sqlite.data.parent / "other").run("restore", backup)
    assert refused.returncode == 1
    assert "新しい版" in refused.stdout


@pytest.mark.slow
def test_a_restore_killed_at_any_moment_leaves_the_old_or_the_new_company(
    new_installation: Maker, backup: Path
) -> None:
    installation = new_installation("here")
    installation.prepare()
    new = installation.open_sites(8)
    installation.must("backup", backup)
    old = installation.open_sites(4)
    started = time.monotonic()
    installation.must("restore", backup, "--force")
    whole = time.monotonic() - started
    assert installation.count() == new
    chance = random.Random(20)
    seen = set()
    for _ in range(20):
        if installation.count() == new:
            old = installation.open_sites(4)
        process = installation.start("restore", backup, "--force")
        time.sleep(chance.uniform(0.2, 1.05) * whole)
        process.kill()
        process.communicate()
        state = _state_after_kill(installation)
        assert state in (old, new, "refused"), state
        seen.add("new" if state == new else "old" if state == old else "refused")
        if state == "refused":
            installation.must("restore", backup, "--force")
            assert installation.count() == new
    assert "old" in seen


def _state_after_kill(installation: Installation) -> object:
    """Return what a process finds that opens the company next: its counts, or that it was refused."""
    result = installation.run("tests.company", "count")
    if result.returncode:
        assert "復元が途中で止まっています" in result.stdout, result.stdout
        return "refused"
    return installation.count()
