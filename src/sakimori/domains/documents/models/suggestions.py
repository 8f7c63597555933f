"""Which shipped articles an article of the company resembles: shared pairs of characters, weighed by their rarity."""

from __future__ import annotations

import functools
import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.conf import settings

from sakimori.kernel.content.regulations import ARTICLES, Article
from sakimori.kernel.search import grams
from sakimori.lib import provisions

MOST = 3
LEAST = 0.08  # below it two articles share no more than the common words of any regulation
TITLE_WEIGHT = 3


@dataclass(frozen=True)
class Suggestion:
    """A shipped article and how alike it is, 0 to 1."""

    article: Article
    score: float

    @property
    def percent(self) -> int:
        """Return the likeness as people read it."""
        return round(100 * self.score)


def suggest(title: str, text: str, *, within: str = "") -> list[Suggestion]:
    """Return the shipped articles most alike, best first; those of the regulation ``within`` go before others."""
    weights, vectors = _shipped(str(settings.CONTENT_DIR))
    wanted = _vector(_pairs(title, text), weights)
    found = [Suggestion(ARTICLES[key], _cosine(wanted, vector)) for key, vector in vectors.items()]
    found = [one for one in found if one.score >= LEAST]
    return sorted(found, key=lambda one: -one.score * (1.25 if one.article.regulation == within else 1))[
        :MOST
    ]


@functools.cache
def _shipped(_root: str) -> tuple[Mapping[str, float], Mapping[str, Mapping[str, float]]]:
    pairs = {article.id: _pairs(article.title, provisions.words(article.text)) for article in ARTICLES}
    seen = Counter(pair for found in pairs.values() for pair in found)
    weights = {pair: math.log((1 + len(pairs)) / count) for pair, count in seen.items()}
    return weights, {key: _vector(found, weights) for key, found in pairs.items()}


def _pairs(title: str, text: str) -> Counter[str]:
    found = Counter(grams.tokens(grams.folded(text)))
    for pair in grams.tokens(grams.folded(title)):
        found[pair] += TITLE_WEIGHT
    return found


def _vector(pairs: Mapping[str, int], weights: Mapping[str, float]) -> dict[str, float]:
    found = {pair: (1 + math.log(count)) * weights[pair] for pair, count in pairs.items() if pair in weights}
    length = math.sqrt(sum(value * value for value in found.values())) or 1
    return {pair: value / length for pair, value in found.items()}


def _cosine(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    small, large = sorted((one, other), key=len)
    return sum(value * large[pair] for pair, value in small.items() if pair in large)


def of_articles(rows: Iterable[tuple[str, str, str]], *, within: str = "") -> dict[str, list[Suggestion]]:
    """Return the suggestions for (key, title, text) by key."""
    return {key: suggest(title, provisions.words(text), within=within) for key, title, text in rows}
