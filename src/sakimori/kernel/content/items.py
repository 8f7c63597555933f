"""Items of checklists: one question each, by an article, and the parameter against which an answer is measured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class Item:
    """One question: judged by the person (yes), or by the product from what the person found (choice, number).

    ``{{name}}`` in the text stands for a parameter's value on the day of asking. A number may be a duration.
    """

    id: str
    text: str
    article: str
    expects: Literal["yes", "choice", "number"] = "yes"
    parameter: str = ""  # of a choice or a number: against which it is judged
    limit: Literal["", "least", "most", "exact"] = ""  # of a number: how it must lie to the parameter
    answered_by: str = ""  # the role that puts it right; the owner of the article's regulation where blank
    requirements: tuple[str, ...] = ()
