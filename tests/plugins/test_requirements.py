"""The report on proved requirements says what the tests did, and nothing else."""

import json
from pathlib import Path

import pytest

from .requirements import ROOT

MARKED = """
import pytest

@pytest.mark.requirement("V20-001", "V20-002")
def test_passes():
    pass

@pytest.mark.requirement("V20-002")
def test_fails():
    assert False

@pytest.mark.requirement("V20-003")
def test_cannot_be_set_up(missing):
    pass

@pytest.mark.requirement("V20-004")
@pytest.mark.skip
def test_is_skipped():
    pass
"""


@pytest.fixture
def report(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    pytester.makeini("[pytest]\nmarkers = requirement")
    return pytester.path / "build" / "requirements.json"


def _run(pytester: pytest.Pytester, report: Path, source: str, *options: str) -> pytest.RunResult:
    pytester.makepyfile(test_marked=source)
    left_out = ("-pno:django", "-pno:cacheprovider", "-pno:schemathesis", "-pno:hypothesispytest")
    plugins = ("-p", "tests.plugins.requirements", *left_out)
    return pytester.runpytest_subprocess(*plugins, f"--requirements-report={report}", *options)


def _outcomes(report: Path) -> dict[str, set[tuple[str, str]]]:
    rows = json.loads(report.read_text("utf-8"))
    return {
        key: {(proof["test"].split("::")[1], proof["outcome"]) for proof in proofs}
        for key, proofs in rows.items()
    }


@pytest.mark.parametrize("options", [(), ("-n", "2")], ids=["one process", "several"])
def test_each_requirement_gets_its_tests_with_their_outcome(
    pytester: pytest.Pytester, report: Path, options: tuple[str, ...]
) -> None:
    _run(pytester, report, MARKED, *options).assert_outcomes(passed=1, failed=1, errors=1, skipped=1)
    assert _outcomes(report) == {
        "V20-001": {("test_passes", "passed")},
        "V20-002": {("test_passes", "passed"), ("test_fails", "failed")},
        "V20-003": {("test_cannot_be_set_up", "failed")},
        "V20-004": {("test_is_skipped", "skipped")},
    }


def test_a_run_of_one_test_keeps_what_others_proved(pytester: pytest.Pytester, report: Path) -> None:
    _run(pytester, report, MARKED)
    _run(pytester, report, MARKED.replace('"V20-001", ', ""), "-k", "passes")
    assert _outcomes(report)["V20-002"] == {("test_passes", "passed"), ("test_fails", "failed")}
    assert "V20-001" not in _outcomes(report)


def test_an_id_that_no_requirement_has_fails_the_run(pytester: pytest.Pytester, report: Path) -> None:
    source = "import pytest\n@pytest.mark.requirement('V20-9999')\ndef test_passes(): pass\n"
    result = _run(pytester, report, source)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["*no requirement has the id V20-9999*"])
