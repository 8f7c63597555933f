"""Read a company's own regulations: Word or Markdown to lines, lines to articles. What cannot be read right is refused."""

from .lines import Line, Manuscript, Written
from .markdown import read_markdown
from .splitting import split
from .word import read_word

__all__ = ["Line", "Manuscript", "Written", "read_markdown", "read_word", "split"]
