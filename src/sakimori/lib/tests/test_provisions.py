"""The text of an article falls into paragraphs, items and their parts, and what cannot be read is refused by line."""

from __future__ import annotations

import pytest

from sakimori.lib import provisions
from sakimori.lib.errors import Refused
from sakimori.lib.provisions import Item, Paragraph, Run


def test_blank_lines_part_paragraphs_and_dashes_begin_items() -> None:
    text = "第一の項は\n二行にわたる。\n\n次による。\n- 甲\n  - 甲の細分\n    - さらに\n- 乙\n\n最後の項。\n"
    assert provisions.read(text) == (
        Paragraph("第一の項は二行にわたる。"),
        Paragraph("次による。", (Item("甲", (Item("甲の細分", (Item("さらに"),)),)), Item("乙"))),
        Paragraph("最後の項。"),
    )


def test_items_after_a_blank_line_still_belong_to_their_paragraph() -> None:
    assert provisions.read("次による。\n\n- 甲\n\n- 乙\n") == (
        Paragraph("次による。", (Item("甲"), Item("乙"))),
    )


def test_names_in_a_sentence_are_told_from_its_words() -> None:
    sentence = "期限は{{people.within}}とし、[[risk-management/treatment]]による。"
    assert list(provisions.runs(sentence)) == [
        Run("text", "期限は"), Run("parameter", "people.within"), Run("text", "とし、"),
        Run("article", "risk-management/treatment"), Run("text", "による。"),
    ]  # fmt: skip
    assert provisions.words(sentence) == "期限はとし、による。"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("- 号だけ", "1行目: 号（- ）の前に"),
        ("次による。\n- a\n  - b\n    - c\n      - d", "5行目: 号の細分は3段まで"),
        ("よい。\n\n期限は{{a.b}とする。", "3行目"),
        ("[[risk-management/treatment]による。", "括弧が閉じていません"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_line(text: str, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence.replace("（", ".").replace("）", ".")):
        provisions.read(text)


def test_marks_follow_the_japanese_way() -> None:
    assert [provisions.mark(1, 2), provisions.mark(2, 3), provisions.mark(3, 1)] == ["(2)", "ウ", "(ア)"]
