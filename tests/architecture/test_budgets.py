"""Files, functions and domains stay small enough to be read."""

from pathlib import Path

from .source import DOMAINS, OWN, functions, name_of, own_files, place

FILE, FUNCTION, DOMAIN = 300, 40, 900
# Whole life cycles: docs/adr/0004.
CORE = {
    "risk": 2_900,
    "organization": 2_800,
    "controls": 3_700,
    "documents": 3_600,
    "training": 1_200,
    "committee": 2_000,
}


def _lines(*paths: Path) -> int:
    return sum(len(path.read_text("utf-8").splitlines()) for path in paths)


def test_files_stay_short() -> None:
    long = {name_of(path): count for path in OWN if (count := _lines(path)) > FILE}
    assert not long, long


def test_functions_stay_short() -> None:
    long = {
        f"{place(function, path)} {function.name}": length
        for path in OWN
        for function in functions(path)
        if (length := (function.end_lineno or 0) - function.lineno + 1) > FUNCTION
    }
    assert not long, long


def test_domains_stay_small() -> None:
    large = {
        domain.name: count
        for domain in DOMAINS
        if (count := _lines(*own_files(domain))) > CORE.get(domain.name, DOMAIN)
    }
    assert not large, large
