"""OSCAL: catalogues and profiles in, component definitions out, judged by an independent implementation."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from trestle.oscal.catalog import Model as CatalogModel
from trestle.oscal.component import Model as ComponentModel

from sakimori.lib import grc
from sakimori.lib.errors import Refused
from sakimori.lib.grc.component import Declared, Implemented, document, token

UUID = "11111111-1111-4111-8111-111111111111"
METADATA = {
    "title": "Sample", "last-modified": "2026-01-01T00:00:00Z", "version": "1", "oscal-version": "1.1.3",
    "parties": [{"uuid": UUID, "type": "organization", "name": "House"}],
}  # fmt: skip


LABEL = {"name": "label", "value": "a."}


def control(identity: str, **facts: Any) -> dict[str, Any]:
    return {"id": identity, "title": f"Title {identity}"} | facts


def catalogue(**body: Any) -> dict[str, Any]:
    return {"catalog": {"uuid": UUID, "metadata": METADATA} | body}


def read(data: dict[str, Any]) -> grc.Catalogue:
    return grc.read(json.dumps(data).encode(), "c.json")


SAMPLE = catalogue(
    groups=[
        {
            "id": "ac", "title": "Access", "controls": [
                control(
                    "ac-1", props=[{"name": "label", "value": "AC-1"}],
                    params=[{"id": "ac-1_p1", "label": "officer"}],
                    parts=[
                        {
                            "name": "statement", "id": "ac-1_s", "prose": "Do so by {{ insert: param, ac-1_p1 }}:",
                            "parts": [
                                {"name": "item", "id": "ac-1_s.a", "prose": "write", "props": [LABEL]},
                            ],
                        },
                        {"name": "guidance", "id": "ac-1_g", "prose": "not shown"},
                    ],
                    controls=[control("ac-1.1")],
                ),
                control("ac-2", props=[{"name": "status", "value": "withdrawn"}]),
            ],
        }
    ],
    controls=[control("x-1")],
)  # fmt: skip


def test_the_sample_is_a_catalogue_for_the_independent_implementation_too() -> None:
    assert CatalogModel.model_validate(SAMPLE).catalog.metadata.title == "Sample"


def test_groups_controls_and_enhancements_become_nodes_in_order() -> None:
    (framework,) = read(SAMPLE).frameworks
    assert [(n.ref, n.parent, n.assessable) for n in framework.nodes] == [
        ("ac", "", False), ("AC-1", "ac", True), ("ac-1.1", "ac-1", True), ("ac-2", "ac", False), ("x-1", "", True),
    ]  # fmt: skip
    assert framework.publisher == "House"


def test_the_text_of_a_control_shows_its_items_and_what_parameters_stand_for() -> None:
    node = read(SAMPLE).frameworks[0].nodes[1]
    assert node.gloss == "Do so by ［officer］:\n　a. write"


def test_a_profile_gives_the_controls_it_names_once() -> None:
    imports = [{"href": "#x", "include-controls": [{"with-ids": ["ac-1", "ac-2"]}, {"with-ids": ["ac-1"]}]}]
    found = read({"profile": {"uuid": UUID, "metadata": METADATA, "imports": imports}})
    assert [n.ref for n in found.frameworks[0].nodes] == ["ac-1", "ac-2"]
    assert found.format == "oscal-profile"


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (catalogue(controls=[{"title": "x"}]), "controls 1件目: 管理策の id がありません"),
        (catalogue(controls=[control("a"), control("a")]), "2件目: 識別子「a」が"),
        (catalogue(controls="x"), "catalog.controls: 一覧ではありません"),
        (catalogue(controls=["x"]), "controls 1件目: キーと値の組ではありません"),
        (catalogue(controls=[control("a", title=["x"])]), "title: 文字ではありません"),
        (catalogue(groups=[{"id": "g", "title": "x"}]), "管理策（controls）がありません"),
        ({"catalog": []}, "catalog: キーと値の組ではありません"),
        ({"catalog": {"uuid": UUID}}, "metadata: キーと値の組ではありません"),
        (
            {"profile": {"metadata": METADATA, "imports": [{"href": "#x", "include-all": {}}]}},
            "include-all: 元のカタログがないと展開できません",
        ),
        (
            {"profile": {"metadata": METADATA, "imports": [{"include-controls": [{"with-ids": [1]}]}]}},
            "with-ids 1件目",
        ),
    ],
)
def test_a_broken_catalogue_is_refused_with_its_place(data: dict[str, Any], told: str) -> None:
    with pytest.raises(Refused, match=".") as error:
        read(data)
    assert told in str(error.value)


def declared(*rows: Implemented) -> Declared:
    return Declared(
        title="適用宣言書 27001:2022 第1版", version="1", organization="さくら精機", standard="ISO/IEC 27001:2022",
        source="urn:sakimori:standard:iso27001-2022", modified=datetime(2026, 4, 1, tzinfo=UTC), implemented=rows,
    )  # fmt: skip


ROW = Implemented(
    control_id="A.5.1", description="リスクへの対応",
    facts=(("applicability", "applied"), ("article", ""), ("impact", "改行\nあり")),
)  # fmt: skip


def test_a_statement_is_a_component_definition_for_the_independent_implementation() -> None:
    text = json.dumps(document(declared(ROW, Implemented(control_id="第4-2(1)-4", description=""))))
    model = ComponentModel.model_validate_json(text)
    (component,) = model.component_definition.components
    rows = component.control_implementations[0].implemented_requirements
    assert [row.control_id for row in rows][0] == "A.5.1"
    assert [prop.name for prop in rows[0].props] == ["applicability", "impact"]
    assert rows[1].props is None


def test_the_same_statement_goes_out_with_the_same_identifiers() -> None:
    assert document(declared(ROW)) == document(declared(ROW))
    changed = Implemented(control_id="A.5.1", description="別の理由")
    one, two = (document(declared(row))["component-definition"] for row in (ROW, changed))
    assert isinstance(one, dict)
    assert isinstance(two, dict)
    assert one["uuid"] != two["uuid"]


def test_the_independent_implementation_refuses_what_is_no_component_definition() -> None:
    data = document(declared(ROW))
    body = data["component-definition"]
    assert isinstance(body, dict)
    body["unknown"] = 1
    with pytest.raises(ValueError, match="unknown"):
        ComponentModel.model_validate(data)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.text(max_size=20), st.text(max_size=30), st.text(max_size=20)), min_size=1, max_size=4
    )
)
def test_whatever_people_write_goes_out_valid(rows: list[tuple[str, str, str]]) -> None:
    made = [Implemented(control_id=a, description=b, facts=(("article", c),)) for a, b, c in rows]
    ComponentModel.model_validate_json(json.dumps(document(declared(*made))))


@pytest.mark.parametrize(
    ("identity", "expected"), [("A.5.1", "A.5.1"), ("5.1", "c_5.1"), ("3(1)-2", "c_3_1_-2"), ("(", "control")]
)
def test_an_id_becomes_a_token(identity: str, expected: str) -> None:
    assert token(identity) == expected
