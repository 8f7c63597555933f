"""The draw: which questions a person gets, the same ones from the same seed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from random import Random

from sakimori.domains.documents.models import Edition
from sakimori.domains.documents.models.differences import between
from sakimori.kernel.content.courses import Question, questions_on


def pool(edition: Edition) -> list[Question]:
    """Return the questions on what the edition says; of a revision, those on what it changed come first."""
    carried = {article.key: article.carries for article in edition.articles.all()}
    questions = questions_on(address for addresses in carried.values() for address in addresses)
    fresh = {address for key in changed_keys(edition) for address in carried.get(key, ())}
    return sorted(questions, key=lambda question: question.article not in fresh)


def changed_keys(edition: Edition) -> set[str]:
    """Return the keys of the articles that a revision added or changed; none for a first edition."""
    if edition.based_on is None:
        return set()
    changes = between(edition.based_on, edition).articles
    return {change.key for change in changes if change.kind in ("added", "changed")}


def draw(
    questions: Sequence[Question],
    count: int,
    seed: int,
    seen: Collection[str] = (),
    first: Collection[str] = (),
) -> list[Question]:
    """Return ``count`` questions: those on the articles ``first`` before others, unseen ones before seen ones.

    The same seed and the same past give the same questions in the same order.
    """
    order = list(questions)
    Random(seed).shuffle(order)  # noqa: S311 - to be drawn again by an auditor, not to be secret
    order.sort(key=lambda question: (question.id in seen, question.article not in first))
    return order[:count]
