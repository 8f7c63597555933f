"""Texts of notices, ``content/notices/AREA.yaml``: several per file, ids AREA.name."""

from __future__ import annotations

from dataclasses import dataclass, field

from sakimori.lib.strictyaml import Place

from .shelf import Shelf


@dataclass(frozen=True, kw_only=True)
class NoticeText:
    """What one kind of notice says; ``{name}`` stands for a value of its context."""

    id: str
    title: str
    subject: str
    body: str
    link: str = ""  # the page it leads to; empty: the page of its record
    urgent: bool = False  # sent at once, on holidays too, never gathered into a digest
    requirements: tuple[str, ...] = ()
    place: Place = field(default=Place("content", 1), compare=False)


NOTICES: Shelf[NoticeText] = Shelf(
    "通知文", "notices/*.yaml", tuple[NoticeText, ...], of_file=lambda rows: rows
)
