from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sakimori.lib.errors import Refused
from sakimori.lib.japanese import bigrams, fold, heading_key, heading_keys, is_blank, parse_decimal, parse_int


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ｻｰﾊﾞｰ", "サーバー"),
        ("サーバー", "さーばー"),
        ("サーバー", "サーバ"),
        ("サーバ－室", "サーバー室"),
        ("ＩＳＭＳ　事務局", "isms事務局"),
        ("田中　太郎", "田中太郎"),
        ("A‐1", "a-1"),
        ("髙橋", "高橋"),
        ("茅ヶ崎", "茅ケ崎"),
        ("ヴァ", "ゔぁ"),
    ],
)
def test_spellings_of_one_word_fold_together(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("病院", "美容院"), ("ビル", "ビール"), ("risk register", "riskregister"), ("か", "が")],
)
def test_different_words_stay_apart(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@given(st.text())
def test_folding_twice_changes_nothing_more_for_plain_text(text: str) -> None:
    assert isinstance(fold(fold(text)), str)
    assert all(len(pair) <= 2 for pair in bigrams(text))


def test_bigrams_overlap_and_a_single_character_stays() -> None:
    assert bigrams("個人情報") == ["個人", "人情", "情報"]
    assert bigrams("鍵") == ["鍵"]
    assert bigrams("　") == []


def test_headings_compare_without_blanks_breaks_brackets_and_dots() -> None:
    assert heading_key("媒体・\n保存先") == heading_key("媒体保存先")
    assert heading_key("Ｎｏ．") == heading_key("№") == "no"
    assert "管理部署" in heading_keys("管理部署\n（リスク所有者）")


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ("３", 3),
        ("1,000", 1000),
        ("１，０００", 1000),
        ("▲5", -5),
        (" 7 ", 7),
        (2.0, 2),
        ("－1", -1),
        ("2.0", 2),
    ],
)
def test_numbers_are_read_as_people_write_them(value: object, number: int) -> None:
    assert parse_int(value) == number


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("３件", "「3」のように"),
        ("1,000円", "「1000」のように"),
        ("高", "数字だけを"),
        ("1,00", "数値ではありません"),
        ("2.5", "整数ではありません"),
        (True, "数値ではありません"),
        (float("inf"), "数値ではありません"),
        (None, "数値ではありません"),
    ],
)
def test_a_word_where_a_number_belongs_is_refused(value: object, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        parse_int(value)


@given(st.one_of(st.text(max_size=30), st.floats(), st.integers(), st.decimals(allow_nan=True)))
def test_any_value_is_a_number_or_a_refusal(value: object) -> None:
    try:
        assert parse_decimal(value).is_finite()
    except Refused as refused:
        assert "。" in str(refused)


def test_blank_cells_are_blank_whatever_the_blank() -> None:
    assert is_blank(None)
    assert is_blank(" 　\u200b\n")
    assert not is_blank(0)
    assert parse_decimal("1.50") == Decimal("1.50")
