"""Definitions of terms, shown as help beside the fields that bear their name."""

from __future__ import annotations

import functools

from sakimori.kernel.content.catalogue import GLOSSARY


@functools.cache
def _meanings() -> dict[str, str]:
    return {name: term.meaning for term in GLOSSARY for name in (term.term, *term.aliases)}


def definition(name: str) -> str:
    """Return what a term means, or nothing."""
    return _meanings().get(name, "")
