"""Trials (受験) and their answers: plain rows below a reading; what counts is entered in the ledger on the reading."""

from __future__ import annotations

from random import Random
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from sakimori.kernel.content.courses import COURSES, Question

from .readings import Reading


class Trial(models.Model):
    """受験: the questions drawn from a stored seed, so that anybody can draw them again."""

    reading = models.ForeignKey(Reading, models.PROTECT, related_name="trials")
    number = models.PositiveSmallIntegerField(_("回"))
    seed = models.PositiveIntegerField(_("抽選の種"))
    questions: Any = models.JSONField(_("問題"), default=list)  # ids of content/courses
    started_at = models.DateTimeField(_("開始"))
    submitted_at = models.DateTimeField(_("提出"), null=True)
    score = models.PositiveSmallIntegerField(_("得点"), null=True)
    passed = models.BooleanField(_("合格"), default=False)

    class Meta:
        verbose_name = _("受験")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["reading", "number"], name="trial_number_once"),
            models.UniqueConstraint(
                fields=["reading"], condition=models.Q(submitted_at=None), name="trial_open_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reading} {self.number}"

    def asked(self) -> list[Question]:
        """Return the questions that still exist in the content."""
        return [COURSES[name] for name in self.questions if name in COURSES]

    def order_of(self, question: Question) -> list[tuple[int, str]]:
        """Return the choices as shown, each with its place in the content: mixed by the seed."""
        rows = list(enumerate(question.choices))
        Random(f"{self.seed}/{question.id}").shuffle(rows)  # noqa: S311 - the same order at every look
        return rows


class Answer(models.Model):
    """One answer, kept for the effectiveness of the education (V20-079)."""

    trial = models.ForeignKey(Trial, models.PROTECT, related_name="answers")
    question = models.CharField(_("問題"), max_length=120, db_index=True)
    article = models.CharField(_("条"), max_length=120, db_index=True)
    choice = models.PositiveSmallIntegerField(_("回答"))
    right = models.BooleanField(_("正解"))

    class Meta:
        verbose_name = _("回答")
        constraints = [models.UniqueConstraint(fields=["trial", "question"], name="answered_once")]

    def __str__(self) -> str:
        return self.question
