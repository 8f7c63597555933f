"""Effectiveness: right answers per question, article, document, department and year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from django.db.models import Count, F, Q, QuerySet

from sakimori.domains.training.models import Answer, Reading
from sakimori.kernel.content.courses import COURSES
from sakimori.kernel.content.regulations import ARTICLES, REGULATIONS
from sakimori.kernel.policy import policy

By = Literal["article", "question", "department", "document", "year"]
SHARE, ENOUGH = "documents.comprehension.share", 10  # fewer answers say nothing about an article
_KEYS = {
    "article": "article",
    "question": "question",
    "department": "trial__reading__department__label",
    "document": "trial__reading__document__name",
    "year": "trial__reading__year",
}


@dataclass(frozen=True)
class Line:
    """One line of the results."""

    key: str
    label: str
    answers: int
    wrong: int
    people: int

    @property
    def share(self) -> int:
        """Return the wrong answers in percent."""
        return round(100 * self.wrong / self.answers) if self.answers else 0


def results(readings: QuerySet[Reading], by: By, year: int | None = None) -> list[Line]:
    """Return the results of these readings, the hardest first (V20-079, PRC-175)."""
    rows = Answer.objects.filter(trial__reading__in=readings.values("pk"))
    if year is not None:
        rows = rows.filter(trial__reading__year=year)
    found = (
        rows.values(key=F(_KEYS[by]))
        .annotate(
            n=Count("pk"), wrong=Count("pk", filter=Q(right=False)),
            people=Count("trial__reading__person", distinct=True),
        )
        .order_by()
    )  # fmt: skip
    lines = [
        Line(str(r["key"] or ""), _label(by, str(r["key"] or "")), r["n"], r["wrong"], r["people"])
        for r in found
    ]
    return sorted(lines, key=lambda line: (-line.share, -line.answers, line.key))


def _label(by: By, key: str) -> str:
    if by == "question" and key in COURSES:
        return COURSES[key].question
    if by == "article" and key in ARTICLES:
        article = ARTICLES[key]
        regulation = REGULATIONS[article.regulation].title if article.regulation in REGULATIONS else ""
        return f"{regulation} {article.title}"
    return key


def hard_articles(year: int) -> list[Line]:
    """Return the articles on which more answers are wrong than the parameter allows: better words are needed."""
    limit = policy.value(SHARE)
    return [
        line
        for line in results(Reading.objects.all(), "article", year)
        if line.answers >= ENOUGH and line.share >= limit
    ]
