"""Library YAML: many shapes are read, broken ones are refused with the place."""

from __future__ import annotations

import json

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sakimori.lib import grc
from sakimori.lib.errors import Refused
from sakimori.lib.grc import door


def node(urn: str, parent: str = "", **facts: object) -> dict[str, object]:
    """One node as such files write it."""
    base: dict[str, object] = {
        "urn": urn,
        "assessable": True,
        "depth": 1,
        "ref_id": urn,
        "name": f"Name {urn}",
    }
    return base | ({"parent_urn": parent} if parent else {}) | facts


def library(*nodes: dict[str, object], **objects: object) -> dict[str, object]:
    """A whole library."""
    framework = {"urn": "urn:x:fw", "ref_id": "FW", "name": "Framework", "requirement_nodes": list(nodes)}
    return {
        "urn": "urn:x:lib", "locale": "en", "ref_id": "LIB", "name": "Library", "version": 2, "provider": "House",
        "objects": {"framework": framework, **objects},
    }  # fmt: skip


def written(data: object) -> bytes:
    """Return the data as YAML without aliases."""
    return yaml.safe_dump(json.loads(json.dumps(data)), allow_unicode=True).encode()


def read(data: object, *, locale: str = "ja") -> grc.Catalogue:
    return grc.read(written(data), "lib.yaml", locale=locale)


def refused(data: object) -> str:
    content = data if isinstance(data, bytes) else written(data)
    with pytest.raises(Refused) as error:
        grc.read(content, "lib.yaml")
    return str(error.value)


def test_a_framework_is_read_in_the_order_of_the_file_with_parents_first() -> None:
    data = library(node("b", "a"), node("a", assessable=False), node("c", "b"), node("d"))
    (framework,) = read(data).frameworks
    assert [n.id for n in framework.nodes] == ["a", "b", "c", "d"]
    assert (framework.name, framework.version, framework.publisher) == ("Framework", "", "House")
    assert [n.assessable for n in framework.nodes] == [False, True, True, True]


def test_several_frameworks_and_the_older_single_one_are_read() -> None:
    one = library(node("a"))
    several = library(node("a"))
    objects = several["objects"]
    assert isinstance(objects, dict)
    framework = objects.pop("framework")
    objects["frameworks"] = [framework, framework | {"urn": "urn:x:fw2"}]
    assert [f.id for f in read(one).frameworks] == ["urn:x:fw"]
    assert [f.id for f in read(several).frameworks] == ["urn:x:fw", "urn:x:fw2"]


def test_a_node_without_number_or_name_gets_them_from_its_urn_and_text() -> None:
    bare = {"urn": "urn:x:req:node12", "assessable": True, "depth": 1, "description": "Keep a list.\nAlways."}
    (found,) = read(library(bare)).frameworks[0].nodes
    assert (found.ref, found.name, found.gloss) == ("node12", "Keep a list. Always.", "Keep a list.\nAlways.")
    nameless = {"urn": "urn:x:req:é-1", "assessable": True, "depth": 1}
    (found,) = read(library(nameless)).frameworks[0].nodes
    assert (found.ref, found.name) == ("é-1", "é-1")


def test_urns_are_compared_without_case_and_may_hold_any_letters() -> None:
    data = library(node("urn:X:Größe"), node("urn:x:kind", "URN:x:GRÖSSE"))
    nodes = read(data).frameworks[0].nodes
    assert nodes[1].parent == nodes[0].id


def test_numbers_are_numbers_or_texts() -> None:
    nodes = read(library(node("a", ref_id=1.1), node("b", ref_id=7))).frameworks[0].nodes
    assert [n.ref for n in nodes] == ["1.1", "7"]


def test_a_number_used_twice_is_completed_and_told() -> None:
    found = read(library(node("a", ref_id="1"), node("b", ref_id="1"), node("c", ref_id="1 (2)")))
    assert [n.ref for n in found.frameworks[0].nodes] == ["1", "1 (3)", "1 (2)"]
    assert "通し番号" in found.remarks[0]


def test_the_preferred_language_is_taken_where_the_file_has_it() -> None:
    translated = node("a", translations={"ja": {"name": "施錠", "description": "閉める。"}})
    (found,) = read(library(translated)).frameworks[0].nodes
    assert (found.name, found.gloss) == ("施錠", "閉める。")
    (found,) = read(library(translated), locale="fr").frameworks[0].nodes
    assert found.name == "Name a"


def test_implementation_groups_become_an_attribute() -> None:
    (found,) = read(library(node("a", implementation_groups=["IG1", 2]))).frameworks[0].nodes
    assert found.attributes == {"implementation_groups": ["IG1", "2"]}


def test_clauses_of_a_management_system_are_told_from_controls() -> None:
    data = library(
        node("a", ref_id="4.1"), node("b", ref_id="A.5.1"), node("c", ref_id="10.2"), node("d", ref_id="11")
    )
    objects = data["objects"]
    assert isinstance(objects, dict)
    objects["framework"]["name"] = "International standard ISO/IEC 27001:2022"
    assert [n.clause for n in read(data).frameworks[0].nodes] == [True, False, True, False]
    assert not any(n.clause for n in read(library(node("a", ref_id="4.1"))).frameworks[0].nodes)


def test_reference_controls_become_a_standard_of_their_own() -> None:
    measures = [
        {
            "urn": "urn:x:m:1",
            "ref_id": "M.1",
            "name": "Locks",
            "category": "physical",
            "csf_function": "protect",
        }
    ]
    found = read(library(node("a"), reference_controls=measures))
    assert [f.id for f in found.frameworks] == ["urn:x:fw", "urn:x:lib#reference_controls"]
    assert found.frameworks[1].nodes[0].attributes == {"category": ["physical"], "csf_function": ["protect"]}


