"""The rule on passwords: a pure function, judged with examples and with properties."""

from __future__ import annotations

import string

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sakimori.kernel.signin import passwords
from sakimori.kernel.signin.passwords import PasswordRule
from sakimori.lib import romaji
from sakimori.lib.dates import Cadence

RULE = PasswordRule(length=8, classes=3, history=10, max_age=Cadence.parse("3 months"))
STRICT = PasswordRule(length=10, classes=4, history=10, max_age=None)
ABOUT = ["山田 太郎", "ヤマダ タロウ", "yamada", "E1001", "yamadatarou", "tarou"]


def missed(password: str, rule: PasswordRule = RULE, about: list[str] | None = None) -> set[str]:
    return {check.id for check in passwords.faults(password, rule, about=about or [])}


@pytest.mark.parametrize("password", ["Kettle-47-harbor", "x9!Kqz72", "Tsuki+Akari24"])
def test_a_good_password_meets_every_condition(password: str) -> None:
    assert missed(password, about=ABOUT) == set()


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("Ab3!xyq", "length"),
        ("Kq" + "x7" * 64, "length"),
        ("kettleharbor47", "classes"),
        ("KETTLE4747HARBOR", "classes"),
        ("Password1!", "common"),
        ("P@ssw0rd", "common"),
        ("Qwerty123", "common"),
        ("Aa1!Aa1!", "common"),
        ("12345678", "common"),
        ("Yamada2024!", "personal"),
        ("xE1001-Kq", "personal"),
        ("Tarou-2024", "personal"),
    ],
)
def test_a_bad_password_misses_the_condition(password: str, fault: str) -> None:
    assert fault in missed(password, about=ABOUT)


@pytest.mark.requirement("PRC-081")
def test_common_and_personal_passwords_are_refused_and_others_are_not() -> None:
    assert missed("Sunshine1!") == {"common"}
    assert missed("Suzuki!2024x", about=["suzuki"]) == {"personal"}
    assert missed("Suzuki!2024x", about=["tanaka"]) == set()


def test_the_regulation_may_allow_guessable_ones() -> None:
    lax = PasswordRule(length=8, classes=3, history=0, max_age=None, guessable=True)
    assert missed("Password1!", lax) == set()


@given(st.text(alphabet=string.printable.strip(), max_size=40))
def test_a_password_that_passes_is_long_and_mixed_enough(password: str) -> None:
    if not missed(password, STRICT):
        assert len(password) >= 10
        assert any(c in string.ascii_uppercase for c in password)
        assert any(c in string.ascii_lowercase for c in password)
        assert any(c in string.digits for c in password)
        assert any(not c.isalnum() for c in password)


@given(st.text(max_size=60), st.text(max_size=10))
def test_whatever_is_typed_is_judged_without_an_error(password: str, word: str) -> None:
    assert {c.id for c in passwords.checks(password, RULE, about=[word])} == {
        "length", "classes", "common", "personal",
    }  # fmt: skip


@given(st.text(alphabet=string.printable.strip(), max_size=30), st.integers(1, 4), st.integers(8, 30))
def test_a_stricter_rule_never_accepts_more(password: str, classes: int, length: int) -> None:
    loose = PasswordRule(length=length, classes=classes, history=0, max_age=None)
    tight = PasswordRule(length=length + 1, classes=min(classes + 1, 4), history=0, max_age=None)
    assert missed(password, loose) <= missed(password, tight)


@given(
    st.text(alphabet=string.ascii_lowercase, min_size=4, max_size=12),
    st.text(max_size=8),
    st.text(max_size=8),
)
def test_a_password_that_contains_a_name_is_always_refused(name: str, before: str, after: str) -> None:
    assume(len((before + name + after).lower()) == len(before + name + after))
    assert passwords.resembles(before + name.upper() + after, [name])


@given(st.integers(8, 40), st.integers(1, 4))
def test_a_temporary_password_meets_the_rule_it_was_made_for(length: int, classes: int) -> None:
    rule = PasswordRule(length=length, classes=classes, history=10, max_age=None)
    assert missed(passwords.generate(rule), rule) == set()


@pytest.mark.parametrize(
    ("recorded", "weaker"),
    [
        ({"length": 8, "classes": 3, "history": 10, "max_age_days": 90}, {}),
        ({"length": 6, "classes": 3}, {"length": (6, 8)}),
        ({"length": 12, "classes": 2, "history": 3}, {"classes": (2, 3), "history": (3, 10)}),
        ({"max_age_days": 0}, {"max_age_days": (0, 92)}),
        ({"max_age_days": 180}, {"max_age_days": (180, 92)}),
        ({"length": None}, {}),
    ],
)
def test_the_setting_of_another_system_is_compared_with_the_rule(
    recorded: dict[str, int | None], weaker: dict[str, tuple[int, int]]
) -> None:
    assert passwords.weaker(recorded, RULE) == weaker


def test_no_age_is_weaker_than_any_when_none_is_required() -> None:
    assert passwords.weaker({"max_age_days": 0}, STRICT) == {}


@pytest.mark.parametrize(
    ("kana", "letters"),
    [
        ("ヤマダ タロウ", "yamada tarou"),
        ("しんじょう", "shinjou"),
        ("ハットリ", "hattori"),
        ("キョウコ", "kyouko"),
        ("チャノ", "chano"),
        ("ジュン", "jun"),
        ("ﾔﾏﾀﾞ", "yamada"),
        ("フェルナンド", "ferunando"),
        ("リョーコ", "ryoko"),
        ("Smith", "smith"),
    ],
)
def test_kana_become_roman_letters(kana: str, letters: str) -> None:
    assert romaji.of_kana(kana) == letters


@given(st.text(max_size=20))
def test_any_text_can_be_romanised(text: str) -> None:
    assert isinstance(romaji.of_kana(text), str)
