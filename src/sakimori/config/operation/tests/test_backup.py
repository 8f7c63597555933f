"""Backup and restore: the same company comes back, a broken file changes nothing, a killed restore is no half one."""

import random
import tarfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from sakimori.config.operation.data import HalfRestored

from .installation import Installation, State

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
    assert there.state() == before
    assert before.entries == 20
    assert "改ざん・欠落・並べ替えはありません" in shown
    after = there.open_sites(1)  # numbers go on, triggers and keys work
    assert (after.sites, after.entries, after.head.splitlines()[1]) == (21, 21, "21")
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
    assert installation.state().sites == 5
    installation.must("restore", backup, "--force")
    assert installation.state() == old


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
    assert sqlite.state() == before


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
    assert sqlite.state() == before
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
    assert installation.state() == new
    chance = random.Random(20)
    seen = []
    for _ in range(20):
        if not seen or seen[-1] == "new":
            old = installation.open_sites(4)
        process = installation.start("restore", backup, "--force")
        time.sleep(chance.uniform(0.2, 1.05) * whole)
        process.kill()
        process.communicate()
        seen.append(_outcome(installation, old, new))
        if seen[-1] == "refused":
            installation.must("restore", backup, "--force")
            seen[-1] = "new"
            assert installation.state() == new
    assert "old" in seen


def _outcome(installation: Installation, old: State, new: State) -> str:
    """Return what whoever opens the company next finds; a mixture of two companies fails."""
    try:
        state = installation.state()
    except HalfRestored:
        return "refused"
    assert state in (old, new)
    return "new" if state == new else "old"