def test_threats_and_matrices_are_named_as_left_out() -> None:
    found = read(library(node("a"), threats=[{"urn": "t"}, {"urn": "u"}], risk_matrix=[{"urn": "m"}]))
    assert dict(found.left_out) == {"脅威": 2, "リスクマトリクス": 1}


def mapping(**changes: object) -> dict[str, object]:
    row = {"source_requirement_urn": "urn:x:1", "target_requirement_urn": "urn:y:1", "relationship": "equal"}
    return {
        "urn": "urn:x:set", "source_framework_urn": "urn:x:FW", "target_framework_urn": "urn:y:fw",
        "requirement_mappings": [row | changes],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("stated", "taken"),
    [("equal", "equal"), ("subset", "merged"), ("superset", "split"), ("intersect", "partial")],
)
def test_a_mapping_set_becomes_correspondences(stated: str, taken: str) -> None:
    data = library(requirement_mapping_sets=[mapping(relationship=stated)])
    objects = data["objects"]
    assert isinstance(objects, dict)
    del objects["framework"]
    (found,) = read(data).correspondences
    assert (found.source_framework, found.relation) == ("urn:x:fw", taken)


def test_rows_that_are_not_related_are_left_out() -> None:
    assert (
        read(library(node("a"), requirement_mapping_set=mapping(relationship="not_related"))).correspondences
        == ()
    )


# --- refusals ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (library(node("a"), node("a")), "2件目: 識別子「a」が"),
        (library(node("a", "nowhere")), "1件目: 上位項目「nowhere」がファイルにありません"),
        (library(node("a", "b"), node("b", "a")), "循環"),
        (library(node("a", "a")), "循環"),
        (library(node("a", assessable="yes")), "1件目: assessable は true か false"),
        (library(node("a", ref_id=["x"])), "1件目.ref_id: 文字ではありません"),
        (library(node("a", name={"x": 1})), "文字ではありません"),
        (library({"name": "x"}), "1件目.urn: 識別子（urn）がありません"),
        (library(node("a", translations=["x"])), "translations"),
        (library(node("a", implementation_groups="IG1")), "implementation_groups"),
        (library(node("a"), reference_controls={"x": 1}), "一覧"),
        (library(node("a"), requirement_mapping_sets=["x"]), "requirement_mapping_sets 1件目: キーと値の組"),
        (
            library(node("a"), requirement_mapping_set=mapping(relationship="cousin")),
            "「cousin」は知らない関係",
        ),
        (library(), "requirement_nodes がありません"),
        ({"urn": "urn:x", "objects": {}}, "どれもありません"),
        ({"urn": "urn:x", "objects": []}, "objects: キーと値の組ではありません"),
        ({"urn": "urn:x", "objects": {"framework": {"urn": "u", "requirement_nodes": "x"}}}, "一覧"),
        ({"name": "x"}, "知らない形式です"),
        (["x"], "最上位が表"),
        (library(*(node(f"n{i}", f"n{i - 1}" if i else "") for i in range(60))), "階層が深すぎます"),
        (library(node("a" * 600)), "識別子が長すぎます"),
    ],
)
def test_a_broken_library_is_refused_with_its_place(data: object, told: str) -> None:
    assert told in refused(data)


def test_more_nodes_than_a_standard_has_are_refused() -> None:
    text = "urn: u\nobjects:\n  framework:\n    urn: f\n    requirement_nodes:\n"
    text += "".join(f"    - {{urn: n{i}, assessable: true}}\n" for i in range(20_001))
    assert "20,001件" in refused(text.encode())


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "空のファイル"),
        (b"urn: a\nobjects: [\n", "3行1列"),
        (b"urn: a\nurn: b\n", "2行1列: キー「urn」が重複"),
        ("urn: 名".encode("cp932"), "UTF-8ではありません"),
        (b"urn: !!python/object/apply:os.system ['true']\nobjects: {}\n", "YAMLとして読めません"),
        (b"%PDF-1.7", "YAML"),
        (b'{"urn": }', "1行9列: JSONとして読めません"),
        (b"urn: x\nobjects: 2024-99-99\n", "YAMLとして読めません"),
    ],
)
def test_what_cannot_be_read_is_refused_with_line_and_column(content: bytes, told: str) -> None:
    assert told in refused(content)


def test_a_billion_laughs_are_refused_before_the_first() -> None:
    bomb = b"a: &a [lol, lol]\nb: &b [*a, *a]\nc: [*b, *b]\n"
    assert "2行8列: 別名（*）は使えません" in refused(bomb)


@pytest.mark.parametrize("content", [b"[" * 100_000, b'{"a":' * 100_000, b"- " * 100_000 + b"x"])
def test_deep_nesting_is_refused_and_does_not_bring_the_process_down(content: bytes) -> None:
    assert "深すぎます" in refused(content)


def test_a_file_beyond_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "MAX_BYTES", 10)
    assert "開きません" in refused(b"urn: " + b"x" * 20)


leaf = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8)
anything = st.recursive(
    leaf,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
KEYS = [
    "urn",
    "parent_urn",
    "assessable",
    "ref_id",
    "name",
    "description",
    "translations",
    "implementation_groups",
]


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(st.dictionaries(st.sampled_from(KEYS), anything, max_size=8), max_size=5))
def test_any_nodes_are_read_or_refused_and_never_an_accident(nodes: list[dict[str, object]]) -> None:
    try:
        found = grc.read(json.dumps(library(*nodes)).encode(), "x.json")
    except Refused as refusal:
        assert str(refusal)
    else:
        refs = [n.ref for n in found.frameworks[0].nodes]
        assert len(refs) == len(set(refs)) == len(nodes)
