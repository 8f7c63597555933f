"""Words to bigrams and back: pure text, the same for both databases.

A pair of characters is one token, and the last character alone is one too, so that a prefix of one character
finds every character. ASCII signs become their full-width forms, which folding never leaves in a text: then no
tokenizer and no query language sees anything but letters.
"""

from __future__ import annotations

import re

from sakimori.kernel.records.models import Reach
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


def scope_tokens(scope: str) -> list[str]:
    """Return the tokens of ``audience/department/owner``: the audience, it in the department, it as one's own."""
    audience, department, owner = scope.split("/")
    pairs = (("in", department), ("of", owner))
    return [_scope(audience), *(_scope(audience, word, key) for word, key in pairs if key)]


def reach_tokens(reach: Reach) -> list[str]:
    """Return every token by which somebody of this reach finds a record, but for those he is named for."""
    return [
        *(_scope(audience) for audience in sorted(reach.everywhere)),
        *(_scope(name, "in", str(key)) for name in sorted(reach.in_departments) for key in reach.departments),
        *(_scope(audience, "of", str(reach.person_id)) for audience in sorted(reach.own)),
    ]


def _scope(audience: str, word: str = "", key: str = "") -> str:
    """Return a token that no folded text holds, in one piece for every tokenizer."""
    return f"§{audience.replace('_', '')}§{word}{key}"


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
