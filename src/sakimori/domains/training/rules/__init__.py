"""Every state change of readings and their tests."""

from .answering import confirm, start, submit
from .asking import ask, ask_what_is_missing, audience, close_stale
from .drawing import draw, pool
from .following import decide_excuse, excuse, missing_of, remind, remind_all, resume
from .results import Line, hard_articles, results

__all__ = [
    "Line",
    "ask",
    "ask_what_is_missing",
    "audience",
    "close_stale",
    "confirm",
    "decide_excuse",
    "draw",
    "excuse",
    "hard_articles",
    "missing_of",
    "pool",
    "remind",
    "remind_all",
    "results",
    "resume",
    "start",
    "submit",
]
