"""Questions on the regulations, ``content/courses/<regulation>.yaml``: what a reader must have understood."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from sakimori.lib.strictyaml import Place

from .regulations import ARTICLES
from .shelf import Shelf

CHOICES = 4


@dataclass(frozen=True, kw_only=True)
class Question:
    """One question on one article: four choices, one of them right, and why."""

    key: str = field(metadata={"key": "id"})
    article_key: str = field(metadata={"key": "article"})
    question: str
    choices: tuple[str, ...]
    answer: int
    explanation: str
    place: Place = field(default=Place("content/courses/none.yaml", 1), compare=False)

    @property
    def regulation(self) -> str:
        """Return the folder of the regulation it asks about."""
        return self.place.file.rsplit("/", 1)[-1].removesuffix(".yaml")

    @property
    def id(self) -> str:
        """Return its address, ``regulation/question``."""
        return f"{self.regulation}/{self.key}"

    @property
    def article(self) -> str:
        """Return the address of the article it asks about."""
        return f"{self.regulation}/{self.article_key}"


def _problems(pieces: Mapping[str, Any]) -> Iterable[tuple[Place, str]]:
    for question in pieces.values():
        for sentence in faults(question):
            yield question.place, f"{question.key}: {sentence}"


def faults(question: Question) -> Iterable[str]:
    """Yield what is wrong with a question."""
    if question.article not in ARTICLES:
        yield _("「%s」という条はありません。") % question.article
    if len(question.choices) != CHOICES or len(set(question.choices)) != CHOICES:
        yield _("選択肢は互いに異なる%d個を書いてください。") % CHOICES
    if not 0 <= question.answer < len(question.choices):
        yield _("answer（正解の位置）は0から%dまでです。") % (CHOICES - 1)
    if not question.question.strip() or not question.explanation.strip():
        yield _("問題文と解説の両方が必要です。")


def questions_on(articles: Iterable[str]) -> list[Question]:
    """Return the questions on these articles (addresses ``regulation/article``), in the order of the files."""
    wanted = set(articles)
    return [question for question in COURSES if question.article in wanted]


COURSES: Shelf[Question] = Shelf(
    "理解度確認の問題", "courses/*.yaml", tuple[Question, ...],
    of_file=lambda rows: rows, named_by_file=False, check=_problems,
)  # fmt: skip
