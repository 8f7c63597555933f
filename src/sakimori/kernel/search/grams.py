"""Words to bigrams and back: pure text, the same for both databases.

A pair of characters is one token, and the last character alone is one too, so that a prefix of one character
finds every character. ASCII signs become their full-width forms, which folding never leaves in a text: then no
tokenizer and no query language sees anything but letters.
"""

from __future__ import annotations

import re

from sakimori.lib import japanese

LONGEST_TEXT = 20_000
LONGEST_QUERY = 100
_BLANKS = re.compile(r"\s+")
_SIGNS = {code: code + 0xFEE0 for code in range(0x21, 0x7F) if not chr(code).isalnum()}


def folded(text: str) -> str:
    """Return the text as it is compared: folded, without blanks."""
    return japanese.fold(text[:LONGEST_TEXT]).replace(" ", "").replace("\0", "")


def tokens(text: str) -> list[str]:
    """Return the distinct tokens of a folded text, in their order."""
    safe = text.translate(_SIGNS)
    pairs = [safe[i : i + 2] for i in range(len(safe) - 1)]
    return list(dict.fromkeys([*pairs, safe[-1:]])) if safe else []


def terms(text: str) -> list[str]:
    """Return the folded words of a query; all of them must be found."""
    words = _BLANKS.split(japanese.nfkc(text[:LONGEST_QUERY]).strip())
    return list(dict.fromkeys(filter(None, (folded(word) for word in words))))


def wanted(term: str) -> tuple[list[str], bool]:
    """Return the tokens that a term needs, and whether it is one character and so a prefix of a token."""
    safe = term.translate(_SIGNS)
    if len(safe) == 1:
        return [safe], True
    return [safe[i : i + 2] for i in range(len(safe) - 1)], False
