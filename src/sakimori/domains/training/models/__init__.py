"""Readings of documents, and the tests by which they are understood."""

from .readings import Reading, ReadingQuerySet
from .trials import Answer, Trial

__all__ = ["Answer", "Reading", "ReadingQuerySet", "Trial"]
