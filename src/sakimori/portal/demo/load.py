"""Tell the story from its first day to today, in one transaction."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random

from django.db import transaction
from django.utils.translation import gettext as _

from sakimori.kernel.identity.models import Company, Person
from sakimori.kernel.policy import policy
from sakimori.lib import clock
from sakimori.lib.errors import NotAllowed

from . import beginning, closing, controls, documents, last_year, ledger, this_year, training, year
from .company import Stage

_SEED = 20260401
Chapter = Callable[[Stage], None]
CHAPTERS: tuple[Chapter, ...] = (
    beginning.tell, last_year.tell, ledger.tell, year.tell, controls.work, documents.work, training.work,
    this_year.tell, controls.revise, closing.tell,
)  # fmt: skip


def load(tell: Callable[[str], None] = lambda line: None) -> Stage:
    """Load the demonstration company; refused on a database in which somebody works already."""
    if Company.here() is not None or Person.objects.exists():
        raise NotAllowed(
            _("すでに会社のデータがあります。デモ会社は空のデータベースにだけ読み込めます。"),
            rule="demo.empty_only",
        )
    stage = Stage(Random(_SEED), clock.today())  # noqa: S311 - the same company every time
    with transaction.atomic(), policy.reading():
        for chapter in CHAPTERS:
            with _timed(chapter, tell):
                chapter(stage)
    return stage


@contextmanager
def _timed(chapter: Chapter, tell: Callable[[str], None]) -> Iterator[None]:
    started = time.monotonic()
    yield
    tell(f"{chapter.__module__.rpartition('.')[2]} {time.monotonic() - started:.1f} s")
