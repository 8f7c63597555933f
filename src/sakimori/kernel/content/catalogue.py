"""The requirement catalogue and the glossary."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from sakimori.lib.strictyaml import Place

from .shelf import Shelf


@dataclass(frozen=True, kw_only=True)
class Requirement:
    """One requirement read out of a source document (content/requirements/README.md)."""

    id: str
    ref: str
    actor: str | tuple[str, ...]
    duty: str
    duty_en: str
    kind: str
    when: str
    record: str
    fields: tuple[str, ...]
    module: str
    control: tuple[str, ...]
    check: Literal["auto", "assisted", "attest"]
    capability: str
    place: Place = field(default=Place("content", 1), compare=False)


@dataclass(frozen=True, kw_only=True)
class Term:
    """One term of the glossary, in our own words."""

    id: str
    term: str
    reading: str = ""
    english: str = ""
    meaning: str
    aliases: tuple[str, ...] = ()
    requirements: tuple[str, ...] = ()
    place: Place = field(default=Place("content", 1), compare=False)


REQUIREMENTS: Shelf[Requirement] = Shelf(
    "要求事項", "requirements/*.yaml", tuple[Requirement, ...], of_file=lambda rows: rows, named_by_file=False
)
GLOSSARY: Shelf[Term] = Shelf(
    "用語", "glossary.yaml", tuple[Term, ...], of_file=lambda rows: rows, named_by_file=False
)
