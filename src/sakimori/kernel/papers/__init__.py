"""Papers in Japanese house form: described once as blocks, printed as PDF and as Word.

Public names: ``Paper``, ``House`` and the blocks in ``blocks``; ``pdf(paper)`` and ``word(paper)``;
``letterhead.house_of(record)``
fills the form from a record and its approval.
"""

from .blocks import (
    Clause,
    Column,
    Facts,
    Heading,
    House,
    Label,
    Labels,
    NewPage,
    Note,
    Paper,
    Signature,
    Table,
    Text,
)
from .pdf import pdf
from .word import word

__all__ = [
    "Clause",
    "Column",
    "Facts",
    "Heading",
    "House",
    "Label",
    "Labels",
    "NewPage",
    "Note",
    "Paper",
    "Signature",
    "Table",
    "Text",
    "pdf",
    "word",
]
