"""A checklist is read strictly, and is the form of a record."""

from __future__ import annotations

from pathlib import Path

import pytest

from sakimori.kernel.content.checklists import CHECKLISTS, Checklist, compiled
from sakimori.kernel.content.forms import FORMS
from sakimori.lib import strictyaml

LIST = """
id: desk
title: 机上の点検
applicants: [security_officer]
article: proc-governance/checklist
requirements: [PRC-154]
items:
  - id: length
    text: パスワードの最短文字数は何文字か
    article: system-administration/password-policy
    expects: number
    parameter: signin.password.length
    limit: least
    requirements: [PRC-155]
  - id: layers
    text: '{{governance.documents.layers}} がそろっているか'
    article: proc-governance/documents
"""


def problems(text: str) -> list[str]:
    assert CHECKLISTS.check is not None
    piece = strictyaml.loads(text, Checklist)
    return [sentence for _place, sentence in CHECKLISTS.check({piece.id: piece})]


def test_a_checklist_compiles_to_the_form_of_a_record() -> None:
    form = compiled(strictyaml.loads(LIST, Checklist))
    assert (form.kind, form.route, form.prefix) == ("record", (), "CHK")
    assert [(field.id, field.type) for field in form.fields] == [
        ("done_on", "date"), ("length", "item"), ("layers", "item"), ("note", "textarea"),
    ]  # fmt: skip
    assert form.requirements == ("PRC-154", "PRC-155")
    assert problems(LIST) == []


def test_every_checklist_of_the_product_is_a_form() -> None:
    assert {checklist.id for checklist in CHECKLISTS} <= set(FORMS.all())
    assert [*CHECKLISTS.problems(), *FORMS.problems()] == []


@pytest.mark.parametrize(
    ("right", "wrong", "sentence"),
    [
        ("password-policy", "no-such-article", "という条はありません"),
        ("parameter: signin.password.length", "parameter: no.such", "パラメータ「no.such」はありません"),
        ("{{governance.documents.layers}}", "{{no.such}}", "パラメータ「no.such」はありません"),
        ("parameter: signin.password.length", "parameter: malware.contact", "測れません"),
        ("limit: least", "limit: ''", "limit は expects が number"),
        ("expects: number", "expects: 'yes'", "parameter は expects が"),
        ("[PRC-155]", "[PRC-999]", "要求事項「PRC-999」はありません"),
        ("[security_officer]", "[king]", "役割「king」は"),
    ],
)
def test_a_wrong_checklist_is_told(right: str, wrong: str, sentence: str) -> None:
    assert any(sentence in found for found in problems(LIST.replace(right, wrong)))


def test_an_unknown_key_stops_the_reading(tmp_path: Path) -> None:
    with pytest.raises(strictyaml.ContentError, match="「answer」"):
        strictyaml.loads(LIST.replace("limit: least", "answer: least"), Checklist)
