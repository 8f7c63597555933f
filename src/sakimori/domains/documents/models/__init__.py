"""Documents, their editions article by article, and their copies on paper."""

from .copies import PaperCopy
from .documents import Document, DocumentQuerySet
from .editions import OPEN, Edition, EditionArticle, EditionQuerySet

__all__ = [
    "OPEN",
    "Document",
    "DocumentQuerySet",
    "Edition",
    "EditionArticle",
    "EditionQuerySet",
    "PaperCopy",
]
