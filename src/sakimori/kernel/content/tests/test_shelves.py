"""Content is read strictly, once, and what is wrong stops the start with its place."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings

from sakimori.kernel.content import inspection, shelf
from sakimori.kernel.content.forms import FORMS
from sakimori.kernel.content.parameters import PARAMETERS
from sakimori.kernel.content.shelf import UnknownContent
from sakimori.kernel.content.standards import CROSSWALKS, STANDARDS
from sakimori.lib.strictyaml import ContentError

FORM = """
id: trip
title: 出張申請書
category: 試験
prefix: TRP
fields:
  - {id: who, label: 行く人, type: person}
  - {id: cost, label: 費用, type: money}
route:
  - {id: approve, title: 承認, action: approve, role: president}
"""


@pytest.fixture
def content(tmp_path: Path, settings: LazySettings) -> Iterator[Path]:
    """A copy of the roles and rights, and an otherwise empty content folder."""
    for name in ("roles.yaml", "access.yaml"):
        shutil.copy(Path(settings.CONTENT_DIR) / name, tmp_path / name)
    (tmp_path / "forms").mkdir()
    settings.CONTENT_DIR = tmp_path
    yield tmp_path
    shelf.forget()


def faults() -> list[str]:
    return [f"{error.obj}: {error.msg}" for error in inspection.check()]


def test_the_content_of_the_product_is_without_fault() -> None:
    assert faults() == []


def test_standards_and_crosswalks_lie_side_by_side_and_are_told_apart() -> None:
    assert {s.id for s in STANDARDS} >= {"isms-v2-2003", "iso27001-2013", "iso27001-2022"}
    assert {c.id for c in CROSSWALKS} == {"crosswalk-v2-2013", "crosswalk-2013-2022"}


def test_a_parameter_knows_its_regulation() -> None:
    assert PARAMETERS["risk.acceptance.level"].regulation == "risk-management"


def test_a_form_that_reads_well_is_accepted(content: Path) -> None:
    (content / "forms" / "trip.yaml").write_text(FORM)
    assert faults() == []
    assert FORMS["trip"].field_named("cost").type == "money"


@pytest.mark.parametrize(
    ("wrong", "right", "sentence"),
    [
        ("id: trip", "id: journey", "ファイル名「trip」と合いません"),
        ("category: 試験", "categroy: 試験", "「categroy」という項目はありません"),
        ("type: money", "type: cash", "content/forms/trip.yaml:8:"),
        ("role: president", "role: king", "役割「king」は roles.yaml にありません"),
        ("role: president", "person_field: cost", "項目「cost」がないか、型が合いません"),
        ("id: cost", "id: who", "id「who」が二重"),
        ("prefix: TRP", "prefix: TRP\naudience: nobody", "公開範囲「nobody」は access.yaml にありません"),
        ("prefix: TRP", "prefix: TRP\nkind: record", "記録（kind: record）には書けません"),
        ("prefix: TRP", "prefix: TRP\nseparate: [cost]", "人を選ぶ項目ではありません"),
        ("type: person", "type: choice", "choices は choice"),
        ("type: person", "type: record", "kind は record の項目に必要"),
    ],
)
def test_a_wrong_form_is_reported_with_its_place(
    content: Path, wrong: str, right: str, sentence: str
) -> None:
    (content / "forms" / "trip.yaml").write_text(FORM.replace(wrong, right))
    found = faults()
    assert any(sentence in fault for fault in found)
    assert all(fault.startswith("content/forms/trip.yaml:") for fault in found)


def test_two_forms_cannot_share_a_number_prefix(content: Path) -> None:
    (content / "forms" / "trip.yaml").write_text(FORM)
    (content / "forms" / "visit.yaml").write_text(FORM.replace("id: trip", "id: visit"))
    assert any("接頭辞「TRP」" in fault for fault in faults())


def test_a_version_follows_what_is_said_and_not_where_it_stands(content: Path) -> None:
    path = content / "forms" / "trip.yaml"
    versions = []
    for text in (FORM, "# 註\n" + FORM, FORM.replace("費用", "旅費")):
        path.write_text(text)
        shelf.forget()
        versions.append(FORMS.version("trip"))
    assert versions[0] == versions[1] != versions[2]


def test_an_unknown_piece_is_refused_by_name(content: Path) -> None:
    with pytest.raises(UnknownContent, match="申請書式「trip」はありません"):
        FORMS["trip"]


def test_reading_a_wrong_file_raises_with_file_and_line(content: Path) -> None:
    (content / "forms" / "trip.yaml").write_text(FORM.replace("type: money", "type: cash"))
    with pytest.raises(ContentError) as error:
        FORMS.all()
    assert error.value.place.line == 8


REGULATION = "title: 試験規程\nnumber: T-R01\nlevel: regulation\nowner: hr\n"
ARTICLE = (
    "- id: scope\n  title: 範囲\n  text: 期限は {{t.within}} とし、[[other]] による。\n"
    "- id: other\n  title: 他\n  text: 定める。\n"
)
WITHIN = "- {id: t.within, title: 期限, article: scope, type: duration, default: 1 year, enforced: 試験}\n"
REVIEW = "- {id: documents.review, title: 見直し, article: scope, type: duration, default: 1 year, enforced: 試験}\n"


@pytest.mark.parametrize(
    ("file", "wrong", "right", "sentence"),
    [
        ("regulation", "owner: hr", "owner: king", "役割「king」は roles.yaml にありません"),
        ("regulation", "owner: hr", "ownr: hr", "「ownr」という項目はありません"),
        ("articles", "{{t.within}}", "{{t.without}}", "パラメータ「t.without」はありません"),
        ("articles", "[[other]]", "[[elsewhere/other]]", "「elsewhere/other」という条はありません"),
        ("articles", "text: 定める。", "text: '- 号だけ'", "項の文を書いてください"),
        (
            "articles",
            "title: 他",
            "title: 他\n  controls: ['2022:99.9']",
            "管理策「2022:99.9」は規格にありません",
        ),
        ("articles", "title: 他", "title: 他\n  requirements: [REG-999]", "要求事項「REG-999」はありません"),
    ],
)
def test_a_wrong_regulation_is_reported_with_its_place(
    content: Path, file: str, wrong: str, right: str, sentence: str
) -> None:
    folder = content / "regulations" / "trial"
    folder.mkdir(parents=True)
    texts = {"regulation": REGULATION, "articles": ARTICLE, "parameters": WITHIN + REVIEW}
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(text)
    assert faults() == []
    shelf.forget()
    (folder / f"{file}.yaml").write_text(texts[file].replace(wrong, right))
    found = faults()
    assert any(sentence in fault and f"content/regulations/trial/{file}.yaml:" in fault for fault in found), (
        found
    )
