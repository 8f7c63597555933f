"""The one rule on passwords: it judges what is typed here, and later what other systems have set.

Nothing here knows a database or a request: the numbers of the rule come from the regulation in force
(``policies``), the words about the person from his record (``accounts``).
"""

from __future__ import annotations

import functools
import re
import secrets
import string
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sakimori.lib.dates import Cadence

LONGEST = 128
_STARTS = [date(2027, month, 1) for month in range(1, 13)]
_SYMBOLS = "!#$%&*+-=?@_"
_LOOKALIKES = str.maketrans("013457@$!", "oleastasi")


@dataclass(frozen=True, kw_only=True)
class PasswordRule:
    """What a password must be, and how long it may be used; without ``max_age`` it never expires."""

    length: int
    classes: int
    history: int
    max_age: Cadence | None
    guessable: bool = False  # True: common and personal words are allowed
    warning_days: int = 0
    grace_days: int = 0


@dataclass(frozen=True)
class Check:
    """One condition, as it is shown while the person types."""

    id: str
    text: str
    ok: bool


def checks(password: str, rule: PasswordRule, *, about: Iterable[str] = ()) -> list[Check]:
    """Judge ``password`` by ``rule``; ``about`` are words that belong to the person (JPM-087, PRC-080, PRC-081).

    Reuse of earlier passwords needs their hashes and is judged where they are (``accounts``).
    """
    judged = [
        Check("length", _length_text(rule), rule.length <= len(password) <= LONGEST),
        Check("classes", _classes_text(rule), kinds(password) >= rule.classes),
    ]
    if rule.guessable:
        return judged
    return judged + [
        Check(
            "common",
            _("よく使われる言葉や単純な並びでないこと"),
            bool(password) and not is_common(password),
        ),
        Check(
            "personal",
            _("氏名・社員番号・メールアドレスに似ていないこと"),
            bool(password) and not resembles(password, about),
        ),
    ]


def faults(password: str, rule: PasswordRule, *, about: Iterable[str] = ()) -> list[Check]:
    """Return the conditions that ``password`` does not meet."""
    return [check for check in checks(password, rule, about=about) if not check.ok]


def kinds(password: str) -> int:
    """Count the kinds of characters used: capital letters, small letters, digits, anything else."""
    groups = (string.ascii_uppercase, string.ascii_lowercase, string.digits)
    found = sum(any(c in group for c in password) for group in groups)
    return found + any(all(c not in group for group in groups) for c in password)


def is_common(password: str) -> bool:
    """Tell whether the password, or the word at its core, is one that everybody tries first."""
    lowered = password.lower()
    if len(set(lowered)) < 5 or _is_run(lowered):
        return True
    cores = {lowered, lowered.translate(_LOOKALIKES)}
    cores |= {re.sub(r"^[^a-z]+|[^a-z]+$", "", core) for core in (lowered, lowered.translate(_LOOKALIKES))}
    stripped = re.sub(r"[\W\d_]+$", "", lowered)
    cores |= {stripped, stripped.translate(_LOOKALIKES)}
    # A common word inside a long password is no fault: only one that makes up most of it.
    return any(core in _common() for core in cores if len(core) >= 4 and len(core) * 2 > len(lowered))


def _is_run(text: str) -> bool:
    """Tell whether neighbours follow one another, as in abcdefgh or 98765432."""
    steps = {ord(b) - ord(a) for a, b in zip(text, text[1:], strict=False)}
    return len(text) > 3 and len(steps) == 1 and abs(steps.pop()) <= 1


@functools.cache
def _common() -> frozenset[str]:
    return frozenset(CommonPasswordValidator().passwords)


def resembles(password: str, about: Iterable[str]) -> bool:
    """Tell whether the password contains, or nearly is, one of the words about the person."""
    lowered = password.lower()
    for text in about:
        for word in {text.lower(), *re.split(r"[\W_]+", text.lower())}:
            if len(word) >= 4 and word in lowered:
                return True
            comparable = len(word) >= 3 and len(lowered) <= 3 * len(word)
            if comparable and SequenceMatcher(a=lowered, b=word).ratio() >= 0.7:
                return True
    return False


def weaker(recorded: Mapping[str, int | None], required: PasswordRule) -> dict[str, tuple[int, int]]:
    """Return where a system's recorded setting falls short: name → (recorded, required) (SYS-065).

    ``recorded`` may hold length, classes, history and max_age_days; what it lacks is not judged.
    A maximum age of 0 days means that passwords never expire, which is the weakest setting of all.
    """
    found = {}
    for name in ("length", "classes", "history"):
        have, want = recorded.get(name), getattr(required, name)
        if have is not None and have < want:
            found[name] = (have, want)
    days = recorded.get("max_age_days")
    if days is not None and required.max_age is not None:
        # The longest that the span can be: three months are 92 days.
        want = max((required.max_age.after(start) - start).days for start in _STARTS)
        if days == 0 or days > want:
            found["max_age_days"] = (days, want)
    return found


def generate(rule: PasswordRule) -> str:
    """Return a temporary password that meets ``rule``; no letters that are read wrong (0 O 1 l I)."""
    groups = (
        "ABCDEFGHJKLMNPQRSTUVWXYZ",
        "abcdefghijkmnopqrstuvwxyz",
        "23456789",
        _SYMBOLS,
    )
    while True:
        marks = [secrets.choice(group) for group in groups]
        marks += [secrets.choice("".join(groups)) for _n in range(max(rule.length, 12) - len(marks))]
        secrets.SystemRandom().shuffle(marks)
        if not faults(password := "".join(marks), rule):
            return password


def _length_text(rule: PasswordRule) -> str:
    return ngettext("%(n)d文字以上", "%(n)d文字以上", rule.length) % {"n": rule.length}


def _classes_text(rule: PasswordRule) -> str:
    if rule.classes >= 4:
        return _("英大文字・英小文字・数字・記号をすべて含む")
    return _("英大文字・英小文字・数字・記号のうち%(n)d種類以上を含む") % {"n": rule.classes}
