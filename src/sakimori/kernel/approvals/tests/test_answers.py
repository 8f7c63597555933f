"""Answers are read strictly, and each problem stands at its field."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from sakimori.kernel.approvals import answers
from sakimori.kernel.content.forms import Form
from sakimori.kernel.identity.models import Site
from sakimori.kernel.policy import policy
from sakimori.lib.errors import Invalid
from tests.cast import Cast

from .forms import parse

pytestmark = pytest.mark.django_db


def form(*fields: str) -> Form:
    rows = "\n".join(f"  - {{id: x{n or ''}, label: 項目, {field}}}" for n, field in enumerate(fields))
    return parse(f"id: f\ntitle: t\ncategory: c\nprefix: P\nkind: record\nfields:\n{rows}\n")


def read(cast: Cast, field: str, raw: Any) -> Any:
    return answers.clean(form(field), {"x": raw}, by=cast.kato)["x"]


def problem(cast: Cast, field: str, raw: Any) -> str:
    with pytest.raises(Invalid) as refusal:
        answers.clean(form(field), {"x": raw}, by=cast.kato)
    assert set(refusal.value.problems) == {"x"}
    return str(refusal.value.problems["x"])


def test_the_rows_of_a_table_in_the_regulations_can_be_chosen_as_they_stand_today(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = "type: multi-choice, choices_from: assets.classes"
    assert read(cast, asked, ["internal", "secret"]) == ["secret", "internal"]
    labels = [choice.label for choice in answers.choices_of(form(asked).fields[0])]
    assert labels == [row["label"] for row in policy.value("assets.classes")]
    monkeypatch.setattr(policy, "value", lambda name: ({"id": "other", "label": "その他"},))
    assert problem(cast, asked, ["secret"]) == "「項目」は一覧から選択してください。"


CHOICE = "type: choice, choices: [{id: a, label: 甲}, {id: b, label: 乙}]"


@pytest.mark.parametrize(
    ("field", "raw", "kept"),
    [
        ("type: text", "  出張 ", "出張"),
        ("type: textarea", "一\r\n二", "一\n二"),
        ("type: date", "令和8年6月1日", "2026-06-01"),
        ("type: date", date(2026, 6, 1), "2026-06-01"),
        ("type: period", ["2026-06-01", "2026-06-30"], ["2026-06-01", "2026-06-30"]),
        (CHOICE, "b", "b"),
        (CHOICE.replace("choice,", "multi-choice,"), ["b", "a"], ["a", "b"]),
        ("type: number", "１.５０", "1.5"),
        ("type: money", "1,200,000", 1_200_000),
        ("type: yes-no", "no", False),
        ("type: yes-no", True, True),
        ("type: file", [answers.NamedUpload("図.pdf", None)], ["図.pdf"]),  # type: ignore[arg-type]
        ("type: text, required: false", "", None),
        (CHOICE.replace("choice,", "multi-choice,") + ", required: false", [], []),
    ],
)
def test_an_answer_is_kept_in_one_form(cast: Cast, field: str, raw: Any, kept: Any) -> None:
    assert read(cast, field, raw) == kept


@pytest.mark.parametrize(
    ("field", "raw", "sentence"),
    [
        ("type: text", " ", "「項目」を入力してください。"),
        ("type: text", "あ" * 201, "「項目」は200字以内で入力してください（今は201字です）。"),
        ("type: text", "一\n二", "「項目」は1行で入力してください。"),
        ("type: text, max_length: 3", "四文字で", "「項目」は3字以内で入力してください（今は4字です）。"),
        ("type: date", "2026-02-30", "「項目」: "),
        ("type: date, future: false", "2026-06-02", "「項目」に未来の日は指定できません。"),
        ("type: date, past: false", "2026-05-31", "「項目」に過去の日は指定できません。"),
        ("type: period", ["2026-06-02", "2026-06-01"], "「項目」の終了日は開始日以降にしてください。"),
        ("type: period", ["2026-06-02", ""], "「項目」の開始日と終了日を入力してください。"),
        (CHOICE, "c", "「項目」は一覧から選択してください。"),
        (CHOICE, "", "「項目」を選択してください。"),
        (CHOICE.replace("choice,", "multi-choice,"), ["a", "c"], "「項目」は一覧から選択してください。"),
        ("type: number", "五", "「項目」: "),
        ("type: number, minimum: 1", "0", "「項目」は1以上にしてください。"),
        ("type: number, maximum: 5", "6", "「項目」は5以下にしてください。"),
        ("type: money", "-1", "「項目」は0以上の円単位の整数で入力してください。"),
        ("type: money", "0.5", "「項目」は0以上の円単位の整数で入力してください。"),
        ("type: person", "PSN-99999", "「項目」は在籍している人から選択してください。"),
        ("type: department", "営業部", "「項目」は部署の一覧から選択してください。"),
        ("type: yes-no", "maybe", "「項目」は「はい」か「いいえ」を選択してください。"),
        ("type: file", 3, "「項目」にファイルを添付してください。"),
    ],
)
def test_a_wrong_answer_is_refused_at_its_field(cast: Cast, field: str, raw: Any, sentence: str) -> None:
    assert problem(cast, field, raw).startswith(sentence)


def test_people_departments_and_records_are_kept_by_number(cast: Cast) -> None:
    site = Site.objects.create(name="倉庫")
    assert read(cast, "type: person", cast.eto.number) == cast.eto.number
    assert read(cast, "type: person", cast.eto) == cast.eto.number
    assert read(cast, "type: department", str(cast.sales.pk)) == cast.sales.number
    assert read(cast, "type: record, kind: identity.site", site.number) == site.number


def test_people_who_left_and_records_out_of_sight_cannot_be_named(cast: Cast) -> None:
    assert "在籍している人" in problem(cast, "type: person", cast.suzuki.number)
    secret = Site.objects.create(name="金庫室", audience="technical")
    assert "見ることのできる記録" in problem(cast, "type: record, kind: identity.site", secret.number)


def test_a_field_is_asked_only_where_it_applies(cast: Cast) -> None:
    both = form("type: yes-no", "type: text, when: {field: x, is: ['yes']}")
    assert answers.clean(both, {"x": "no"}, by=cast.kato) == {"x": False}
    with pytest.raises(Invalid) as refusal:
        answers.clean(both, {"x": "yes"}, by=cast.kato)
    assert set(refusal.value.problems) == {"x1"}


def test_every_wrong_field_is_reported_together_and_unknown_ones_too(cast: Cast) -> None:
    with pytest.raises(Invalid) as refusal:
        answers.clean(form("type: text", "type: date"), {"x1": "?", "extra": 1}, by=cast.kato)
    assert set(refusal.value.problems) == {"x", "x1", "extra"}
