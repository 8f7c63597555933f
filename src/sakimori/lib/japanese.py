"""Fold Japanese text for matching, and read numbers as people write them in ledgers."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from sakimori.lib.errors import Refused

_KATAKANA = {code: code - 0x60 for code in (*range(0x30A1, 0x30F7), 0x30FD, 0x30FE)}
_SMALL_KE_KA = {ord("ゖ"): "け", ord("ゕ"): "か"}
_HYPHENS = dict.fromkeys(map(ord, "‐‑‒–—―−─━⁃˗₋"), "-")
_SELECTORS = dict.fromkeys((*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0), 0x200B, 0xFEFF))
# Variants met in people's names that NFKC leaves apart; the plain form is what others type.
_NAME_KANJI = str.maketrans("髙﨑𠮷濵濱邉邊齋齊澤廣國嶋", "高崎吉浜浜辺辺斎斉沢広国島")
_TO_FOLDED = {**_KATAKANA, **_HYPHENS, **_SELECTORS, **_NAME_KANJI}

# A hyphen after kana is a long vowel typed with the wrong key: "サーバ-".
_TYPED_LONG_VOWEL = re.compile(r"(?<=[ぁ-ゖ])-(?![0-9a-z])")
# The long vowel at the end of a loan word is written by some and left out by others.
_FINAL_LONG_VOWEL = re.compile(r"(?<=[ぁ-ゖー][ぁ-ゖ])ー+(?![ぁ-ゖー])")
# Blanks separate words only between Latin letters or digits.
_BLANKS = re.compile(r"\s+")
_BLANK_NEXT_TO_JAPANESE = re.compile(r"(?<![!-~]) | (?![!-~])")

_HEADING_NOISE = re.compile(r"[\s()\[\]{}<>〈〉《》「」『』【】〔〕・:.,、。*※#/_'\"-]+")
_PARENTHESISED = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】|〔[^〔〕]*〕")

_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")
_MAX_EXPONENT = 17
_NUMBER_INSIDE = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")


def nfkc(text: str) -> str:
    """Return ``text`` in NFKC, without variation selectors and zero-width characters."""
    return unicodedata.normalize("NFKC", text).translate(_SELECTORS)


def fold(text: str) -> str:
    """Fold width, case, kana, long vowels, hyphens and blanks, so that equal readings compare equal.

    Blanks stay (one) between Latin words, and vanish beside Japanese characters.
    """
    folded = unicodedata.normalize("NFKC", text).casefold().translate(_TO_FOLDED)
    folded = folded.translate(_SMALL_KE_KA)
    folded = _TYPED_LONG_VOWEL.sub("ー", folded)
    folded = _FINAL_LONG_VOWEL.sub("", folded)
    folded = _BLANKS.sub(" ", folded).strip()
    return _BLANK_NEXT_TO_JAPANESE.sub("", folded).replace("ー", "-")


def bigrams(text: str) -> list[str]:
    """Return the overlapping pairs of ``fold(text)`` without blanks; a single character stays itself."""
    folded = fold(text).replace(" ", "")
    if len(folded) < 2:
        return [folded] if folded else []
    return [folded[i : i + 2] for i in range(len(folded) - 1)]


def heading_key(text: str) -> str:
    """Return the form in which headings are compared: NFKC, no blanks, line breaks, brackets or dots."""
    return _HEADING_NOISE.sub("", nfkc(text).casefold().translate(_HYPHENS))


def heading_keys(text: str) -> tuple[str, ...]:
    """Return the keys a heading may be known by: whole, then without what stands in brackets."""
    whole = heading_key(text)
    bare = heading_key(_PARENTHESISED.sub("", nfkc(text)))
    return (whole, bare) if bare and bare != whole else (whole,)


def is_blank(value: object) -> bool:
    """Tell whether a cell holds nothing but blanks (also full-width and zero-width ones)."""
    if value is None or not isinstance(value, str):
        return value is None
    # Most cells begin with a letter or digit: only what begins otherwise may be blank altogether.
    return not value[:1].isalnum() and not nfkc(value).strip()


def parse_decimal(value: object) -> Decimal:
    """Read a number: full-width digits, thousands separators and ▲ for minus are understood.

    Units are refused with the sentence that says what to write instead.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal, str)):
        raise _not_a_number(value)
    if isinstance(value, str):
        text = _BLANKS.sub("", nfkc(value).translate(_HYPHENS))
        text = re.sub(r"^[▲△]", "-", text)
        if not _NUMBER.fullmatch(text):
            raise _not_a_number(value)
        number = Decimal(text.replace(",", ""))
    else:
        number = Decimal(str(value))
    if not number.is_finite():
        raise _not_a_number(value)
    if number.adjusted() > _MAX_EXPONENT:
        raise Refused(f"「{_shown(value)}」は桁数が多すぎます。数値を確かめてください。")
    return number


def parse_int(value: object) -> int:
    """Read a whole number as ``parse_decimal`` does; 2.0 is 2, and 2.5 is refused."""
    number = parse_decimal(value)
    if number != number.to_integral_value():
        raise Refused(f"「{_shown(value)}」は整数ではありません。小数を使わずに記入してください。")
    return int(number)


def _not_a_number(value: object) -> Refused:
    """Say what is wrong with ``value`` and, where one number stands in it, what to write."""
    shown = _shown(value)
    found = _NUMBER_INSIDE.findall(nfkc(shown).translate(_HYPHENS))
    if isinstance(value, str) and len(found) == 1:
        bare = found[0].replace(",", "")
        return Refused(
            f"「{shown}」は数値ではありません。単位や記号を除き「{bare}」のように数字だけを記入してください。"
        )
    return Refused(f"「{shown}」は数値ではありません。数字だけを記入してください。")


def _shown(value: object) -> str:
    text = _BLANKS.sub(" ", str(value)).strip()
    return text if len(text) <= 40 else f"{text[:39]}…"
