"""Files, functions and domains stay small enough to be read."""

from pathlib import Path

import pytest

from .source import DOMAINS, SRC, functions, name_of, own_files, place

FILE, FUNCTION, DOMAIN = 300, 40, 700


@pytest.mark.parametrize("path", own_files(SRC), ids=name_of)
def test_a_file_stays_short(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= FILE


@pytest.mark.parametrize("path", own_files(SRC), ids=name_of)
def test_a_function_stays_short(path: Path) -> None:
    long = [
        f"{place(function, path)} {function.name} has {length} lines"
        for function in functions(path)
        if (length := (function.end_lineno or 0) - function.lineno + 1) > FUNCTION
    ]
    assert not long, "\n".join(long)


@pytest.mark.parametrize("domain", DOMAINS, ids=name_of)
def test_a_domain_stays_small(domain: Path) -> None:
    assert sum(len(path.read_text("utf-8").splitlines()) for path in own_files(domain)) <= DOMAIN
