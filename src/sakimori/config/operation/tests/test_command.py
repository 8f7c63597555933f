"""The one command says clearly what it cannot do, and asks the system for what is missing."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from .installation import ROOT

TOOLS = ("sh", "dirname", "cat", "sha256sum", "cut", "id", "rm", "env")


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A folder of programs without Python, and a checkout with nothing installed beside it."""
    programs = tmp_path / "programs"
    programs.mkdir()
    for tool in TOOLS:
        found = shutil.which(tool)
        assert found
        (programs / tool).symlink_to(found)
    (tmp_path / "checkout" / "requirements").mkdir(parents=True)
    shutil.copy(ROOT / "sakimori", tmp_path / "checkout")
    shutil.copy(ROOT / "requirements" / "base.txt", tmp_path / "checkout" / "requirements")
    return programs


def _program(machine: Path, name: str, text: str) -> None:
    (machine / name).write_text(f"#!/bin/sh\n{text}\n")
    (machine / name).chmod(0o755)


def _sakimori(machine: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = ["sh", str(machine.parent / "checkout" / "sakimori"), *arguments]
    environment = {"PATH": str(machine), "HOME": os.environ.get("HOME", "/")}
    return subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True)


def test_without_python_and_without_apt_one_sentence_says_what_to_do(machine: Path) -> None:
    result = _sakimori(machine, "run")
    assert result.returncode == 1
    assert len(result.stderr.splitlines()) == 1
    assert "apt install python3 python3-venv" in result.stderr
    assert "Python 3.11 or newer" in result.stderr


def test_a_python_that_is_too_old_is_not_taken(machine: Path) -> None:
    _program(machine, "python3", "exit 1")
    result = _sakimori(machine, "run")
    assert result.returncode == 1
    assert "Python 3.11 以上" in result.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="asks for packages as root")
def test_a_missing_python_is_asked_of_apt(machine: Path) -> None:
    _program(machine, "apt-get", f'echo "$@" >> {machine}/asked')
    assert _sakimori(machine, "run").returncode == 1
    asked = (machine / "asked").read_text()
    assert "install -y -qq --no-install-recommends python3 python3-venv" in asked


def test_an_unknown_command_is_named_and_help_is_shown(machine: Path) -> None:
    result = _sakimori(machine, "fly")
    assert result.returncode == 1
    assert "「fly」という命令はありません" in result.stderr
    assert "./sakimori run" in result.stderr


def test_help_names_every_command(machine: Path) -> None:
    shown = _sakimori(machine, "help").stdout
    script = (ROOT / "sakimori").read_text("utf-8")
    dispatched = script.split("case $command in")[1].split("*)")[0]
    for name in (
        "run",
        "test",
        "check",
        "bench",
        "shell",
        "web",
        "worker",
        "verify",
        "backup",
        "restore",
        "demo",
    ):
        assert name in shown
        assert name in dispatched
