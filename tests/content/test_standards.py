"""Prove that the catalogues of standards are complete, sound and in our own plain Japanese."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

from sakimori.kernel.content.standards import CROSSWALKS as LOADED_CROSSWALKS
from sakimori.kernel.content.standards import STANDARDS as LOADED_STANDARDS

CONTENT = Path(__file__).resolve().parents[2] / "content"
STANDARDS = CONTENT / "standards"
REQUIREMENTS = CONTENT / "requirements"
CATALOGUES = ("isms-v2-2003", "iso27001-2013", "iso27001-2022", "industry-model")
CROSSWALKS = ("crosswalk-v2-2013", "crosswalk-2013-2022")
GLOSS_LIMIT = 120
KINDS = ("clause", "area", "objective", "control")
CATALOGUE_KEYS = {"id", "key", "title", "short", "publisher", "counts", "nodes"}
OPTIONAL_CATALOGUE_KEYS = {"edition", "attributes"}
NODE_KEYS = {"ref", "kind", "title", "gloss"}
OPTIONAL_NODE_KEYS = {"parent", "attributes"}
JAPANESE = re.compile(r"[ぁ-んァ-ヶ一-龠]")

Row = dict[str, Any]


@cache
def load(path: Path) -> Row:
    """Return the mapping written in the YAML file at ``path``; tests share it and never change it."""
    loaded: Row = yaml.safe_load(path.read_text(encoding="utf-8"))
    return loaded


def catalogue(name: str) -> Row:
    """Return the standard called ``name``."""
    return load(STANDARDS / f"{name}.yaml")


def controls(name: str) -> list[Row]:
    """Return the controls of the standard called ``name``, in document order."""
    return [node for node in catalogue(name)["nodes"] if node["kind"] == "control"]


def refs(name: str) -> list[str]:
    """Return the numbers of the controls of the standard called ``name``."""
    return [node["ref"] for node in controls(name)]


def crosswalk(name: str) -> list[Row]:
    """Return the rows of the crosswalk called ``name``."""
    rows: list[Row] = load(STANDARDS / f"{name}.yaml")["rows"]
    return rows


def test_version_2_has_its_134_controls_under_36_objectives_in_10_areas() -> None:
    kinds = Counter(node["kind"] for node in catalogue("isms-v2-2003")["nodes"])
    assert (kinds["control"], kinds["objective"], kinds["area"]) == (134, 36, 10)
    per_area = Counter(ref.split("(")[0] for ref in refs("isms-v2-2003"))
    assert per_area == {
        "3": 3, "4": 10, "5": 3, "6": 10, "7": 15, "8": 25, "9": 33, "10": 19, "11": 5, "12": 11,
    }  # fmt: skip


def test_edition_2013_has_its_114_controls_under_35_objectives_in_14_areas() -> None:
    kinds = Counter(node["kind"] for node in catalogue("iso27001-2013")["nodes"])
    assert (kinds["control"], kinds["objective"], kinds["area"]) == (114, 35, 14)
    per_area = Counter(int(ref.split(".")[1]) for ref in refs("iso27001-2013"))
    assert per_area == {
        5: 2, 6: 7, 7: 6, 8: 10, 9: 14, 10: 2, 11: 15, 12: 14, 13: 7, 14: 13, 15: 5, 16: 7, 17: 4, 18: 8,
    }  # fmt: skip


def test_edition_2022_has_37_8_14_and_34_controls_in_its_four_themes() -> None:
    per_theme = Counter(node["parent"] for node in controls("iso27001-2022"))
    assert per_theme == {"A.5": 37, "A.6": 8, "A.7": 14, "A.8": 34}


@pytest.mark.parametrize("name", CATALOGUES)
def test_numbers_of_sibling_controls_run_without_a_gap(name: str) -> None:
    siblings: dict[str, list[int]] = {}
    for node in controls(name):
        tail = re.search(r"(\d+)$", node["ref"])
        assert tail is not None, node["ref"]
        siblings.setdefault(node["parent"], []).append(int(tail[1]))
    for parent, numbers in siblings.items():
        # A subsection of the industry model may be a group of its own and then is no control.
        steps = [later - earlier for earlier, later in pairwise(numbers)]
        assert min(steps, default=1) >= 1, parent
        assert name == "industry-model" or numbers == list(range(1, len(numbers) + 1)), parent


@pytest.mark.parametrize("name", CATALOGUES)
def test_a_catalogue_has_only_the_documented_keys_and_the_counts_it_declares(name: str) -> None:
    standard = catalogue(name)
    assert CATALOGUE_KEYS <= standard.keys() <= CATALOGUE_KEYS | OPTIONAL_CATALOGUE_KEYS
    assert standard["id"] == name
    kinds = Counter(node["kind"] for node in standard["nodes"])
    assert {kind: kinds[kind] for kind in KINDS} == standard["counts"]
    for node in standard["nodes"]:
        assert NODE_KEYS <= node.keys() <= NODE_KEYS | OPTIONAL_NODE_KEYS, node
        assert isinstance(node["ref"], str), node


def test_every_catalogue_has_its_own_key() -> None:
    assert sorted(catalogue(name)["key"] for name in CATALOGUES) == ["2013", "2022", "JPM", "V2"]


@pytest.mark.parametrize("name", CATALOGUES)
def test_every_parent_stands_before_its_children_so_that_there_is_no_cycle(name: str) -> None:
    seen: dict[str, str] = {}
    for node in catalogue(name)["nodes"]:
        assert node["ref"] not in seen, f"{node['ref']} twice"
        parent = node.get("parent")
        assert parent is None or parent in seen, node["ref"]
        if parent is not None:
            assert KINDS.index(seen[parent]) <= KINDS.index(node["kind"]), node["ref"]
        seen[node["ref"]] = node["kind"]


@pytest.mark.parametrize("name", CATALOGUES)
def test_titles_and_glosses_are_short_plain_japanese(name: str) -> None:
    for node in catalogue(name)["nodes"]:
        assert JAPANESE.search(node["title"]), node["ref"]
        assert JAPANESE.search(node["gloss"]), node["ref"]
        assert len(node["gloss"]) <= GLOSS_LIMIT, node["ref"]
        assert node["gloss"].endswith("。"), node["ref"]
        assert node["gloss"].rstrip("。") != node["title"], node["ref"]


def test_no_two_nodes_of_any_catalogue_share_a_gloss() -> None:
    glosses = Counter(node["gloss"] for name in CATALOGUES for node in catalogue(name)["nodes"])
    assert [gloss for gloss, times in glosses.items() if times > 1] == []


@pytest.mark.parametrize("name", CATALOGUES)
def test_no_gloss_speaks_in_the_imperative_of_a_standard(name: str) -> None:
    # The sentences of the standards end like this; ours explain and never do.
    borrowed = re.compile(r"(しなければならない|することが望ましい|ものとする)")
    assert [node["ref"] for node in catalogue(name)["nodes"] if borrowed.search(node["gloss"])] == []


def test_the_attributes_of_2022_use_only_declared_values() -> None:
    standard = catalogue("iso27001-2022")
    declared = {axis["id"]: set(axis["values"]) for axis in standard["attributes"]}
    assert sorted(declared) == ["capability", "concept", "control_type", "domain", "property"]
    for node in controls("iso27001-2022"):
        assert {"control_type", "property", "concept", "capability"} <= node["attributes"].keys(), node["ref"]
        for axis, values in node["attributes"].items():
            assert values, node["ref"]
            assert set(values) <= declared[axis], node["ref"]


def test_the_clause_on_planned_changes_exists_only_since_2022() -> None:
    clauses = {name: {n["ref"] for n in catalogue(name)["nodes"]} for name in CATALOGUES}
    assert "6.3" in clauses["iso27001-2022"]
    assert "6.3" not in clauses["iso27001-2013"]


@pytest.mark.parametrize("name", CROSSWALKS)
def test_a_crosswalk_maps_every_old_control_once_and_reaches_every_new_one(name: str) -> None:
    head = load(STANDARDS / f"{name}.yaml")
    assert head.keys() == {"id", "from_standard", "to_standard", "source", "rows"}
    assert head["id"] == name
    sources = [ref for row in head["rows"] for ref in row["from"]]
    assert sorted(sources) == sorted(refs(head["from_standard"]))
    assert {ref for row in head["rows"] for ref in row["to"]} == set(refs(head["to_standard"]))


@pytest.mark.parametrize("name", CROSSWALKS)
def test_every_crosswalk_row_has_the_shape_of_its_relation(name: str) -> None:
    shapes = {
        "equal": lambda old, new: old == 1 and new == 1,
        "merged": lambda old, new: old >= 1 and new == 1,
        "split": lambda old, new: old == 1 and new >= 2,
        "partial": lambda old, new: old == 1 and new >= 1,
        "new": lambda old, new: old == 0 and new == 1,
        "dropped": lambda old, new: old >= 1 and new == 0,
    }
    for row in crosswalk(name):
        assert row.keys() - {"note"} == {"from", "to", "relation"}, row
        assert shapes[row["relation"]](len(row["from"]), len(row["to"])), row
        if row["relation"] in {"partial", "new", "dropped"}:
            assert JAPANESE.search(row["note"]), row


@pytest.mark.parametrize("name", CROSSWALKS)
def test_a_control_called_equal_has_one_heir_and_a_merged_one_has_company(name: str) -> None:
    heirs: Counter[str] = Counter()
    for row in crosswalk(name):
        if row["relation"] in {"equal", "merged", "split"}:
            heirs.update({target: len(row["from"]) for target in row["to"]})
    for row in crosswalk(name):
        if row["relation"] == "equal":
            assert heirs[row["to"][0]] == 1, row
        if row["relation"] == "merged":
            assert heirs[row["to"][0]] >= 2, row


def test_eleven_controls_are_new_in_2022() -> None:
    new = [row["to"][0] for row in crosswalk("crosswalk-2013-2022") if row["relation"] == "new"]
    assert sorted(new) == sorted(
        [
            "A.5.7",
            "A.5.23",
            "A.5.30",
            "A.7.4",
            "A.8.9",
            "A.8.10",
            "A.8.11",
            "A.8.12",
            "A.8.16",
            "A.8.23",
            "A.8.28",
        ]
    )


def test_no_control_of_2013_is_lost_in_2022() -> None:
    assert [row for row in crosswalk("crosswalk-2013-2022") if row["relation"] == "dropped"] == []


@cache
def requirement_rows() -> list[Row]:
    """Return every row of the requirement catalogue."""
    return [
        row for path in sorted(REQUIREMENTS.glob("*.yaml")) for row in yaml.safe_load(path.read_text("utf-8"))
    ]


def all_names() -> set[str]:
    """Return every node as a requirement names it: ``key:ref``, for 2022 without the leading ``A.``."""
    return {
        f"{catalogue(name)['key']}:{node['ref'].removeprefix('A.') if name == 'iso27001-2022' else node['ref']}"
        for name in CATALOGUES
        for node in catalogue(name)["nodes"]
        if name != "iso27001-2022" or node["kind"] == "control"
    }


@pytest.mark.skipif(not REQUIREMENTS.is_dir(), reason="the requirement catalogue is not in this tree")
def test_every_control_named_by_a_requirement_exists_in_its_catalogue() -> None:
    named = {control for row in requirement_rows() for control in row["control"]}
    assert len(named) > 200
    assert sorted(named - all_names()) == []


@pytest.mark.skipif(not REQUIREMENTS.is_dir(), reason="the requirement catalogue is not in this tree")
def test_every_article_read_from_the_industry_model_has_its_heading() -> None:
    headings = {node["ref"] for node in catalogue("industry-model")["nodes"]}
    articles = {
        article
        for row in requirement_rows()
        if row["id"].startswith("JPM-")
        for article in row["ref"].split(" ")[1].split("・")
    }
    assert sorted(articles - headings) == []


def test_the_product_loads_every_catalogue_and_crosswalk_in_the_order_of_the_document() -> None:
    assert sorted(standard.id for standard in LOADED_STANDARDS) == sorted(CATALOGUES)
    assert sorted(walk.id for walk in LOADED_CROSSWALKS) == sorted(CROSSWALKS)
    for standard in LOADED_STANDARDS:
        assert [node.ref for node in standard.nodes] == [
            node["ref"] for node in catalogue(standard.id)["nodes"]
        ]
