"""What one edition says differently from another: article by article, word by word, value by value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sakimori.kernel.content import parameters
from sakimori.kernel.content.parameters import PARAMETERS, Parameter
from sakimori.kernel.policy import policy
from sakimori.kernel.policy.wording import words
from sakimori.lib import clock, worddiff
from sakimori.lib.worddiff import Piece

from .editions import Edition, EditionArticle

Kind = Literal["added", "changed", "removed", "moved", "same"]


@dataclass(frozen=True)
class ArticleChange:
    """One article in both editions: its numbers, and the pieces of its title and text."""

    key: str
    kind: Kind
    before: int | None  # 第n条
    after: int | None
    title: tuple[Piece, ...]
    text: tuple[Piece, ...]


@dataclass(frozen=True)
class ValueChange:
    """One parameter from one value to another."""

    parameter: Parameter
    before: str
    after: str


@dataclass(frozen=True)
class Difference:
    """Everything that changes from one edition to another."""

    articles: tuple[ArticleChange, ...]
    values: tuple[ValueChange, ...]

    @property
    def changed(self) -> tuple[ArticleChange, ...]:
        """Return the articles that differ."""
        return tuple(change for change in self.articles if change.kind != "same")

    @property
    def is_empty(self) -> bool:
        """Tell whether both say the same."""
        return not self.changed and not self.values


def between(before: Edition | None, after: Edition) -> Difference:
    """Return what ``after`` says differently; against nothing, every article is added."""
    old = list(before.articles.all()) if before else []
    return Difference(tuple(_articles(old, list(after.articles.all()))), tuple(_values(before, after)))


def _articles(old: Sequence[EditionArticle], new: Sequence[EditionArticle]) -> list[ArticleChange]:
    known = {article.key: (number, article) for number, article in enumerate(old, 1)}
    moved = worddiff.moved([a.key for a in old], [a.key for a in new])
    found = []
    for number, article in enumerate(new, 1):
        place, former = known.get(article.key, (None, None))
        kind: Kind = "added" if former is None else "changed" if _said(former) != _said(article) else "same"
        if kind == "same" and article.key in moved:
            kind = "moved"
        found.append(_change(kind, place, number, former, article))
    kept = {article.key for article in new}
    for number, article in enumerate(old, 1):
        if article.key not in kept:
            found.append(_change("removed", number, None, article, None))
    return sorted(found, key=lambda change: (change.after or change.before or 0, change.after is None))


def _said(article: EditionArticle) -> tuple[object, ...]:
    return article.chapter, article.title, article.text.strip(), sorted(article.carries)


def _change(
    kind: Kind,
    before: int | None,
    after: int | None,
    old: EditionArticle | None,
    new: EditionArticle | None,
) -> ArticleChange:
    present = new or old
    assert present is not None
    title = worddiff.compare(old.title if old else "", new.title if new else "")
    text = worddiff.compare(old.text.strip() if old else "", new.text.strip() if new else "")
    return ArticleChange(present.key, kind, before, after, tuple(title), tuple(text))


def _values(before: Edition | None, after: Edition) -> list[ValueChange]:
    """Return what a proposal changes, or how the frozen values of two editions differ."""
    new = {**after.values, **after.changes}
    if after.is_draft:
        names = list(after.changes)
        day = max(after.takes_effect_on or clock.today(), clock.today())
        old = {name: parameters.plain(policy.value(name, on=day)) for name in names if name in PARAMETERS}
    else:
        old = before.values if before else {}
        names = [name for name in new if name in old]
    return [
        ValueChange(PARAMETERS[name], said(name, old.get(name)), said(name, new[name]))
        for name in names
        if name in PARAMETERS and old.get(name) != new[name]
    ]


def said(name: str, raw: Any) -> str:
    """Return a stored value of a parameter in words."""
    parameter = PARAMETERS[name]
    return words(parameter, parameters.typed(parameter, raw) if raw is not None else None)
