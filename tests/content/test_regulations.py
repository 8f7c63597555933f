"""Prove that the regulations can be read, point at what exists, state no number by themselves, and carry the catalogue."""

from __future__ import annotations

import re
from pathlib import Path

from sakimori.kernel.content import regulations
from sakimori.kernel.content.catalogue import GLOSSARY, REQUIREMENTS
from sakimori.kernel.content.inspection import MODULES
from sakimori.kernel.content.parameters import PARAMETERS
from sakimori.kernel.content.regulations import ARTICLES, REGULATIONS
from sakimori.kernel.content.shelf import Shelf
from sakimori.kernel.content.texts import NOTICES
from sakimori.lib import provisions

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
# A definition tells what a word means, and asks nobody to do anything.
CARRIED_KINDS = {"duty", "periodic", "timelimit", "approval", "record", "prohibition", "technical"}
NO_CARRIERS = (REQUIREMENTS, GLOSSARY, PARAMETERS, NOTICES)


def listed(name: str) -> set[str]:
    """Return the lines of a list that may only shrink."""
    return {line for line in (HERE / name).read_text().splitlines() if line and not line.startswith("#")}


def uncarried() -> set[str]:
    """Return the rows of the catalogue that no article, obligation, form, checklist or playbook names."""
    assert MODULES
    carried: set[str] = set()
    for shelf in Shelf.every:
        if shelf not in NO_CARRIERS:
            for piece in shelf:
                carried.update(getattr(piece, "requirements", ()))
    return {row.id for row in REQUIREMENTS if row.kind in CARRIED_KINDS} - carried


def unread() -> set[str]:
    """Return the parameters that no rule, duty, form or checklist reads by name."""
    sources = [
        path.read_text()
        for folder, pattern in (("src", "**/*.py"), ("content/obligations", "*.yaml"), ("content/forms", "*.yaml"),
                                ("content/checklists", "*.yaml"), ("content/regulations", "*/regulation.yaml"))
        for path in (ROOT / folder).glob(pattern)
        if "tests" not in path.parts
    ]  # fmt: skip
    quoted = set(
        re.findall(r"""["'{\s:]([a-z][a-z0-9_-]*(?:\.[a-z0-9_-]+)+)(?=["'},\s])""", "\n".join(sources))
    )
    return {parameter.id for parameter in PARAMETERS} - quoted


def test_every_shelf_of_regulations_reads_without_fault() -> None:
    assert [*REGULATIONS.problems(), *ARTICLES.problems()] == []


def test_every_folder_of_articles_says_which_regulation_it_is() -> None:
    assert list(regulations.homeless()) == []


def test_no_article_states_a_number_that_is_not_a_parameter() -> None:
    found = {article.id: regulations.written_numbers(article.text) for article in ARTICLES}
    assert {name: numbers for name, numbers in found.items() if numbers} == {}


def test_a_written_number_is_found_and_a_name_with_digits_is_not() -> None:
    assert regulations.written_numbers("一名以上を置き、3年保存する。三か月ごとに見直す。") != []
    assert (
        regulations.written_numbers("第三者に一切渡さず、ISO/IEC 27001 と IPv6 と SHA-256 に従う。{{a.b1}}")
        == []
    )


def test_every_article_has_its_own_title_in_its_regulation() -> None:
    titles = [(article.regulation, article.title) for article in ARTICLES]
    assert sorted({title for title in titles if titles.count(title) > 1}) == []


def test_the_rows_of_the_catalogue_that_nothing_carries_only_become_fewer() -> None:
    assert sorted(uncarried() - listed("uncarried.txt")) == []


def test_the_parameters_that_nothing_reads_only_become_fewer() -> None:
    assert sorted(unread() - listed("unread-parameters.txt")) == []


def test_the_texts_of_all_articles_can_be_taken_apart_and_lose_nothing() -> None:
    for article in ARTICLES:
        paragraphs = provisions.read(article.text)
        letters = "".join(p.text for p in paragraphs) + "".join(
            text for p in paragraphs for text in _texts(p.items)
        )
        assert sorted(letters) == sorted(re.sub(r"(?m)^ *- +|[\n]|^ +", "", article.text)), article.id


def _texts(items: tuple[provisions.Item, ...]) -> list[str]:
    return [text for item in items for text in (item.text, *_texts(item.items))]
