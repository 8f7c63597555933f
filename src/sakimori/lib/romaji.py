"""Kana to Roman letters (Hepburn), to recognise a name inside a password. Plain tables, no guessing of kanji."""

from __future__ import annotations

import unicodedata

_ROWS = {
    "": "アイウエオ",
    "k": "カキクケコ",
    "s": "サ_スセソ",
    "t": "タ__テト",
    "n": "ナニヌネノ",
    "h": "ハヒ_ヘホ",
    "m": "マミムメモ",
    "y": "ヤ_ユ_ヨ",
    "r": "ラリルレロ",
    "w": "ワヰ_ヱヲ",
    "g": "ガギグゲゴ",
    "z": "ザ_ズゼゾ",
    "d": "ダ__デド",
    "b": "バビブベボ",
    "p": "パピプペポ",
}
_SINGLE = {
    kana: consonant + vowel
    for consonant, row in _ROWS.items()
    for vowel, kana in zip("aiueo", row, strict=True)
    if kana != "_"
} | {
    "シ": "shi",
    "チ": "chi",
    "ツ": "tsu",
    "フ": "fu",
    "ジ": "ji",
    "ヂ": "ji",
    "ヅ": "zu",
    "ン": "n",
    "ヴ": "vu",
}
_GLIDES = {"ャ": "ya", "ュ": "yu", "ョ": "yo"}
_SMALL_VOWELS = {"ァ": "a", "ィ": "i", "ゥ": "u", "ェ": "e", "ォ": "o"}


def of_kana(text: str) -> str:
    """Return ``text`` with its kana in lower-case Roman letters; other characters stay as they are."""
    letters = ""
    double = False
    for mark in _katakana(text):
        if mark == "ッ":
            double = True
            continue
        if mark in _GLIDES:
            letters = _glide(letters, _GLIDES[mark])
            continue
        if mark in _SMALL_VOWELS:
            letters = letters[:-1] + _SMALL_VOWELS[mark] if letters[-1:].isalpha() else letters
            continue
        syllable = "" if mark == "ー" else _SINGLE.get(mark, mark.lower())
        if double and syllable[:1].isalpha():
            letters += "t" if syllable.startswith("ch") else syllable[0]
        double = False
        letters += syllable
    return letters


def _glide(letters: str, glide: str) -> str:
    """Join キ and ャ to kya, シ and ャ to sha."""
    if not letters.endswith("i"):
        return letters + glide
    stem = letters[:-1]
    return stem + (glide[1:] if stem.endswith(("sh", "ch", "j")) else glide)


def _katakana(text: str) -> str:
    """Return ``text`` with half-width and hiragana made full-width katakana."""
    normal = unicodedata.normalize("NFKC", text)
    return "".join(chr(ord(c) + 0x60) if "ぁ" <= c <= "ゖ" else c for c in normal)
