"""Catalogues of other tools become standards with statements, and their mapping sets correspondences."""

from __future__ import annotations

import pytest

from sakimori.domains.controls import rules
from sakimori.domains.controls.models import Control, Mapping, Standard, content
from sakimori.domains.controls.models.crosswalk import neighbours
from sakimori.kernel.ledger import book
from sakimori.lib.errors import NotAllowed
from sakimori.lib.grc.shape import Catalogue, Correspondence, Framework, Node
from tests.cast import Cast

FRAMEWORK = Framework(
    id="urn:x:framework:csf", name="Framework", ref="CSF", version="2",
    nodes=(
        Node(id="urn:x:gv", ref="GV", name="Govern", assessable=False),
        Node(id="urn:x:gv.po", ref="GV.PO", name="Policy", parent="urn:x:gv", assessable=False),
        Node(id="urn:x:gv.po-01", ref="GV.PO-01", name="Written", parent="urn:x:gv.po"),
        Node(id="urn:x:4", ref="4", name="Context", clause=True),
    ),
)  # fmt: skip


def catalogue(*frameworks: Framework, rows: tuple[Correspondence, ...] = ()) -> Catalogue:
    return Catalogue(format="library", name="Library", frameworks=frameworks, correspondences=rows)


def take(cast: Cast, *frameworks: Framework, rows: tuple[Correspondence, ...] = ()) -> Standard:
    found = catalogue(*frameworks, rows=rows)
    return rules.import_catalogue(catalogue=found, file_name="x.yaml", sha256="0" * 64, by=cast.ueno)


def row(target: str, framework: str = "urn:intuitive:framework:iso27001-2022") -> Correspondence:
    return Correspondence(
        source_framework=FRAMEWORK.id, source="urn:x:gv.po-01", target_framework=framework, target=target,
        relation="equal",
    )  # fmt: skip


@pytest.mark.requirement("V20-100")
def test_an_imported_framework_becomes_a_standard_with_a_statement(cast: Cast) -> None:
    standard = take(cast, FRAMEWORK)
    kinds = dict(standard.controls.values_list("ref", "control_kind"))
    assert kinds == {"GV": "area", "GV.PO": "objective", "GV.PO-01": "control", "4": "clause"}
    statement = rules.start_statement(standard=standard, by=cast.ueno)
    assert [line.control.ref for line in content.lines(statement)] == ["GV.PO-01", "4"]
    assert statement.rows.get(control__ref="4").applicable is True


def test_an_import_stands_in_the_ledger_by_its_name_and_not_by_its_bulk(cast: Cast) -> None:
    standard = take(cast, FRAMEWORK)
    entries = {line.verb: line.facts for line in book.history(standard)}
    assert entries["catalogue.imported"]["catalogue"] == "Library"
    assert entries["catalogue.imported"]["sha256"] == "0" * 64
    assert entries["standard.installed"]["lines"] == ["GV", "GV.PO", "GV.PO-01", "4"]


def test_only_the_office_imports(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        rules.import_catalogue(catalogue=catalogue(FRAMEWORK), file_name="x", sha256="0" * 64, by=cast.kato)
    assert not Standard.objects.filter(slug=FRAMEWORK.id).exists()


def test_a_file_whose_second_framework_is_known_leaves_nothing_behind(cast: Cast) -> None:
    take(cast, FRAMEWORK)
    other = Framework(id="urn:x:framework:new", name="New", nodes=FRAMEWORK.nodes)
    with pytest.raises(NotAllowed) as error:
        take(cast, other, FRAMEWORK)
    assert error.value.rule == "controls.standard_once"
    assert not Standard.objects.filter(slug=other.id).exists()


def test_a_mapping_set_joins_an_imported_and_a_shipped_standard(cast: Cast) -> None:
    rules.install_shipped()
    take(cast, FRAMEWORK)
    take(cast, rows=(row("urn:intuitive:req_node:iso27001-2022:a.5.1"), row("urn:intuitive:req_node:none")))
    theirs = Control.objects.get(standard__slug="iso27001-2022", ref="A.5.1")
    made = Mapping.objects.get(target=theirs, source__external_id="urn:x:gv.po-01")
    assert made.relation == Mapping.Relation.EQUAL
    oldest = Control.objects.get(standard__slug="isms-v2-2003", ref="3(1)-1")
    assert made.source_id in neighbours([oldest.pk])[oldest.pk]  # over 2013 and 2022


def test_a_mapping_set_between_unknown_standards_is_refused(cast: Cast) -> None:
    with pytest.raises(NotAllowed) as error:
        take(cast, rows=(row("urn:y:1", "urn:y:framework"),))
    assert error.value.rule == "controls.mapping_without_standards"
