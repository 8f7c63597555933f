"""Catalogues of other tools and standards bodies: read into one shape, written from one shape."""

from sakimori.lib.grc.door import MAX_BYTES, read
from sakimori.lib.grc.shape import Catalogue, Correspondence, Framework, Node

__all__ = ["MAX_BYTES", "Catalogue", "Correspondence", "Framework", "Node", "read"]
