"""Collect which requirement each test proves in build/requirements.json: {id: [{test, outcome}]}.

A mark travels to the controlling process as a user property of the report, so that it works under xdist too. A run of
some tests updates their rows only. An id that no file of content/requirements names fails the run.
"""

from __future__ import annotations

import json
import os
import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
REPORT = ROOT / "build" / "requirements.json"
_WORST_FIRST = ("failed", "skipped", "passed")


def known_ids(folder: Path = ROOT / "content" / "requirements") -> set[str]:
    """Return the ids of the catalogue."""
    pattern = re.compile(r"^- id: *['\"]?([A-Z0-9]+-\d+)", re.MULTILINE)
    return {found for path in folder.glob("*.yaml") for found in pattern.findall(path.read_text("utf-8"))}


class Collector:
    """Gathers outcomes in the process that prints the result."""

    def __init__(self, known: set[str], path: Path) -> None:
        self.known = known
        self.path = path
        self.outcomes: dict[str, str] = {}
        self.claims: dict[str, set[str]] = defaultdict(set)
        self.unknown: set[str] = set()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note the worst outcome of a test's three phases."""
        ids = {value for name, value in report.user_properties if name == "requirement"}
        if not ids:
            return
        test = report.nodeid.removesuffix("@browser")
        self.claims[test] |= ids
        self.unknown |= ids - self.known
        worst = min(self.outcomes.get(test, "passed"), report.outcome, key=_WORST_FIRST.index)
        self.outcomes[test] = worst

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Write the report; an unknown id fails a run that would have passed."""
        write(self.path, self.claims, self.outcomes)
        if self.unknown and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Name the unknown ids."""
        for requirement in sorted(self.unknown):
            terminalreporter.write_line(f"ERROR no requirement has the id {requirement}", red=True)


def write(path: Path, claims: dict[str, set[str]], outcomes: dict[str, str]) -> None:
    """Replace the rows of these tests in the report and keep the others."""
    rows: dict[str, dict[str, str]] = defaultdict(dict)
    if path.exists():
        for requirement, proofs in json.loads(path.read_text("utf-8")).items():
            rows[requirement] = {
                proof["test"]: proof["outcome"] for proof in proofs if proof["test"] not in claims
            }
    for test, ids in claims.items():
        for requirement in ids:
            rows[requirement][test] = outcomes[test]
    report = {
        requirement: [{"test": test, "outcome": outcome} for test, outcome in sorted(tests.items())]
        for requirement, tests in sorted(rows.items())
        if tests
    }
    path.parent.mkdir(exist_ok=True)
    new = path.with_suffix(f".{os.getpid()}")
    new.write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", "utf-8")
    new.replace(path)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a test of this plugin write elsewhere."""
    parser.addoption("--requirements-report", default=str(REPORT))


def pytest_configure(config: pytest.Config) -> None:
    """Collect in the controlling process only."""
    if not hasattr(config, "workerinput"):
        path = Path(config.getoption("requirements_report"))
        config.pluginmanager.register(Collector(known_ids(), path), "requirements")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let each report carry the ids of its test."""
    for item in items:
        for mark in item.iter_markers("requirement"):
            item.user_properties.extend(("requirement", requirement) for requirement in mark.args)
