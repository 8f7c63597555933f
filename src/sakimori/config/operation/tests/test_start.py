"""Starting: a new company exists whole or not at all, nothing starts on a broken database, and nothing is left behind."""

import re
import signal
import socket
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from sakimori.config.operation import address
from sakimori.config.operation.address import Address, NoAddress
from sakimori.config.operation.data import DATABASE

from .installation import Installation


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    """A folder without a company."""
    return Installation(tmp_path / "var", port=Address.free("127.0.0.1").port)


@pytest.fixture
def served(company: Installation) -> Installation:
    """A prepared company with a port of its own."""
    return replace(company, port=Address.free("127.0.0.1").port)


@pytest.fixture
def running(served: Installation) -> Iterator[subprocess.Popen[str]]:
    """``./sakimori run``, answering."""
    process = served.start("start", "run")
    try:
        _wait_for_answer(served, process)
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)


def test_a_start_answers_and_ends_on_ctrl_c_without_a_trace(
    served: Installation, running: subprocess.Popen[str]
) -> None:
    children = psutil.Process(running.pid).children(recursive=True)
    assert _child(running, "gunicorn") in children
    assert _child(running, "manage worker").is_running()
    running.send_signal(signal.SIGINT)
    shown, _ = running.communicate(timeout=60)
    assert running.returncode == 0
    assert f"http://localhost:{served.port}/" in shown
    assert not [child for child in children if child.is_running()]


def test_a_second_start_on_the_same_data_names_the_first(
    served: Installation, running: subprocess.Popen[str]
) -> None:
    _wait_until(lambda: f":{served.port}/" in (served.data / ".in-use").read_text())
    second = served.run("start", "run")
    assert second.returncode == 1
    assert f"http://localhost:{served.port}/" in second.stdout


def test_a_killed_web_server_or_worker_comes_back(
    served: Installation, running: subprocess.Popen[str]
) -> None:
    for name in ("gunicorn", "manage worker"):
        killed = _child(running, name)
        killed.kill()
        psutil.wait_procs([killed], timeout=30)
        assert _child(running, name).pid != killed.pid
    _wait_for_answer(served, running)


def test_a_killed_start_takes_its_processes_along(running: subprocess.Popen[str]) -> None:
    children = psutil.Process(running.pid).children(recursive=True)
    running.kill()
    _, alive = psutil.wait_procs(children, timeout=60)
    assert not alive


def test_a_failed_migration_stops_the_start_with_its_reason(installation: Installation) -> None:
    installation.data.mkdir()
    with closing(sqlite3.connect(installation.data / DATABASE)) as database:
        database.execute("CREATE TABLE identity_site (other int)")  # as a half-made table of an older fault
        database.commit()
    refused = installation.run("start", "run", "--empty")
    assert refused.returncode != 0
    assert "起動できません" in refused.stdout
    assert refused.stdout.splitlines()[-1].endswith('table "identity_site" already exists')
    assert not _answers(installation)


def test_a_start_killed_while_it_prepares_leaves_no_half_company(installation: Installation) -> None:
    process = installation.start("start", "run", "--empty")
    _wait_until(lambda: (installation.data / ".incoming" / DATABASE).exists())
    process.kill()
    process.communicate()
    assert not (installation.data / DATABASE).exists()
    again = installation.start("start", "run", "--empty")
    _wait_for_answer(installation, again)
    again.send_signal(signal.SIGTERM)
    shown, _ = again.communicate(timeout=60)
    assert again.returncode == 0, shown
    assert f"Setup code: {(installation.data / 'setup-code').read_text()}" in shown


def test_the_secret_of_an_installation_is_its_owners_alone(company: Installation) -> None:
    assert (company.data / "secret-key").stat().st_mode & 0o777 == 0o600


def test_a_wanted_port_that_is_taken_is_refused() -> None:
    with _taken_port() as port, pytest.raises(NoAddress, match=str(port)):
        Address.choose({"PORT": str(port)})


@pytest.mark.parametrize("port", ["web", "0", "65536", "-1"])
def test_a_port_that_is_none_is_refused(port: str) -> None:
    with pytest.raises(NoAddress, match=re.escape(port)):
        Address.choose({"PORT": port})


def test_without_a_wish_the_next_free_port_is_taken_and_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with _taken_port() as port:
        monkeypatch.setattr(address, "_FIRST", port)
        assert Address.choose({}).port > port
    assert f"ポート {port} は使用中" in capsys.readouterr().out


@contextmanager
def _taken_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def _child(process: subprocess.Popen[str], name: str) -> psutil.Process:
    def find() -> list[psutil.Process]:
        return [child for child in psutil.Process(process.pid).children() if name in _command(child)]

    _wait_until(lambda: bool(find()))
    return find()[0]


def _wait_for_answer(installation: Installation, process: subprocess.Popen[str]) -> None:
    def answered() -> bool:
        assert process.poll() is None, process.communicate()[0]
        return _answers(installation)

    _wait_until(answered)


def _command(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except (psutil.NoSuchProcess, psutil.ZombieProcess):
        return ""


def _answers(installation: Installation) -> bool:
    return Address("127.0.0.1", installation.port).answers()


def _wait_until(condition: Callable[[], bool], seconds: float = 90) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)
